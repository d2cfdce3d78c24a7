"""The results page."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import Blueprint, render_template, request

from portal.catalogue import Taxonomy
from portal.search.types import SORTS, FacetCount, ResultPage, SearchRequest
from portal.web import addresses
from portal.web.chips import alternatives, chips, spelled_out
from portal.web.context import services
from portal.web.pager import Link, make_pager
from portal.web.traces import marks, note_search
from portal.web.viewer import current_viewer
from portal.web.wording import FACET_NAMES, SORT_NAMES, code_name

# A facet shows this many values; the rest unfolds.
SHOWN = 6
# Fewer documents than this make it worth offering those with most of the words.
FEW = 10
# So few documents are little enough to ask whether something else was meant.
LITTLE = 3

# Scores change with every document that comes in. Without them a list of hits is kept as a piece.
NOT_SHOWN = 0.0
# Stands in kept pieces where a search's own token goes; nobody can write it into what is shown.
TOKEN_HOLE = secrets.token_hex(8)

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as a link: following ``url`` chooses it, or drops it where it is ``selected``.

    ``key`` tells it from the page's other choices, before and after it was followed.
    """

    key: str
    name: str
    url: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The values of one facet: those always in sight, and the rest."""

    facet: str
    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


@blueprint.get("/search")
def results() -> str:
    """Documents that answer the question in the address."""
    asked = addresses.parse_search(request.args)
    answer = services().search.search(asked, current_viewer())
    token, taxonomy = note_search(asked, answer), services().taxonomy()
    spelled = spelled_out(asked, answer)
    return render_template(
        "search.html",
        asked=asked,
        answer=answer,
        hits=tuple(replace(hit, score=NOT_SHOWN) for hit in answer.hits),
        marks=marks(asked, answer, TOKEN_HOLE if token else ""),
        token=token,
        TOKEN_HOLE=TOKEN_HOLE,
        taxonomy=taxonomy,
        spelled=spelled,
        filtered=any(answer.facets.values()),
        chips=chips(spelled, taxonomy),
        chosen=sum(map(len, spelled.filters.values())),
        alternatives=alternatives(answer),
        sorts=_sorts(spelled, answer),
        instead=_instead(asked, answer),
        most_url=_most_url(spelled, answer),
        unfiltered_url=addresses.search_url(addresses.without_filters(spelled)),
        pager=make_pager(
            answer.page,
            answer.pages,
            lambda page: addresses.search_url(addresses.at_page(spelled, page)),
        ),
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


@blueprint.app_template_global()
def facet_groups(
    asked: SearchRequest, facets: Mapping[str, tuple[FacetCount, ...]], taxonomy: Taxonomy
) -> list[FacetGroup]:
    """The filters beside the answer to a question that was spelled out."""
    groups = []
    for facet, name in FACET_NAMES.items():
        counts = [each for each in facets.get(facet, ()) if each.count or each.selected]
        if facet == "year":
            # Years are looked for by their order, everything else by how much there is.
            counts.sort(key=lambda each: each.code, reverse=True)
        choices = tuple(_choice(asked, taxonomy, facet, each) for each in counts)
        if choices:
            groups.append(FacetGroup(facet, str(name), choices[:SHOWN], choices[SHOWN:]))
    return groups


def _choice(asked: SearchRequest, taxonomy: Taxonomy, facet: str, count: FacetCount) -> Choice:
    return Choice(
        key=f"{facet}-{count.code}",
        name=code_name(taxonomy, facet, count.code),
        url=addresses.search_url(addresses.toggled(asked, facet, count.code)),
        count=count.count,
        selected=count.selected,
    )


def _sorts(asked: SearchRequest, answer: ResultPage) -> list[Link]:
    # Without words every document is as relevant as the next, and the newest come first.
    offered = SORTS if answer.query.has_text else tuple(each for each in SORTS if each != SORTS[0])
    current = asked.sort if asked.sort in offered else offered[0]
    return [
        Link(
            str(SORT_NAMES[sort]),
            addresses.search_url(addresses.sorted_by(asked, sort)),
            sort == current,
        )
        for sort in offered
    ]


def _most_url(asked: SearchRequest, answer: ResultPage) -> str:
    """Where documents with most of the words are, when few have all of them; else empty."""
    few = 0 < answer.total < FEW and len(answer.query.words) > 1
    if asked.match == "most" or answer.relaxed or answer.substring or not few:
        return ""
    return addresses.search_url(addresses.matching(asked, "most"))
