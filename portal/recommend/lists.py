"""Reading the lists that were made ahead: three queries, and only what the viewer may read."""

import datetime as dt
import functools
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import DocumentNotFound, DocumentSummary, Viewer, document_for, documents_for
from portal.models import Dismissal, ListEntry, ListMark, ListName, OwnerKind, TaxonomyTerm
from portal.models.lists import ALL_INDUSTRIES
from portal.recommend.types import Item, Lists, Reason, ReasonCode

SHOWN = 8
"""How many entries of each list a home page shows."""

_Row = sa.Row[str, int, str, dict[str, Any]]


def lists_for(session: Session, viewer: Viewer, industry: str = "", length: int = SHOWN) -> Lists:
    """The hottest and newest of an industry, and what is recommended to the viewer within it.

    ``industry`` is a code, or empty for all industries; an unknown one has empty lists. Each list
    has at most ``length`` items. A visitor who is not signed in gets no recommendations.
    """
    rows = _entries(session, viewer, industry, tuple(ListName))
    items = _items(session, viewer, rows)
    recommended = [item for item in items[ListName.RECOMMENDED] if _within(item, industry)]
    return Lists(
        hottest=tuple(items[ListName.HOTTEST][:length]),
        newest=tuple(items[ListName.NEWEST][:length]),
        recommended=tuple(recommended[:length]),
    )


def list_for(
    session: Session, viewer: Viewer, name: ListName, industry: str = ""
) -> tuple[Item, ...]:
    """One list in full, as :func:`lists_for` would give its beginning."""
    rows = _entries(session, viewer, industry, (name,))
    items = _items(session, viewer, rows)[name]
    if name == ListName.RECOMMENDED:
        items = [item for item in items if _within(item, industry)]
    return tuple(items)


def dismiss(session: Session, viewer: Viewer, document_id: int, now: dt.datetime) -> None:
    """Never recommend a document to the viewer again; dismissing twice changes nothing.

    It leaves the viewer's present list at once; what is like it is weighed down at the next
    refresh. Raises :class:`~portal.catalogue.DocumentNotFound` for a document that the viewer may
    not read, and for a viewer who is nobody in particular.
    """
    user_id = _reader(session, viewer, document_id)
    key = {"user_id": user_id, "document_id": document_id}
    if session.get(Dismissal, key) is None:
        session.add(Dismissal(**key, at=now))
    session.execute(
        sa.delete(ListEntry).where(
            ListEntry.owner_kind == OwnerKind.PERSON,
            ListEntry.owner_id == user_id,
            ListEntry.document_id == document_id,
        )
    )
    _ask_for_refresh(session, user_id)


def undo_dismissal(session: Session, viewer: Viewer, document_id: int) -> None:
    """Allow a document to be recommended again; raises as :func:`dismiss` does."""
    user_id = _reader(session, viewer, document_id)
    session.execute(
        sa.delete(Dismissal).where(
            Dismissal.user_id == user_id, Dismissal.document_id == document_id
        )
    )
    _ask_for_refresh(session, user_id)


def dismissed_by(session: Session, viewer: Viewer) -> list[DocumentSummary]:
    """What the viewer dismissed and may still read, the latest first."""
    if viewer.user_id is None:
        return []
    ids = list(
        session.scalars(
            sa.select(Dismissal.document_id)
            .where(Dismissal.user_id == viewer.user_id)
            .order_by(Dismissal.at.desc(), Dismissal.document_id)
        )
    )
    found = documents_for(session, viewer, ids)
    return [found[each] for each in ids if each in found]


def recommended_at(session: Session, viewer: Viewer) -> dt.datetime | None:
    """When the viewer's recommendations were last made, or ``None`` before the first time."""
    if viewer.user_id is None:
        return None
    return session.scalar(sa.select(ListMark.made_at).where(ListMark.user_id == viewer.user_id))


def _ask_for_refresh(session: Session, user_id: int) -> None:
    # Dismissing and taking it back leaves the inputs as they were, but the list is one shorter.
    session.execute(sa.update(ListMark).where(ListMark.user_id == user_id).values(inputs=""))


def _reader(session: Session, viewer: Viewer, document_id: int) -> int:
    if viewer.user_id is None:
        raise DocumentNotFound(document_id)
    document_for(session, viewer, document_id)
    return viewer.user_id


def _entries(
    session: Session, viewer: Viewer, industry: str, names: tuple[ListName, ...]
) -> Sequence[_Row]:
    query = _entries_of(bool(industry), viewer.user_id is not None, names)
    return session.execute(query, {"industry": industry, "person": viewer.user_id}).all()


# Every home page asks this: the few statements there are, are built once.
@functools.cache
def _entries_of(
    of_industry: bool, of_person: bool, names: tuple[ListName, ...]
) -> sa.Select[str, int, str, dict[str, Any]]:
    owner: sa.ScalarSelect[int] | int = ALL_INDUSTRIES
    if of_industry:
        owner = (
            sa.select(TaxonomyTerm.id)
            .where(TaxonomyTerm.facet == "industry", TaxonomyTerm.code == sa.bindparam("industry"))
            .scalar_subquery()
        )
    owned = sa.and_(ListEntry.owner_kind == OwnerKind.INDUSTRY, ListEntry.owner_id == owner)
    if of_person:
        person = sa.bindparam("person", type_=sa.Integer())
        dismissed = sa.select(Dismissal.document_id).where(Dismissal.user_id == person)
        own = sa.and_(
            ListEntry.owner_kind == OwnerKind.PERSON,
            ListEntry.owner_id == person,
            # A refresh that was under way while the person dismissed it may have put it back.
            ListEntry.document_id.not_in(dismissed),
        )
        owned = sa.or_(owned, own)
    return (
        sa.select(ListEntry.list, ListEntry.document_id, ListEntry.reason, ListEntry.data)
        .where(owned, ListEntry.list.in_(names))
        .order_by(ListEntry.list, ListEntry.rank)
    )


def _items(session: Session, viewer: Viewer, rows: Iterable[_Row]) -> dict[ListName, list[Item]]:
    rows = list(rows)
    ids = {row.document_id for row in rows} | {
        row.data["document"] for row in rows if "document" in row.data
    }
    found = documents_for(session, viewer, sorted(ids))
    items: dict[ListName, list[Item]] = {name: [] for name in ListName}
    for row in rows:
        # A list may be older than a withdrawal, or than a change of who may read.
        document = found.get(row.document_id)
        if document is not None and document.status == "published":
            reason = _reason(row.reason, row.data, found)
            items[ListName(row.list)].append(Item(document, reason))
    return items


def _reason(code: str, data: dict[str, Any], found: dict[int, DocumentSummary]) -> Reason:
    """The reason with the title it speaks of, or without where that may not be read any more."""
    if "document" not in data:
        return Reason(ReasonCode(code), data)
    because = found.get(data["document"])
    return Reason(ReasonCode(code), {**data, "title": because.title} if because else {})


def _within(item: Item, industry: str) -> bool:
    """Whether an item belongs into an industry's page: of the industry, or of none at all."""
    codes = item.document.keys.get("industry", ())
    return not industry or not codes or industry in codes
