"""Where the chain ended at earlier times, kept outside the database.

A chain alone cannot tell that its last rows were cut off, or that all of it was computed anew. Each
anchor is a line of ``audit-anchors`` in the data folder: number, hash, time, and a keyed hash of
these (HMAC-SHA-256) under a key derived from the portal's secret key, which the database does not
hold.
"""

import datetime as dt
import hashlib
import hmac
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from portal.audit.types import Head

FILE_NAME = "audit-anchors"
_PURPOSE = b"portal audit anchors"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head as it was written down; ``is_signed`` where the present key signed it."""

    head: Head
    at: str
    is_signed: bool


def write_anchor(folder: Path, secret: str, end: Head, now: dt.datetime) -> bool:
    """Add the head to the file and say it in the log; return whether it was new.

    Keep log lines on another machine, and the chain is anchored there as well.
    """
    known = read_anchors(folder, secret)
    if end.number == 0 or (known and known[-1].is_signed and known[-1].head == end):
        return False
    line = f"{end.number} {end.hash} {now.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    descriptor = os.open(folder / FILE_NAME, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{line} {_signature(secret, line)}\n")
        file.flush()
        os.fsync(file.fileno())
    _log.info("audit log: %d rows, head %s", end.number, end.hash)
    return True


def read_anchors(folder: Path, secret: str) -> list[Anchor]:
    """All anchors in the order of the file; a line that is none counts as unsigned number 0."""
    path = folder / FILE_NAME
    if not path.exists():
        return []
    lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    return [_anchor(line, secret) for line in lines]


def set_anchors_aside(folder: Path, now: dt.datetime) -> Path | None:
    """Keep the file under another name and begin anew; the new name, ``None`` without a file."""
    path = folder / FILE_NAME
    if not path.exists():
        return None
    aside = path.with_name(f"{FILE_NAME}.{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}")
    path.rename(aside)
    return aside


def _anchor(line: str, secret: str) -> Anchor:
    signed, _, signature = line.rpartition(" ")
    parts = signed.split(" ")
    if len(parts) != 3 or not parts[0].isdecimal():
        return Anchor(Head(0, ""), "", is_signed=False)
    holds = hmac.compare_digest(signature.encode(), _signature(secret, signed).encode())
    return Anchor(Head(int(parts[0]), parts[1]), parts[2], is_signed=holds)


def _signature(secret: str, line: str) -> str:
    key = hmac.digest(secret.encode(), _PURPOSE, hashlib.sha256)
    return hmac.new(key, line.encode(), hashlib.sha256).hexdigest()
