"""What pushing remembers about itself: the installation's own name, and how far a job has got."""

import datetime as dt
import secrets

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.db import Database, utcnow
from portal.models import PushMark

_INSTALLATION = "installation"


def installation(db: Database) -> PushMark:
    """The row whose value names this installation: made once, and kept with the database."""
    with db.read() as session:
        found = session.get(PushMark, _INSTALLATION)
    if found is not None:
        return found
    try:
        with db.write() as session:
            session.add(PushMark(name=_INSTALLATION, value=secrets.token_hex(8), at=utcnow()))
    except IntegrityError:
        pass  # another process was first; its name is the name
    with db.read() as session:
        return session.scalars(sa.select(PushMark).where(PushMark.name == _INSTALLATION)).one()


def reached(session: Session, name: str) -> dt.datetime | None:
    """Up to when a job has seen everything, or ``None`` before its first run."""
    found = session.get(PushMark, name)
    return found.at if found is not None else None


def set_reached(session: Session, name: str, at: dt.datetime) -> None:
    """Remember up to when a job has seen everything."""
    found = session.get(PushMark, name)
    if found is None:
        session.add(PushMark(name=name, value="", at=at))
    else:
        found.at = at
