"""Searches that people keep, and the ways in which new matches reach them."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import Viewer
from portal.models import (
    Channel,
    FeedAddress,
    NoticeKind,
    SavedSearch,
    SavedSearchMatch,
    User,
)
from portal.models.push import LONGEST_NAME
from portal.models.queries import LONGEST_TEXT
from portal.notices.settings import choose
from portal.push.addresses import make_address, revoke_saved_search
from portal.push.sanitise import one_line
from portal.search import FILTERS, Match, SearchRequest, SearchService

MOST_EACH = 50
"""Saved searches that one person can have."""


class SavedSearchError(ValueError):
    """A search cannot be kept; ``reason`` is ``many``, ``empty`` or ``long``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ways:
    """How new matches reach the owner."""

    in_feed: bool = False
    in_digest: bool = False
    by_mail: bool = False
    at_once: bool = False


@dataclass(frozen=True, slots=True)
class SavedSearchView:
    """A saved search as its owner sees it. ``found`` counts the matches told since it was saved."""

    id: int
    name: str
    request: SearchRequest
    in_feed: bool
    in_digest: bool
    by_mail: bool
    at_once: bool
    created_at: dt.datetime
    found: int
    latest_at: dt.datetime | None

    @property
    def pushes(self) -> bool:
        """Whether new matches reach the owner in any way."""
        return self.in_feed or self.in_digest or self.by_mail or self.at_once


def request_of(row: SavedSearch) -> SearchRequest:
    """The search that was saved."""
    match: Match = "most" if row.match == "most" else "all"
    filters = {name: tuple(codes) for name, codes in row.filters.items() if name in FILTERS}
    return SearchRequest(row.text, filters, match=match)


def save_search(
    session: Session,
    search: SearchService,
    secret: str,
    viewer: Viewer,
    name: str,
    asked: SearchRequest,
    ways: Ways,
    now: dt.datetime,
) -> int:
    """Keep a search of a signed-in viewer and return its number.

    What it finds now counts as known. Raises :class:`SavedSearchError`, and
    :class:`~portal.search.BadRequest` for a search that cannot be asked.
    """
    if viewer.user_id is None or not (asked.text or asked.filters):
        raise SavedSearchError("empty")
    if len(asked.text) > LONGEST_TEXT:
        raise SavedSearchError("long")
    count = sa.select(sa.func.count(SavedSearch.id)).where(SavedSearch.user_id == viewer.user_id)
    if (session.scalar(count) or 0) >= MOST_EACH:
        raise SavedSearchError("many")
    known = search.matching(asked, viewer, None)
    row = SavedSearch(
        user_id=viewer.user_id,
        name=_name(name, asked),
        text=asked.text,
        filters=_stored(asked.filters),
        match=asked.match,
        in_feed=False,
        in_digest=ways.in_digest,
        by_mail=ways.by_mail,
        at_once=ways.at_once,
        audience=audience_mark(viewer),
        created_at=now,
    )
    session.add(row)
    session.flush()
    remember(session, row.id, known, now, told=True)
    _set_feed(session, secret, row, ways.in_feed, now)
    _allow_mail(session, row)
    return row.id


def change_search(
    session: Session,
    secret: str,
    user_id: int,
    search_id: int,
    name: str,
    ways: Ways,
    now: dt.datetime,
) -> bool:
    """Give a person's saved search another name and other ways; return whether there is one."""
    row = _own(session, user_id, search_id)
    if row is None:
        return False
    row.name = _name(name, request_of(row))
    row.in_digest, row.by_mail, row.at_once = ways.in_digest, ways.by_mail, ways.at_once
    _set_feed(session, secret, row, ways.in_feed, now)
    _allow_mail(session, row)
    if not ways.in_digest:
        waiting = SavedSearchMatch.saved_search_id == row.id, SavedSearchMatch.told_at.is_(None)
        session.execute(sa.update(SavedSearchMatch).where(*waiting).values(told_at=now))
    return True


