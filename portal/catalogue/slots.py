"""Changing the knowledge map: filling, vouching for, clearing and defining slots."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue.documents import documents_for
from portal.catalogue.knowledge_map import SlotNotFound, open_documents
from portal.catalogue.slot_candidates import refresh_candidates
from portal.catalogue.types import DocumentSummary, Viewer
from portal.models import (
    Slot,
    SlotAction,
    SlotCandidate,
    SlotChange,
    TaxonomyTerm,
    User,
    UserIndustry,
)
from portal.permissions import Permission, Scope, scope_of

LONGEST_REASON = 300
LONGEST_INTERVAL = 3650


class SlotError(ValueError):
    """A slot cannot be changed as asked; ``reason`` is a word that the page puts into a sentence.

    ``closed``: not a published document that everyone may read; ``changed``: somebody else was
    faster; ``empty``: there is nothing to vouch for or to take away; ``reason``: no reason was
    given; ``days``: not a number of days from 1 to 3650; ``steward``: no such colleague;
    ``source``: no such source; ``itself``: a document is no source of itself; ``known``: the stage
    already has such a slot; ``code``: a stage or kind that is not in use.
    """

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class NotKeeper(PermissionError):
    """The person neither manages the slot's industry nor administers the portal."""


@dataclass(frozen=True, slots=True)
class SlotEvent:
    """A line of a slot's history. ``document`` is ``None`` where it may not be shown any more."""

    action: SlotAction
    document: DocumentSummary | None
    actor: str
    reason: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class SlotRule:
    """What a keeper settles for a slot; empty values switch that part off.

    ``steward`` is a login, ``source`` a document's number.
    """

    refresh_days: int | None
    source: int | None
    steward: str


def may_keep(session: Session, user_id: int, industry_id: int) -> bool:
    """Whether a person may change an industry's slots: its managers and administrators may."""
    role = session.scalar(sa.select(User.role).where(User.id == user_id))
    scope = scope_of(Permission.KEEP_MAP, role or "")
    if scope != Scope.OWN_INDUSTRIES:
        return scope == Scope.ALL
    owns = sa.select(UserIndustry.user_id).where(
        UserIndustry.user_id == user_id, UserIndustry.term_id == industry_id
    )
    return session.scalar(owns) is not None


def fill_slot(
    session: Session,
    slot_id: int,
    document_id: int,
    actor_id: int,
    now: dt.datetime,
    *,
    seen: int | None = None,
    reason: str = "",
) -> None:
    """Put a document into a slot; who puts it there vouches for it.

    ``seen`` is the document that the person saw there, ``None`` for none: where another has come
    meanwhile, the slot is left alone. Doing it twice does it once.
    Raises :class:`SlotNotFound`, :class:`NotKeeper` and :class:`SlotError`.
    """
    slot = _kept(session, slot_id, actor_id)
    shown = _shown(session, slot)
    if shown == document_id:
        return
    if shown != seen:
        raise SlotError("changed")
    if document_id not in open_documents(session, [document_id]):
        raise SlotError("closed")
    action = SlotAction.FILLED if shown is None else SlotAction.REPLACED
    slot.document_id, slot.filled_at, slot.filled_by_id = document_id, now, actor_id
    slot.checked_at = now
    if slot.source_document_id == document_id:
        slot.source_document_id = None
    _note(session, slot, action, actor_id, now, reason)
    refresh_candidates(session, now, [slot.id])


def confirm_slot(session: Session, slot_id: int, actor_id: int, now: dt.datetime) -> None:
    """Vouch that what stands in a slot is still right: its age counts from now.

    Raises :class:`SlotNotFound`, :class:`NotKeeper` and :class:`SlotError`.
    """
    slot = _kept(session, slot_id, actor_id)
    if _shown(session, slot) is None:
        raise SlotError("empty")
    slot.checked_at = now
    _note(session, slot, SlotAction.CONFIRMED, actor_id, now, "")


def clear_slot(
    session: Session, slot_id: int, actor_id: int, now: dt.datetime, reason: str
) -> None:
    """Take the document out of a slot, for a reason that its history keeps.

    Raises :class:`SlotNotFound`, :class:`NotKeeper` and :class:`SlotError`.
    """
    slot = _kept(session, slot_id, actor_id)
    if slot.document_id is None:
        raise SlotError("empty")
    if not reason.strip():
        raise SlotError("reason")
    _note(session, slot, SlotAction.CLEARED, actor_id, now, reason)
    slot.document_id = slot.filled_at = slot.filled_by_id = slot.checked_at = None
    session.flush()
    refresh_candidates(session, now, [slot.id])


