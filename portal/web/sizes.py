"""How large a request may be: a short form, but for the few that send files.

The server in front has limits of its own for lines and headers (portal/gunicorn_options.py); they
are wider, so that the portal can say in words what is too long.
"""

from collections.abc import Callable, Mapping

from flask import Flask, request
from werkzeug.exceptions import RequestURITooLarge

from config import Settings
from portal.accounts.roster import MOST_BYTES
from portal.ingest.partial import CHUNK
from portal.services import Services
from portal.web.context import services
from portal.web.viewer import current_person

FORM = 64 * 1024
MOST_MEMORY = 4 * FORM
MOST_FIELDS = 500
"""Parts of a form, files among them."""
MOST_QUERY = 7168
"""Bytes after the question mark: some 800 characters in Chinese."""
QUESTIONS = frozenset(
    {"search.results", "api.search", "suggest.suggestions", "opensearch.suggestions"}
)
"""Where a question of any length is answered, as far as the server in front lets it through."""


def _file(settings: Settings) -> int:
    # A little over the limit must arrive, so that the page can say by how much it is too large.
    return settings.max_upload_bytes + settings.max_upload_bytes // 4 + FORM


LARGER: Mapping[str, Callable[[Settings], int]] = {
    "upload.send": _file,
    "versions.add": _file,
    "api.take_in": _file,
    "api.add_version": _file,
    "upload.append": lambda _settings: CHUNK,
    "admin_roster.look": lambda _settings: 2 * MOST_BYTES,
    "admin_roster.add": lambda _settings: 2 * MOST_BYTES,
    "drafts.save": lambda _settings: 4 * FORM,
}


def init_app(app: Flask, _services: Services) -> None:
    """Raise the limit before anything reads the form: the check of the form's token does."""
    app.before_request(_refuse_long_query)
    app.before_request(_raise_limit)


def _refuse_long_query() -> None:
    if len(request.query_string) > MOST_QUERY and request.endpoint not in QUESTIONS:
        raise RequestURITooLarge


def _raise_limit() -> None:
    larger = LARGER.get(request.endpoint or "")
    # Who is not signed in sends no files, whatever the address.
    if larger is not None and current_person() is not None:
        request.max_content_length = larger(services().settings)
        # Files are kept on disk as they come; the fields beside them are held in memory.
        request.max_form_memory_size = MOST_MEMORY
