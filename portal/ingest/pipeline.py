"""From bytes to a document: extract, store the original, write rows and outbox together."""

import datetime as dt
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.catalogue import Taxonomy, Viewer
from portal.catalogue.lifecycle import make_public
from portal.catalogue.revisions import add_version
from portal.catalogue.standing import operator, standing
from portal.db import Database, utcnow
from portal.ingest.blobs import BlobStore
from portal.ingest.errors import EmptyFile, IngestError
from portal.ingest.extras import read_file
from portal.ingest.fingerprint import remember, signature
from portal.ingest.types import Extraction, Limits
from portal.models import (
    Document,
    OutboxEntry,
    Section,
    Status,
    TaxonomyTerm,
    User,
    Version,
    Visibility,
)

LONGEST_NAME = 300
_SPACES = re.compile(r"\s+")
_NOT_IN_NAMES = ("Cc", "Cf", "Cs", "Co", "Cn")


@dataclass(frozen=True, slots=True)
class Revision:
    """The document that a file is a new version of, who brings it, and what is new in it."""

    document_id: int
    viewer: Viewer
    comment: str = ""


@dataclass(frozen=True, slots=True)
class Filing:
    """How what comes in is to be filed.

    ``keys`` holds codes by facet. ``title`` stands in for the extracted one where given.
    ``published_at`` says when it was published, for documents that already were; by default now.
    ``template_id`` is the document that this one was filled in from.
    For a ``revision`` the document keeps its title, keys and audience, and all else here is unused.
    """

    author_id: int
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    publish: bool = False
    visibility: Visibility = Visibility.EVERYONE
    title: str = ""
    published_at: dt.datetime | None = None
    template_id: int | None = None
    revision: Revision | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file.

    ``message`` is a Chinese sentence for a duplicate or failed file; ``code`` a failure's slug;
    ``document_id`` the new document, or the one that a duplicate already is.
    """

    name: str
    status: Literal["added", "duplicate", "failed"]
    document_id: int | None = None
    title: str = ""
    sections: int = 0
    notices: tuple[str, ...] = ()
    code: str = ""
    message: str = ""


def ingest(
    db: Database,
    blobs: BlobStore,
    taxonomy: Taxonomy,
    data: bytes,
    name: str,
    filing: Filing,
    limits: Limits,
) -> Outcome:
    """Take one file in. When it returns ``added``, the document survives a crash.

    A file that cannot be read is an outcome, not an exception. Raises
    :class:`portal.catalogue.TaxonomyError` for an unknown code, before anything is written, and
    what :func:`portal.catalogue.revisions.add_version` raises for a revision.
    """
    term_ids = [
        taxonomy.term(facet, code).id for facet, codes in filing.keys.items() for code in codes
    ]
    shown = clean_name(name)
    try:
        if not data:
            raise EmptyFile
        known = _holder(db, hashlib.sha256(data).hexdigest())
        if known is not None:
            return _duplicate(shown, known)
        extraction = read_file(data, shown, limits)
        sketch = signature(f"{each.heading}{each.text}" for each in extraction.sections)
        sha256 = blobs.put(data)
    except IngestError as error:
        return Outcome(shown, "failed", code=error.code, message=error.message)
    try:
        with db.write() as session:
            version = _version(extraction, shown, sha256, len(data))
            document = _file(session, extraction, filing, term_ids, version)
            remember(session, version.id, sketch)
            return _added(shown, document, extraction)
    except IntegrityError:
        # Another process took the same bytes in between our look and our write.
        known = _holder(db, sha256)
        if known is None:
            raise
        return _duplicate(shown, known)


def clean_name(name: str) -> str:
    """The file name alone, in one line, at most 300 characters with its extension kept."""
    base = re.split(r"[/\\]", name)[-1]
    # Control characters break lines; those of direction (Cf) can make exe look like docx.
    base = "".join(c for c in base if unicodedata.category(c) not in _NOT_IN_NAMES)
    base = _SPACES.sub(" ", base).strip()
    if not base.strip(". "):
        return "未命名"
    if len(base) <= LONGEST_NAME:
        return base
    stem, dot, extension = base.rpartition(".")
    return f"{stem[: LONGEST_NAME - 11]}{dot}{extension[:10]}"


def _holder(db: Database, sha256: str) -> Document | None:
    with db.read() as session:
        return session.scalar(sa.select(Document).join(Version).where(Version.sha256 == sha256))


def _added(name: str, document: Document, extraction: Extraction) -> Outcome:
    return Outcome(
        name,
        "added",
        document.id,
        document.title,
        len(extraction.sections),
        extraction.notices,
    )


def _duplicate(name: str, document: Document) -> Outcome:
    return Outcome(
        name,
        "duplicate",
        document.id,
        document.title,
        message=f"与已有文档 {document.id}《{document.title}》内容相同，没有重复收录。",
    )


def _version(extraction: Extraction, name: str, sha256: str, size: int) -> Version:
    return Version(
        file_name=name,
        format=extraction.format,
        media_type=extraction.media_type,
        size=size,
        sha256=sha256,
        notices=list(extraction.notices),
        created_at=utcnow(),
        sections=list(_sections(extraction)),
    )


def _file(
    session: Session,
    extraction: Extraction,
    filing: Filing,
    term_ids: list[int],
    version: Version,
) -> Document:
    revision = filing.revision
    if revision is None:
        return _add(session, extraction, filing, term_ids, version)
    held = standing(session, revision.viewer, revision.document_id)
    add_version(session, held, version, version.created_at, revision.comment)
    session.flush()
    return held.document


def _add(
    session: Session,
    extraction: Extraction,
    filing: Filing,
    term_ids: list[int],
    version: Version,
) -> Document:
    now = version.created_at
    author = session.get_one(User, filing.author_id)
    version.number, version.author_id = 1, author.id
    document = Document(
        title=_line(filing.title or extraction.title) or version.file_name,
        status=Status.DRAFT,
        visibility=filing.visibility,
        author_id=author.id,
        unit_id=author.unit_id,
        created_at=now,
        current_number=1,
        template_id=filing.template_id,
        terms=list(session.scalars(sa.select(TaxonomyTerm).where(TaxonomyTerm.id.in_(term_ids)))),
        versions=[version],
    )
    session.add(document)
    session.flush()
    if filing.publish:
        make_public(
            session, operator(document), now, published_at=filing.published_at, quietly=True
        )
    else:
        session.add(OutboxEntry(document_id=document.id, created_at=now))
    return document


def _sections(extraction: Extraction) -> list[Section]:
    return [
        Section(
            ordinal=ordinal,
            place_kind=section.place.kind,
            place_number=section.place.number,
            place_label=_line(section.place.label),
            heading=_line(section.heading),
            text=_storable(section.text),
        )
        for ordinal, section in enumerate(extraction.sections, 1)
    ]


def _line(text: str) -> str:
    return _SPACES.sub(" ", _storable(text)).strip()[:LONGEST_NAME]


def _storable(text: str) -> str:
    # NUL and lone surrogates are legal in Python's strings and in no database's.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
