"""What signing in and out leaves in the audit log."""

from portal import audit
from portal.accounts.service import find_user
from portal.audit import Act, Subject
from portal.db import Database
from portal.models import User


def note_sign_in(db: Database, login: str, user: User | None) -> None:
    """Record who signed in, or with ``None`` that somebody tried to with this login.

    A login that nobody has is not written down: people type passwords into the wrong field.
    """
    with db.write() as session:
        if user is not None:
            audit.record(session, Act.SIGN_IN, Subject("user", user.id), actor_id=user.id)
            return
        meant = find_user(session, login)
        subject = Subject("user", meant.id) if meant is not None else None
        details = {"login": meant.login if meant is not None else None}
        audit.record(session, Act.SIGN_IN_FAILED, subject, details=details)


def note_sign_out(db: Database) -> None:
    """Record that the person of the present request signed out."""
    with db.write() as session:
        audit.record(session, Act.SIGN_OUT)
