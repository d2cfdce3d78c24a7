"""What happens to accounts, written into the audit log: one call for each event."""

from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.models import User


def note(session: Session, act: Act, about: User | None, **details: object) -> None:
    """Write down an act about an account, in the transaction of the act.

    ``about`` is ``None`` for a login that nobody has, which is not written down: people type
    passwords into the wrong field. The actor is whoever makes the present request.
    """
    if about is None:
        audit.record(session, act, details=details)
        return
    told = {"login": about.login, **details}
    audit.record(session, act, Subject("user", about.id), details=told)


def note_own(session: Session, act: Act, user: User, **details: object) -> None:
    """Write down what somebody does who is not signed in yet, or does so to sign in."""
    told = {"login": user.login, **details}
    audit.record(session, act, Subject("user", user.id), actor_id=user.id, details=told)


__all__ = ["Act", "note", "note_own"]
