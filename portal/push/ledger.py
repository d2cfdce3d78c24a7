"""The ledger of deliveries: what is to be sent, what was, and what goes wrong on the way.

A delivery is claimed, sent and marked, each in a transaction of its own. Whoever sends holds a
lock that ends with the process, so that a claim found under the lock was left by one that died. Its
journal tells whether the mail server had the whole mail by then: if so it counts as sent, if not it
is sent again, under the same Message-ID. A chat robot leaves no such trace, and its message is let
be.
"""

import datetime as dt
import logging
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any

import filelock
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.db import Database, utcnow
from portal.models import Channel, Delivery, DeliveryState
from portal.push.channels import ChatMessage, Mail, Mailer, mail_configured, send_chat
from portal.push.errors import ChannelDown, NotConfigured, PushError, Refused
from portal.push.handed import Handed, Try

BACK_OFF = tuple(dt.timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720))
"""How long to wait after each attempt that failed; after the last one there is no further."""
KEPT_WAITING = dt.timedelta(days=3)
"""A message that could not be sent for so long is old news."""
_UNKNOWN = "发送途中程序中断，不知道是否送到；为免重复，不再发送"
_UNANSWERED = "邮件已全部交给邮件服务器，程序在等它答复时中断；为免重复，不再发送"
_BATCH = 200
_LOCK = "sending.lock"
_LONGEST_ERROR = 300
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChatLetter:
    """A message and the robot's address it goes to."""

    address: str
    message: ChatMessage


Letter = Mail | ChatLetter
Write = Callable[[Session, Settings, Delivery], Letter | None]
"""Makes the message of a delivery; ``None`` where there is nothing left to say to the person."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a run did. ``waiting`` will be tried again; ``busy``: another process is sending."""

    sent: int = 0
    failed: int = 0
    withdrawn: int = 0
    waiting: int = 0
    busy: bool = False


@dataclass(frozen=True, slots=True)
class LedgerStatus:
    """How sending stands, for administrators. ``errors`` are the latest, newest first."""

    mail_configured: bool
    waiting: int
    failed: int
    sent: int
    errors: tuple[tuple[dt.datetime, str, str], ...]


def enqueue(
    session: Session,
    key: str,
    user_id: int,
    channel: Channel,
    kind: str,
    data: Mapping[str, Any],
    now: dt.datetime,
    not_before: dt.datetime | None = None,
) -> bool:
    """Ask for a message within the caller's transaction; return whether it was not asked before.

    ``key`` names the occasion: for each person and channel it is sent once.
    """
    again = sa.select(Delivery.id).where(
        Delivery.key == key, Delivery.user_id == user_id, Delivery.channel == channel
    )
    if session.scalar(again) is not None:
        return False
    session.add(
        Delivery(
            key=key,
            user_id=user_id,
            channel=channel,
            kind=kind,
            data=dict(data),
            state=DeliveryState.WAITING,
            attempts=0,
            created_at=now,
            next_try_at=not_before or now,
            last_error="",
        )
    )
    return True


