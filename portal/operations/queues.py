"""What waits to be done."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Delivery, DeliveryState, IntakeFailure, OutboxEntry


@dataclass(frozen=True, slots=True)
class Queues:
    """Lengths of the queues, and how long the oldest change has waited for the index, in seconds.

    ``outbox`` counts changes that the index has not learnt, ``deliveries`` messages that wait to be
    sent, ``undelivered`` those that could not be sent, ``intake`` files that did not get in and
    that nobody has dealt with.
    """

    outbox: int
    lag_seconds: float
    deliveries: int
    undelivered: int
    intake: int


def queues(session: Session, now: dt.datetime) -> Queues:
    """Count what waits now."""
    waiting, oldest = session.execute(
        sa.select(sa.func.count(OutboxEntry.id), sa.func.min(OutboxEntry.created_at)).where(
            OutboxEntry.done_at.is_(None)
        )
    ).one()
    states = dict(
        session.execute(
            sa.select(Delivery.state, sa.func.count(Delivery.id))
            .where(Delivery.state.in_([DeliveryState.WAITING, DeliveryState.FAILED]))
            .group_by(Delivery.state)
        ).all()
    )
    intake = session.scalar(
        sa.select(sa.func.count(IntakeFailure.id)).where(IntakeFailure.resolved_at.is_(None))
    )
    return Queues(
        outbox=waiting,
        lag_seconds=max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
        deliveries=states.get(DeliveryState.WAITING, 0),
        undelivered=states.get(DeliveryState.FAILED, 0),
        intake=intake or 0,
    )
