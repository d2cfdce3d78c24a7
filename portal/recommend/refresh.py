"""Making everybody's recommendations ahead: once per industry, then for each person who is due."""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.db import Database
from portal.models import CoReadingModel, ListEntry, ListMark, ListName, OwnerKind
from portal.recommend.ease import CoReading, Integers
from portal.recommend.facts import Offer, facts, offers, vocabulary
from portal.recommend.mix import Candidate
from portal.recommend.people import (
    NO_HISTORY,
    History,
    Person,
    chunks,
    dismissed,
    event_count,
    histories,
    inputs,
    marks,
    people,
)
from portal.recommend.personal import LOOKED_BACK, Stock, recommend

MODEL_ID = 1
MODEL_AGE = dt.timedelta(hours=6)
NEWS = 0.02
"""What part of the events must be news for the co-reading to be computed before its time."""
SIMILAR_ASKED = 300
"""How many documents one refresh looks for the like of, those that most people read last."""
SIMILAR_BACK = 2
_log = logging.getLogger(__name__)

Similar = Callable[[int], Sequence[int]]
"""The documents most like one, by number; whoever calls the refresh brings it from the search."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh did: people there are, people whose lists were made, entries written."""

    people: int
    due: int
    entries: int
    is_model_new: bool


@dataclass(frozen=True, slots=True)
class _Model:
    co_reading: CoReading
    made_at: dt.datetime
    events: int
    is_new: bool


def refresh_recommended(db: Database, similar: Similar, now: dt.datetime) -> Refreshed:
    """Make the recommendations of all whose inputs changed; running it again changes nothing.

    Inputs are a person's role, industries, use and dismissals, what is new and missing in the
    industries, and the co-reading, which is computed anew every six hours, or sooner when many
    events have come. Lists are written for a few hundred people at a time.
    """
    with db.read() as session:
        everybody = people(session)
        model, read = _model(session, everybody, now)
        offered = offers(session)
        due = _due(session, everybody, offered, model)
        ids = [person.id for person, _ in due]
        if not model.is_new:
            read = histories(session, ids, now)
        gone = dismissed(session, ids)
    if model.is_new:
        _keep(db, model)
    if not due:
        return Refreshed(len(everybody), 0, 0, model.is_new)
    latest = [read[each].documents for each in ids if each in read]
    # No session is open meanwhile: the search has its own.
    alike = _alike(similar, model.co_reading, latest)
    with db.read() as session:
        stock = _stock(session, model.co_reading, offered, alike, latest, gone)
    entries = 0
    for part in chunks(due):
        lists = {
            person.id: recommend(
                person, stock, read.get(person.id, NO_HISTORY), gone.get(person.id, ())
            )
            for person, _ in part
        }
        entries += _write(db, {person.id: mark for person, mark in part}, lists, now)
    return Refreshed(len(everybody), len(due), entries, model.is_new)


def _model(
    session: Session, everybody: Sequence[Person], now: dt.datetime
) -> tuple[_Model, dict[int, History]]:
    """The co-reading, with the histories that it was made from where it had to be."""
    events = event_count(session)
    row = session.get(CoReadingModel, MODEL_ID)
    if row is not None and not _is_old(row, events, now):
        try:
            kept = CoReading.from_bytes(row.arrays)
            return _Model(kept, row.made_at, row.events, is_new=False), {}
        except (ValueError, KeyError, OSError, EOFError):
            _log.exception("the co-reading that was kept cannot be read and is computed anew")
    read = histories(session, [person.id for person in everybody], now)
    lately = [history.documents[: history.lately] for history in read.values()]
    return _Model(CoReading.of(lately), now, events, is_new=True), read


def _is_old(row: CoReadingModel, events: int, now: dt.datetime) -> bool:
    news = abs(events - row.events)
    # A clock that was put back leaves a model from the future, which is as old as it is ahead.
    return news > NEWS * row.events or (news > 0 and abs(now - row.made_at) >= MODEL_AGE)


def _due(
    session: Session, everybody: Sequence[Person], offered: Mapping[int, Offer], model: _Model
) -> list[tuple[Person, str]]:
    """Whose inputs are others than those of the present list, with the mark of the new ones."""
    stamps = {owner: offer.stamp for owner, offer in offered.items()}
    kept = marks(session)
    marked = ((person, inputs(person, stamps, model.made_at.isoformat())) for person in everybody)
    return [(person, mark) for person, mark in marked if kept.get(person.id) != mark]


def _keep(db: Database, model: _Model) -> None:
    with db.write() as session:
        row = session.get(CoReadingModel, MODEL_ID) or CoReadingModel(id=MODEL_ID)
        row.made_at, row.events = model.made_at, model.events
        row.arrays = model.co_reading.to_bytes()
        session.add(row)


def _alike(
    similar: Similar, co_reading: CoReading, latest: Sequence[Integers]
) -> dict[int, Sequence[int]]:
    """What is like the documents that people read last.

    Where they are too many, first those of which the co-reading knows nothing, then those that
    most people read.
    """
    wanted = Counter(
        document for documents in latest for document in documents[:SIMILAR_BACK].tolist()
    )
    asked = sorted(
        wanted, key=lambda document: (co_reading.covers(document), -wanted[document], document)
    )
    return {document: similar(document) for document in asked[:SIMILAR_ASKED]}


def _stock(
    session: Session,
    co_reading: CoReading,
    offered: Mapping[int, Offer],
    alike: Mapping[int, Sequence[int]],
    latest: Sequence[Integers],
    gone: Mapping[int, set[int]],
) -> Stock:
    known = vocabulary(session)
    wanted = set(co_reading.documents.tolist())
    wanted.update(*(offer.documents for offer in offered.values()), *alike.values())
    wanted.update(*gone.values())
    for documents in latest:
        wanted.update(documents[:LOOKED_BACK].tolist())
    return Stock(co_reading, offered, facts(session, wanted, known), alike, known)


def _write(
    db: Database, new: Mapping[int, str], lists: Mapping[int, Sequence[Candidate]], now: dt.datetime
) -> int:
    """Put the lists of some people in the place of their old ones, in one transaction."""
    entries = [
        {
            "owner_kind": OwnerKind.PERSON,
            "owner_id": user_id,
            "list": ListName.RECOMMENDED,
            "rank": rank,
            "document_id": candidate.document,
            "reason": candidate.reason.code,
            "data": dict(candidate.reason.data),
        }
        for user_id, chosen in lists.items()
        for rank, candidate in enumerate(chosen, 1)
    ]
    with db.write() as session:
        session.execute(
            sa.delete(ListEntry).where(
                ListEntry.owner_kind == OwnerKind.PERSON, ListEntry.owner_id.in_(new)
            )
        )
        session.execute(sa.delete(ListMark).where(ListMark.user_id.in_(new)))
        if entries:
            session.execute(sa.insert(ListEntry), entries)
        session.execute(
            sa.insert(ListMark),
            [{"user_id": each, "inputs": mark, "made_at": now} for each, mark in new.items()],
        )
    return len(entries)
