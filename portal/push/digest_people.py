"""Who gets a digest, and what the choice for each of them depends on."""

import datetime as dt
from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.catalogue import Viewer
from portal.models import (
    DigestItem,
    Document,
    ReaderEvent,
    Role,
    SavedSearch,
    SavedSearchMatch,
    Status,
    TaxonomyTerm,
    User,
    UserIndustry,
)
from portal.push.digest_select import LONGEST_LOOK, Manager, Night

READ_LATELY = dt.timedelta(days=30)


def load_managers(
    session: Session,
    night: Night,
    ids: Collection[int],
    since: Mapping[int, dt.datetime],
) -> list[Manager]:
    """The managers of these numbers, with what the choice depends on: a fixed number of queries."""
    people = session.scalars(sa.select(User).where(User.id.in_(ids)).order_by(User.id)).all()
    industries = _industries(session, ids)
    shown = _pairs(
        session,
        sa.select(DigestItem.user_id, DigestItem.document_id).where(DigestItem.user_id.in_(ids)),
    )
    read = _pairs(
        session,
        sa.select(ReaderEvent.user_id, ReaderEvent.document_id)
        .where(ReaderEvent.user_id.in_(ids), ReaderEvent.at > night.moment - READ_LATELY)
        .distinct(),
    )
    matches = _matches(session, ids)
    reviews = _counts(session, Document.reviewer_id, ids, Document.status == Status.IN_REVIEW)
    overdue = _counts(
        session,
        Document.steward_id,
        ids,
        sa.and_(Document.status == Status.PUBLISHED, Document.review_due_at <= night.moment),
    )
    return [
        Manager(
            id=person.id,
            login=person.login,
            name=person.name,
            viewer=Viewer.of(person),
            industries=tuple(industries.get(person.id, ())),
            since=since.get(person.id, night.moment - LONGEST_LOOK),
            shown=shown.get(person.id, set()),
            read=read.get(person.id, set()),
            matches=matches.get(person.id, {}),
            reviews=reviews.get(person.id, 0),
            documents=overdue.get(person.id, 0),
        )
        for person in people
    ]


def manager_ids(session: Session) -> list[int]:
    """Everyone who gets a digest: industry managers with an industry."""
    return list(
        session.scalars(
            sa.select(User.id)
            .join(UserIndustry, UserIndustry.user_id == User.id)
            .where(User.role == Role.INDUSTRY_MANAGER, User.deactivated_at.is_(None))
            .distinct()
            .order_by(User.id)
        )
    )


def _industries(session: Session, ids: Collection[int]) -> dict[int, list[str]]:
    rows = session.execute(
        sa.select(UserIndustry.user_id, TaxonomyTerm.code)
        .join(TaxonomyTerm, TaxonomyTerm.id == UserIndustry.term_id)
        .where(UserIndustry.user_id.in_(ids), TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.position)
    )
    found: dict[int, list[str]] = {}
    for user_id, code in rows:
        found.setdefault(user_id, []).append(code)
    return found


def _pairs(session: Session, query: sa.Select[int, int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for user_id, document_id in session.execute(query):
        found.setdefault(user_id, set()).add(document_id)
    return found


def _matches(session: Session, ids: Collection[int]) -> dict[int, dict[int, str]]:
    rows = session.execute(
        sa.select(SavedSearch.user_id, SavedSearchMatch.document_id, SavedSearch.name)
        .join(SavedSearch, SavedSearch.id == SavedSearchMatch.saved_search_id)
        .where(
            SavedSearch.user_id.in_(ids),
            SavedSearch.in_digest,
            SavedSearchMatch.told_at.is_(None),
        )
        .order_by(SavedSearchMatch.found_at, SavedSearchMatch.document_id)
    )
    found: dict[int, dict[int, str]] = {}
    for user_id, document_id, name in rows:
        found.setdefault(user_id, {}).setdefault(document_id, name)
    return found


def _counts(
    session: Session,
    column: InstrumentedAttribute[int | None],
    ids: Collection[int],
    condition: sa.ColumnElement[bool],
) -> dict[int, int]:
    rows = session.execute(
        sa.select(column, sa.func.count(Document.id))
        .where(column.in_(ids), condition)
        .group_by(column)
    )
    return {user_id: count for user_id, count in rows if user_id is not None}
