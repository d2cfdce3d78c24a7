"""``portal serve`` as a person runs it: one parent, three children, one sentence when it cannot."""

import os
import re
import signal
import socket
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.demo import DEMO_PASSWORD, add_demo_users, demo_logins
from portal.jobs import catch_up
from portal.services import Services
from tests.integration.command import environment, start, wait_until

ROOT = Path(__file__).resolve().parents[2]
_KINDS = ("gunicorn", "indexer", "scheduler")
pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def get(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as reply:
        return str(reply.read().decode())


def answers(port: int) -> bool:
    try:
        return bool(get(port, "/healthz"))
    except (urllib.error.URLError, OSError):
        return False


def descendants(parent: int) -> dict[int, str]:
    """Every process under a parent with its command line; dead ones do not count."""
    parents: dict[int, tuple[int, str]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, above = folder.joinpath("stat").read_text().rpartition(")")[2].split()[:2]
            line = folder.joinpath("cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if state not in "ZX":
            parents[int(folder.name)] = (int(above), line)
    found: dict[int, str] = {}
    layer = {parent}
    while layer:
        layer = {pid for pid, (above, _line) in parents.items() if above in layer}
        found |= {pid: parents[pid][1] for pid in layer}
    return found


def alive(pids: dict[int, str]) -> list[str]:
    """Those that still live under the same command line: a number may be given anew."""
    still = []
    for pid, line in pids.items():
        try:
            folder = Path(f"/proc/{pid}")
            state = folder.joinpath("stat").read_text().rpartition(")")[2].split()[0]
            if (
                state not in "ZX"
                and folder.joinpath("cmdline").read_text().replace("\0", " ") == line
            ):
                still.append(line)
        except OSError:
            continue
    return still


class Serving:
    """A portal that serves."""

    def __init__(self, process: "subprocess.Popen[str]", port: int) -> None:
        self.process, self.port = process, port
        self.children: dict[int, str] = {}

    def announced(self) -> str:
        """What it printed until it was ready."""
        assert self.process.stdout is not None
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                break
        self.children = descendants(self.process.pid)
        return "".join(lines)

    def child(self, word: str) -> int:
        """The number of the child in whose command line a word stands."""
        return min(
            pid for pid, line in descendants(self.process.pid).items() if word in line.split()
        )


@pytest.fixture
def serving(services: Services) -> Iterator[Serving]:
    """A demonstration portal that has announced itself."""
    add_demo_users(services)
    catch_up(services)
    port = free_port()
    process = start(
        "serve", data_dir=services.settings.data_dir, demo="1", port=str(port), web_workers="1"
    )
    portal = Serving(process, port)
    yield portal
    for pid in [process.pid, *portal.children, *descendants(process.pid)]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.communicate()


def refusal(data_dir: Path, **settings: str) -> str:
    """What ``portal serve`` says when it does not start; it ends with 2."""
    process = start("serve", data_dir=data_dir, **settings)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert "Traceback" not in output
    return output


def test_it_prints_address_and_logins_and_answers(serving: Serving) -> None:
    said = serving.announced()
    assert f"http://127.0.0.1:{serving.port}/" in said
    assert DEMO_PASSWORD in said
    assert all(login in said for login, _who in demo_logins())
    assert answers(serving.port)
    words = " ".join(serving.children.values())
    assert all(word in words for word in _KINDS)
    # Making lists gives way to whoever reads, and indexing does not wait.
    polite = {word: os.getpriority(os.PRIO_PROCESS, serving.child(word)) > 0 for word in _KINDS}
    assert polite == {"gunicorn": False, "indexer": False, "scheduler": True}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_all_of_it(serving: Serving, number: signal.Signals) -> None:
    serving.announced()
    serving.process.send_signal(number)
    assert serving.process.wait(30) == 0
    wait_until(lambda: alive(serving.children) == [])
    assert not answers(serving.port)


@pytest.mark.parametrize("word", _KINDS)
def test_a_child_that_is_killed_comes_back(serving: Serving, word: str) -> None:
    serving.announced()
    old = serving.child(word)
    os.kill(old, signal.SIGKILL)
    wait_until(lambda: _has_another(serving, word, old), 60)
    wait_until(lambda: answers(serving.port), 60)
    assert serving.process.poll() is None


def test_a_reload_drops_no_request(serving: Serving) -> None:
    serving.announced()
    old = serving.child("gunicorn")
    serving.process.send_signal(signal.SIGHUP)
    asked = 0
    while old in descendants(serving.process.pid):
        assert "ok" in get(serving.port, "/healthz")
        asked += 1
    assert asked > 0
    assert serving.child("gunicorn") != old
    assert "ok" in get(serving.port, "/readyz")


def test_a_request_that_is_being_answered_is_ended_before_the_portal_is(serving: Serving) -> None:
    serving.announced()
    with socket.create_connection(("127.0.0.1", serving.port), timeout=30) as slow:
        # Half a form: the worker waits for the rest of it, and is told to stop meanwhile.
        head = "POST /language HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\n"
        slow.sendall(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nlang".encode())
        # Connections are taken in order: once this one is answered, the worker has the other.
        get(serving.port, "/healthz")
        serving.process.send_signal(signal.SIGTERM)
        indexer = {pid: line for pid, line in serving.children.items() if "indexer" in line}
        wait_until(lambda: not alive(indexer))
        slow.sendall(b"uage=zh1")
        assert slow.recv(12) == b"HTTP/1.1 400"  # without the form's token, but answered
    assert serving.process.wait(30) == 0


def _has_another(serving: Serving, word: str, old: int) -> bool:
    lines = descendants(serving.process.pid)
    return any(word in line.split() and pid > old for pid, line in lines.items())


def test_a_parent_that_is_killed_takes_its_children_along(serving: Serving) -> None:
    serving.announced()
    serving.process.kill()
    serving.process.wait(10)
    wait_until(lambda: alive(serving.children) == [], 60)
    assert not answers(serving.port)


def test_a_busy_port_is_one_sentence(services: Services) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        said = refusal(services.settings.data_dir, demo="1", port=str(port))
    assert len(said.strip().splitlines()) == 1
    assert str(port) in said
    assert "make run PORT=" in said


def test_without_a_secret_key_only_a_demonstration_starts(services: Services) -> None:
    said = refusal(services.settings.data_dir, port=str(free_port()))
    assert "PORTAL_SECRET_KEY" in said
    assert len(said.strip().splitlines()) == 1


def test_demo_accounts_keep_a_real_portal_from_starting(services: Services) -> None:
    add_demo_users(services)
    secret = "a secret key of tests alone, long enough to be one"
    said = refusal(services.settings.data_dir, port=str(free_port()), secret_key=secret)
    assert "演示账号" in said
    assert secret not in said


@pytest.fixture
def first_start(tmp_path: Path) -> Iterator[Callable[[], Serving]]:
    """What ``make run`` does once everything is installed."""
    running: list[Serving] = []

    def run() -> Serving:
        port = free_port()
        settings = {"demo": "1", "anonymous_reading": "1", "port": str(port), "web_workers": "1"}
        process = subprocess.Popen(
            ["sh", "tools/run.sh"],
            cwd=ROOT,
            env=environment(tmp_path / "data", settings),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        running.append(Serving(process, port))
        return running[-1]

    yield run
    for portal in running:
        portal.process.send_signal(signal.SIGINT)
        portal.process.communicate(timeout=30)


def test_the_first_start_loads_the_samples_and_the_second_is_quick(
    first_start: Callable[[], Serving],
) -> None:
    first = first_start()
    assert "102 documents added" in first.announced()
    page = get(first.port, "/search?q=" + urllib.parse.quote("校园 宽带 资费"))
    assert re.search("校园宽带与学生套餐资费表", re.sub("<[^>]+>", "", page))
    first.process.send_signal(signal.SIGINT)
    assert first.process.wait(30) == 0
    assert "0 documents added" in first_start().announced()
