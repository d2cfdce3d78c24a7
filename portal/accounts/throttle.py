"""Failed attempts, and how long the next one has to wait.

An attempt is counted before it is judged, and taken back when it was right: however many come at
once, each finds the others counted. While a key is closed, attempts are refused without being
counted, so that knocking at a closed door keeps it closed no longer.

The counts are rows, so that all web workers share them and a restart forgets none.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.accounts.errors import TooManyAttempts
from portal.models import Throttle


@dataclass(frozen=True, slots=True)
class Rule:
    """How many attempts are ``free``, and the wait after the next, which doubles up to ``longest``.

    After the time ``forget`` without an attempt the count starts anew.
    """

    free: int
    first: dt.timedelta
    longest: dt.timedelta
    forget: dt.timedelta

    def wait(self, failures: int) -> dt.timedelta:
        """How long to wait after so many failures in a row."""
        over = failures - self.free
        if over <= 0:
            return dt.timedelta()
        # Doubling is over long before the exponent grows large.
        doubled: int = 1 << min(over - 1, 20)
        return min(self.longest, self.first * doubled)


@dataclass(frozen=True, slots=True)
class Key:
    """What attempts are counted against, by a name that does not say it, and its rule."""

    name: str
    rule: Rule


_MINUTE, _DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
# 15 minutes: at most 100 guesses a day against one account (NIST SP 800-63B, 3.2.2).
ACCOUNT = Rule(free=5, first=dt.timedelta(seconds=10), longest=15 * _MINUTE, forget=_DAY)
# A whole office may share an address.
ADDRESS = Rule(free=30, first=dt.timedelta(seconds=10), longest=15 * _MINUTE, forget=60 * _MINUTE)
# Every mail that is asked for counts.
MAIL = Rule(free=3, first=5 * _MINUTE, longest=60 * _MINUTE, forget=_DAY)
_LONGEST_MEMORY = max(rule.forget for rule in (ACCOUNT, ADDRESS, MAIL))


def key(rule: Rule, kind: str, *parts: object) -> Key:
    """The key of one account, device or address: ``kind`` and what tells it from others."""
    content = "\n".join([kind, *map(str, parts)])
    return Key(hashlib.sha256(content.encode()).hexdigest(), rule)


def attempt(session: Session, keys: Iterable[Key], now: dt.datetime) -> dt.timedelta:
    """Count an attempt against each key; return how long the next must wait if this one fails.

    Raises :class:`TooManyAttempts` where a key is closed, and counts none then.
    """
    rows = [(each, _row(session, each, now)) for each in sorted(keys, key=lambda each: each.name)]
    # Only what has used up its free attempts is closed: of those who come at once, one has read
    # the clock a moment before another that was counted first.
    closed = (row.closed_until for each, row in rows if row.failures > each.rule.free)
    until = max(closed, default=now)
    if until > now:
        raise TooManyAttempts(until)
    for each, row in rows:
        known = row.failures if now - row.failed_at <= each.rule.forget else 0
        row.failures = known + 1
        row.failed_at = now
        row.closed_until = now + each.rule.wait(row.failures)
    return max((row.closed_until - now for _, row in rows), default=dt.timedelta())


def forgive(session: Session, one: Key) -> None:
    """Forget every failure of a key: somebody has shown to be the right person."""
    session.execute(sa.delete(Throttle).where(Throttle.key == one.name))


def take_back(session: Session, one: Key, now: dt.datetime) -> None:
    """Take back the last attempt alone: who may sign in once may not try others for it."""
    session.execute(
        sa.update(Throttle)
        .where(Throttle.key == one.name, Throttle.failures > 0)
        .values(failures=Throttle.failures - 1, closed_until=now)
    )


def purge(session: Session, now: dt.datetime) -> None:
    """Remove what no longer counts."""
    session.execute(sa.delete(Throttle).where(Throttle.failed_at < now - _LONGEST_MEMORY))


def _row(session: Session, one: Key, now: dt.datetime) -> Throttle:
    """The key's row, locked; of two that come first at once, one makes it."""
    row = session.get(Throttle, one.name, with_for_update=True)
    if row is not None:
        return row
    try:
        with session.begin_nested():
            row = Throttle(key=one.name, failures=0, failed_at=now, closed_until=now)
            session.add(row)
        return row
    except sa.exc.IntegrityError:
        return session.get_one(Throttle, one.name, with_for_update=True)