def send_due(
    settings: Settings,
    db: Database,
    writers: Mapping[str, Write],
    clock: Callable[[], dt.datetime] = utcnow,
) -> Sent:
    """Send what is due, each once; return when nothing more can be sent now.

    Safe to run at any time and in several processes: one sends, the others return at once.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(settings.data_dir / _LOCK)
    try:
        with lock.acquire(blocking=False):
            handed = Handed(settings.data_dir)
            _pick_up(db, handed.left(), clock())
            with handed:
                return _Run(settings, db, writers, clock, handed).run()
    except filelock.Timeout:
        return Sent(busy=True)


def ledger_status(settings: Settings, session: Session, since: dt.datetime) -> LedgerStatus:
    """How sending stands; failures and successes are counted since a time."""
    counts = dict[str, int]()
    rows = session.execute(
        sa.select(Delivery.state, sa.func.count(Delivery.id))
        .where(sa.or_(Delivery.created_at >= since, Delivery.state == DeliveryState.WAITING))
        .group_by(Delivery.state)
    )
    for state, count in rows:
        counts[state] = count
    errors = session.execute(
        sa.select(Delivery.next_try_at, Delivery.channel, Delivery.last_error)
        .where(Delivery.last_error != "", Delivery.created_at >= since)
        .order_by(Delivery.next_try_at.desc(), Delivery.id.desc())
        .limit(20)
    )
    return LedgerStatus(
        mail_configured(settings),
        counts.get(DeliveryState.WAITING, 0) + counts.get(DeliveryState.SENDING, 0),
        counts.get(DeliveryState.FAILED, 0),
        counts.get(DeliveryState.SENT, 0),
        tuple((at, channel, error) for at, channel, error in errors),
    )


def _pick_up(db: Database, handed: Set[Try], now: dt.datetime) -> None:
    """Settle what a process that died had claimed, and what has waited for too long."""
    with db.write() as session:
        claimed = session.scalars(
            sa.select(Delivery).where(Delivery.state == DeliveryState.SENDING).with_for_update()
        )
        for each in claimed:
            if each.channel == Channel.CHAT:
                each.state, each.last_error = DeliveryState.FAILED, _UNKNOWN
            elif (each.id, each.attempts) in handed:
                each.state, each.sent_at, each.last_error = DeliveryState.SENT, now, _UNANSWERED
            else:
                each.state, each.next_try_at = DeliveryState.WAITING, now
        session.execute(
            sa.update(Delivery)
            .where(
                Delivery.state == DeliveryState.WAITING, Delivery.next_try_at < now - KEPT_WAITING
            )
            .values(state=DeliveryState.FAILED, last_error="等了三天仍未能发出，不再发送")
        )


class _Run:
    """One run under the lock."""

    def __init__(
        self,
        settings: Settings,
        db: Database,
        writers: Mapping[str, Write],
        clock: Callable[[], dt.datetime],
        handed: Handed,
    ) -> None:
        self._settings, self._db, self._writers, self._clock = settings, db, writers, clock
        self._handed = handed
        self._down: set[str] = set()
        self._counts = dict.fromkeys(DeliveryState, 0)

    def run(self) -> Sent:
        """Send until nothing is due."""
        if not mail_configured(self._settings):
            self._down.add(Channel.MAIL)
        with Mailer(self._settings) as mailer:
            after = 0
            while batch := self._due(after):
                for delivery_id in batch:
                    self._deliver(delivery_id, mailer)
                after = batch[-1]
        counts = self._counts
        return Sent(
            counts[DeliveryState.SENT],
            counts[DeliveryState.FAILED],
            counts[DeliveryState.WITHDRAWN],
            counts[DeliveryState.WAITING],
        )

    def _due(self, after: int) -> list[int]:
        with self._db.read() as session:
            return list(
                session.scalars(
                    sa.select(Delivery.id)
                    .where(
                        Delivery.state == DeliveryState.WAITING,
                        Delivery.next_try_at <= self._clock(),
                        Delivery.id > after,
                        Delivery.channel.not_in(self._down),
                    )
                    .order_by(Delivery.id)
                    .limit(_BATCH)
                )
            )

    def _deliver(self, delivery_id: int, mailer: Mailer) -> None:
        delivery = self._claim(delivery_id)
        if delivery is None:
            return
        try:
            letter = self._letter(delivery)
            if letter is None:
                self._settle(delivery, DeliveryState.WITHDRAWN)
                return
            self._send(delivery, letter, mailer)
        except Refused as error:
            self._fail(delivery, str(error), is_final=error.permanent)
        except (ChannelDown, NotConfigured) as error:
            # Not this one's fault: the others of the channel are not even tried now.
            self._down.add(delivery.channel)
            _log.warning("%s cannot be used: %s", delivery.channel, error)
            self._fail(delivery, str(error))
        except Exception as error:
            if not isinstance(error, PushError):
                _log.exception("delivery %d could not be made", delivery.id)
            self._fail(delivery, str(error) or type(error).__name__)
        else:
            self._settle(delivery, DeliveryState.SENT)

    def _claim(self, delivery_id: int) -> Delivery | None:
        with self._db.write() as session:
            row = session.get(Delivery, delivery_id, with_for_update=True)
            if row is None or row.state != DeliveryState.WAITING or row.channel in self._down:
                return None
            row.state, row.claimed_at = DeliveryState.SENDING, self._clock()
            row.attempts += 1
            return row

    def _letter(self, delivery: Delivery) -> Letter | None:
        with self._db.read() as session:
            return self._writers[delivery.kind](session, self._settings, delivery)

    def _send(self, delivery: Delivery, letter: Letter, mailer: Mailer) -> None:
        if isinstance(letter, Mail):
            mailer.send(letter, lambda: self._handed.note(delivery.id, delivery.attempts))
        else:
            send_chat(self._settings, letter.address, letter.message)

    def _fail(self, delivery: Delivery, error: str, *, is_final: bool = False) -> None:
        is_last = delivery.attempts > len(BACK_OFF)
        if is_final or is_last:
            self._settle(delivery, DeliveryState.FAILED, error)
        else:
            pause = BACK_OFF[delivery.attempts - 1]
            self._settle(delivery, DeliveryState.WAITING, error, self._clock() + pause)

    def _settle(
        self,
        delivery: Delivery,
        state: DeliveryState,
        error: str = "",
        next_try_at: dt.datetime | None = None,
    ) -> None:
        now = self._clock()
        with self._db.write() as session:
            session.execute(
                sa.update(Delivery)
                .where(Delivery.id == delivery.id)
                .values(
                    state=state,
                    last_error=error[:_LONGEST_ERROR],
                    next_try_at=next_try_at or now,
                    sent_at=now if state == DeliveryState.SENT else None,
                )
            )
        self._counts[state] += 1
