"""Pieces of pages that look the same whenever the same values go in, rendered once.

The key is everything that the piece shows, by value, so that nothing has to be declared stale: a
change of what is shown is another key. Ages are told in days and times in minutes, so a key holds
for its minute. What carries a form token is never kept.
"""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from flask import Flask
from markupsafe import Markup

from portal.catalogue import Taxonomy
from portal.db import utcnow
from portal.services import Services
from portal.web.language import language

MOST = 512
"""Pieces that a process keeps, some 10 KB each."""


class Fragments:
    """The most recently used pieces; safe for threads."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._pieces: OrderedDict[bytes, Markup] = OrderedDict()
        self._lock = threading.Lock()

    def rendered(self, macro: Callable[..., Markup], *values: Any) -> Markup:
        """What the macro makes of the values, which may be anything that can be pickled."""
        name: str = macro.name  # type: ignore[attr-defined]
        minute = utcnow().replace(second=0, microsecond=0)
        told = [each.stamp if isinstance(each, Taxonomy) else each for each in values]
        key = pickle.dumps((name, language(), minute, told), protocol=5)
        with self._lock:
            found = self._pieces.get(key)
            if found is not None:
                self._pieces.move_to_end(key)
                return found
        made = macro(*values)
        with self._lock:
            self._pieces[key] = made
            while len(self._pieces) > self._most:
                self._pieces.popitem(last=False)
        return made


def init_app(app: Flask, _services: Services) -> None:
    """Give templates ``rendered(macro, values...)``."""
    app.jinja_env.globals.update(rendered=Fragments().rendered)