def set_rule(session: Session, slot_id: int, rule: SlotRule, actor_id: int) -> None:
    """Settle when a slot is looked at again, and by whom.

    Raises :class:`SlotNotFound`, :class:`NotKeeper` and :class:`SlotError`.
    """
    slot = _kept(session, slot_id, actor_id)
    if rule.refresh_days is not None and not 1 <= rule.refresh_days <= LONGEST_INTERVAL:
        raise SlotError("days")
    if rule.source is not None and rule.source == slot.document_id:
        raise SlotError("itself")
    if rule.source is not None and rule.source not in open_documents(session, [rule.source]):
        raise SlotError("source")
    steward = session.scalar(sa.select(User.id).where(User.login == rule.steward))
    if rule.steward and steward is None:
        raise SlotError("steward")
    slot.refresh_days, slot.source_document_id = rule.refresh_days, rule.source
    slot.steward_id = steward
    details = {"days": rule.refresh_days, "source": rule.source, "steward": rule.steward}
    _audit(session, Act.SLOT_RULE, slot.id, actor_id, details)


def add_slot(
    session: Session,
    codes: tuple[str, str, str],
    refresh_days: int | None,
    actor_id: int,
    now: dt.datetime,
) -> int:
    """Say that an industry needs a kind at a stage; return the slot's number.

    ``codes`` are industry, stage and kind. A slot that was retired comes back with its history.
    Raises :class:`NotKeeper` and :class:`SlotError`.
    """
    industry, stage, kind = (
        _term(session, facet, code)
        for facet, code in zip(("industry", "stage", "kind"), codes, strict=True)
    )
    if not may_keep(session, actor_id, industry):
        raise NotKeeper
    slot = session.scalar(
        sa.select(Slot)
        .where(Slot.industry_id == industry, Slot.stage_id == stage, Slot.kind_id == kind)
        .with_for_update()
    )
    if slot is not None and slot.retired_at is None:
        raise SlotError("known")
    if slot is None:
        slot = Slot(industry_id=industry, stage_id=stage, kind_id=kind, refresh_days=refresh_days)
        session.add(slot)
    slot.retired_at = None
    session.flush()
    _audit(session, Act.SLOT_ADDED, slot.id, actor_id, {"slot": "/".join(codes)})
    refresh_candidates(session, now, [slot.id])
    return slot.id


def retire_slot(session: Session, slot_id: int, actor_id: int, now: dt.datetime) -> None:
    """Say that a slot is no longer needed; its history is kept.

    Raises :class:`SlotNotFound` and :class:`NotKeeper`.
    """
    slot = _kept(session, slot_id, actor_id)
    slot.retired_at = now
    _audit(session, Act.SLOT_RETIRED, slot.id, actor_id, {})
    session.execute(sa.delete(SlotCandidate).where(SlotCandidate.slot_id == slot.id))


def history_of(session: Session, viewer: Viewer, slot_id: int) -> list[SlotEvent]:
    """What became of a slot, the newest first; titles only of what the viewer may read."""
    rows = session.execute(
        sa.select(SlotChange, User.name)
        .outerjoin(User, User.id == SlotChange.actor_id)
        .where(SlotChange.slot_id == slot_id)
        .order_by(SlotChange.at.desc(), SlotChange.id.desc())
    ).all()
    ids = [change.document_id for change, _name in rows if change.document_id is not None]
    shown = documents_for(session, viewer, ids) if ids else {}
    return [
        SlotEvent(
            SlotAction(change.action),
            shown.get(change.document_id or 0),
            name or "",
            change.reason,
            change.at,
        )
        for change, name in rows
    ]


def _kept(session: Session, slot_id: int, actor_id: int) -> Slot:
    # Locked until the commit: two who fill the same slot at once come one after the other.
    slot = session.scalar(
        sa.select(Slot).where(Slot.id == slot_id, Slot.retired_at.is_(None)).with_for_update()
    )
    if slot is None:
        raise SlotNotFound(slot_id)
    if not may_keep(session, actor_id, slot.industry_id):
        raise NotKeeper
    return slot


def _shown(session: Session, slot: Slot) -> int | None:
    """The document that the map shows in a slot."""
    if slot.document_id is None:
        return None
    return slot.document_id if open_documents(session, [slot.document_id]) else None


def _note(
    session: Session,
    slot: Slot,
    action: SlotAction,
    actor_id: int,
    now: dt.datetime,
    reason: str,
) -> None:
    session.add(
        SlotChange(
            slot_id=slot.id,
            action=action,
            document_id=slot.document_id,
            actor_id=actor_id,
            reason=reason.strip()[:LONGEST_REASON],
            at=now,
        )
    )
    session.flush()
    _audit(session, Act(f"slot.{action}"), slot.id, actor_id, {"document": slot.document_id})


def _audit(
    session: Session, act: Act, slot_id: int, actor_id: int, details: Mapping[str, object]
) -> None:
    audit.record(session, act, Subject("slot", slot_id), actor_id=actor_id, details=details)


def _term(session: Session, facet: str, code: str) -> int:
    term_id = session.scalar(
        sa.select(TaxonomyTerm.id).where(
            TaxonomyTerm.facet == facet,
            TaxonomyTerm.code == code,
            TaxonomyTerm.retired_at.is_(None),
        )
    )
    if term_id is None:
        raise SlotError("code")
    return term_id
