"""Outbox to index: the only code that writes the index, run by one process at a time."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload
from whoosh.writing import SegmentWriter

from portal.catalogue.types import audiences_of
from portal.db import Database, utcnow
from portal.models import Document, OutboxEntry, Section, Status, Version
from portal.search.index import IndexFolder, IndexStore, sync_folder
from portal.search.schema import index_version
from portal.text import fold, index_tokens

BATCH = 100
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


def ignore_progress(_done: int, _total: int) -> None:
    """Report progress to nobody."""


class Indexer:
    """Brings the index up to the database. Use it inside ``store.writing()`` only."""

    def __init__(self, store: IndexStore, db: Database) -> None:
        self.store = store
        self.db = db

    def prepare(self, progress: Progress = ignore_progress) -> None:
        """Make sure that a live index exists which this release can write.

        An index of other rules is replaced by a rebuilt one; one that cannot be opened as well,
        but it is kept for whoever wants to know why.
        """
        live = self.store.live()
        if live is not None and live.version == index_version():
            try:
                live.open()
            except Exception:
                _log.exception("index %s cannot be opened and is rebuilt beside", live.path.name)
                self.rebuild(progress, keep_old=True)
            return
        self.rebuild(progress)

    def rebuild(self, progress: Progress = ignore_progress, *, keep_old: bool = False) -> int:
        """Index every document anew beside the live index and swap; return how many."""
        with self.db.read() as session:
            # In this order: a document that arrives in between keeps its entry waiting.
            newest = session.scalar(sa.select(sa.func.max(OutboxEntry.id))) or 0
            ids = list(session.scalars(sa.select(Document.id).order_by(Document.id)))
        folder = self.store.create()
        for start in range(0, len(ids), 1000):
            self._write(folder, ids[start : start + 1000])
            progress(min(start + 1000, len(ids)), len(ids))
        self.store.swap(folder, keep_old=keep_old)
        with self.db.write() as session:
            _mark_done(session, OutboxEntry.id <= newest)
        return len(ids)

    def pending(self) -> int:
        """How many outbox entries wait."""
        with self.db.read() as session:
            return session.scalar(_waiting(sa.func.count(OutboxEntry.id))) or 0

    def run_batch(self) -> int:
        """Index the documents of the oldest waiting entries, at most 100; return how many.

        The index is committed and on disk before an entry is marked done. A crash in between
        repeats the batch, which replaces each document by itself.
        """
        with self.db.read() as session:
            entries = session.execute(
                _waiting(OutboxEntry.id, OutboxEntry.document_id)
                .order_by(OutboxEntry.id)
                .limit(BATCH)
            ).all()
        if not entries:
            return 0
        live = self.store.live()
        if live is None:
            raise RuntimeError("Indexer.prepare was not called")
        self._write(live, sorted({entry.document_id for entry in entries}))
        with self.db.write() as session:
            _mark_done(session, OutboxEntry.id.in_([entry.id for entry in entries]))
        return len(entries)

    def drain(self, progress: Progress = ignore_progress) -> int:
        """Run batches until the outbox is empty; return how many entries were handled."""
        total, done = self.pending(), 0
        while batch := self.run_batch():
            done += batch
            progress(done, max(total, done))
        return done

    def _write(self, folder: IndexFolder, document_ids: list[int]) -> None:
        started = time.time() - 1
        # Not compound: Whoosh copies the whole of a compound file into memory to read it.
        writer: SegmentWriter = folder.open().writer(limitmb=256, compound=False)
        try:
            with self.db.read() as session:
                for document_id in document_ids:
                    writer.delete_by_term("document", str(document_id))
                for entry in _sections(session, document_ids):
                    writer.add_document(**entry)
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        sync_folder(folder.path, started)


def _waiting(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(OutboxEntry.done_at.is_(None))


def _mark_done(session: Session, condition: sa.ColumnElement[bool]) -> None:
    session.execute(
        sa.update(OutboxEntry)
        .where(condition, OutboxEntry.done_at.is_(None))
        .values(done_at=utcnow())
    )


def _sections(session: Session, document_ids: list[int]) -> Iterator[dict[str, Any]]:
    for start in range(0, len(document_ids), BATCH):
        documents = session.scalars(
            sa.select(Document)
            .where(Document.id.in_(document_ids[start : start + BATCH]))
            .order_by(Document.id)
            .options(
                selectinload(Document.terms),
                selectinload(Document.author),
                selectinload(Document.versions),
            )
        ).all()
        for document in documents:
            yield from _document_entries(session, document)
        session.expunge_all()


def _document_entries(session: Session, document: Document) -> Iterator[dict[str, Any]]:
    version: Version = document.current
    title = list(index_tokens(fold(document.title)))
    title += index_tokens(fold(version.file_name.rpartition(".")[0]))
    shared = {
        "document": [str(document.id)],
        "document_id": document.id,
        "title": title,
        "title_length": len(title),
        "published": int(document.published_at.timestamp()) if document.published_at else 0,
        "format": [version.format],
        "author": [fold(document.author.login)],
        "audience": audiences_of(
            published=document.status == Status.PUBLISHED,
            visibility=document.visibility,
            author_id=document.author_id,
            unit_id=document.unit_id,
        ),
        **_codes(document),
    }
    sections = session.scalars(
        sa.select(Section).where(Section.version_id == version.id).order_by(Section.ordinal)
    )
    for section in sections:
        text = fold(f"{section.heading}\n{section.text}")
        body = list(index_tokens(text))
        if section.ordinal == 1:
            # A phrase of the title is found like one of the text; its words are in their own field.
            text = f"{fold(document.title)}\n{text}"
        yield shared | {
            "ordinal": section.ordinal,
            "body": body,
            "body_length": len(body),
            "text": text.encode(),
        }


def _codes(document: Document) -> dict[str, Iterable[str]]:
    codes: dict[str, list[str]] = {}
    for term in document.terms:
        codes.setdefault(term.facet, []).append(term.code)
    return dict(codes)
