"""Alerts: what has changed in the library is held against the searches that people keep.

Each run looks at the documents that the index learnt of since the last one, and asks of each saved
search which of those few it finds, on behalf of its owner. A document is told once for each search.
A document that becomes visible later, by publication or permission, passes through the index then
and is new then. Where an owner's own permissions changed, and after a long pause, that search looks
at all documents.
"""

import datetime as dt
import hashlib
import logging
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.models import (
    Channel,
    Document,
    NoticeKind,
    OutboxEntry,
    SavedSearch,
    User,
)
from portal.notices import post
from portal.notices.settings import quiet_until, settings_of
from portal.push.channels import mail_configured
from portal.push.ledger import enqueue
from portal.push.marks import reached, set_reached
from portal.push.matches import matching_published
from portal.push.propose import propose_answers
from portal.push.saved import audience_mark, owners, remember, request_of
from portal.search import IndexUnavailable, SearchError
from portal.services import Services

OVERLAP = dt.timedelta(minutes=5)
"""Looked at again, because transactions end in another order than they begin."""
LONGEST_PAUSE = dt.timedelta(hours=20)
"""After a longer pause the outbox may have been tidied: every search looks at everything."""
SINGLE = 3
"""So many new matches of a search are told one by one, more in one notice."""
_MARK = "alerts"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Alerted:
    """What a run did: documents and searches looked at, matches that were new, notices posted."""

    documents: int = 0
    searches: int = 0
    matches: int = 0
    notices: int = 0
    proposed: int = 0


def run_alerts(services: Services, now: dt.datetime) -> Alerted:
    """Hold what changed against all saved searches and open requests; repeating changes nothing."""
    with services.db.read() as session:
        last = reached(session, _MARK)
        changed = _changed(session, last, now)
        rows = list(session.scalars(sa.select(SavedSearch).order_by(SavedSearch.id)))
        viewers = owners(session, rows)
    matches = notices = looked = 0
    for row in rows:
        mark = audience_mark(viewers[row.user_id])
        among = None if mark != row.audience else changed
        if among is not None and not among:
            continue
        looked += 1
        found = _found(services, row, viewers[row.user_id], among)
        if found or mark != row.audience:
            fresh, posted = _tell(services, row, viewers[row.user_id], found, mark, now)
            matches, notices = matches + fresh, notices + posted
    proposed = propose_answers(services, changed, now)
    with services.db.write() as session:
        set_reached(session, _MARK, now)
    return Alerted(-1 if changed is None else len(changed), looked, matches, notices, proposed)


def _changed(session: Session, last: dt.datetime | None, now: dt.datetime) -> frozenset[int] | None:
    """The documents that the index learnt of since the last run; ``None`` where nobody knows."""
    if last is None or now - last > LONGEST_PAUSE:
        return None
    return frozenset(
        session.scalars(
            sa.select(OutboxEntry.document_id)
            .where(OutboxEntry.done_at > last - OVERLAP)
            .distinct()
        )
    )


def _found(
    services: Services, row: SavedSearch, viewer: Viewer, among: Collection[int] | None
) -> frozenset[int]:
    request = request_of(row)
    try:
        return matching_published(services, request, viewer, among)
    except IndexUnavailable:
        raise
    except SearchError as error:
        # A code that has been retired since: its owner sees that when opening the search.
        _log.info("saved search %d cannot be asked: %s", row.id, type(error).__name__)
        return frozenset()


def _tell(
    services: Services,
    row: SavedSearch,
    viewer: Viewer,
    found: frozenset[int],
    mark: str,
    now: dt.datetime,
) -> tuple[int, int]:
    """Note the matches and tell the owner of those that are new, in one transaction."""
    with services.db.write() as session:
        search = session.get(SavedSearch, row.id)
        if search is None:
            return 0, 0  # removed meanwhile
        search.audience = mark
        own = _own(session, viewer, found)
        fresh = remember(session, row.id, found - own, now, told=not search.in_digest)
        if not fresh:
            return 0, 0
        posted = _notices(session, search, fresh, now) if search.at_once else 0
        if search.by_mail:
            _mail(services, session, search, fresh, now)
        return len(fresh), posted


def _own(session: Session, viewer: Viewer, found: frozenset[int]) -> frozenset[int]:
    """What the owner wrote is no news to the owner."""
    query = sa.select(Document.id).where(
        Document.id.in_(found), Document.author_id == viewer.user_id
    )
    return frozenset(session.scalars(query))


def _notices(session: Session, search: SavedSearch, fresh: list[int], now: dt.datetime) -> int:
    data = {"saved_search": search.id, "name": search.name}
    if len(fresh) > SINGLE:
        return post(
            session,
            NoticeKind.ALERT,
            [search.user_id],
            now,
            key=f"alert-{search.id}-{_digest(fresh)}",
            data={**data, "count": len(fresh)},
        )
    return sum(
        post(
            session,
            NoticeKind.ALERT,
            [search.user_id],
            now,
            key=f"alert-{search.id}-{each}",
            document_id=each,
            data=data,
        )
        for each in fresh
    )


def _mail(
    services: Services, session: Session, search: SavedSearch, fresh: list[int], now: dt.datetime
) -> None:
    settings = services.settings
    own = settings_of(session, [search.user_id])[search.user_id]
    address = session.scalar(sa.select(User.email).where(User.id == search.user_id))
    if not mail_configured(settings) or not address:
        return
    local = now.astimezone(settings.timezone)
    enqueue(
        session,
        f"alert-{search.id}-{_digest(fresh)}",
        search.user_id,
        Channel.MAIL,
        NoticeKind.ALERT,
        {"saved_search": search.id, "documents": fresh},
        now,
        quiet_until(own, local).astimezone(dt.UTC),
    )


def _digest(documents: list[int]) -> str:
    return hashlib.sha256(",".join(map(str, documents)).encode()).hexdigest()[:16]
