"""The web server's worker: gunicorn's with threads, which also knows how long requests waited.

Gunicorn's takes all connections in at once, and they wait for one of its threads even while another
worker has nothing to do. This one takes no more than it has threads for; the others wait where any
worker finds them, in the kernel's queue.
"""

import contextvars
import functools
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

_waited = contextvars.ContextVar("waited", default=0.0)
# Where Linux says how many milliseconds ago the last bytes came, in its `struct tcp_info`.
_LAST_DATA_RECEIVED = slice(52, 56)


def seconds_waited() -> float:
    """How long the request that this thread answers had waited for it; 0 without this worker."""
    return _waited.get()


class Worker(ThreadWorker):  # type: ignore[misc]
    """A worker whose requests know how long they waited for a thread."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._closing = ThreadPoolExecutor(1)
        self._unanswered = 0

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections in, while there are threads for them; asked before each wait."""
        super().set_accept_enabled(enabled and self._unanswered < self.cfg.threads)

    def accept(self, listener: Any) -> None:
        """Take a connection in, and no further one when that was for the last thread."""
        super().accept(listener)
        self.set_accept_enabled(True)

    def enqueue_req(self, conn: Any) -> None:
        """Let a connection that has a request wait for a thread."""
        self._unanswered += 1
        conn.waits_since = time.monotonic()
        super().enqueue_req(conn)

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


def _is_sending(sock: socket.socket) -> bool:
    """Whether something lies there that nobody has read."""
    try:
        sock.setblocking(False)
        return bool(sock.recv(1, socket.MSG_PEEK))
    except (OSError, ValueError):  # closed already, or of a kind that cannot peek
        return False
