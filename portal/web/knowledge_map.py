"""The knowledge map: one industry with a stage unfolded, and the gap radar over all of them."""

import datetime as dt
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from sqlalchemy.orm import Session

from portal.catalogue import Term
from portal.catalogue.gaps import Wish, ranked_gaps, wanted_in
from portal.catalogue.knowledge_map import IndustryMap, StageView, all_maps
from portal.catalogue.slot_cards import SlotCard, cards_of
from portal.catalogue.slot_state import SlotState
from portal.db import utcnow
from portal.models import Role
from portal.recommend.lists import lists_for
from portal.search.wanted import shareable, wishes_since
from portal.web.context import services
from portal.web.language import language
from portal.web.messages import gettext
from portal.web.pager import Link
from portal.web.viewer import current_person, current_viewer

RADAR_DAYS = 30
GAPS_SHOWN = 12
WISHES_SHOWN = 8
_URGENT = (SlotState.OVERDUE, SlotState.DUE, SlotState.EMPTY, SlotState.FILLED)

blueprint = Blueprint("knowledge_map", __name__, url_prefix="/map")


@dataclass(frozen=True, slots=True)
class MapView:
    """An industry's map with one stage unfolded, and what the reader at hand may do there.

    ``address`` with a stage's code behind it is what unfolds that stage; ``free_kinds`` are the
    kinds that the stage has no slot for.
    """

    map: IndustryMap
    stage: StageView
    cards: list[SlotCard]
    may_keep: bool
    industries: list[Link]
    free_kinds: list[Term]
    address: str


@blueprint.get("")
def radar() -> str:
    """All industries with all their slots, and the gaps that are missed most."""
    taxonomy, now = services().taxonomy(), utcnow()
    with services().db.read() as session:
        maps = all_maps(session, taxonomy, taxonomy.codes("industry"), now)
        wishes = wishes_since(session, now - dt.timedelta(days=RADAR_DAYS))
        gaps = ranked_gaps(maps, wishes)
        cards = cards_of(session, current_viewer(), [gap.slot for gap in gaps[:GAPS_SHOWN]])
    return render_template(
        "map/radar.html",
        taxonomy=taxonomy,
        maps=maps,
        gaps=list(zip(gaps, cards, strict=False)),
        more=max(0, len(gaps) - GAPS_SHOWN),
        wanted=wanted_in(wishes),
        wishes=_shown_wishes(wishes),
        days=RADAR_DAYS,
        stage_address=stage_address,
    )


@blueprint.get("/<industry>")
def show(industry: str) -> str | tuple[str, int]:
    """One industry's map and the lists that keep themselves."""
    taxonomy = services().taxonomy()
    stage = request.args.get("stage", "")
    if industry not in taxonomy.codes("industry") or not _is_stage(stage):
        return unknown(industry, stage)
    known = [
        Link(
            term.name(language()),
            url_for("knowledge_map.show", industry=term.code),
            term.code == industry,
        )
        for term in taxonomy.terms["industry"]
    ]
    with services().db.read() as session:
        found = all_maps(session, taxonomy, (industry,), utcnow())[0]
        view = map_view(
            session,
            found,
            stage,
            known,
            stage_address(industry),
        )
        lists = lists_for(session, current_viewer(), industry)
    return render_template("map/industry.html", taxonomy=taxonomy, view=view, lists=lists)


def map_view(
    session: Session,
    found: IndustryMap,
    stage: str,
    industries: list[Link],
    address: str,
) -> MapView:
    """A map with a stage unfolded: the asked one, or else where something is to be done."""
    chosen = found.stage(stage) if stage else most_urgent(found)
    taken = {slot.kind for slot in chosen.slots}
    kinds = services().taxonomy().terms.get("kind", ())
    return MapView(
        map=found,
        stage=chosen,
        cards=cards_of(session, current_viewer(), chosen.slots),
        may_keep=keeps(found.industry),
        industries=industries,
        free_kinds=[term for term in kinds if term.code not in taken],
        address=address,
    )


def stage_address(industry: str) -> str:
    """What a stage's code is appended to for the address that unfolds it."""
    return url_for("knowledge_map.show", industry=industry) + "?stage="


def most_urgent(found: IndustryMap) -> StageView:
    """The first stage with a slot in the worst state that occurs."""
    for state in _URGENT:
        for stage in found.stages:
            if any(slot.state is state for slot in stage.slots):
                return stage
    return found.stages[0]


def keeps(industry: str) -> bool:
    """Whether the reader at hand may change an industry's slots; the services check it again."""
    person = current_person()
    if person is None:
        return False
    manages = person.role == Role.INDUSTRY_MANAGER and industry in person.industries
    return person.is_administrator or manages


def unknown(industry: str, stage: str) -> tuple[str, int]:
    """The page for a code that is not in use, with those that are."""
    taxonomy = services().taxonomy()
    is_known = industry in taxonomy.codes("industry")
    title = gettext("没有这个阶段") if is_known else gettext("没有这个行业的知识地图")
    links = [
        Link(
            term.name(language()),
            url_for("knowledge_map.show", industry=industry, stage=term.code)
            if is_known
            else url_for("knowledge_map.show", industry=term.code),
        )
        for term in taxonomy.terms["stage" if is_known else "industry"]
    ]
    return render_template("map/unknown.html", title=title, links=links), 404


def _is_stage(code: str) -> bool:
    return not code or code in services().taxonomy().codes("stage")


def _shown_wishes(wishes: list[Wish]) -> list[Wish]:
    """Their words are for colleagues who are signed in."""
    return shareable(wishes)[:WISHES_SHOWN] if current_person() is not None else []
