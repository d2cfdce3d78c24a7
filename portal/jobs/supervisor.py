"""One parent for web server, indexer and scheduler: starts, restarts and stops them together."""

import ctypes
import logging
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from types import FrameType

from config import Settings, SettingsError
from portal.demo import DEMO_PASSWORD, demo_logins, has_demo_users
from portal.services import Services

STOP_SECONDS = 20.0
START_SECONDS = 60.0
LONGEST_PAUSE = 30.0
_PR_SET_PDEATHSIG = 1
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Child:
    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    due: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            # Out of the terminal's process group: Ctrl-C reaches the parent alone, which then
            # stops its children in order.
            start_new_session=True,
            preexec_fn=_die_with_parent,
        )
        self.started = time.monotonic()

    def watch(self) -> None:
        """Start it when it is due; after a crash wait twice as long as the time before."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        lived = time.monotonic() - self.started
        self.failures = 0 if lived > LONGEST_PAUSE else self.failures + 1
        pause = min(LONGEST_PAUSE, 0.25 * 2**self.failures)
        _log.error("%s ended with code %s, starting again in %.1f s", self.name, code, pause)
        self.process, self.due = None, time.monotonic() + pause


def supervise(services: Services) -> int:
    """Run everything until SIGINT or SIGTERM; return the exit code.

    Raises :class:`SettingsError` where the portal must not start: a port in use, no secret key, or
    demo accounts outside a demonstration.
    """
    settings = services.settings
    _refuse_unsafe(services)
    _refuse_busy_port(settings)
    children = [
        _Child("web server", _web_command(settings)),
        _Child("indexer", [sys.executable, "-m", "portal", "indexer"]),
        _Child("scheduler", [sys.executable, "-m", "portal", "scheduler"]),
    ]
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    announced, begun = False, time.monotonic()
    try:
        while not stopping:
            for child in children:
                child.watch()
            if not announced and _answers(settings):
                announced = True
                _announce(services, time.monotonic() - begun)
            time.sleep(0.1 if not announced else 0.3)
    finally:
        _stop_all(children)
    return 0


def _refuse_unsafe(services: Services) -> None:
    settings = services.settings
    if not settings.demo and not settings.secret_key:
        raise SettingsError(
            "PORTAL_SECRET_KEY 未设置。正式运行必须设置一个至少 32 个字符的随机密钥；"
            "演示请设置 PORTAL_DEMO=1。"
        )
    if not settings.demo and has_demo_users(services):
        raise SettingsError(
            "数据库中有演示账号，不能作为正式系统启动。请换用新的 PORTAL_DATA_DIR，"
            "或设置 PORTAL_DEMO=1。"
        )


def _refuse_busy_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the web server will do: a connection that is just closing does not count as busy.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise SettingsError(
                f"无法在 {settings.host} 的端口 {settings.port} 上启动（{error.strerror}）。"
                "请换一个端口，例如 make run PORT=8080。"
            ) from None


def _web_command(settings: Settings) -> list[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [
        *(sys.executable, "-m", "gunicorn", "wsgi:application"),
        *("--bind", f"{host}:{settings.port}"),
        *("--workers", str(settings.web_workers), "--threads", str(settings.web_threads)),
        *("--worker-class", "gthread", "--timeout", "60", "--graceful-timeout", "15"),
        # No access log: it would hold the text of every query.
        *("--log-level", "warning", "--worker-tmp-dir", _memory_folder()),
        "--no-control-socket",
        # A long question in Chinese is nine bytes a character in the request line.
        *("--limit-request-line", "8190"),
    ]


def _memory_folder() -> str:
    # Workers touch a file to show that they live; on a slow disk that touch can block.
    return "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"  # noqa: S108


def _answers(settings: Settings) -> bool:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    address = f"http://[{host}]" if ":" in host else f"http://{host}"
    try:
        with urllib.request.urlopen(f"{address}:{settings.port}/healthz", timeout=2) as reply:  # noqa: S310
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


def _stop_all(children: list[_Child]) -> None:
    running = [child.process for child in children if child.process is not None]
    for process in running:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in running:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    # Linux only: a parent that is killed with -9 takes its children along.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
