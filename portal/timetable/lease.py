"""The scheduler's lease: one of several schedulers works, the others stand by.

The holder renews the lease every few seconds, which makes its ``beat`` grow. Whoever stands by
takes it when the beat has stood still for long enough by its own steady clock. No wall clocks are
compared, so neither clocks that differ nor one that is put forward or back moves the lease. Taking
is one ``UPDATE`` that names the holder and beat that were seen: of several, one succeeds.
"""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import SchedulerLease
from portal.timetable.types import Lease

NAME = "scheduler"
RENEW_SECONDS = 3.0
LAPSE_SECONDS = 15.0
# A watcher that was itself held up has not watched.
BLINK_SECONDS = 5.0


class Watcher:
    """Judges from repeated looks whether the lease has been abandoned. Pure; not for threads."""

    def __init__(self) -> None:
        self._seen: tuple[str, int] | None = None
        self._unchanged_since = 0.0
        self._looked_at = 0.0

    def is_abandoned(self, holder: str, beat: int, clock: float) -> bool:
        """Whether the lease is free, or its beat has stood still too long, at this look.

        ``clock`` is a steady clock's reading in seconds, such as ``time.monotonic()``.
        """
        held_up = clock - self._looked_at > BLINK_SECONDS
        if self._seen != (holder, beat) or held_up:
            self._seen, self._unchanged_since = (holder, beat), clock
        self._looked_at = clock
        return not holder or clock - self._unchanged_since >= LAPSE_SECONDS


def current_lease(session: Session) -> Lease:
    """The lease as it is now."""
    row = session.get_one(SchedulerLease, NAME, populate_existing=True)
    return Lease(row.holder, row.beat, row.since, row.renewed_at)


def take(session: Session, me: str, seen: Lease, now: dt.datetime) -> bool:
    """Take the lease that was seen; ``False`` where it has changed since."""
    return _changed(
        session,
        (SchedulerLease.holder == seen.holder) & (SchedulerLease.beat == seen.beat),
        holder=me,
        since=now,
        renewed_at=now,
    )


def renew(session: Session, me: str, now: dt.datetime) -> bool:
    """Keep the lease; ``False`` where another has taken it."""
    return _changed(session, SchedulerLease.holder == me, renewed_at=now)


def release(session: Session, me: str, now: dt.datetime) -> bool:
    """Let the lease go, so that the next need not wait; ``False`` where it was lost before."""
    return _changed(session, SchedulerLease.holder == me, holder="", renewed_at=now)


def is_held_by(session: Session, holder: str) -> bool:
    """Whether this is the holder, which it then stays until the transaction ends."""
    lease = sa.select(SchedulerLease.holder).where(SchedulerLease.name == NAME)
    return session.scalar(lease.with_for_update()) == holder


def _changed(session: Session, condition: sa.ColumnElement[bool], **values: object) -> bool:
    update = (
        sa.update(SchedulerLease)
        .where(SchedulerLease.name == NAME, condition)
        .values(beat=SchedulerLease.beat + 1, **values)
        .execution_options(synchronize_session=False)
    )
    return session.connection().execute(update).rowcount == 1
