"""Choosing what a digest says: work per industry first, then per person.

Nothing is chosen that the person wrote, has read lately, or was shown before.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Taxonomy, Viewer, documents_for
from portal.catalogue.slot_duties import due_slots
from portal.catalogue.slot_state import SlotState
from portal.models import (
    Document,
    DocumentTerm,
    KnowledgeRequest,
    ReaderEvent,
    RequestState,
    Status,
    UserIndustry,
)
from portal.push.digest_types import MOST_ITEMS, Content, Due, Item, Task, Why

LONGEST_LOOK = dt.timedelta(days=14)
"""How far back something counts as new for a person who had no digest lately."""
WEEK = dt.timedelta(days=7)
FEWEST_READERS = 3
_CONSIDERED = 60
_LOOKED_AT = 15


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document of an industry; ``readers`` counts its colleagues who used it this week."""

    document_id: int
    author_id: int
    published_at: dt.datetime
    readers: int


@dataclass(frozen=True, slots=True)
class Night:
    """What all digests of one night share. ``moment`` is when the night is; ``due`` by industry."""

    moment: dt.datetime
    day: dt.date
    new: Mapping[str, tuple[Candidate, ...]]
    hot: Mapping[str, tuple[Candidate, ...]]
    slots: Mapping[str, Due]
    requests: Mapping[str, Due]


@dataclass(frozen=True, slots=True)
class Manager:
    """An industry manager, and what the choice depends on.

    ``since``: what was published before is not new. ``shown`` and ``read`` are documents;
    ``matches`` are those that saved searches found, with the search's name.
    """

    id: int
    login: str
    name: str
    viewer: Viewer
    industries: tuple[str, ...]
    since: dt.datetime
    shown: Collection[int] = ()
    read: Collection[int] = ()
    matches: Mapping[int, str] = field(default_factory=dict)
    reviews: int = 0
    documents: int = 0


def prepare_night(session: Session, taxonomy: Taxonomy, moment: dt.datetime, day: dt.date) -> Night:
    """Gather what every digest of a night chooses from."""
    readers = _readers(session, moment - WEEK, moment)
    new: dict[str, tuple[Candidate, ...]] = {}
    hot: dict[str, tuple[Candidate, ...]] = {}
    for term in taxonomy.terms["industry"]:
        published = _published(term.id, moment)
        recent = published.where(Document.published_at > moment - LONGEST_LOOK)
        latest = recent.order_by(Document.published_at.desc(), Document.id.desc())
        counts = readers.get(term.id, {})
        new[term.code] = _candidates(session, latest.limit(_CONSIDERED), counts)
        most = sorted(counts, key=lambda each: (-counts[each], each))[:_CONSIDERED]
        found = _candidates(session, published.where(Document.id.in_(most)), counts)
        hot[term.code] = tuple(sorted(found, key=lambda each: (-each.readers, each.document_id)))
    return Night(
        moment,
        day,
        new,
        hot,
        _due_slots(session, taxonomy, moment),
        _open_requests(session, day),
    )


def choose(session: Session, night: Night, manager: Manager) -> Content:
    """What tonight's digest says to a manager; nothing where there is nothing to say."""
    chosen: dict[int, Item] = {}
    for document_id, name in manager.matches.items():
        chosen[document_id] = Item(document_id, Why.SEARCH, {"name": name})
    for item in _of_industries(night, manager):
        chosen.setdefault(item.document_id, item)
    ids = [each for each in chosen if each not in manager.shown][: _LOOKED_AT * 2]
    found = documents_for(session, manager.viewer, ids) if ids else {}
    kept = [
        chosen[each] for each in ids if each in found and found[each].status == Status.PUBLISHED
    ]
    return Content(tuple(kept[:MOST_ITEMS]), tuple(_due(night, manager)))


