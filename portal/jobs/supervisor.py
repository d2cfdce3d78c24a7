"""One parent for web server, indexer and scheduler: starts, restarts and stops them together."""

import logging
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from config import Settings, SettingsError
from portal.demo import DEMO_PASSWORD, demo_logins
from portal.jobs.children import Child, WebServer, end_all
from portal.monitor.metrics import memory_folder
from portal.services import Services
from portal.start import refuse_unsafe

BACKLOG = 2048
_ENOUGH = frozenset({signal.SIGINT, signal.SIGTERM})
_log = logging.getLogger(__name__)


def supervise(services: Services) -> int:
    """Run everything until SIGINT or SIGTERM; return the exit code. SIGHUP replaces all of it.

    Raises :class:`SettingsError` where the portal must not start: a port in use, no secret key, or
    demo accounts outside a demonstration.
    """
    refuse_unsafe(services)
    settings = services.settings
    # Figures lie in memory: counting must not depend on a disk that may be full.
    with (
        _listen(settings) as listener,
        tempfile.TemporaryDirectory(prefix="portal-", dir=memory_folder()) as folder,
    ):
        figures = Path(folder)
        children = [
            WebServer(listener, settings.web_workers, figures),
            Child("indexer", ("portal", "indexer"), figures),
            Child("scheduler", ("portal", "scheduler"), figures, gives_way=True),
        ]
        try:
            _watch(services, children)
        finally:
            end_all(children)
    return 0


def _watch(services: Services, children: list[Child]) -> None:
    """Keep all of them running until a signal says that it is enough."""
    signals: list[int] = []
    for number in (*_ENOUGH, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: signals.append(number))
    is_announced, begun = False, time.monotonic()
    while not _ENOUGH.intersection(signals):
        if signals:
            signals.clear()
            _log.info("replacing all processes")
            for child in children:
                child.replace()
        for child in children:
            child.watch()
        if not is_announced and _is_ready(services.settings):
            is_announced = True
            _announce(services, time.monotonic() - begun)
        time.sleep(0.3 if is_announced else 0.1)


def _listen(settings: Settings) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    # A connection of the last run that is just closing does not count as busy.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise SettingsError(
            f"无法在 {settings.host} 的端口 {settings.port} 上启动（{error.strerror}）。"
            "请换一个端口，例如 make run PORT=8080。"
        ) from None
    return listener


def _is_ready(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        with urllib.request.urlopen(f"{address}:{settings.port}/readyz", timeout=2) as reply:  # noqa: S310
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _announce(services: Services, seconds: float) -> None:
    settings = services.settings
    lines = [f"知识门户已启动（{seconds:.1f} 秒）  http://{settings.host}:{settings.port}/"]
    if settings.demo:
        lines.append(f"演示账号（密码均为 {DEMO_PASSWORD}）：")
        lines += [f"  {login:<10} {name}" for login, name in demo_logins()]
    lines.append("按 Ctrl-C 停止。")
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
