"""Threads of which one works at a time, unless what it does takes long.

Threads of one process share one interpreter, and each statement of a page lets another thread take
it. Four pages at once so take turns hundreds of times, each with a database connection of its own,
and cost a sixth more than one after the other in the same thread. So one thread has the turn and
does one thing after the other. When it has not come back after :data:`LONGEST_TURN_SECONDS`, it is
left aside and the next one has the turn: the threads are for slow clients, not for speed.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any

LONGEST_TURN_SECONDS = 0.1


class Pool(Executor):
    """At most so many threads. Whoever submits must :meth:`relieve` from time to time."""

    def __init__(self, most: int) -> None:
        self._most = most
        # A signal may stop the pool while its thread is within any of these methods.
        self._lock = threading.RLock()
        self._jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        # Threads are known by what wakes them. The last idle one has the warmest caches.
        self._idle: list[threading.Semaphore] = []
        self._aside: set[threading.Semaphore] = set()
        self._turn: threading.Semaphore | None = None
        self._since = 0.0
        self._threads: list[threading.Thread] = []
        self._stopped = False

    @property
    def places(self) -> int:
        """How many jobs may be here at once without one waiting for another that is quick."""
        return min(len(self._aside) + 1, self._most)

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do it when it has the turn. Raises ``RuntimeError`` after :meth:`shutdown`."""
        future: Future[Any] = Future()
        with self._lock:
            if self._stopped:
                raise RuntimeError("the pool is stopped")
            self._jobs.append((future, lambda: function(*args, **kwargs)))
            self._begin()
        return future

    def patience(self) -> float:
        """In how many seconds :meth:`relieve` has something to do; infinite where it has not."""
        with self._lock:
            if self._turn is None or not self._has_more():
                return float("inf")
            return max(self._since + LONGEST_TURN_SECONDS - time.monotonic(), 0.0)

    def relieve(self) -> None:
        """Leave the thread that has the turn aside, if it has had it for long."""
        with self._lock:
            if self._turn is not None and not self.patience():
                self._aside.add(self._turn)
                self._turn = None
                self._begin()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take nothing more; what was taken is done unless it is cancelled."""
        with self._lock:
            self._stopped = True
            while cancel_futures and self._jobs:
                self._jobs.popleft()[0].cancel()
            for idle in self._idle:
                idle.release()
        for thread in self._threads if wait else ():
            thread.join()

    def _has_more(self) -> bool:
        return bool(self._idle) or len(self._threads) < self._most

    def _begin(self) -> None:
        """Give the turn to a thread if there is something to do and nobody has it."""
        if not self._jobs or self._turn is not None or not self._has_more():
            return
        self._since = time.monotonic()
        if self._idle:
            self._turn = self._idle.pop()
            self._turn.release()
        else:
            self._turn = threading.Semaphore(0)
            self._threads.append(threading.Thread(target=self._work, args=[self._turn]))
            self._threads[-1].start()

    def _work(self, mine: threading.Semaphore) -> None:
        while (job := self._next(mine)) is not None:
            future, function = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = function()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
            del job, future, function

    def _next(self, mine: threading.Semaphore) -> tuple[Future[Any], Callable[[], Any]] | None:
        """Wait for the turn and for something to do; ``None`` when there will be nothing more."""
        while True:
            with self._lock:
                self._aside.discard(mine)
                if self._jobs and self._turn in (None, mine):
                    self._turn, self._since = mine, time.monotonic()
                    return self._jobs.popleft()
                if self._turn is mine:
                    self._turn = None
                if self._stopped:
                    return None
                self._idle.append(mine)
            mine.acquire()
