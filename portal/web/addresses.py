"""Addresses of pages: search addresses are read and written here and nowhere else."""

import functools
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from flask import Flask, Request, request, url_for
from werkzeug.datastructures import MultiDict

from portal.search.types import (
    FILTERS,
    MATCHES,
    SORTS,
    BadRequest,
    Match,
    SearchRequest,
    Sort,
)
from portal.services import Services
from portal.web.messages import gettext, listed

MAX_PAGE_DIGITS = 10
# Sections on one page of a document: a file of five thousand pages must not be one answer.
PART_SECTIONS = 200
# What may stand in an address as it is; clients send all kinds of bytes.
ADDRESS_CHARACTERS = "/%:@!$&'()*+,;=~-._?"
# What Flask leaves as it is in a query. A page has thirty of these addresses; its own way is slow.
_QUERY_CHARACTERS = "!$'()*,/:;?@"
NO_QUESTION = SearchRequest("")


def init_app(app: Flask, _services: Services) -> None:
    """Give templates the functions that make addresses."""
    app.jinja_env.globals.update(
        search_url=search_url,
        key_url=key_url,
        document_url=document_url,
        url_for=address,
        NO_QUESTION=NO_QUESTION,
    )


def address(endpoint: str, **values: Any) -> str:
    """Flask's ``url_for``, which remembers: a page asks for some seventy addresses."""
    asked: Request = request._get_current_object()  # type: ignore[attr-defined]
    return _address(endpoint, asked.root_path, asked.blueprint, tuple(values.items()))


@functools.lru_cache(maxsize=10_000)
def _address(
    endpoint: str, _root: str, _blueprint: str | None, values: tuple[tuple[str, Any], ...]
) -> str:
    return url_for(endpoint, **dict(values))


def parse_search(args: MultiDict[str, str]) -> SearchRequest:
    """The question that an address asks; :class:`BadRequest` for a page or order that is none.

    Codes are kept as they stand: the search service knows which exist.
    """
    chosen = {facet: tuple(dict.fromkeys(filter(None, args.getlist(facet)))) for facet in FILTERS}
    return SearchRequest(
        text=args.get("q", "").strip(),
        filters={facet: codes for facet, codes in chosen.items() if codes},
        sort=_sort(args.get("sort") or SORTS[0]),
        page=_page(args.get("page") or "1"),
        match=_match(args.get("match") or MATCHES[0]),
    )


def search_url(asked: SearchRequest) -> str:
    """The address that asks this question; what is default is left out."""
    parameters: dict[str, Any] = dict(asked.filters)
    if asked.text:
        parameters["q"] = asked.text
    if asked.sort != SORTS[0]:
        parameters["sort"] = asked.sort
    if asked.match != MATCHES[0]:
        parameters["match"] = asked.match
    if asked.page != 1:
        parameters["page"] = asked.page
    results = address("search.results")
    return f"{results}?{urlencode(parameters, True, _QUERY_CHARACTERS)}" if parameters else results


def toggled(asked: SearchRequest, facet: str, code: str) -> SearchRequest:
    """The question with one code of a facet added, or removed where it was chosen."""
    before = asked.filters.get(facet, ())
    after = tuple(each for each in before if each != code) if code in before else (*before, code)
    filters = {**asked.filters, facet: after}
    return replace(asked, filters={name: codes for name, codes in filters.items() if codes}, page=1)


def at_page(asked: SearchRequest, page: int) -> SearchRequest:
    """The question, at another page of its answer."""
    return replace(asked, page=page)


def sorted_by(asked: SearchRequest, sort: Sort) -> SearchRequest:
    """The question in another order, from its first page."""
    return replace(asked, sort=sort, page=1)


def matching(asked: SearchRequest, match: Match) -> SearchRequest:
    """The question with all words wanted, or most of them, from its first page."""
    return replace(asked, match=match, page=1)


def without_filters(asked: SearchRequest) -> SearchRequest:
    """The words alone."""
    return replace(asked, filters={}, page=1)


def key_url(facet: str, code: str) -> str:
    """The address of everything that carries a code."""
    return search_url(SearchRequest("", {facet: (code,)}))


def document_url(document_id: int, ordinal: int | None = None, mark: str = "") -> str:
    """The address of a document, at one of its sections if ``ordinal`` is given.

    ``mark`` tells the search log which result leads there (see portal/web/traces.py).
    """
    if ordinal is None:
        return part_url(document_id, 1, mark)
    marked = f"{mark}.{ordinal}" if mark else ""
    return f"{part_url(document_id, (ordinal - 1) // PART_SECTIONS + 1, marked)}#s{ordinal}"


def part_url(document_id: int, part: int, mark: str = "") -> str:
    """The address of a part of a document; almost every document has but one."""
    parameters: dict[str, Any] = {"part": part if part > 1 else None, "from": mark or None}
    return address("documents.show", document_id=document_id, **parameters)


def page_number(value: str) -> int | None:
    """The whole number from 1 that an address means, or ``None`` where it means none."""
    plain = value.isascii() and value.isdecimal() and len(value) <= MAX_PAGE_DIGITS
    return int(value) or None if plain else None


def here() -> str:
    """The address of the present page, to come back to."""
    path = quote(request.path, safe=ADDRESS_CHARACTERS)
    query = quote(request.query_string, safe=ADDRESS_CHARACTERS)
    return f"{path}?{query}" if query else path


def safe_path(target: str | None) -> str:
    """The target where it is a path of this site, else the front page.

    Browsers drop control characters and read a backslash as a slash, so that both could turn a
    path into another site's address.
    """
    path = target or ""
    inside = path.startswith("/") and not path.startswith("//")
    return path if inside and path.isprintable() and "\\" not in path else url_for("front.home")


def _sort(value: str) -> Sort:
    for sort in SORTS:
        if value == sort:
            return sort
    raise BadRequest(gettext("没有这种排序。可用的排序：%(sorts)s", sorts=listed(SORTS)), "sort")


def _match(value: str) -> Match:
    for match in MATCHES:
        if value == match:
            return match
    names = listed(MATCHES)
    raise BadRequest(gettext("没有这种匹配方式。可用的匹配方式：%(names)s", names=names), "match")


def _page(value: str) -> int:
    page = page_number(value)
    if page is None:
        raise BadRequest(gettext("页码应是从 1 开始的整数。"), "page")
    return page
