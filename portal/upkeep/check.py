"""Database, originals and index compared with each other, and what can be mended, mended."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act
from portal.db import utcnow
from portal.ingest.blobs import file_sha256
from portal.models import Document, OutboxEntry, Section, Version
from portal.search import IndexUnavailable
from portal.search.contents import indexed_sections
from portal.services import Services
from portal.upkeep.auditing import verify_audit
from portal.upkeep.orphans import GRACE, named_blobs

Progress = Callable[[int, int], None]
"""Called with (originals verified, originals in all)."""

Kind = Literal[
    "database",
    "blob-missing",
    "blob-altered",
    "blob-orphan",
    "index-unavailable",
    "index-missing",
    "index-different",
    "index-orphan",
    "outbox-error",
    "audit",
]

ASKED_AT_ONCE = 1000
_MENDED = ("index-unavailable", "index-missing", "index-different", "index-orphan", "outbox-error")


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: what kind, a Chinese sentence, and the document where it is one's.

    ``mendable`` says whether :func:`repair` can do something about it.
    """

    kind: Kind
    message: str
    document_id: int | None = None

    @property
    def mendable(self) -> bool:
        """Whether indexing again puts it right."""
        return self.kind in _MENDED


def check(services: Services, progress: Progress = lambda _done, _total: None) -> list[Finding]:
    """Everything that differs between database, originals, index and audit log; empty: all is well.

    Reads every original. Documents that wait for the indexer are no difference, nor are originals
    put less than a day ago that no row names yet.
    """
    return [
        *_database(services),
        *_originals(services, progress),
        *compare_index(services),
        *(Finding("audit", fault.message) for fault in verify_audit(services).faults),
    ]


def repair(services: Services, findings: list[Finding]) -> int:
    """Ask for indexing what the index lacks, has too much or has otherwise; return how many.

    What is missing or altered among the originals can only come from a backup.
    """
    with services.db.write() as session:
        audit.record(session, Act.REPAIRED, details=Counter(item.kind for item in findings))
        ids = {item.document_id for item in findings if item.mendable and item.document_id}
        if any(item.kind == "index-unavailable" for item in findings):
            ids |= set(session.scalars(sa.select(Document.id)))
    _ask_again(services, ids)
    return len(ids)


def _database(services: Services) -> Iterator[Finding]:
    if not services.db.is_sqlite:
        return  # PostgreSQL checks its pages and constraints itself
    with services.db.engine.connect() as connection:
        for (line,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if line != "ok":
                yield Finding("database", f"数据库文件已损坏：{line}。请从备份恢复。")
        for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
            yield Finding("database", f"表 {row[0]} 的第 {row[1]} 行指向不存在的 {row[2]}。")


def _originals(services: Services, progress: Progress) -> Iterator[Finding]:
    with services.db.read() as session:
        rows = session.execute(
            sa.select(Version.sha256, Version.document_id, Version.file_name).order_by(Version.id)
        ).all()
        named = named_blobs(session)
    for number, row in enumerate(rows, 1):
        path = services.blobs.path(row.sha256)
        shown = f"文档 {row.document_id} 的原件“{row.file_name}”"
        try:
            if file_sha256(path) != row.sha256:
                message = f"{shown}与收录时不同，可能被改动或磁盘有损坏。请从备份恢复 {path}。"
                yield Finding("blob-altered", message, row.document_id)
        except OSError as error:
            message = f"{shown}读不到（{error.strerror}）。请从备份恢复 {path}。"
            yield Finding("blob-missing", message, row.document_id)
        progress(number, len(rows))
    limit = (utcnow() - GRACE).timestamp()
    for blob in services.blobs.stored():
        if blob.sha256 not in named and blob.put_at <= limit:
            message = f"{blob.path} 没有任何文档使用，清理任务（orphans）会删除它。"
            yield Finding("blob-orphan", message)


def compare_index(services: Services) -> Iterator[Finding]:
    """Where the index has something else than the database; what waits to be indexed is none.

    It is right while documents come in: what was changed or indexed meanwhile is left out.
    """
    with services.db.read() as session:
        expected, waiting = _expected(session), _waiting(session)
        failed = session.execute(
            sa.select(OutboxEntry.document_id, OutboxEntry.error)
            .where(OutboxEntry.error.is_not(None))
            .order_by(OutboxEntry.id)
        ).all()
    try:
        found = indexed_sections(services.search.store)
    except IndexUnavailable as error:
        yield Finding("index-unavailable", f"{error}。")
        return
    with services.db.read() as session:
        known = _expected(session)
        waiting |= _waiting(session)
    for document_id in sorted(expected.keys() | found.keys()):
        if document_id in waiting or expected.get(document_id) != known.get(document_id):
            continue
        yield from _compare(document_id, expected.get(document_id), found.get(document_id))
    for document_id, reason in {row.document_id: row.error for row in failed}.items():
        if document_id in known and document_id not in found:
            message = f"文档 {document_id} 建立索引时出错：{reason}。"
            yield Finding("outbox-error", message, document_id)


def reconcile(services: Services) -> int:
    """Ask for indexing again what the index lacks, has too much or has otherwise; return how many.

    What could not be indexed the last time is left out: it would fail again, time after time.
    """
    findings = list(compare_index(services))
    failed = {item.document_id for item in findings if item.kind == "outbox-error"}
    ids = {item.document_id for item in findings if item.document_id} - failed
    _ask_again(services, ids)
    return len(ids)


def _ask_again(services: Services, ids: Iterable[int]) -> None:
    """Ask for indexing, in parts: nobody is to wait until a whole library is written down."""
    ordered, now = sorted(ids), utcnow()
    for start in range(0, len(ordered), ASKED_AT_ONCE):
        some = ordered[start : start + ASKED_AT_ONCE]
        with services.db.write() as session:
            session.add_all(OutboxEntry(document_id=item, created_at=now) for item in some)


def _waiting(session: Session) -> set[int]:
    return set(
        session.scalars(sa.select(OutboxEntry.document_id).where(OutboxEntry.done_at.is_(None)))
    )


def _expected(session: Session) -> dict[int, int]:
    """Each document and how many sections its current version has."""
    rows = session.execute(
        sa.select(Document.id, sa.func.count(Section.id))
        .join(
            Version,
            sa.and_(Version.document_id == Document.id, Version.number == Document.current_number),
        )
        .outerjoin(Section, Section.version_id == Version.id)
        .group_by(Document.id)
    ).all()
    return {row[0]: row[1] for row in rows}


def _compare(document_id: int, expected: int | None, found: int | None) -> Iterator[Finding]:
    if found is None and expected == 0:
        return  # a document without a section has nothing to be found by
    if found is None:
        message = f"文档 {document_id} 不在索引中，搜不到。"
        yield Finding("index-missing", message, document_id)
    elif expected is None:
        message = f"索引中有数据库里没有的文档 {document_id}。"
        yield Finding("index-orphan", message, document_id)
    elif expected != found:
        message = f"文档 {document_id} 有 {expected} 个部分，索引中是 {found} 个。"
        yield Finding("index-different", message, document_id)
