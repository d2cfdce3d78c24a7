"""The newest documents: by publication, and by a new version whose text is another."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.db import Database
from portal.models import (
    Document,
    DocumentTerm,
    ListEntry,
    ListName,
    OwnerKind,
    Section,
    Status,
    Version,
    VersionText,
    Visibility,
)
from portal.models.lists import ALL_INDUSTRIES
from portal.recommend.industries import industry_ids
from portal.recommend.replacing import replace_list
from portal.recommend.types import ReasonCode

LENGTH = 12
COMPARED = 200
_Row = tuple[int, int, dt.datetime]


def refresh_newest(db: Database) -> int:
    """Make the lists anew from what everyone may read; return how many entries they have.

    A document is as new as its publication, or as the latest version up to the present one whose
    text differs from that of the version before it. Touching a document, archiving and restoring
    it, or uploading the same text as another file does not make it new.
    """
    compare_versions(db)
    with db.read() as session:
        entries = [
            entry
            for owner in (ALL_INDUSTRIES, *industry_ids(session))
            for entry in _entries(owner, _newest(session, owner))
        ]
    with db.write() as session:
        replace_list(session, ListName.NEWEST, entries)
    return len(entries)


def compare_versions(db: Database, at_most: int = COMPARED) -> int:
    """Find out of published versions whether they have another text; return how many were."""
    with db.read() as session:
        changed = _compared(session, at_most)
    if changed:
        with db.write() as session:
            for each in changed:
                session.merge(each)
    return len(changed)


def _compared(session: Session, at_most: int) -> list[VersionText]:
    waiting = session.execute(
        sa.select(Version.id, Version.document_id, Version.number)
        .outerjoin(VersionText, VersionText.version_id == Version.id)
        .where(Version.number > 1, Version.published_at.is_not(None))
        .where(VersionText.version_id.is_(None))
        .order_by(Version.published_at.desc(), Version.id.desc())
        .limit(at_most)
    ).all()
    found = []
    for version_id, document_id, number in waiting:
        before = session.scalar(
            sa.select(Version.id)
            .where(Version.document_id == document_id, Version.number < number)
            .where(Version.published_at.is_not(None))
            .order_by(Version.number.desc())
            .limit(1)
        )
        changed = before is None or _text(session, before) != _text(session, version_id)
        found.append(VersionText(version_id=version_id, changed=changed))
    return found


def _text(session: Session, version_id: int) -> list[str]:
    """A version's words; where pages break and how lines are spaced is no part of the text."""
    rows = session.execute(
        sa.select(Section.heading, Section.text)
        .where(Section.version_id == version_id)
        .order_by(Section.ordinal)
    )
    return [word for heading, text in rows for word in f"{heading}\n{text}".split()]


def _newest(session: Session, owner: int) -> list[_Row]:
    """Document, version number and time, the newest first, each document once."""
    text = aliased(VersionText)
    query = (
        sa.select(Version.document_id, Version.number, Version.published_at)
        .join(Document, Document.id == Version.document_id)
        .outerjoin(text, text.version_id == Version.id)
        .where(Document.status == Status.PUBLISHED, Document.visibility == Visibility.EVERYONE)
        .where(Version.published_at.is_not(None), Version.number <= Document.current_number)
        .where(sa.or_(Version.number == 1, text.changed.is_(True)))
        .order_by(Version.published_at.desc(), Version.document_id.desc(), Version.number.desc())
        # A document may have several versions among the newest.
        .limit(4 * LENGTH)
    )
    if owner != ALL_INDUSTRIES:
        query = query.join(DocumentTerm, DocumentTerm.document_id == Document.id).where(
            DocumentTerm.term_id == owner
        )
    rows: dict[int, _Row] = {}
    for document_id, number, at in session.execute(query):
        if at is not None:
            rows.setdefault(document_id, (document_id, number, at))
    return list(rows.values())[:LENGTH]


def _entries(owner: int, rows: list[_Row]) -> list[ListEntry]:
    return [
        ListEntry(
            owner_kind=OwnerKind.INDUSTRY,
            owner_id=owner,
            list=ListName.NEWEST,
            rank=rank,
            document_id=document_id,
            reason=ReasonCode.UPDATED if number > 1 else ReasonCode.PUBLISHED,
            data={"version": number, "at": at.isoformat()}
            if number > 1
            else {"at": at.isoformat()},
        )
        for rank, (document_id, number, at) in enumerate(rows, 1)
    ]
