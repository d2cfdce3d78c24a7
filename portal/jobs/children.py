"""The processes that the supervisor keeps: how each is started, watched, replaced and ended."""

import contextlib
import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from portal.monitor.metrics import ENVIRONMENT, forget_process

STOP_SECONDS = 20.0
LONGEST_PAUSE = 30.0
POLITENESS = 10
"""How nice the processes are that give way to readers."""
# A thread for each job, and glibc would keep for each what it once needed.
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_PR_SET_PDEATHSIG = 1
_PYTHON = (sys.executable, "-m")
_log = logging.getLogger(__name__)


class Child:
    """A program that is started again whenever it ends.

    ``figures`` is the folder where all of them keep what they count. One that ``gives_way`` gets
    the processors when nobody else needs them.
    """

    def __init__(
        self, name: str, command: tuple[str, ...], figures: Path, *, gives_way: bool = False
    ) -> None:
        self.name = name
        self.figures = figures
        self._command = (*_PYTHON, *command)
        self._gives_way = gives_way
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._failures = 0
        self._due = 0.0
        self._is_replacing = False

    def watch(self) -> None:
        """Start it when it is due; after a crash wait twice as long as the time before."""
        if self._process is None:
            if time.monotonic() >= self._due:
                self._process, self._started = self._start(), time.monotonic()
            return
        code = self._process.poll()
        if code is None:
            return
        forget_process(self._process.pid, str(self.figures))
        self._process = None
        if self._is_replacing:
            self._is_replacing = False
            return
        lived = time.monotonic() - self._started
        self._failures = 0 if lived > LONGEST_PAUSE else self._failures + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2**self._failures)
        _log.error("%s ended with code %s, starting again in %.1f s", self.name, code, pause)
        self._due = time.monotonic() + pause

    def replace(self) -> None:
        """Have it end what it is at, and begin anew with the program as it is installed now."""
        if self._process is not None:
            self._is_replacing = True
            self._process.terminate()

    def ending(self) -> list[subprocess.Popen[bytes]]:
        """Tell it to end; return what has to be waited for."""
        if self._process is None:
            return []
        self._process.terminate()
        return [self._process]

    def _start(self) -> subprocess.Popen[bytes]:
        return _popen(self._command, self.figures, gives_way=self._gives_way)


class WebServer(Child):
    """Gunicorn on a socket that the supervisor has opened and keeps.

    Since the socket outlives it, whoever connects while it is started again waits a moment where
    otherwise the connection would be refused. A replacement is started beside, and the old one is
    told to end when the new one's workers have loaded everything, or goes on when they cannot.
    """

    def __init__(self, listener: socket.socket, workers: int, figures: Path) -> None:
        self._listener = listener
        self._workers = workers
        self._next: subprocess.Popen[bytes] | None = None
        self._leaving: list[subprocess.Popen[bytes]] = []
        bound = f"fd://{listener.fileno()}"
        options = ("-c", "python:portal.gunicorn_options", "--bind", bound)
        super().__init__("web server", ("gunicorn", *options), figures)

    def watch(self) -> None:
        """As every child's, and the change from the old one to the new."""
        self._leaving = [each for each in self._leaving if each.poll() is None]
        if self._next is not None:
            self._follow(self._next)
        super().watch()

    def replace(self) -> None:
        """Start the next one beside; a second call before it is ready changes nothing."""
        if self._process is not None and self._next is None:
            self._next = self._start()

    def ending(self) -> list[subprocess.Popen[bytes]]:
        """Tell all of them to end."""
        if self._next is not None:
            self._next.terminate()
            self._leaving.append(self._next)
        return [*super().ending(), *self._leaving]

    def _follow(self, coming: subprocess.Popen[bytes]) -> None:
        if coming.poll() is not None:
            _log.error("the new web server ended with code %s, the old one stays", coming.poll())
            self._next = None
        elif len(list(self.figures.glob(f"{coming.pid}-*.ready"))) >= self._workers:
            if self._process is not None:
                self._process.terminate()
                self._leaving.append(self._process)
            self._process, self._next, self._started = coming, None, time.monotonic()

    def _start(self) -> subprocess.Popen[bytes]:
        return _popen(self._command, self.figures, (self._listener.fileno(),))


def end_all(children: list[Child]) -> None:
    """Let all of them end what they are at, for so long as a stop may take; then kill."""
    ending = [process for child in children for process in child.ending()]
    deadline = time.monotonic() + STOP_SECONDS
    for process in ending:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _popen(
    command: tuple[str, ...],
    figures: Path,
    handed: tuple[int, ...] = (),
    *,
    gives_way: bool = False,
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env={**os.environ, ENVIRONMENT: str(figures), **(_FEW_ARENAS if gives_way else {})},
        pass_fds=handed,
        # Out of the terminal's process group: Ctrl-C reaches the parent alone, which then
        # stops its children in order.
        start_new_session=True,
        preexec_fn=_begin_politely if gives_way else _die_with_parent,
    )


def _begin_politely() -> None:
    _die_with_parent()
    os.nice(POLITENESS)
    # Where Linux shares the processors out by session, niceness counts within one alone.
    with contextlib.suppress(OSError), open("/proc/self/autogroup", "w") as file:
        file.write(str(POLITENESS))


def _die_with_parent() -> None:
    # Linux only: a parent that is killed with -9 takes its children along.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
