"""The process in which files are read: ``python -m portal.ingest.child``, started by ``isolate``.

It loads the parsers once and waits. For each file it forks a child of its own, which has no
environment, no files and no database, may not write files, and has limits on memory and time. So
every file is read by a process that has read no other, at the price of a fork; a crash is that
file's alone, and no memory is ever left behind.
"""

import ctypes
import gc
import json
import os
import resource
import select
import signal
import sys
import time
from pathlib import Path
from typing import Any

from portal.ingest.errors import Crashed, IngestError, TooLarge, TooSlow
from portal.ingest.extract import extract
from portal.ingest.extract.pages import page_images
from portal.ingest.types import Limits
from portal.ingest.wire import HEADER, error_as_json, extraction_as_json, frame

_PR_SET_PDEATHSIG = 1
_LAST_TO_SAVE = "1000"
_NICE = 5
_CHUNK = 1024 * 1024


def main() -> None:
    """Serve files from standard input to standard output until the portal closes the pipe."""
    answers = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL if number == signal.SIGTERM else signal.SIG_IGN)
    gc.freeze()
    while (header := _read(0, HEADER)) is not None:
        asked = json.loads(_read(0, int.from_bytes(header, "big")) or b"{}")
        data = _read(0, int(asked["size"]))
        if data is None:
            return
        answer = _in_a_child(asked, data, answers)
        del data
        _write(answers, answer)


def _in_a_child(asked: dict[str, Any], data: bytes, answers: int) -> bytes:
    limits = Limits(**asked["limits"])
    back, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        _be_the_child(asked, data, limits, out, (0, back, answers))
    os.close(out)
    try:
        answer = _collect(back, pid, limits)
    finally:
        os.close(back)
    _pid, status = os.waitpid(pid, 0)
    if answer is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        return frame(error_as_json(TooSlow()))
    if status != 0:
        return frame(error_as_json(Crashed()))
    return answer


def _be_the_child(
    asked: dict[str, Any], data: bytes, limits: Limits, out: int, foreign: tuple[int, ...]
) -> None:
    """Read the file and write the answer; does not return."""
    code = 1
    try:
        for descriptor in foreign:
            os.close(descriptor)
        _restrict(limits)
        _write(out, _answer(asked, data, limits))
        code = 0
    finally:
        os._exit(code)


def _answer(asked: dict[str, Any], data: bytes, limits: Limits) -> bytes:
    try:
        if asked["task"] == "pages":
            return frame({"pages": page_images(data, asked["pages"])})
        return frame(extraction_as_json(extract(data, asked["name"], limits)))
    except IngestError as error:
        return frame(error_as_json(error))
    except MemoryError:
        return frame(error_as_json(TooLarge("文件内容过大，无法处理，请拆分后再上传。")))


def _restrict(limits: Limits) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        # When the machine runs out of memory, this process goes first.
        Path("/proc/self/oom_score_adj").write_text(_LAST_TO_SAVE, encoding="ascii")
    os.nice(_NICE)
    seconds = int(limits.max_seconds) + 1
    _limit(resource.RLIMIT_DATA, _data_bytes() + limits.max_memory)
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)


def _limit(kind: int, value: int) -> None:
    _soft, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, hard))


def _data_bytes() -> int:
    """What of the memory that counts for the limit is in use already."""
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[5]
    except OSError:
        return 0
    return int(pages) * resource.getpagesize()


def _collect(back: int, pid: int, limits: Limits) -> bytes | None:
    """Everything the child writes, or ``None`` where it was killed for taking too long."""
    deadline = time.monotonic() + limits.max_seconds
    ready, pieces = select.poll(), list[bytes]()
    ready.register(back, select.POLLIN)
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not ready.poll(left * 1000):
            os.kill(pid, signal.SIGKILL)
            return None
        piece = os.read(back, _CHUNK)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)


def _read(descriptor: int, size: int) -> bytes | None:
    """Exactly ``size`` bytes, or ``None`` where the pipe was closed before."""
    buffer = bytearray()
    while len(buffer) < size:
        piece = os.read(descriptor, min(_CHUNK, size - len(buffer)))
        if not piece:
            return None
        buffer += piece
    return bytes(buffer)


def _write(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


if __name__ == "__main__":
    main()
