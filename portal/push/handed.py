"""Which mails went over the line whole: a journal that a killed process leaves behind.

Between the last byte of a mail and the transaction that marks it sent lie the server's work, its
answer and our commit: milliseconds in which a process may be killed. The server goes on with what
it has. A line that is appended here immediately before the mail's end goes out costs microseconds,
is in the system's hands at once, and tells the next run that this mail is not to be sent again.
Before and not after, because that packet wakes the server, which may well run before we do.

It is not synced: after a power cut the line may be missing, and the mail is sent again.
"""

import os
from collections.abc import Set
from pathlib import Path
from types import TracebackType
from typing import Self

_NAME = "sending.handed"
Try = tuple[int, int]
"""A delivery's number, and which attempt at it."""


class Handed:
    """The journal of a data folder; whoever opens it holds the lock of sending."""

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / _NAME
        self._file = -1

    def left(self) -> Set[Try]:
        """What the run before wrote; a line that was cut short counts for nothing."""
        if not self._path.exists():
            return frozenset()
        lines = self._path.read_text(encoding="ascii", errors="replace").splitlines(keepends=True)
        return {_parsed(line) for line in lines if line.endswith("\n")}

    def __enter__(self) -> Self:
        # What was left has been settled by now: each run begins with an empty page.
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._file = os.open(self._path, flags, 0o600)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._file)

    def note(self, delivery_id: int, attempt: int) -> None:
        """Write down that an attempt at a delivery is about to end its mail."""
        os.write(self._file, f"{delivery_id} {attempt}\n".encode("ascii"))


def _parsed(line: str) -> Try:
    delivery_id, attempt = line.split()
    return int(delivery_id), int(attempt)
