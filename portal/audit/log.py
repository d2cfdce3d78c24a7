"""Adding to the log, in the transaction of what it records."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.audit.chain import GENESIS, canonical_details, row_hash
from portal.audit.origin import present_origin
from portal.audit.types import Act, Actor, Head, Origin, Subject
from portal.db import utcnow
from portal.models import AuditEntry, AuditHead, User
from portal.models.audit import LONGEST_SUBJECT

_PENDING = "audit: recorded, not yet chained"
_HEAD = 1

Row = dict[str, Any]


def record(
    session: Session,
    action: Act,
    subject: Subject | None = None,
    *,
    actor_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write down an act; it stands in the log exactly if the session's transaction commits.

    The actor is whoever the present request belongs to unless ``actor_id`` names somebody. Time and
    place in the chain are settled at the commit, so that the chain's order is that of the commits.
    ``details`` must hold no password, token or question. Raises ``RuntimeError`` outside
    :meth:`portal.db.Database.write`, and within a savepoint, whose rollback would be missed.
    """
    if not session.connection().get_execution_options().get("portal_writing"):
        raise RuntimeError("an act is recorded in a session that writes")
    if session.in_nested_transaction():
        raise RuntimeError("an act is recorded outside savepoints")
    origin = present_origin()
    who = _actor(session, origin, actor_id)
    if _PENDING not in session.info:
        session.info[_PENDING] = []
        sa.event.listen(session, "before_commit", _chain)
    session.info[_PENDING].append(
        {
            "actor_id": who.id,
            "actor_login": who.login,
            "way": str(origin.way),
            "address": origin.address[:64],
            "action": str(action),
            "subject_kind": subject.kind if subject else "",
            "subject_id": str(subject.id)[:LONGEST_SUBJECT] if subject else "",
            "details": canonical_details(details or {}),
        }
    )


def _actor(session: Session, origin: Origin, actor_id: int | None) -> Actor:
    if actor_id is None or actor_id == origin.actor.id:
        return origin.actor
    login = session.scalar(sa.select(User.login).where(User.id == actor_id))
    return Actor(actor_id, login or "")


def head(session: Session) -> Head:
    """The end of the chain as the database knows it."""
    row = session.get(AuditHead, _HEAD)
    return Head(row.number, row.hash) if row is not None else Head(0, GENESIS)


def _chain(session: Session) -> None:
    """Give what was recorded its numbers and hashes, with the chain's end locked until the commit.

    The lock is the last that the transaction takes: two that record wait for each other only while
    one commits, and never in a circle.
    """
    pending: list[Row] = list(session.info[_PENDING])
    session.info[_PENDING].clear()
    if not pending:
        return
    session.flush()
    at = utcnow()
    end = session.execute(
        sa.select(AuditHead.number, AuditHead.hash).where(AuditHead.id == _HEAD).with_for_update()
    ).one()
    number, previous = end.number, end.hash
    rows = []
    for each in pending:
        number += 1
        rows.append(_row(each, number, at, previous))
        previous = rows[-1]["hash"]
    session.execute(sa.insert(AuditEntry), rows)
    session.execute(
        sa.update(AuditHead).where(AuditHead.id == _HEAD).values(number=number, hash=previous)
    )


def _row(recorded: Row, number: int, at: dt.datetime, previous: str) -> Row:
    row = {**recorded, "number": number, "at": at, "previous_hash": previous}
    return {**row, "hash": row_hash(**row)}
