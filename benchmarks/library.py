"""A portal on real files that holds a benchmark's documents."""

import datetime as dt
import hashlib
import logging
import pickle
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.corpus import BenchDocument, rules_version, synthesise
from config import Settings
from portal.accounts import add_user, find_user
from portal.catalogue import Taxonomy, Viewer
from portal.db import utcnow
from portal.migrate import upgrade
from portal.models import FACETS, Document, DocumentTerm, Role, Section, Status, User, Version
from portal.services import Services, build_services

READER = "benchmark-reader"
AUTHOR = "benchmark-author"
_BATCH = 1000
_FIRST_DAY = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@contextmanager
def kept(cache: Path | None, docs: int, seed: int) -> Iterator[Path]:
    """The folder for what is built of so many documents: in the cache, or for this once."""
    if cache is None:
        with tempfile.TemporaryDirectory() as temporary:
            yield Path(temporary)
        return
    # What was built by other rules lies beside, not underneath.
    folder = cache / f"{docs}-{seed}-{rules_version()}"
    folder.mkdir(parents=True, exist_ok=True)
    yield folder


def documents_in(
    folder: Path, services: Services, count: int, seed: int
) -> Sequence[BenchDocument]:
    """The documents, made once for a folder: 100,000 take two minutes."""
    path = folder / "documents.pickle"
    if not path.exists():
        codes: dict[str, Sequence[str]] = {
            facet: services.taxonomy().codes(facet) for facet in FACETS
        }
        part = path.with_suffix(".part")
        part.write_bytes(pickle.dumps(list(synthesise(count, seed, codes))))
        part.rename(path)
    documents: list[BenchDocument] = pickle.loads(path.read_bytes())  # noqa: S301  # our own
    return documents


def open_portal(folder: Path) -> Services:
    """A migrated portal in a folder, with an author and a reader of another unit."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    services = build_services(Settings(data_dir=folder, demo=True))
    upgrade(services.db)
    with services.db.write() as session:
        for login, unit in ((AUTHOR, "hq"), (READER, "yunlan")):
            if find_user(session, login) is None:
                add_user(session, login=login, name=login, role=Role.ACCOUNT_MANAGER, unit=unit)
    return services


def reader(services: Services) -> Viewer:
    """A colleague without privileges, who may not read what is for the author's unit alone."""
    with services.db.read() as session:
        return Viewer.of(_user(session, READER))


def author_id(services: Services) -> int:
    """The id of the person who wrote every document."""
    with services.db.read() as session:
        return _user(session, AUTHOR).id


def _user(session: Any, login: str) -> User:
    user = find_user(session, login)
    if user is None:
        raise LookupError(login)
    return user


def fill(services: Services, documents: Iterable[BenchDocument]) -> None:
    """Write the rows of documents under their own ids, without the index or its outbox."""
    with services.db.read() as session:
        author = _user(session, AUTHOR)
    taxonomy = services.taxonomy()
    for batch in _batches(documents):
        with services.db.write() as session:
            session.execute(sa.insert(Document), [_document_row(item, author) for item in batch])
            session.execute(sa.insert(Version), [_version_row(item) for item in batch])
            session.execute(sa.insert(Section), [row for item in batch for row in _sections(item)])
            terms = [row for item in batch for row in _term_rows(item, taxonomy)]
            if terms:
                session.execute(sa.insert(DocumentTerm), terms)


def holds(services: Services, count: int) -> bool:
    """Whether the portal already holds at least so many documents."""
    with services.db.read() as session:
        return (session.scalar(sa.select(sa.func.count(Document.id))) or 0) >= count


def rebuild(services: Services) -> None:
    """Index everything anew."""
    with services.search.store.writing():
        services.indexer().rebuild()


def prepare(services: Services) -> None:
    """Index everything unless the live index was written by this release's rules."""
    with services.search.store.writing():
        indexer = services.indexer()
        indexer.prepare()
        indexer.drain()


def _batches(documents: Iterable[BenchDocument]) -> Iterator[list[BenchDocument]]:
    source = iter(documents)
    while batch := list(islice(source, _BATCH)):
        yield batch


def _document_row(item: BenchDocument, author: User) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "status": Status.PUBLISHED,
        "visibility": item.visibility,
        "author_id": author.id,
        "unit_id": author.unit_id,
        "created_at": utcnow(),
        "published_at": _FIRST_DAY + dt.timedelta(minutes=item.id),
    }


def _version_row(item: BenchDocument) -> dict[str, Any]:
    return {
        "id": item.id,
        "document_id": item.id,
        "number": 1,
        "file_name": f".{item.format}",
        "format": item.format,
        "media_type": "application/octet-stream",
        "size": len(item.text.encode()),
        "sha256": hashlib.sha256(f"benchmark {item.id}".encode()).hexdigest(),
        "notices": [],
        "created_at": utcnow(),
    }


def _sections(item: BenchDocument) -> Iterator[dict[str, Any]]:
    for ordinal, text in enumerate(item.sections, 1):
        yield {
            "version_id": item.id,
            "ordinal": ordinal,
            "place_kind": "page",
            "place_number": ordinal,
            "place_label": "",
            "heading": "",
            "text": text,
        }


def _term_rows(item: BenchDocument, taxonomy: Taxonomy) -> Iterator[dict[str, Any]]:
    for facet, codes in item.keys.items():
        for code in codes:
            yield {"document_id": item.id, "term_id": taxonomy.term(facet, code).id}
