"""Files as answers: always saved, never shown, under the name that they were uploaded with."""

from urllib.parse import quote

from flask import send_file
from werkzeug.wrappers import Response

from portal.catalogue.originals import Original
from portal.web.context import services

MAX_FILE_NAME = 150
# What RFC 5987 lets stand in a value as it is.
_ATTRIBUTE_CHARACTERS = "!#$&+-.^_`|~"


def send_stored(original: Original, *, etag: str | bool = True) -> Response:
    """A stored file; ``etag`` may name its content."""
    response = send_file(
        services().blobs.path(original.sha256),
        mimetype=original.media_type,
        etag=etag,
        conditional=True,
    )
    name = download_name(original.file_name, original.format, original.document_id)
    name_download(response, name, f"document-{original.document_id}.{original.format}")
    return response


def name_download(response: Response, name: str, plain: str) -> None:
    """Have an answer saved as ``name``; ``plain`` is for programs that know ASCII alone.

    Both stand in the header as RFC 6266 says.
    """
    if name.isascii():
        response.headers.set("Content-Disposition", "attachment", filename=name)
        return
    encoded = f"UTF-8''{quote(name, safe=_ATTRIBUTE_CHARACTERS)}"
    names = {"filename": plain, "filename*": encoded}
    response.headers.set("Content-Disposition", "attachment", **names)


def download_name(file_name: str, extension_of_format: str, document_id: int) -> str:
    """The name under which a file is saved: as it was uploaded, without what no disk takes."""
    # The name came with the upload: nothing in it may act as a path or break the header.
    name = "".join(ch if ch.isprintable() and ch not in '/\\:*?"<>|' else "_" for ch in file_name)
    stem, dot, extension = name.strip(" .").rpartition(".")
    if not dot:
        stem, extension = extension, extension_of_format
    return f"{stem[:MAX_FILE_NAME] or document_id}.{extension[:8]}"
