"""The results page."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from portal.catalogue import Taxonomy
from portal.search.types import SORTS, FacetCount, ResultPage, SearchRequest
from portal.web import addresses
from portal.web.context import services
from portal.web.language import language
from portal.web.messages import gettext
from portal.web.pager import Link, make_pager
from portal.web.viewer import current_viewer
from portal.web.wording import FACET_NAMES, SORT_NAMES

# A facet shows this many values; the rest unfolds.
SHOWN = 6

blueprint = Blueprint("search", __name__)


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter as a link: following ``url`` chooses it, or drops it where it is ``selected``."""

    name: str
    url: str
    count: int
    selected: bool


@dataclass(frozen=True, slots=True)
class FacetGroup:
    """The values of one facet: those always in sight, and the rest."""

    name: str
    shown: tuple[Choice, ...]
    more: tuple[Choice, ...]


@blueprint.get("/search")
def results() -> str:
    """Documents that answer the question in the address."""
    asked = addresses.parse_search(request.args)
    answer = services().search.search(asked, current_viewer())
    taxonomy = services().taxonomy()
    return render_template(
        "search.html",
        asked=asked,
        answer=answer,
        taxonomy=taxonomy,
        groups=_groups(asked, answer, taxonomy),
        chips=_chips(asked, answer, taxonomy),
        sorts=_sorts(asked),
        unfiltered_url=addresses.search_url(addresses.without_filters(asked)),
        pager=make_pager(
            answer.page,
            answer.pages,
            lambda page: addresses.search_url(addresses.at_page(asked, page)),
        ),
    )


def _groups(asked: SearchRequest, answer: ResultPage, taxonomy: Taxonomy) -> list[FacetGroup]:
    groups = []
    for facet, name in FACET_NAMES.items():
        choices = tuple(
            _choice(asked, taxonomy, facet, count)
            for count in answer.facets.get(facet, ())
            if count.count or count.selected
        )
        if choices:
            groups.append(FacetGroup(str(name), choices[:SHOWN], choices[SHOWN:]))
    return groups


def _choice(asked: SearchRequest, taxonomy: Taxonomy, facet: str, count: FacetCount) -> Choice:
    return Choice(
        name=taxonomy.name(facet, count.code, language()),
        url=addresses.search_url(addresses.toggled(asked, facet, count.code)),
        count=count.count,
        selected=count.selected,
    )


def _chips(asked: SearchRequest, answer: ResultPage, taxonomy: Taxonomy) -> list[Link]:
    return [
        Link(
            gettext(
                "%(facet)s：%(name)s",
                facet=FACET_NAMES[facet],
                name=taxonomy.name(facet, code, language()),
            ),
            # A filter that was typed as a word is removed where it was typed.
            addresses.search_url(addresses.toggled(asked, facet, code))
            if code in asked.filters.get(facet, ())
            else "",
        )
        for facet, codes in answer.request.filters.items()
        for code in codes
    ]


def _sorts(asked: SearchRequest) -> list[Link]:
    # Without words every document is as relevant as the next, and newest first is what remains.
    if not asked.text:
        return []
    return [
        Link(
            str(SORT_NAMES[sort]),
            addresses.search_url(addresses.sorted_by(asked, sort)),
            asked.sort == sort,
        )
        for sort in SORTS
    ]
