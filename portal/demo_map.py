"""The demonstration's knowledge map: the sample library put where its managers would put it."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Taxonomy, Viewer
from portal.catalogue.knowledge_map import SlotView, all_maps
from portal.catalogue.slot_candidates import rank_candidates, store_candidates
from portal.catalogue.slot_cards import cards_of
from portal.db import Database
from portal.models import Role, Slot, SlotAction, SlotChange, TaxonomyTerm, User, UserIndustry

REASON = "示例资料库"
_QUOTED = ("negotiation", "tariff")


def fill_map(db: Database, taxonomy: Taxonomy, now: dt.datetime) -> int:
    """Fill every empty slot that has a candidate filed under its own stage; return how many.

    It is put there by the industry's manager on the day it was published, so that its age is
    honest. Proposals follow the industry's tariff, whose figures they quote. What has no such
    candidate stays empty for the visitor to fill.
    """
    with db.write() as session:
        store_candidates(session, rank_candidates(session, now))
        industries = taxonomy.codes("industry")
        maps = all_maps(session, taxonomy, industries, now)
        slots = [slot for each in maps for slot in each.slots if slot.document_id is None]
        filled = _fill(session, slots)
        _follow_tariffs(session)
        store_candidates(session, rank_candidates(session, now))
    return filled


def _fill(session: Session, slots: list[SlotView]) -> int:
    managers = _managers(session)
    filled = 0
    for card in cards_of(session, Viewer.anonymous(), slots):
        slot, best = card.slot, next((each for each in card.candidates if each.fits_stage), None)
        if best is None:
            continue
        row = session.get_one(Slot, slot.id)
        row.document_id, row.filled_by_id = best.document.id, managers.get(slot.industry)
        row.filled_at = row.checked_at = best.changed_at
        session.add(
            SlotChange(
                slot_id=slot.id,
                action=SlotAction.FILLED,
                document_id=best.document.id,
                actor_id=managers.get(slot.industry),
                reason=REASON,
                at=best.changed_at,
            )
        )
        filled += 1
    session.flush()
    return filled


def _follow_tariffs(session: Session) -> None:
    codes = {row.id: row.code for row in session.scalars(sa.select(TaxonomyTerm))}
    slots = session.scalars(sa.select(Slot).where(Slot.document_id.is_not(None))).all()
    tariffs = {
        slot.industry_id: slot.document_id
        for slot in slots
        if (codes[slot.stage_id], codes[slot.kind_id]) == _QUOTED
    }
    for slot in slots:
        source = tariffs.get(slot.industry_id)
        if codes[slot.kind_id] == "proposal" and source != slot.document_id:
            slot.source_document_id = source


def _managers(session: Session) -> dict[str, int]:
    rows = session.execute(
        sa.select(TaxonomyTerm.code, sa.func.min(User.id).label("manager"))
        .join(UserIndustry, UserIndustry.term_id == TaxonomyTerm.id)
        .join(User, User.id == UserIndustry.user_id)
        .where(User.role == Role.INDUSTRY_MANAGER)
        .group_by(TaxonomyTerm.code)
    )
    return {row.code: row.manager for row in rows}
