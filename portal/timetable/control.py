"""What administrators ask of the scheduler."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import ScheduledJob


def ask_for(session: Session, name: str, user_id: int, now: dt.datetime) -> bool:
    """Ask for a run now, on someone's behalf; ``False`` where one was asked for already.

    Of any number of clicks before a run begins, one counts. ``KeyError`` for no such job.
    """
    _require(session, name)
    return _changed(session, name, ScheduledJob.asked_at.is_(None), asked_at=now, asked_by=user_id)


def pause(session: Session, name: str, user_id: int, now: dt.datetime) -> bool:
    """Keep a job from running by itself; ``False`` where it was paused already."""
    _require(session, name)
    return _changed(
        session, name, ScheduledJob.paused_at.is_(None), paused_at=now, paused_by=user_id
    )


def resume(session: Session, name: str, now: dt.datetime) -> bool:
    """Let a job run by itself again; ``False`` where it was not paused.

    What would have been due meanwhile is not made up: it was wanted so.
    """
    _require(session, name)
    return _changed(
        session,
        name,
        ScheduledJob.paused_at.is_not(None),
        paused_at=None,
        paused_by=None,
        known_at=now,
    )


def _require(session: Session, name: str) -> None:
    if session.get(ScheduledJob, name) is None:
        raise KeyError(name)


def _changed(
    session: Session, name: str, condition: sa.ColumnElement[bool], **values: object
) -> bool:
    update = sa.update(ScheduledJob).where(ScheduledJob.name == name, condition).values(**values)
    return session.connection().execute(update).rowcount == 1
