"""From where the acts of the present request, command or job come."""

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from portal.audit.types import Origin

_origin: ContextVar[Callable[[], Origin]] = ContextVar("audit origin", default=Origin)


@contextlib.contextmanager
def acting(origin: Callable[[], Origin]) -> Iterator[None]:
    """Within, what is recorded comes from this origin; it is asked for when an act is recorded.

    A request knows its address before it knows its person, and most requests record nothing.
    """
    token = _origin.set(origin)
    try:
        yield
    finally:
        _origin.reset(token)


def present_origin() -> Origin:
    """The origin that holds now; by default the command line."""
    return _origin.get()()