def remove_search(session: Session, user_id: int, search_id: int) -> bool:
    """Forget a person's saved search, with its feed; return whether there was one."""
    row = _own(session, user_id, search_id)
    if row is None:
        return False
    for table in (SavedSearchMatch, FeedAddress):
        session.execute(sa.delete(table).where(table.saved_search_id == row.id))
    session.delete(row)
    return True


def saved_searches(session: Session, user_id: int) -> tuple[SavedSearchView, ...]:
    """A person's saved searches, the latest first."""
    news = SavedSearchMatch.found_at > SavedSearch.created_at
    rows = session.execute(
        sa.select(
            SavedSearch,
            sa.func.count(SavedSearchMatch.document_id),
            sa.func.max(SavedSearchMatch.found_at),
        )
        .outerjoin(
            SavedSearchMatch, sa.and_(SavedSearchMatch.saved_search_id == SavedSearch.id, news)
        )
        .where(SavedSearch.user_id == user_id)
        .group_by(SavedSearch.id)
        .order_by(SavedSearch.created_at.desc(), SavedSearch.id.desc())
    )
    return tuple(
        SavedSearchView(
            row.id,
            row.name,
            request_of(row),
            row.in_feed,
            row.in_digest,
            row.by_mail,
            row.at_once,
            row.created_at,
            found,
            latest,
        )
        for row, found, latest in rows
    )


def remember(
    session: Session, search_id: int, documents: frozenset[int], now: dt.datetime, *, told: bool
) -> list[int]:
    """Note what a saved search found; return the documents that it had not found before."""
    known = set(
        session.scalars(
            sa.select(SavedSearchMatch.document_id).where(
                SavedSearchMatch.saved_search_id == search_id,
                SavedSearchMatch.document_id.in_(documents),
            )
        )
        if len(documents) < _MANY
        else session.scalars(
            sa.select(SavedSearchMatch.document_id).where(
                SavedSearchMatch.saved_search_id == search_id
            )
        )
    )
    fresh = sorted(documents - known)
    if fresh:
        session.execute(
            sa.insert(SavedSearchMatch),
            [
                {
                    "saved_search_id": search_id,
                    "document_id": each,
                    "found_at": now,
                    "told_at": now if told else None,
                }
                for each in fresh
            ],
        )
    return fresh


_MANY = 500


def audience_mark(viewer: Viewer) -> str:
    """A short name for what a viewer may read, to notice when that changes."""
    audiences = "*" if viewer.audiences is None else " ".join(sorted(viewer.audiences))
    return hashlib.sha256(audiences.encode()).hexdigest()[:32]


def owners(session: Session, rows: list[SavedSearch]) -> dict[int, Viewer]:
    """The owners of saved searches as viewers, by user."""
    ids = {row.user_id for row in rows}
    people = session.scalars(sa.select(User).where(User.id.in_(ids)))
    return {person.id: Viewer.of(person) for person in people}


def _own(session: Session, user_id: int, search_id: int) -> SavedSearch | None:
    row = session.get(SavedSearch, search_id)
    return row if row is not None and row.user_id == user_id else None


def _set_feed(
    session: Session, secret: str, row: SavedSearch, wanted: bool, now: dt.datetime
) -> None:
    if wanted and not row.in_feed:
        make_address(session, secret, row.user_id, now, row.id)
    elif row.in_feed and not wanted:
        revoke_saved_search(session, row.id, now)
    row.in_feed = wanted


def _allow_mail(session: Session, row: SavedSearch) -> None:
    # Who asks for mail again has changed the mind that an earlier mail's link made known.
    if row.by_mail:
        choose(session, row.user_id, NoticeKind.ALERT, Channel.MAIL, True)


def _name(name: str, asked: SearchRequest) -> str:
    shown = one_line(name) or one_line(asked.text) or "、".join(sum(asked.filters.values(), ()))
    return shown[:LONGEST_NAME]


def _stored(filters: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(codes) for name, codes in filters.items() if codes}
