"""Hotness by forward decay: a number per document whose order never changes with time alone.

Each event weighs ``w * 2 ** (t / half_life)``, where ``t`` is when it happened, so that what came
later weighs more, by as much as what came before has decayed. A document's hotness is ``log2`` of
the sum of its events' weights. Dividing every sum by ``2 ** (now / half_life)`` gives the decayed
count at ``now``; as all are divided by the same, nothing needs recomputing to stay in order.
(Cormode, Shkapenyuk, Srivastava, Xu, "Forward Decay: A Practical Time Decay Model for Streaming
Systems", ICDE 2009.)
"""

import datetime as dt
import math
from collections.abc import Mapping

from portal.models import EventKind

HALF_LIFE = dt.timedelta(days=7)
WEIGHTS: Mapping[EventKind, float] = {EventKind.VIEW: 1.0, EventKind.DOWNLOAD: 2.0}

# Any fixed moment would do; one near the present keeps the numbers small and so exact.
_EPOCH = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def add(hot: float | None, weight: float, at: dt.datetime) -> float:
    """The hotness after one more event of a positive weight; ``None`` is that of no event.

    Events may arrive in any order. ``at`` is an aware time.
    """
    event = math.log2(weight) + _half_lives(at)
    if hot is None:
        return event
    high, low = max(hot, event), min(hot, event)
    return high + math.log1p(math.exp2(low - high)) / math.log(2)


def count_at(hot: float | None, now: dt.datetime) -> float:
    """What hotness means at a time: the events' weights, each halved every 7 days since."""
    return 0.0 if hot is None else math.exp2(hot - _half_lives(now))


def _half_lives(moment: dt.datetime) -> float:
    return (moment - _EPOCH) / HALF_LIFE
