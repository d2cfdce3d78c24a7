"""Feeds: which documents stand in one, and since when it has said what it says."""

import datetime as dt
import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.catalogue.fresh import Fresh
from portal.db import utcnow
from portal.models import FeedState, OutboxEntry, Status, Version, Visibility
from portal.push.feed_xml import Enclosure, Entry, FeedHead, render
from portal.push.marks import installation
from portal.search import Hit, SearchRequest
from portal.services import Services

ENTRIES = 50
KEPT = 512
"""Rendered feeds that each process keeps."""
Format = Literal["rss", "atom"]
FORMATS: tuple[Format, ...] = ("rss", "atom")
MEDIA_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml"}


@dataclass(frozen=True, slots=True)
class FeedSource:
    """What a feed is made of.

    ``name`` tells it from every other feed and stays the same for good. ``page`` is the path of
    the page that shows the same, ``path`` the feed's own. ``viewer`` is on whose behalf it reads.
    """

    name: str
    title: str
    page: str
    path: str
    request: SearchRequest
    viewer: Viewer


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it is served. ``etag`` is strong and without quotes.

    ``modified_at`` is when the feed began to say exactly this, to the second, and so changes when
    the ETag does and only then.
    """

    body: bytes
    media_type: str
    etag: str
    modified_at: dt.datetime


class FeedPress:
    """Makes feeds, and keeps what it made until a document changes. Safe for threads.

    ``root`` is the portal's address without a slash at the end.
    """

    def __init__(self, services: Services, kept: int = KEPT) -> None:
        self._services = services
        self._kept = kept
        self._lock = threading.Lock()
        self._feeds: OrderedDict[tuple[str, ...], tuple[object, Feed]] = OrderedDict()
        self._changes = Fresh(services.db, _last_change)

    def feed(self, source: FeedSource, form: Format, root: str) -> Feed:
        """The feed as it is now.

        Raises :class:`~portal.search.BadRequest` for a code that does not exist, and
        :class:`~portal.search.IndexUnavailable` before the first indexing.
        """
        key = (source.name, form, root, source.path, source.title, _audience(source.viewer))
        snapshot = self._services.search.snapshot()
        # Both: the index follows a document's change a moment later.
        version = (str(snapshot.folder), snapshot.generation, self._changes.value())
        with self._lock:
            held = self._feeds.get(key)
            if held is not None and held[0] == version:
                self._feeds.move_to_end(key)
                return held[1]
        feed = self._make(source, form, root)
        with self._lock:
            self._feeds[key] = (version, feed)
            while len(self._feeds) > self._kept:
                self._feeds.popitem(last=False)
        return feed

    def _make(self, source: FeedSource, form: Format, root: str) -> Feed:
        found = entries(self._services, source, root)
        home = installation(self._services.db)
        authority = f"{home.value}.portal.invalid,{home.at:%Y}"
        head = FeedHead(
            id=f"tag:{authority}:feed/{source.name}",
            title=source.title,
            page_url=root + source.page,
            feed_url=root + source.path,
            # An empty feed is as old as the portal: a date never says "now".
            updated=max((entry.updated for entry in found), default=home.at),
        )
        body = render(head, [_named(entry, authority) for entry in found], form)
        etag = hashlib.sha256(body).hexdigest()
        stored = hashlib.sha256(f"{source.name} {form} {root}".encode()).hexdigest()
        return Feed(body, MEDIA_TYPES[form], etag, _modified(self._services, stored, etag))


def entries(services: Services, source: FeedSource, root: str) -> list[Entry]:
    """The newest published documents that the source's viewer may read, newest first."""
    request = replace(source.request, sort="newest", page=1, page_size=ENTRIES)
    answer = services.search.search(request, source.viewer)
    if answer.relaxed and request.match == "all" and not answer.query.is_question:
        return []  # documents with most of the words are for people who look, not for pushing
    hits = [hit for hit in answer.hits if hit.document.status == Status.PUBLISHED]
    with services.db.read() as session:
        versions = _versions(session, [hit.document.id for hit in hits])
    is_open = services.settings.anonymous_reading
    return [
        _entry(hit, versions[hit.document.id], root, is_open)
        for hit in hits
        if hit.document.id in versions
    ]


def _entry(hit: Hit, versions: list[Version], root: str, is_open: bool) -> Entry:
    document = hit.document
    published = document.published_at or versions[0].created_at
    current = next((each for each in versions if each.number == document.version), versions[-1])
    later = (each.created_at for each in versions if each.number > 1)
    address = f"{root}/documents/{document.id}"
    is_public = is_open and document.visibility == Visibility.EVERYONE
    return Entry(
        id=str(document.id),
        url=address,
        title=document.title,
        summary="".join(span.text for span in hit.snippet),
        author=document.author,
        categories=tuple((code, facet) for facet, codes in document.keys.items() for code in codes),
        published=published,
        # A document that was taken in long after its own date is as old as it says.
        updated=max((published, *later)),
        enclosure=Enclosure(f"{address}/original", current.media_type, current.size)
        if is_public
        else None,
    )


def _versions(session: Session, ids: list[int]) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = {}
    for row in session.scalars(
        sa.select(Version).where(Version.document_id.in_(ids)).order_by(Version.number)
    ):
        found.setdefault(row.document_id, []).append(row)
    return found


def _named(entry: Entry, authority: str) -> Entry:
    # One name in every feed: it is made of the installation and the document alone.
    return replace(entry, id=f"tag:{authority}:document/{entry.id}")


def _modified(services: Services, key: str, etag: str) -> dt.datetime:
    """Since when the feed has had this ETag: the same in every process, and after a restart."""
    with services.db.read() as session:
        known = session.get(FeedState, key)
    if known is not None and known.etag == etag:
        return known.modified_at
    try:
        with services.db.write() as session:
            row = session.get(FeedState, key, with_for_update=True)
            now = utcnow().replace(microsecond=0)
            if row is None:
                row = FeedState(key=key, etag=etag, modified_at=now)
                session.add(row)
            elif row.etag != etag:
                # Two changes within a second must not share a date.
                row.etag, row.modified_at = (
                    etag,
                    max(now, row.modified_at + dt.timedelta(seconds=1)),
                )
            return row.modified_at
    except IntegrityError:
        return _modified(services, key, etag)  # another process wrote the first row


def _last_change(session: Session) -> int:
    return session.scalar(sa.select(sa.func.max(OutboxEntry.id))) or 0


def _audience(viewer: Viewer) -> str:
    return "*" if viewer.audiences is None else " ".join(sorted(viewer.audiences))
