"""Who keeps a published document current, and until when it counts as checked."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act
from portal.catalogue.standing import LifeCycleError, record_change, standing
from portal.catalogue.transitions import Step
from portal.catalogue.types import Viewer
from portal.models import Document, NoticeKind, ReviewPeriod, Status, TaxonomyTerm, User
from portal.notices import post
from portal.permissions import KEEPERS, Permission, demand

DEFAULT_DAYS = 365
LONGEST_DAYS = 3650
OTHER = ""


def review_periods(session: Session) -> dict[str, int]:
    """Days by kind; the empty code stands for every document of no listed kind."""
    rows = session.execute(sa.select(ReviewPeriod.kind, ReviewPeriod.days)).all()
    return {OTHER: DEFAULT_DAYS, **{row.kind: row.days for row in rows}}


def set_review_periods(session: Session, periods: Mapping[str, int]) -> None:
    """Store the days of kinds. Dates that were set before stay; the next ones follow.

    Raises :class:`LifeCycleError` for days below 1 or above ten years, and for an unknown kind.
    """
    demand(Permission.ADMINISTER)
    kinds = set(session.scalars(sa.select(TaxonomyTerm.code).where(TaxonomyTerm.facet == "kind")))
    if any(not 1 <= days <= LONGEST_DAYS for days in periods.values()) or periods.keys() - {
        *kinds,
        OTHER,
    }:
        raise LifeCycleError("days")
    before = review_periods(session)
    changed = {kind: days for kind, days in periods.items() if before.get(kind) != days}
    if changed:
        audit.record(session, Act.REVIEW_PERIODS, details={"days": changed})
    for kind, days in periods.items():
        session.merge(ReviewPeriod(kind=kind, days=days))


def due_after(session: Session, document: Document, start: dt.datetime) -> dt.datetime:
    """When a document that was checked at ``start`` is to be checked again.

    Of several kinds the one with the shortest period counts.
    """
    periods = review_periods(session)
    kinds = [term.code for term in document.terms if term.facet == "kind"]
    days = [periods.get(kind, periods[OTHER]) for kind in kinds] or [periods[OTHER]]
    return start + dt.timedelta(days=min(days))


def confirm(session: Session, viewer: Viewer, document_id: int, now: dt.datetime) -> dt.datetime:
    """Note that a published document was read and still holds; return the next date.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(KEEPERS)
    if held.status != Status.PUBLISHED:
        raise LifeCycleError("way")
    due = due_after(session, held.document, now)
    held.document.review_due_at = due
    record_change(session, held, Step.CONFIRM, now)
    return due


def hand_over(
    session: Session, viewer: Viewer, document_id: int, login: str, now: dt.datetime
) -> None:
    """Make the person with a login the steward.

    Raises :class:`portal.catalogue.DocumentNotFound` and :class:`LifeCycleError`.
    """
    held = standing(session, viewer, document_id)
    held.require(KEEPERS)
    if held.status != Status.PUBLISHED:
        raise LifeCycleError("way")
    steward = session.scalar(
        sa.select(User).where(User.login == login.strip(), User.deactivated_at.is_(None))
    )
    if steward is None:
        raise LifeCycleError("person")
    held.document.steward_id = steward.id
    record_change(session, held, Step.HAND_OVER, now, comment=steward.name)


def post_overdue(session: Session, now: dt.datetime) -> int:
    """Tell stewards which of their documents should have been checked; return how many notices.

    Once for each document and date, however often it is called.
    """
    rows = session.execute(
        sa.select(
            Document.id, Document.author_id, Document.steward_id, Document.review_due_at
        ).where(Document.status == Status.PUBLISHED, Document.review_due_at <= now)
    ).all()
    return sum(
        post(
            session,
            NoticeKind.REVIEW_DUE,
            [row.steward_id or row.author_id],
            now,
            key=f"review-due:{row.id}:{row.review_due_at:%Y-%m-%dT%H:%M:%S}",
            document_id=row.id,
        )
        for row in rows
    )
