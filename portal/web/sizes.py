"""How large the body of a request may be: a short form, but for the few that send files."""

from collections.abc import Callable, Mapping

from flask import Flask, request

from config import Settings
from portal.accounts.roster import MOST_BYTES
from portal.ingest.partial import CHUNK
from portal.services import Services
from portal.web.context import services
from portal.web.viewer import current_person

FORM = 64 * 1024


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
    app.before_request(_raise_limit)


def _raise_limit() -> None:
    larger = LARGER.get(request.endpoint or "")
    # Who is not signed in sends no files, whatever the address.
    if larger is not None and current_person() is not None:
        request.max_content_length = larger(services().settings)
