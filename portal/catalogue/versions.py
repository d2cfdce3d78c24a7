"""Versions of a document as people see them: the history, and the text of each."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.revisions import may_restore
from portal.catalogue.standing import LifeCycleError, Standing, standing
from portal.catalogue.types import SectionView, Viewer
from portal.models import Section, User, Version


@dataclass(frozen=True, slots=True)
class VersionView:
    """One version as the history shows it; ``size`` is in bytes.

    ``author`` is who uploaded it. ``is_restorable`` where the viewer may make it current again.
    """

    number: int
    file_name: str
    format: str
    media_type: str
    size: int
    sha256: str
    author: str
    created_at: dt.datetime
    is_current: bool
    is_proposed: bool
    is_restorable: bool


def versions_for(session: Session, viewer: Viewer, document_id: int) -> list[VersionView]:
    """The versions that the viewer may see, the newest first.

    Readers see what was once published; those who work on the document see all. Raises
    :class:`portal.catalogue.DocumentNotFound`.
    """
    held = standing(session, viewer, document_id, change=False)
    found = _visible(held)
    authors = {version.author_id or held.document.author_id for version in found}
    names = dict(session.execute(sa.select(User.id, User.name).where(User.id.in_(authors))).all())
    return [
        VersionView(
            number=version.number,
            file_name=version.file_name,
            format=version.format,
            media_type=version.media_type,
            size=version.size,
            sha256=version.sha256,
            author=names[version.author_id or held.document.author_id],
            created_at=version.created_at,
            is_current=version.number == held.document.current_number,
            is_proposed=version.number == held.document.proposed_number,
            is_restorable=may_restore(held, version),
        )
        for version in reversed(found)
    ]


def version_for(session: Session, viewer: Viewer, document_id: int, number: int) -> VersionView:
    """One version.

    Raises :class:`LifeCycleError` where there is none that the viewer may see, and
    :class:`portal.catalogue.DocumentNotFound`.
    """
    for version in versions_for(session, viewer, document_id):
        if version.number == number:
            return version
    raise LifeCycleError("version")


def sections_for(
    session: Session, viewer: Viewer, document_id: int, number: int
) -> tuple[SectionView, ...]:
    """The text of one version; raises as :func:`version_for` does."""
    held = standing(session, viewer, document_id, change=False)
    for version in _visible(held):
        if version.number == number:
            rows = session.scalars(
                sa.select(Section).where(Section.version_id == version.id).order_by(Section.ordinal)
            )
            return tuple(
                SectionView(
                    row.ordinal,
                    row.place_kind,
                    row.place_number,
                    row.place_label,
                    row.heading,
                    row.text,
                )
                for row in rows
            )
    raise LifeCycleError("version")


def _visible(held: Standing) -> list[Version]:
    """The versions that a person may see, the oldest first."""
    document = held.document
    return [
        version
        for version in document.versions
        if held.parts
        or version.published_at is not None
        or version.number == document.current_number
    ]
