"""Outbox to index: the only code that writes the index, run by one process at a time."""

import datetime as dt
import functools
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from whoosh.index import LockError

from portal.catalogue.vocabulary import load_vocabulary
from portal.db import Database, utcnow
from portal.models import Document, OutboxEntry, Section, Version
from portal.search.entries import entries
from portal.search.index import IndexFolder, IndexStore, sync_folder
from portal.search.schema import index_version
from portal.search.snapshot import open_segments
from portal.search.writer import SectionWriter
from portal.text import Segmenter, segmenter

BATCH = 100
# So many sections at once fit in some hundred megabytes, and make one segment: every segment costs
# each question its share of time.
REBUILD_SECTIONS = 200_000
READ_AT_ONCE = 1000
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with (documents done, documents in all)."""


_Told = Callable[[int], None]


def ignore_progress(_done: int, _total: int) -> None:
    """Report progress to nobody."""


def _tell_nobody(_written: int) -> None:
    pass


def _tell(progress: Progress, before: int, total: int, written: int) -> None:
    progress(before + written, total)


class Indexer:
    """Brings the index up to the database. Use it inside ``store.writing()`` only."""

    def __init__(self, store: IndexStore, db: Database, timezone: dt.tzinfo) -> None:
        self.store = store
        self.db = db
        self.timezone = timezone

    def wanted(self) -> Segmenter:
        """The words that a new index would be written with."""
        with self.db.read() as session:
            return segmenter(load_vocabulary(session).words)

    def is_current(self) -> bool:
        """Whether the live index was written with this release's rules and today's words."""
        live = self.store.live()
        return live is not None and live.version == index_version(self.wanted())

    def prepare(self, progress: Progress = ignore_progress) -> None:
        """Make sure that a live index exists which this release can write.

        An index of other rules is replaced by a rebuilt one; one that cannot be opened as well,
        but it is kept for whoever wants to know why.
        """
        live = self.store.live()
        if live is not None and self.is_current():
            try:
                open_segments(live)
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
            batches = list(_rebuild_batches(session))
        folder = self.store.create(self.wanted())
        failed: dict[int, str] = {}
        done, total = 0, sum(map(len, batches))
        for batch in batches:
            told = functools.partial(_tell, progress, done, total)
            failed |= self._write_batch(folder, batch, told)
            done += len(batch)
            progress(done, total)
        self.store.swap(folder, keep_old=keep_old)
        with self.db.write() as session:
            _mark_done(session, OutboxEntry.id <= newest, failed)
        return total

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
            waiting = session.execute(
                _waiting(OutboxEntry.id, OutboxEntry.document_id)
                .order_by(OutboxEntry.id)
                .limit(BATCH)
            ).all()
        if not waiting:
            return 0
        live = self.store.live()
        if live is None:
            raise RuntimeError("Indexer.prepare was not called")
        failed = self._write_batch(live, sorted({entry.document_id for entry in waiting}))
        with self.db.write() as session:
            _mark_done(session, OutboxEntry.id.in_([entry.id for entry in waiting]), failed)
        return len(waiting)

    def drain(self, progress: Progress = ignore_progress) -> int:
        """Run batches until the outbox is empty; return how many entries were handled."""
        total, done = self.pending(), 0
        while batch := self.run_batch():
            done += batch
            progress(done, max(total, done))
        return done

    def _write_batch(
        self, folder: IndexFolder, document_ids: list[int], told: _Told = _tell_nobody
    ) -> dict[int, str]:
        """Write the documents; one that cannot be indexed is named and holds up no other."""
        try:
            self._write(folder, document_ids, told)
        except (OSError, sa.exc.OperationalError, LockError):
            raise  # a full disk, a locked database or index is the fault of no document
        except Exception as error:
            if len(document_ids) == 1:
                _log.exception("document %d cannot be indexed", document_ids[0])
                return {document_ids[0]: f"{type(error).__name__}: {error}"}
            half = len(document_ids) // 2
            failed = self._write_batch(folder, document_ids[:half])
            return failed | self._write_batch(folder, document_ids[half:])
        return {}

    def _write(self, folder: IndexFolder, document_ids: list[int], told: _Told) -> None:
        started = time.time() - 1
        writer = SectionWriter(folder.open())
        try:
            writer.delete_documents(document_ids)
            for start in range(0, len(document_ids), READ_AT_ONCE):
                some = document_ids[start : start + READ_AT_ONCE]
                with self.db.read() as session:
                    for entry in entries(session, some, folder.segmenter, self.timezone):
                        writer.add_section(entry.tokens, entry.columns)
                told(start + len(some))
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        sync_folder(folder.path, started)


def _rebuild_batches(session: Session) -> Iterator[list[int]]:
    """All documents in ascending order, in parts of a size that one segment may have."""
    counts = session.execute(
        sa.select(Document.id, sa.func.count(Section.id))
        .outerjoin(Version, Version.document_id == Document.id)
        .outerjoin(Section, Section.version_id == Version.id)
        .group_by(Document.id)
        .order_by(Document.id)
    )
    batch: list[int] = []
    size = 0
    for document, sections in counts:
        if batch and size + sections > REBUILD_SECTIONS:
            yield batch
            batch, size = [], 0
        batch.append(document)
        size += sections
    if batch:
        yield batch


def _waiting(*columns: Any) -> sa.Select[Any]:
    return sa.select(*columns).where(OutboxEntry.done_at.is_(None))


def _mark_done(
    session: Session, condition: sa.ColumnElement[bool], failed: Mapping[int, str]
) -> None:
    for document_id, error in failed.items():
        session.execute(
            sa.update(OutboxEntry)
            .where(OutboxEntry.document_id == document_id, condition)
            .values(error=error)
        )
    session.execute(
        sa.update(OutboxEntry)
        .where(condition, OutboxEntry.done_at.is_(None))
        .values(done_at=utcnow())
    )
