"""Reading a file in another process, so that whatever it does to the parser it does there.

Each process of the portal keeps a few readers (see ``child``), made when they are first needed and
warm from then on. Safe for threads; a thread waits while all readers are busy.
"""

import atexit
import base64
import functools
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from portal.ingest.errors import Crashed, TooLarge, TooSlow
from portal.ingest.types import MIB, Extraction, Limits
from portal.ingest.wire import HEADER, error_as_json, extraction_of, frame

READERS = max(1, min(4, os.cpu_count() or 1))
"""How many files one process of the portal has read at the same time."""

GRACE_SECONDS = 15.0
"""What a reader may take beyond the file's own limit before it is given up."""

_ROOT = Path(__file__).resolve().parents[2]
_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "TZ")


def extract_isolated(data: bytes, name: str, limits: Limits) -> Extraction:
    """The title and sections of a file, read in another process within the limits.

    Raises what :func:`portal.ingest.extract.extract` raises, and besides TooSlow and Crashed.
    """
    if len(data) > limits.max_bytes:
        size = limits.max_bytes // MIB
        raise TooLarge(f"文件超过 {size} MB 的上限，请拆分或压缩图片后再上传。")
    return extraction_of(_readers().ask({"task": "extract", "name": name}, data, limits))


def draw_pages(data: bytes, pages: Sequence[int], limits: Limits) -> list[bytes]:
    """Pages of a PDF (from 1) as PGM pictures. Raises Corrupt, TooSlow, Crashed, TooLarge."""
    answer = _readers().ask({"task": "pages", "name": "", "pages": list(pages)}, data, limits)
    if "error" in answer:
        extraction_of(answer)
    return [base64.b64decode(page) for page in answer["pages"]]


class _Gone(Exception):
    """The reader ended."""


class _Reader:
    """One warm process that reads files, one after the other."""

    def __init__(self) -> None:
        environment = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal.ingest.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # No setting and no secret of the portal goes along.
            env=environment | {"PYTHONPATH": str(_ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
            bufsize=0,
            # Ctrl-C in the terminal is the portal's business.
            start_new_session=True,
        )
        assert self.process.stdin is not None  # noqa: S101 - both were asked for above
        assert self.process.stdout is not None  # noqa: S101
        self.to: IO[bytes] = self.process.stdin
        self.back: IO[bytes] = self.process.stdout
        os.set_blocking(self.to.fileno(), False)

    def ask(self, asked: dict[str, Any], data: bytes, limits: Limits) -> dict[str, Any]:
        """Send a file and wait for the answer. Raises _Gone, TimeoutError."""
        deadline = time.monotonic() + limits.max_seconds + GRACE_SECONDS
        head = frame(asked | {"size": len(data), "limits": asdict(limits)})
        for piece in (head, data):
            self._send(piece, deadline)
        length = int.from_bytes(self._receive(HEADER, deadline), "big")
        answer: dict[str, Any] = json.loads(self._receive(length, deadline))
        return answer

    def close(self) -> None:
        """End it, whatever it is doing."""
        self.process.kill()
        self.process.wait()
        self.to.close()
        self.back.close()

    def _send(self, data: bytes, deadline: float) -> None:
        view = memoryview(data)
        while view:
            _wait(self.to.fileno(), select.POLLOUT, deadline)
            try:
                view = view[os.write(self.to.fileno(), view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise _Gone from None

    def _receive(self, size: int, deadline: float) -> bytes:
        buffer = bytearray()
        while len(buffer) < size:
            _wait(self.back.fileno(), select.POLLIN, deadline)
            piece = os.read(self.back.fileno(), min(MIB, size - len(buffer)))
            if not piece:
                raise _Gone
            buffer += piece
        return bytes(buffer)


class _Readers:
    """The readers of this process."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._places = threading.BoundedSemaphore(READERS)
        self._lock = threading.Lock()
        self._idle: list[_Reader] = []

    def ask(self, asked: dict[str, Any], data: bytes, limits: Limits) -> dict[str, Any]:
        """Have a file read; a reader that was killed from outside is replaced."""
        for _attempt in range(READERS + 1):
            try:
                with self._borrow() as reader:
                    return reader.ask(asked, data, limits)
            except _Gone:
                continue
            except TimeoutError:
                return error_as_json(TooSlow())
        return error_as_json(Crashed())

    def close(self) -> None:
        """End the idle readers; the busy ones end with their pipes."""
        with self._lock:
            idle, self._idle = self._idle, []
        if os.getpid() == self._pid:
            for reader in idle:
                reader.close()

    @contextmanager
    def _borrow(self) -> Iterator[_Reader]:
        with self._places:
            with self._lock:
                reader = self._idle.pop() if self._idle else None
            reader = reader or _Reader()
            try:
                yield reader
            except BaseException:
                # It may be in the middle of an answer: nobody may get that for another file.
                reader.close()
                raise
            with self._lock:
                self._idle.append(reader)


@functools.cache
def _readers_of(_pid: int) -> _Readers:
    readers = _Readers()
    atexit.register(readers.close)
    return readers


def _readers() -> _Readers:
    # After a fork the pipes belong to the parent: a new process has readers of its own.
    return _readers_of(os.getpid())


def _wait(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    left = deadline - time.monotonic()
    if left <= 0 or not poll.poll(left * 1000):
        raise TimeoutError
