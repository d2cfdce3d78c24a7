"""The results page."""

import secrets
from dataclasses import replace

from flask import Blueprint, render_template, request

from portal.search.types import ResultPage, SearchRequest
from portal.web import addresses
from portal.web.chips import spelled_out
from portal.web.context import services
from portal.web.found import Found
from portal.web.pager import Link
from portal.web.traces import marks, note_search
from portal.web.viewer import current_viewer

# So few documents are little enough to ask whether something else was meant.
LITTLE = 3

# Scores change with every document that comes in. Without them what was found is kept as a piece.
NOT_SHOWN = 0.0
# Stand in kept pieces where a search's own token and time go; nobody can write them there.
TOKEN_HOLE = secrets.token_hex(8)
TOOK_HOLE = secrets.token_hex(8)

blueprint = Blueprint("search", __name__)


@blueprint.get("/search")
def results() -> str:
    """Documents that answer the question in the address."""
    asked = addresses.parse_search(request.args)
    answer = services().search.search(asked, current_viewer())
    token = note_search(asked, answer)
    return render_template(
        "search.html",
        asked=asked,
        found=_found(asked, answer, has_token=bool(token)),
        taxonomy=services().taxonomy(),
        token=token,
        TOKEN_HOLE=TOKEN_HOLE,
        took_ms=answer.took_ms,
        TOOK_HOLE=TOOK_HOLE,
    )


def _found(asked: SearchRequest, answer: ResultPage, has_token: bool) -> Found:
    return Found(
        asked=asked,
        spelled=spelled_out(asked, answer),
        hits=tuple(replace(hit, score=NOT_SHOWN) for hit in answer.hits),
        counts=answer.counts,
        total=answer.total,
        page=answer.page,
        pages=answer.pages,
        words=answer.query.words,
        is_placed=answer.query.has_text,
        is_question=answer.query.is_question,
        is_relaxed=answer.relaxed,
        is_substring=answer.substring,
        instead=_instead(asked, answer),
        marks=marks(asked, answer, TOKEN_HOLE if has_token else ""),
    )


def _instead(asked: SearchRequest, answer: ResultPage) -> Link | None:
    """The question that was probably meant, where the one that was asked finds little."""
    much = answer.total > LITTLE and not answer.relaxed and not answer.substring
    if not asked.text or much:
        return None
    meant = services().search.did_you_mean(asked.text, current_viewer())
    if meant is None:
        return None
    return Link(meant, addresses.search_url(replace(asked, text=meant, page=1)))
