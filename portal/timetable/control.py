"""What administrators ask of the scheduler."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.models import ScheduledJob
from portal.permissions import Permission, demand


def ask_for(session: Session, name: str, user_id: int, now: dt.datetime) -> bool:
    """Ask for a run now, on someone's behalf; ``False`` where one was asked for already.

    Of any number of clicks before a run begins, one counts. ``KeyError`` for no such job.
    """
    demand(Permission.ADMINISTER)
    _require(session, name)
    condition = ScheduledJob.asked_at.is_(None)
    return _changed(
        session, name, Act.JOB_ASKED, condition, user_id, asked_at=now, asked_by=user_id
    )


def pause(session: Session, name: str, user_id: int, now: dt.datetime) -> bool:
    """Keep a job from running by itself; ``False`` where it was paused already."""
    demand(Permission.ADMINISTER)
    _require(session, name)
    condition = ScheduledJob.paused_at.is_(None)
    return _changed(
        session, name, Act.JOB_PAUSED, condition, user_id, paused_at=now, paused_by=user_id
    )


def resume(session: Session, name: str, now: dt.datetime) -> bool:
    """Let a job run by itself again; ``False`` where it was not paused.

    What would have been due meanwhile is not made up: it was wanted so.
    """
    demand(Permission.ADMINISTER)
    _require(session, name)
    return _changed(
        session,
        name,
        Act.JOB_RESUMED,
        ScheduledJob.paused_at.is_not(None),
        None,
        paused_at=None,
        paused_by=None,
        known_at=now,
    )


def _require(session: Session, name: str) -> None:
    if session.get(ScheduledJob, name) is None:
        raise KeyError(name)


def _changed(
    session: Session,
    name: str,
    act: Act,
    condition: sa.ColumnElement[bool],
    user_id: int | None,
    **values: object,
) -> bool:
    update = sa.update(ScheduledJob).where(ScheduledJob.name == name, condition).values(**values)
    changed = session.connection().execute(update).rowcount == 1
    if changed:
        audit.record(session, act, Subject("job", name), actor_id=user_id)
    return changed
