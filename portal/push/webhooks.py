"""Webhooks as administrators keep them: add, change, a new secret, stop, try, send again."""

import datetime as dt
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal import audit
from portal.audit import Act, Subject
from portal.catalogue import Taxonomy
from portal.catalogue.announcements import new_message
from portal.models import DeliveryState
from portal.models.webhooks import (
    LONGEST_TARGET,
    LONGEST_WEBHOOK_NAME,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)
from portal.permissions import Permission, demand
from portal.push.outgoing import target_of
from portal.push.signing import secret_of

BOTH_VALID = dt.timedelta(days=1)
"""How long the old secret still signs beside a new one."""
TEST = "test"
SHOWN = 100


class WebhookError(ValueError):
    """A webhook cannot be kept so; ``reason`` is ``name``, ``events`` or ``address``."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Subscription:
    """What an administrator settles of a webhook; no industries are all of them."""

    name: str
    address: str
    events: tuple[str, ...]
    industries: tuple[str, ...] = ()
    with_restricted: bool = False


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook as the list shows it.

    ``stopped_why`` is ``hand``, ``failures`` or ``gone`` (it asked for no more); empty while it
    runs.
    """

    id: int
    subscription: Subscription
    waiting: int
    failing_since: dt.datetime | None
    stopped_at: dt.datetime | None
    stopped_why: str
    previous_until: dt.datetime | None


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A message in a webhook's ledger."""

    id: int
    message: str
    event: str
    document_id: int | None
    state: str
    attempts: int
    created_at: dt.datetime
    next_try_at: dt.datetime
    sent_at: dt.datetime | None
    answer: str


def add_webhook(
    session: Session,
    portal_key: str,
    wanted: Subscription,
    taxonomy: Taxonomy,
    now: dt.datetime,
    *,
    allow_private: bool,
) -> tuple[int, str]:
    """Keep a subscription; return its number and its secret, which is shown this once.

    Raises :class:`WebhookError` and :class:`portal.notices.webhook.AddressRefused`.
    """
    demand(Permission.ADMINISTER)
    _check(wanted, taxonomy, allow_private=allow_private)
    row = Webhook(
        name=wanted.name,
        address=wanted.address,
        events=list(wanted.events),
        industries=list(wanted.industries),
        with_restricted=wanted.with_restricted,
        salt=secrets.token_hex(16),
        previous_salt="",
        created_at=now,
        stopped_why="",
    )
    session.add(row)
    session.flush()
    _audit(session, Act.WEBHOOK_ADDED, row, "added")
    return row.id, secret_of(portal_key, row.salt)


def renew_secret(session: Session, portal_key: str, webhook_id: int, now: dt.datetime) -> str:
    """Give a webhook a new secret and return it; for a day both sign. ``LookupError`` for none."""
    row = _held(session, webhook_id)
    row.previous_salt, row.previous_until = row.salt, now + BOTH_VALID
    row.salt = secrets.token_hex(16)
    _audit(session, Act.WEBHOOK_CHANGED, row, "secret")
    return secret_of(portal_key, row.salt)


def stop_webhook(session: Session, webhook_id: int, now: dt.datetime) -> None:
    """Send nothing more and collect nothing new; what waits stays. ``LookupError`` for none."""
    row = _held(session, webhook_id)
    if row.stopped_at is None:
        row.stopped_at, row.stopped_why = now, "hand"
        _audit(session, Act.WEBHOOK_CHANGED, row, "stopped")


def start_webhook(session: Session, webhook_id: int, now: dt.datetime) -> None:
    """Go on: what waited is sent at once. ``LookupError`` for none."""
    row = _held(session, webhook_id)
    row.stopped_at, row.stopped_why, row.failing_since = None, "", None
    waiting = WebhookDelivery.state == DeliveryState.WAITING
    session.execute(
        sa.update(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id, waiting)
        .values(next_try_at=now)
    )
    _audit(session, Act.WEBHOOK_CHANGED, row, "started")


