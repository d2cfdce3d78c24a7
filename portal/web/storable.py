"""What visitors send, without what no database keeps.

A NUL is legal in a form and in an address. SQLite keeps it, PostgreSQL refuses the whole statement.
Nobody types one, so it is left out of forms, and no address with one leads anywhere.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Request, abort, request
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.datastructures.structures import iter_multi_items

from portal.services import Services

NUL = "\0"


class StorableValues(ImmutableMultiDict[str, Any]):
    """The values of a form or an address; files stay as they are."""

    def __init__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__((name, _storable(value)) for name, value in iter_multi_items(values or ()))


class StorableRequest(Request):
    """A request whose values any database keeps."""

    parameter_storage_class = StorableValues


def init_app(app: Flask, services: Services) -> None:
    """Read requests so."""
    app.request_class = StorableRequest
    app.before_request(_refuse_nul)


def _storable(value: Any) -> Any:
    return value.replace(NUL, "") if isinstance(value, str) else value


def _refuse_nul() -> None:
    if any(NUL in part for part in (request.view_args or {}).values() if isinstance(part, str)):
        abort(404)
