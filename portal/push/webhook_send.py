"""Sending what webhooks wait for, each message until it is taken, for up to a week.

A message is claimed, sent and marked, each in a transaction of its own, under a lock that ends with
the process. One that was claimed by a process that died is sent again under the same name: the
receiver may get a message twice and must be able to tell, and loses none.
"""

import datetime as dt
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass

import filelock
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.catalogue.announcements import wanted_by
from portal.catalogue.standing import administrators
from portal.db import Database, utcnow
from portal.keys import secret_key
from portal.models import DeliveryState, Document, NoticeKind
from portal.models.webhooks import Webhook, WebhookDelivery
from portal.notices import post as post_notice
from portal.notices.webhook import AddressRefused
from portal.push.outgoing import NotReached, post, target_of
from portal.push.signing import secret_of, signed_headers

BACK_OFF = tuple(dt.timedelta(minutes=each) for each in (1, 5, 30, 120, 300, 600, 1440, 2880, 2880))
"""How long to wait after each attempt that failed; after the last one there is no further."""
KEPT = dt.timedelta(days=30)
_LOCK = "webhooks.lock"
_LONGEST_ANSWER = 200
_GONE = 410
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WebhooksSent:
    """What a run did; ``stopped`` counts the webhooks that were given up."""

    sent: int = 0
    failed: int = 0
    withdrawn: int = 0
    waiting: int = 0
    stopped: int = 0


def send_webhooks(
    settings: Settings, db: Database, clock: Callable[[], dt.datetime] = utcnow
) -> WebhooksSent:
    """Send what is due; one process sends, others return at once.

    A webhook that does not answer is not tried again in the same run, so that one that hangs keeps
    the others waiting for one time limit at most.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(settings.data_dir / _LOCK)
    try:
        with lock.acquire(blocking=False):
            return _Run(settings, db, clock).run()
    except filelock.Timeout:
        return WebhooksSent()


class _Run:
    def __init__(self, settings: Settings, db: Database, clock: Callable[[], dt.datetime]) -> None:
        self._settings, self._db, self._clock = settings, db, clock
        self._key = secret_key(settings)
        self._counts = dict.fromkeys(DeliveryState, 0)
        self._down: set[int] = set()
        self._stopped = 0

    def run(self) -> WebhooksSent:
        self._pick_up()
        while (delivery_id := self._next()) is not None:
            self._deliver(delivery_id)
        counts = self._counts
        return WebhooksSent(
            counts[DeliveryState.SENT],
            counts[DeliveryState.FAILED],
            counts[DeliveryState.WITHDRAWN],
            counts[DeliveryState.WAITING],
            self._stopped,
        )

    def _pick_up(self) -> None:
        """Take up what a process that died had claimed, and forget what is long over."""
        now = self._clock()
        with self._db.write() as session:
            session.execute(
                sa.update(WebhookDelivery)
                .where(WebhookDelivery.state == DeliveryState.SENDING)
                .values(state=DeliveryState.WAITING, next_try_at=now)
            )
            session.execute(
                sa.delete(WebhookDelivery).where(WebhookDelivery.created_at < now - KEPT)
            )

    def _next(self) -> int | None:
        with self._db.read() as session:
            return session.scalar(
                sa.select(WebhookDelivery.id)
                .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
                .where(
                    WebhookDelivery.state == DeliveryState.WAITING,
                    WebhookDelivery.next_try_at <= self._clock(),
                    Webhook.stopped_at.is_(None),
                    Webhook.id.not_in(self._down),
                )
                .order_by(WebhookDelivery.id)
                .limit(1)
            )

    def _deliver(self, delivery_id: int) -> None:
        with self._db.write() as session:
            row = session.get_one(WebhookDelivery, delivery_id, with_for_update=True)
            webhook = session.get_one(Webhook, row.webhook_id)
            document = session.get(Document, row.document_id) if row.document_id else None
            # Since then the document may have been withheld, or the webhook changed.
            if row.document_id and (document is None or not wanted_by(webhook, document)):
                row.state = DeliveryState.WITHDRAWN
                self._counts[DeliveryState.WITHDRAWN] += 1
                return
            row.state = DeliveryState.SENDING
            row.attempts += 1
        self._settle(row, webhook, *self._send(row, webhook))

    def _send(self, row: WebhookDelivery, webhook: Webhook) -> tuple[int, str]:
        """The status that was answered, 0 for none, and it in words."""
        try:
            target = target_of(webhook.address, allow_private=self._settings.private_webhooks)
            body = self._body(row)
            headers = self._headers(row, webhook, body)
            status = post(target, body, headers, self._settings.webhook_timeout)
        except AddressRefused as refused:
            return 0, f"address refused: {refused.reason}"
        except NotReached as error:
            return 0, str(error)[:_LONGEST_ANSWER]
        return status, f"HTTP {status}"

    def _body(self, row: WebhookDelivery) -> bytes:
        root = self._settings.public_url
        places = {
            "url": f"{root}/documents/{row.document_id}",
            "api_url": f"{root}/api/v1/documents/{row.document_id}",
        }
        payload = {
            "type": row.event,
            "timestamp": row.created_at.isoformat(),
            "data": {**row.data, **places} if row.document_id else {},
        }
        return json.dumps(payload, ensure_ascii=False).encode()

    def _headers(self, row: WebhookDelivery, webhook: Webhook, body: bytes) -> dict[str, str]:
        now = self._clock()
        salts = [webhook.salt]
        if webhook.previous_until is not None and now < webhook.previous_until:
            salts.append(webhook.previous_salt)
        secrets = [secret_of(self._key, each) for each in salts]
        signed = signed_headers(secrets, row.message, now, body)
        return {"Content-Type": "application/json", "User-Agent": "knowledge-portal", **signed}

    def _settle(self, row: WebhookDelivery, webhook: Webhook, status: int, answer: str) -> None:
        now = self._clock()
        is_taken = 200 <= status < 300
        state, next_try = DeliveryState.SENT, now
        if not is_taken:
            self._down.add(webhook.id)
            is_last = row.attempts > len(BACK_OFF)
            state = DeliveryState.FAILED if is_last else DeliveryState.WAITING
            next_try = now if is_last else now + BACK_OFF[row.attempts - 1]
        with self._db.write() as session:
            session.execute(
                sa.update(WebhookDelivery)
                .where(WebhookDelivery.id == row.id)
                .values(
                    state=state,
                    next_try_at=next_try,
                    answer=answer,
                    sent_at=now if is_taken else None,
                )
            )
            held = session.get(Webhook, webhook.id, with_for_update=True)
            if held is None:
                return
            held.failing_since = None if is_taken else held.failing_since or now
            patience = dt.timedelta(days=self._settings.webhook_patience_days)
            if status == _GONE:
                self._stop(session, held, "gone", now)
            elif held.failing_since is not None and now - held.failing_since >= patience:
                self._stop(session, held, "failures", now)
        self._counts[state] += 1

    def _stop(self, session: Session, webhook: Webhook, why: str, now: dt.datetime) -> None:
        webhook.stopped_at, webhook.stopped_why = now, why
        self._stopped += 1
        _log.warning("webhook %d is stopped: %s", webhook.id, why)
        post_notice(
            session,
            NoticeKind.WEBHOOK_STOPPED,
            administrators(session),
            now,
            key=f"webhook-{webhook.id}-{now.isoformat()}",
            data={"name": webhook.name, "webhook": webhook.id},
        )