def remove_webhook(session: Session, webhook_id: int) -> None:
    """Forget a webhook with its ledger. ``LookupError`` for none."""
    row = _held(session, webhook_id)
    _audit(session, Act.WEBHOOK_REMOVED, row, "removed")
    session.execute(sa.delete(WebhookDelivery).where(WebhookDelivery.webhook_id == webhook_id))
    session.delete(row)


def ask_for_test(session: Session, webhook_id: int, now: dt.datetime) -> None:
    """Ask for a message that says nothing, to try the way. ``LookupError`` for none."""
    row = _held(session, webhook_id)
    message = new_message()
    session.add(
        WebhookDelivery(
            webhook_id=row.id,
            key=message,
            message=message,
            event=TEST,
            data={},
            created_at=now,
            next_try_at=now,
        )
    )


def send_again(session: Session, webhook_id: int, delivery_id: int, now: dt.datetime) -> None:
    """Send a message of the ledger once more, under its old name. ``LookupError`` for none."""
    demand(Permission.ADMINISTER)
    row = session.get(WebhookDelivery, delivery_id)
    if row is None or row.webhook_id != webhook_id:
        raise LookupError(delivery_id)
    row.state, row.next_try_at, row.attempts = DeliveryState.WAITING, now, 0


def webhooks(session: Session) -> list[WebhookView]:
    """All webhooks, the oldest first."""
    waiting = dict(
        session.execute(
            sa.select(WebhookDelivery.webhook_id, sa.func.count(WebhookDelivery.id))
            .where(WebhookDelivery.state.in_((DeliveryState.WAITING, DeliveryState.SENDING)))
            .group_by(WebhookDelivery.webhook_id)
        ).all()
    )
    rows = session.scalars(sa.select(Webhook).order_by(Webhook.id))
    return [_view(row, waiting.get(row.id, 0)) for row in rows]


def ledger(session: Session, webhook_id: int) -> list[DeliveryView]:
    """The latest messages of a webhook, the newest first."""
    rows = session.scalars(
        sa.select(WebhookDelivery)
        .where(WebhookDelivery.webhook_id == webhook_id)
        .order_by(WebhookDelivery.id.desc())
        .limit(SHOWN)
    )
    return [
        DeliveryView(
            row.id,
            row.message,
            row.event,
            row.document_id,
            row.state,
            row.attempts,
            row.created_at,
            row.next_try_at,
            row.sent_at,
            row.answer,
        )
        for row in rows
    ]


def _view(row: Webhook, waiting: int) -> WebhookView:
    subscription = Subscription(
        row.name, row.address, tuple(row.events), tuple(row.industries), row.with_restricted
    )
    return WebhookView(
        row.id,
        subscription,
        waiting,
        row.failing_since,
        row.stopped_at,
        row.stopped_why,
        row.previous_until,
    )


def _check(wanted: Subscription, taxonomy: Taxonomy, *, allow_private: bool) -> None:
    if not wanted.name or len(wanted.name) > LONGEST_WEBHOOK_NAME:
        raise WebhookError("name")
    known: set[str] = {each.value for each in WebhookEvent}
    if not wanted.events or not set(wanted.events) <= known:
        raise WebhookError("events")
    if len(wanted.address) > LONGEST_TARGET:
        raise WebhookError("address")
    for code in wanted.industries:
        taxonomy.term("industry", code)
    target_of(wanted.address, allow_private=allow_private)


def _held(session: Session, webhook_id: int) -> Webhook:
    demand(Permission.ADMINISTER)
    row = session.get(Webhook, webhook_id, with_for_update=True)
    if row is None:
        raise LookupError(webhook_id)
    return row


def _audit(session: Session, act: Act, row: Webhook, changed: str) -> None:
    details = {"name": row.name, "changed": changed}
    audit.record(session, act, Subject("webhook", row.id), details=details)
