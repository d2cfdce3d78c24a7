"""Rows of the log in forms that other programs read."""

from typing import Any

from portal.audit.chain import canonical_details
from portal.audit.types import Entry

CSV_HEADER = (
    *("number", "at", "actor", "actor_id", "way", "address", "action"),
    *("subject_kind", "subject_id", "details", "previous_hash", "hash"),
)


def csv_row(entry: Entry) -> list[str]:
    """The row of a table with :data:`CSV_HEADER`; nothing in it is a formula to a spreadsheet."""
    return [_harmless(str("" if value is None else value)) for value in _values(entry)]


def json_object(entry: Entry) -> dict[str, Any]:
    """The row with everything that its hash is made of."""
    return dict(zip(CSV_HEADER, _values(entry), strict=True))


def _values(entry: Entry) -> tuple[Any, ...]:
    subject = entry.subject
    return (
        entry.number,
        entry.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        entry.actor.login,
        entry.actor.id,
        entry.way,
        entry.address,
        entry.action,
        subject.kind if subject else "",
        subject.id if subject else "",
        canonical_details(entry.details),
        entry.previous_hash,
        entry.hash,
    )


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
