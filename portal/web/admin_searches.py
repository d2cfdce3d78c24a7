"""What people searched for: questions without an answer, and the most frequent ones."""

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for

from portal.db import utcnow
from portal.search.querystatistics import (
    QueryStatistics,
    frequent_queries,
    summarise,
    unanswered_queries,
)
from portal.search.types import FILTERS, SearchRequest
from portal.web.addresses import page_number, search_url
from portal.web.context import services
from portal.web.messages import gettext
from portal.web.pager import Link, make_pager
from portal.web.wording import FACET_NAMES, code_name

DAYS = 30
PAGE = 20
LISTS = {"unanswered": unanswered_queries, "frequent": frequent_queries}
DEFAULT = "unanswered"

blueprint = Blueprint("admin_searches", __name__, url_prefix="/admin/searches")


@dataclass(frozen=True, slots=True)
class Row:
    """A question as the list shows it; ``url`` asks it again."""

    query: QueryStatistics
    url: str
    filters: tuple[str, ...]
    industries: tuple[tuple[str, int], ...]


@blueprint.get("")
def show() -> str:
    """One of the two lists over the last 30 days, by pages."""
    chosen = request.args.get("list", DEFAULT)
    page = page_number(request.args.get("page", "1"))
    if chosen not in LISTS or page is None:
        abort(404)
    since = utcnow() - dt.timedelta(days=DAYS)
    with services().db.read() as session:
        summary = summarise(session, since)
        found, total = LISTS[chosen](session, since, (page - 1) * PAGE, PAGE)
    pages = max(1, -(-total // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "admin/searches.html",
        chosen=chosen,
        days=DAYS,
        summary=summary,
        rows=[_row(query) for query in found],
        tabs=_tabs(chosen),
        pager=make_pager(page, pages, lambda each: _url(chosen, each)),
    )


def _tabs(chosen: str) -> list[Link]:
    names = {"unanswered": gettext("没有结果的搜索"), "frequent": gettext("最常见的搜索")}
    return [Link(name, _url(each), each == chosen) for each, name in names.items()]


def _url(chosen: str, page: int = 1) -> str:
    return url_for(
        "admin_searches.show",
        list=None if chosen == DEFAULT else chosen,
        page=page if page > 1 else None,
    )


def _row(query: QueryStatistics) -> Row:
    taxonomy = services().taxonomy()
    # What was filtered by then may have been retired from the filters since.
    filters = {facet: codes for facet, codes in query.filters.items() if facet in FILTERS}
    return Row(
        query=query,
        url=search_url(SearchRequest(query.text, filters)),
        filters=tuple(
            gettext(
                "%(facet)s：%(name)s",
                facet=FACET_NAMES[facet],
                name=code_name(taxonomy, facet, code),
            )
            for facet, codes in filters.items()
            for code in codes
        ),
        industries=tuple(
            (code_name(taxonomy, "industry", code), times)
            for code, times in query.industries
            if code
        ),
    )
