"""The hottest documents of each industry, and over all, with how many colleagues used them."""

import datetime as dt
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Database
from portal.models import (
    Document,
    DocumentTerm,
    EventKind,
    ListEntry,
    ListName,
    OwnerKind,
    ReaderEvent,
    Status,
    UserIndustry,
    Visibility,
)
from portal.models.lists import ALL_INDUSTRIES
from portal.recommend.activity import mend_hotness, purge_refusals
from portal.recommend.hot import FADES_IN, half_lives, head_start, standing
from portal.recommend.industries import head_counts
from portal.recommend.replacing import replace_list
from portal.recommend.types import Reason, ReasonCode

LENGTH = 12
CONSIDERED = 4 * LENGTH
WEEK, MONTH = dt.timedelta(days=7), dt.timedelta(days=28)
# What is left after this many half-lives is old fame and no heat.
_COLD = 6.0
_Row = sa.Row[int, float | None, dt.datetime | None]


@dataclass(frozen=True, slots=True)
class _Uses:
    """How many people used a document; by industry and document, and by document."""

    industry_week: Mapping[tuple[int, int], int] = field(default_factory=dict)
    week: Mapping[int, int] = field(default_factory=dict)
    month: Mapping[int, int] = field(default_factory=dict)

    def reason(self, owner: int, document: int, is_new: bool) -> Reason:
        """The nearest true reason: this industry this week, anyone this week, this month."""
        if count := self.industry_week.get((owner, document)):
            return Reason(ReasonCode.INDUSTRY_WEEK, {"count": count})
        if count := self.week.get(document):
            return Reason(ReasonCode.WEEK, {"count": count})
        if is_new:
            return Reason(ReasonCode.JUST_PUBLISHED)
        if count := self.month.get(document):
            return Reason(ReasonCode.MONTH, {"count": count})
        return Reason(ReasonCode.EARLIER)


def refresh_hottest(db: Database, now: dt.datetime) -> int:
    """Make the lists anew from what everyone may read; return how many entries they have.

    An industry's list is ordered by :func:`~portal.recommend.hot.standing`; that over all
    industries takes for each document the industry in which it stands best.
    """
    with db.write() as session:
        mend_hotness(session, now)
        purge_refusals(session, now)
    with db.read() as session:
        lists = _ranked(session, now)
        uses = _uses(session, {row.id for rows in lists.values() for row in rows}, now)
    entries = [
        _entry(owner, rank, row, uses, now)
        for owner, rows in lists.items()
        for rank, row in enumerate(rows, 1)
    ]
    with db.write() as session:
        replace_list(session, ListName.HOTTEST, entries)
    return len(entries)


def _ranked(session: Session, now: dt.datetime) -> dict[int, list[_Row]]:
    best: dict[int, tuple[float, _Row]] = {}
    lists: dict[int, list[_Row]] = {}
    for owner, people in head_counts(session).items():
        ranked = sorted(
            (
                (standing(row.hot, row.published_at, people, now), row)
                for row in _candidates(session, owner, now)
            ),
            key=lambda pair: (-pair[0], -pair[1].id),
        )
        lists[owner] = [row for _, row in ranked[:LENGTH]]
        for value, row in ranked:
            # What belongs to an industry is measured by its industries alone.
            if owner != ALL_INDUSTRIES or row.id not in best:
                best[row.id] = max(best.get(row.id, (-math.inf, row)), (value, row), key=_value)
    overall = sorted(best.values(), key=lambda pair: (-pair[0], -pair[1].id))
    lists[ALL_INDUSTRIES] = [row for _, row in overall[:LENGTH]]
    return lists


def _value(pair: tuple[float, _Row]) -> float:
    return pair[0]


def _candidates(session: Session, owner: int, now: dt.datetime) -> list[_Row]:
    """What may be hottest: by use, and what is so new that its head start still counts."""
    readable = sa.select(Document.id, Document.hot, Document.published_at).where(
        Document.status == Status.PUBLISHED, Document.visibility == Visibility.EVERYONE
    )
    if owner != ALL_INDUSTRIES:
        readable = readable.join(DocumentTerm, DocumentTerm.document_id == Document.id).where(
            DocumentTerm.term_id == owner
        )
    used = readable.where(Document.hot > half_lives(now) - _COLD).order_by(
        Document.hot.desc(), Document.id.desc()
    )
    new = readable.where(
        Document.published_at > now - FADES_IN, Document.published_at <= now
    ).order_by(Document.published_at.desc(), Document.id.desc())
    rows = [row for query in (used, new) for row in session.execute(query.limit(CONSIDERED))]
    return list({row.id: row for row in rows}.values())


def _uses(session: Session, documents: Collection[int], now: dt.datetime) -> _Uses:
    people = sa.func.count(sa.distinct(ReaderEvent.user_id))
    used = (
        sa.select(ReaderEvent.document_id, people)
        .where(ReaderEvent.document_id.in_(documents), ReaderEvent.at <= now)
        .where(ReaderEvent.kind != EventKind.SEARCH_OPEN)
        .group_by(ReaderEvent.document_id)
    )
    by_industry = (
        used.add_columns(UserIndustry.term_id)
        .join(UserIndustry, UserIndustry.user_id == ReaderEvent.user_id)
        .where(ReaderEvent.at > now - WEEK)
        .group_by(UserIndustry.term_id)
    )
    return _Uses(
        {(term, document): count for document, count, term in session.execute(by_industry)},
        dict(session.execute(used.where(ReaderEvent.at > now - WEEK)).all()),
        dict(session.execute(used.where(ReaderEvent.at > now - MONTH)).all()),
    )


def _entry(owner: int, rank: int, row: _Row, uses: _Uses, now: dt.datetime) -> ListEntry:
    reason = uses.reason(owner, row.id, head_start(row.published_at, now) > 0)
    return ListEntry(
        owner_kind=OwnerKind.INDUSTRY,
        owner_id=owner,
        list=ListName.HOTTEST,
        rank=rank,
        document_id=row.id,
        reason=reason.code,
        data=dict(reason.data),
    )
