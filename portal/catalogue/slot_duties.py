"""What the scheduler does for the knowledge map: candidates made ahead, managers reminded."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.knowledge_map import SlotView, all_maps
from portal.catalogue.slot_candidates import rank_candidates, store_candidates
from portal.catalogue.slot_state import DUE_BEFORE, SlotState
from portal.catalogue.taxonomy import Taxonomy
from portal.db import Database
from portal.models import NoticeKind, Role, Slot, TaxonomyTerm, User, UserIndustry
from portal.notices import post


def due_slots(
    session: Session,
    taxonomy: Taxonomy,
    industries: Collection[str],
    now: dt.datetime,
) -> list[SlotView]:
    """The slots of these industries that are due or overdue, the earliest deadline first."""
    maps = all_maps(session, taxonomy, industries, now)
    due = [
        (slot.standing.deadline, slot.id, slot)
        for each in maps
        for slot in each.slots
        if slot.state in (SlotState.DUE, SlotState.OVERDUE) and slot.standing.deadline is not None
    ]
    return [slot for _deadline, _id, slot in sorted(due, key=lambda item: item[:2])]


def keep_slots(db: Database, taxonomy: Taxonomy, now: dt.datetime) -> tuple[int, int]:
    """Make the candidates of all slots anew and remind managers.

    Returns how many candidates there are and how many notices were posted. Doing it twice changes
    nothing.
    """
    with db.read() as session:
        entries = rank_candidates(session, now)
    with db.write() as session:
        store_candidates(session, entries)
        return len(entries), remind(session, taxonomy, now)


def remind(session: Session, taxonomy: Taxonomy, now: dt.datetime) -> int:
    """Tell an industry's managers, and the steward, of slots that are due: once for each deadline.

    What has been overdue for more than two weeks when it is first seen is left to the map: a
    library that moves in with old documents must not bury its managers in notices.
    """
    people = _managers(session)
    told = 0
    for slot in due_slots(session, taxonomy, taxonomy.codes("industry"), now):
        deadline = slot.standing.deadline
        if deadline is None or now - deadline > DUE_BEFORE:
            continue
        steward = session.scalar(sa.select(Slot.steward_id).where(Slot.id == slot.id))
        told += post(
            session,
            NoticeKind.SLOT_DUE,
            people.get(slot.industry, set()) | ({steward} if steward else set()),
            now,
            key=f"slot-due-{slot.id}-{deadline:%Y%m%dT%H%M%S}",
            document_id=slot.document_id,
            data={
                "slot_id": slot.id,
                "industry": slot.industry,
                "stage": slot.stage,
                "kind": slot.kind,
                "deadline": deadline.isoformat(),
            },
        )
    return told


def _managers(session: Session) -> dict[str, set[int]]:
    rows = session.execute(
        sa.select(TaxonomyTerm.code, User.id)
        .join(UserIndustry, UserIndustry.term_id == TaxonomyTerm.id)
        .join(User, User.id == UserIndustry.user_id)
        .where(User.role == Role.INDUSTRY_MANAGER)
    )
    found: dict[str, set[int]] = {}
    for code, user_id in rows:
        found.setdefault(code, set()).add(user_id)
    return found
