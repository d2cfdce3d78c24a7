"""Jinja's environment with one table of names for all templates."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment


class OneTable(Environment):
    """Flask's environment, whose templates have no names of their own.

    Jinja lays a table for each template over that of all. Looking through two for every import and
    every name took a thirtieth of the time of a page.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The names that a template knows beside what it is rendered with."""
        return super().make_globals(d) if d else self.globals
