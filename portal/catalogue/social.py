"""The rules that everything shares which colleagues say of documents."""

import itertools
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.documents import DocumentNotFound, documents_for
from portal.catalogue.types import Viewer
from portal.models import User

MOST_OFFERED = 8
_LOOKED_AT = 40


class NotYours(PermissionError):
    """Only whoever wrote something, or an administrator, may change it."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person as others see them."""

    id: int
    name: str
    login: str


def signed_in(viewer: Viewer) -> int:
    """The number of the person who acts; :class:`NotYours` for a visitor."""
    if viewer.user_id is None:
        raise NotYours
    return viewer.user_id


def is_administrator(viewer: Viewer) -> bool:
    """Whether the viewer sees everything."""
    return viewer.audiences is None


def may_read(session: Session, viewer: Viewer, document_id: int) -> bool:
    """Whether the document exists and the viewer may read it."""
    return document_id in documents_for(session, viewer, [document_id])


def require_readable(session: Session, viewer: Viewer, document_id: int) -> None:
    """Raise :class:`DocumentNotFound` unless the viewer may read the document."""
    if not may_read(session, viewer, document_id):
        raise DocumentNotFound(document_id)


def readers_among(session: Session, user_ids: set[int], document_id: int) -> set[int]:
    """Those of the people who may read the document."""
    people = session.scalars(sa.select(User).where(User.id.in_(user_ids))) if user_ids else ()
    return {person.id for person in people if may_read(session, Viewer.of(person), document_id)}


def act_alone(session: Session, user_id: int) -> None:
    """Let one person's changes come one after the other: a double click is two requests."""
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update())


def colleagues_like(
    session: Session, viewer: Viewer, document_id: int, beginning: str
) -> tuple[Colleague, ...]:
    """Colleagues whose name or login begins so and who may read the document, at most eight.

    Raises :class:`DocumentNotFound` for a document that the viewer may not read.
    """
    require_readable(session, viewer, document_id)
    starts = sa.or_(
        User.name.istartswith(beginning, autoescape=True),
        User.login.istartswith(beginning, autoescape=True),
    )
    others = User.id != (viewer.user_id or 0)
    people = session.scalars(
        sa.select(User)
        .where(starts, others, User.deactivated_at.is_(None))
        .order_by(User.name, User.id)
        .limit(_LOOKED_AT)
    )
    readers = (each for each in people if may_read(session, Viewer.of(each), document_id))
    return tuple(
        Colleague(each.id, each.name, each.login)
        for each in itertools.islice(readers, MOST_OFFERED)
    )
