"""Taking an original file: who may, and the record of taking one that not everybody may read."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue.documents import DocumentNotFound, document_for
from portal.catalogue.standing import LifeCycleError
from portal.catalogue.types import DocumentSummary, Viewer
from portal.catalogue.versions import version_for
from portal.db import Database
from portal.models import Status, Visibility


@dataclass(frozen=True, slots=True)
class Original:
    """A stored file: its hash is where it lies, the rest is what it is handed out as."""

    document_id: int
    version: int
    sha256: str
    media_type: str
    file_name: str
    format: str


def take_original(
    db: Database, viewer: Viewer, document_id: int, number: int | None = None
) -> Original:
    """The file of a document's current version, or of version ``number``.

    Where the document is not published for everyone, the audit log has the download before the
    first byte is out. Raises :class:`portal.catalogue.DocumentNotFound`, also for a version that
    the viewer may not see.
    """
    with db.read() as session:
        shown, original = _original(session, viewer, document_id, number)
    if is_restricted(shown):
        with db.write() as session:
            _record(session, viewer, shown, original.version)
    return original


def is_restricted(document: DocumentSummary) -> bool:
    """Whether there are colleagues who may not read it."""
    is_out = document.status in (Status.PUBLISHED, Status.SUPERSEDED)
    return not is_out or document.visibility != Visibility.EVERYONE


def _original(
    session: Session, viewer: Viewer, document_id: int, number: int | None
) -> tuple[DocumentSummary, Original]:
    document = document_for(session, viewer, document_id)
    shown = document.summary
    try:
        wanted = shown.version if number is None else number
        version = version_for(session, viewer, document_id, wanted)
    except LifeCycleError:
        raise DocumentNotFound(document_id) from None
    return shown, Original(
        document_id=document_id,
        version=version.number,
        sha256=version.sha256,
        media_type=version.media_type,
        file_name=version.file_name,
        format=version.format,
    )


def _record(session: Session, viewer: Viewer, shown: DocumentSummary, version: int) -> None:
    audit.record(
        session,
        Act.DOCUMENT_DOWNLOADED,
        Subject("document", shown.id),
        actor_id=viewer.user_id,
        details={
            "title": shown.title,
            "version": version,
            "status": shown.status,
            "visibility": shown.visibility,
        },
    )
