"""The web server's worker: gunicorn's with threads, of which one works at a time.

Gunicorn's takes all connections in at once, and they wait for one of its threads even while another
worker has nothing to do. This one takes in no request that would wait for another; they wait where
any worker finds them, in the kernel's queue. It also knows how long a request has waited.
"""

import contextvars
import functools
import selectors
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import DEFAULT_WORKER_DATA_TIMEOUT, ThreadWorker

from portal.web.pool import LONGEST_TURN_SECONDS, Pool

_waited = contextvars.ContextVar("waited", default=0.0)
# Where Linux says how many milliseconds ago the last bytes came, in its `struct tcp_info`.
_LAST_DATA_RECEIVED = slice(52, 56)


def seconds_waited() -> float:
    """How long the request that this thread answers had waited for it; 0 without this worker."""
    return _waited.get()


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker that answers one request after the other, and tells each how long it waited."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._closing = ThreadPoolExecutor(1)
        self._unanswered = 0
        self._looks_at = 0.0

    def get_thread_pool(self) -> Pool:
        """The threads that answer."""
        return Pool(self.cfg.threads)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections in, while there is a place for them; asked before each wait.

        And one from time to time where there never is: who keeps a connection, and asks again and
        again, would shut out who comes for the first time.
        """
        is_due = time.monotonic() >= self._looks_at
        has_place = self._unanswered < self.tpool.places
        super().set_accept_enabled(enabled and (has_place or is_due))

    def accept(self, listener: Any) -> None:
        """Take a connection in."""
        self._looks_at = time.monotonic() + LONGEST_TURN_SECONDS
        super().accept(listener)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait, but no longer than the request that is being answered may keep others waiting."""
        super().wait_for_and_dispatch_events(min(timeout, self.tpool.patience()))
        self.tpool.relieve()

    def enqueue_req(self, conn: Any) -> None:
        """Let a connection have the turn when it has a request, which not all have at once."""
        if not (conn.initialized or conn.data_ready or _has_data(conn.sock)):
            conn.sock.setblocking(False)
            conn.timeout = time.monotonic() + DEFAULT_WORKER_DATA_TIMEOUT
            self.pending_conns.append(conn)
            readable = functools.partial(self.on_pending_socket_readable, conn)
            self.poller.register(conn.sock, selectors.EVENT_READ, readable)
            return
        conn.data_ready = True
        self._unanswered += 1
        conn.waits_since = time.monotonic()
        super().enqueue_req(conn)
        # Not to be turned on where it is off: the worker may be about to end.
        self.set_accept_enabled(self._accepting)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Close a connection or wait for its next request, and let nobody wait for that."""
        self._unanswered -= 1
        conn.close = functools.partial(self._close, conn.sock)
        super().finish_request(conn, fs)

    def _close(self, sock: socket.socket, graceful: bool = False) -> None:
        # Gunicorn waits up to two seconds for the other side to close as well, and takes no
        # connection meanwhile. That helps only whoever still sends what will not be read: closing
        # at once would take the answer back. So that alone is waited for, and aside.
        if graceful and _is_sending(sock):
            self._closing.submit(util.close_graceful, sock)
        else:
            util.close(sock)

    def handle(self, conn: Any) -> Any:
        """Answer a connection's request, in one of the threads."""
        _waited.set(max(time.monotonic() - conn.waits_since, _seconds_since_data(conn.sock)))
        return super().handle(conn)


def _seconds_since_data(sock: socket.socket) -> float:
    """How long ago a connection's last bytes came; 0 where the system does not say."""
    try:
        told = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_RECEIVED.stop)
    except (OSError, AttributeError):  # a socket of another kind, or another system
        return 0.0
    return int.from_bytes(told[_LAST_DATA_RECEIVED], sys.byteorder) / 1000


def _has_data(sock: socket.socket) -> bool:
    """Whether something lies there to be read, be it that there will be nothing more."""
    try:
        sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:  # whoever reads from it is told
        return True
    return True


def _is_sending(sock: socket.socket) -> bool:
    """Whether something lies there that nobody has read."""
    try:
        return bool(sock.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except (OSError, ValueError):  # closed already, or nothing there
        return False