def _of_industries(night: Night, manager: Manager) -> Iterable[Item]:
    """New documents first, those that colleagues already read before the others; then hot ones."""
    passed = set(manager.read) | set(manager.shown)
    new: list[tuple[tuple[int, float, int], Item]] = []
    hot: list[tuple[tuple[int, int], Item]] = []
    for industry in manager.industries:
        for each in night.new.get(industry, ()):
            if each.published_at <= manager.since:
                continue
            if each.document_id in passed or each.author_id == manager.id:
                continue
            why = Why.NEW_AND_READ if each.readers >= FEWEST_READERS else Why.NEW
            days = (night.moment - each.published_at).days
            data = {"industry": industry, "days": days, "readers": each.readers}
            rank = (-each.readers, -each.published_at.timestamp(), each.document_id)
            new.append((rank, Item(each.document_id, why, data)))
        for each in night.hot.get(industry, ())[:_LOOKED_AT]:
            if each.document_id in passed or each.author_id == manager.id:
                continue
            if each.readers >= FEWEST_READERS:
                data = {"industry": industry, "readers": each.readers}
                item = Item(each.document_id, Why.HOT, data)
                hot.append(((-each.readers, each.document_id), item))
    for _rank, item in sorted(new, key=lambda pair: pair[0])[:_LOOKED_AT]:
        yield item
    for _order, item in sorted(hot, key=lambda pair: pair[0])[:_LOOKED_AT]:
        yield item


def _due(night: Night, manager: Manager) -> Iterable[Due]:
    if manager.reviews:
        yield Due(Task.REVIEWS, manager.reviews)
    for waiting in (night.requests, night.slots):
        yield from (waiting[each] for each in manager.industries if each in waiting)
    if manager.documents:
        yield Due(Task.DOCUMENTS, manager.documents, manager.documents)


def _published(term_id: int, moment: dt.datetime) -> sa.Select[int, int, dt.datetime | None]:
    return (
        sa.select(Document.id, Document.author_id, Document.published_at)
        .join(DocumentTerm, DocumentTerm.document_id == Document.id)
        .where(
            DocumentTerm.term_id == term_id,
            Document.status == Status.PUBLISHED,
            Document.published_at <= moment,
        )
    )


def _candidates(
    session: Session,
    query: sa.Select[int, int, dt.datetime | None],
    readers: Mapping[int, int],
) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(document_id, author_id, published_at, readers.get(document_id, 0))
        for document_id, author_id, published_at in session.execute(query)
        if published_at is not None
    )


def _readers(session: Session, since: dt.datetime, until: dt.datetime) -> dict[int, dict[int, int]]:
    """How many colleagues of an industry used a document: by industry's term and document."""
    count = sa.func.count(sa.distinct(ReaderEvent.user_id))
    rows = session.execute(
        sa.select(UserIndustry.term_id, ReaderEvent.document_id, count)
        .join(ReaderEvent, ReaderEvent.user_id == UserIndustry.user_id)
        .where(ReaderEvent.at > since, ReaderEvent.at <= until)
        .group_by(UserIndustry.term_id, ReaderEvent.document_id)
    )
    found: dict[int, dict[int, int]] = {}
    for term_id, document_id, readers in rows:
        found.setdefault(term_id, {})[document_id] = readers
    return found


def _due_slots(session: Session, taxonomy: Taxonomy, moment: dt.datetime) -> dict[str, Due]:
    counts: dict[str, list[int]] = {}
    for slot in due_slots(session, taxonomy, taxonomy.codes("industry"), moment):
        both = counts.setdefault(slot.industry, [0, 0])
        both[0] += 1
        both[1] += slot.state == SlotState.OVERDUE
    return {code: Due(Task.SLOTS, both[0], both[1], code) for code, both in counts.items()}


def _open_requests(session: Session, day: dt.date) -> dict[str, Due]:
    late = sa.func.sum(sa.case((KnowledgeRequest.due_on < day, 1), else_=0))
    rows = session.execute(
        sa.select(KnowledgeRequest.industry, sa.func.count(KnowledgeRequest.id), late)
        .where(KnowledgeRequest.state == RequestState.OPEN, KnowledgeRequest.industry != "")
        .group_by(KnowledgeRequest.industry)
    )
    return {code: Due(Task.REQUESTS, count, int(after), code) for code, count, after in rows}
