"""What passes between the portal and the process that reads a file: frames of JSON and bytes.

Never pickle: what comes back was made while reading a hostile file.
"""

import json
from typing import Any, get_args

from portal.ingest import errors
from portal.ingest.errors import Crashed, IngestError
from portal.ingest.types import ExtractedSection, Extraction, Format, Place, PlaceKind

HEADER = 8
"""Bytes before each frame: its length, big-endian."""

_ERRORS: dict[str, type[IngestError]] = {
    kind.code: kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, IngestError)
}


def frame(value: dict[str, Any]) -> bytes:
    """A value as a frame, its length first."""
    body = json.dumps(value).encode("ascii")
    return len(body).to_bytes(HEADER, "big") + body


def extraction_as_json(extraction: Extraction) -> dict[str, Any]:
    """An extraction in the form that is sent."""
    return {
        "format": extraction.format,
        "media_type": extraction.media_type,
        "title": extraction.title,
        "sections": [
            [place.kind, place.number, place.label, place.anchor, item.heading, item.text]
            for item in extraction.sections
            for place in (item.place,)
        ],
        "notices": list(extraction.notices),
        "unread_pages": list(extraction.unread_pages),
    }


def error_as_json(error: IngestError) -> dict[str, Any]:
    """An error in the form that is sent."""
    return {"error": error.code, "message": error.message}


def extraction_of(value: dict[str, Any]) -> Extraction:
    """The extraction that was sent.

    Raises the error that was sent instead, or :class:`Crashed` for what is neither.
    """
    if "error" in value:
        raise _ERRORS.get(str(value["error"]), Crashed)(str(value["message"]))
    try:
        if value["format"] not in get_args(Format):
            raise Crashed
        return Extraction(
            value["format"],
            _text(value["media_type"]),
            _text(value["title"]),
            tuple(_section(*row) for row in value["sections"]),
            tuple(_text(notice) for notice in value["notices"]),
            tuple(int(page) for page in value["unread_pages"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Crashed from error


def _section(
    kind: PlaceKind, number: int | None, label: str, anchor: str, heading: str, text: str
) -> ExtractedSection:
    if kind not in get_args(PlaceKind) or not (number is None or isinstance(number, int)):
        raise Crashed
    return ExtractedSection(
        Place(kind, number, _text(label), _text(anchor)), _text(heading), _text(text)
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Crashed
    return value
