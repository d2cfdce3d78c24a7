"""What a page of results shows of an answer: by value, so that the page can be kept as a piece."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask

from portal.catalogue import Taxonomy
from portal.search.types import SORTS, FacetCount, Hit, SearchRequest, Word, facets_of
from portal.services import Services
from portal.web import addresses
from portal.web.chips import alternatives, chips
from portal.web.pager import Link, Pager, make_pager
from portal.web.wording import FACET_NAMES, SORT_NAMES, code_name

# A facet shows this many values; the rest unfolds.
SHOWN = 6
# Fewer documents than this make it worth offering those with most of the words.
FEW = 10


@dataclass(frozen=True, slots=True)
class Found:
    """All that is shown of an answer, and nothing that changes while what is shown stays the same.

    ``asked`` is the question as typed and ``spelled`` the same with typed filters among its
    filters. ``marks`` are what the hits' links say of the search that led there. ``is_placed`` says
    whether a hit's place means anything, which it does not where no words were asked for. The
    others are those of :class:`~portal.search.types.ResultPage` and of its query.
    """

    asked: SearchRequest
    spelled: SearchRequest
    hits: tuple[Hit, ...]
    marks: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    total: int
    page: int
    pages: int
    words: tuple[Word, ...]
    is_placed: bool
    is_question: bool
    is_relaxed: bool
    is_substring: bool
    instead: Link | None


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


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a page of results leads: filters to choose and to drop, other orders, other pages.

    ``alternatives`` are the words of which any one will do. ``most_url`` is empty where documents
    with most of the words are not worth offering.
    """

    chips: list[Link]
    groups: list[FacetGroup]
    sorts: list[Link]
    alternatives: list[str]
    most_url: str
    unfiltered_url: str
    pager: Pager


def init_app(app: Flask, _services: Services) -> None:
    """Give templates the ways from what was found."""
    app.jinja_env.globals["ways_on"] = ways_on


def ways_on(found: Found, taxonomy: Taxonomy) -> Ways:
    """The ways from a page of what was found."""
    asked = found.spelled
    return Ways(
        chips=chips(asked, taxonomy),
        groups=_groups(asked, facets_of(found.counts, asked.filters), taxonomy),
        sorts=_sorts(found),
        alternatives=alternatives(found.words),
        most_url=_most_url(found),
        unfiltered_url=addresses.search_url(addresses.without_filters(asked)),
        pager=make_pager(
            found.page,
            found.pages,
            lambda page: addresses.search_url(addresses.at_page(asked, page)),
        ),
    )


def _groups(
    asked: SearchRequest, facets: Mapping[str, tuple[FacetCount, ...]], taxonomy: Taxonomy
) -> list[FacetGroup]:
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


def _sorts(found: Found) -> list[Link]:
    # Without words every document is as relevant as the next, and the newest come first.
    offered = SORTS if found.is_placed else tuple(each for each in SORTS if each != SORTS[0])
    asked = found.spelled
    current = asked.sort if asked.sort in offered else offered[0]
    return [
        Link(
            str(SORT_NAMES[sort]),
            addresses.search_url(addresses.sorted_by(asked, sort)),
            sort == current,
        )
        for sort in offered
    ]


def _most_url(found: Found) -> str:
    """Where documents with most of the words are, when few have all of them; else empty."""
    few = 0 < found.total < FEW and len(found.words) > 1
    if found.spelled.match == "most" or found.is_relaxed or found.is_substring or not few:
        return ""
    return addresses.search_url(addresses.matching(found.spelled, "most"))
