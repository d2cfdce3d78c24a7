"""Hotness by forward decay: a number per document whose order never changes with time alone.

Each event weighs ``w * 2 ** (t / half_life)``, where ``t`` is when it happened, so that what came
later weighs more, by as much as what came before has decayed. A document's hotness is ``log2`` of
the sum of its events' weights. Dividing every sum by ``2 ** (now / half_life)`` gives the decayed
count at ``now``; as all are divided by the same, nothing needs recomputing to stay in order.
(Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for Streaming
Systems", ICDE 2009.)

Readers count, not clicks: a person's events of one kind stand in the sum once, at the latest of
their times. Whoever comes back tomorrow moves that one share forward instead of adding another.
"""

import datetime as dt
import math
from collections.abc import Mapping

from portal.models import EventKind

HALF_LIFE = dt.timedelta(days=7)
WEIGHTS: Mapping[EventKind, float] = {
    EventKind.VIEW: 1.0,
    EventKind.DOWNLOAD: 2.0,
    EventKind.FAVOURITE: 3.0,
    EventKind.APPLY: 5.0,
}
"""What an event counts. Opening from a search is followed by the view that counts."""

HEAD_START = 3.0
"""What a document counts for on the day of its publication, as if as many had read it."""
FADES_IN = dt.timedelta(days=3)

# Any fixed moment would do; one near the present keeps the numbers small and so exact.
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
# What is left of a difference below this, in half-lives, is rounding: nothing.
_ROUNDING = 1e-9


def add(hot: float | None, weight: float, at: dt.datetime) -> float:
    """The hotness after one more event of a positive weight; ``None`` is that of no event.

    Events may arrive in any order. ``at`` is an aware time.
    """
    event = math.log2(weight) + half_lives(at)
    if hot is None:
        return event
    high, low = max(hot, event), min(hot, event)
    return high + math.log1p(math.exp2(low - high)) / math.log(2)


def take(hot: float | None, weight: float, at: dt.datetime) -> float | None:
    """The hotness without an event that was added before; ``None`` where nothing is left."""
    if hot is None:
        return None
    event = math.log2(weight) + half_lives(at)
    if hot - event < _ROUNDING:
        return None
    return hot + math.log1p(-math.exp2(event - hot)) / math.log(2)


def renew(hot: float | None, weight: float, before: dt.datetime, at: dt.datetime) -> float | None:
    """The hotness after a person repeats at ``at`` what that person last did ``before``.

    An event that arrives late, or from a clock that was put back, changes nothing.
    """
    if at <= before:
        return hot
    return add(take(hot, weight, before), weight, at)


def count_at(hot: float | None, now: dt.datetime) -> float:
    """What hotness means at a time: the events' weights, each halved every 7 days since.

    Infinite where hotness comes from a clock that ran centuries ahead.
    """
    if hot is None:
        return 0.0
    try:
        return math.exp2(hot - half_lives(now))
    except OverflowError:
        return math.inf


def standing(
    hot: float | None, published_at: dt.datetime | None, people: int, now: dt.datetime
) -> float:
    """What a document's use amounts to among so many colleagues, by which lists are ordered.

    A document begins with a head start that fades in three days. Dividing by the square root of
    the head-count keeps small industries from being drowned, and lets large ones still lead.
    """
    return (count_at(hot, now) + head_start(published_at, now)) / math.sqrt(max(1, people))


def head_start(published_at: dt.datetime | None, now: dt.datetime) -> float:
    """What is left of a new document's head start, from 3 down to 0."""
    if published_at is None:
        return 0.0
    age = max(now - published_at, dt.timedelta(0))
    return HEAD_START * max(0.0, 1.0 - age / FADES_IN)


def half_lives(moment: dt.datetime) -> float:
    """A moment on hotness's own scale: what one view at that moment alone comes to."""
    return (moment - _EPOCH) / HALF_LIFE
