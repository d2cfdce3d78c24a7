"""Conditional requests for feeds: ``python -m benchmarks.feeds``.

Two server processes answer feed readers that already have the feed, over kept-alive connections on
loopback: once as the portal does, and once with every feed made anew at each request.
"""

import os
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import Flask
from rich.progress import Progress

from benchmarks.report import Check, Figure, Report, Section, finish
from config import Settings
from portal.app import create_app
from portal.demo import add_demo_users, load_samples
from portal.jobs import catch_up
from portal.migrate import upgrade
from portal.push.feeds import FeedPress
from portal.services import build_services

ADDRESS = "/feeds/industry/education.atom"
WANTED = 1000
_EXTENSION = "portal_feeds"


def keeping() -> Flask:
    """The portal as it is, for gunicorn."""
    return create_app(Settings.from_env())


def regenerating() -> Flask:
    """The portal with a press that keeps nothing, for gunicorn."""
    app = create_app(Settings.from_env())
    app.extensions[_EXTENSION] = FeedPress(app.extensions["portal"], kept=0)
    return app


@click.command()
@click.option("--seconds", default=10.0, show_default=True, help="How long to ask each of them.")
@click.option("--connections", default=16, show_default=True, help="Feed readers at once.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(seconds: float, connections: int, json_file: Path | None) -> None:
    """Measure both and print requests a second."""
    folder = Path(tempfile.mkdtemp(prefix="portal-feeds-"))
    try:
        _load(folder)
        rates: dict[str, float] = {}
        checks = []
        for factory in ("keeping", "regenerating"):
            with _server(folder, factory) as port:
                rates[factory], odd = _ask(port, seconds, connections)
            right = not odd
            checks.append(Check(f"{factory}: every answer is 304", right, f"{odd} were not"))
        figures = [
            Figure("portal", "kept until a document changes", "rate", rates["keeping"], "/s"),
            Figure("portal", "made at each request", "rate", rates["regenerating"], "/s"),
        ]
        enough = rates["keeping"] >= WANTED
        checks.append(Check(f"{WANTED} a second", enough, f"{rates['keeping']:.0f}/s"))
        note = f"{connections} connections, 2 workers with 4 threads, {os.cpu_count()} cores."
        section = Section("Conditional requests for a feed", note, tuple(figures))
        parameters = {"seconds": seconds, "connections": connections}
        report = Report("feeds", parameters, (section,), tuple(checks))
        sys.exit(finish(report, json_file))
    finally:
        shutil.rmtree(folder)


def _load(folder: Path) -> None:
    services = build_services(Settings(data_dir=folder, demo=True))
    upgrade(services.db)
    add_demo_users(services)
    with Progress(disable=True) as progress:
        load_samples(services, progress)
    catch_up(services)
    services.db.dispose()


@contextmanager
def _server(folder: Path, factory: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    environment = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    environment |= {"PORTAL_DATA_DIR": str(folder), "PORTAL_DEMO": "1"}
    environment |= {"PORTAL_ANONYMOUS_READING": "1", "PORTAL_LOG_LEVEL": "warning"}
    command = [
        *(sys.executable, "-m", "gunicorn", f"benchmarks.feeds:{factory}()"),
        *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"),
        *("--worker-class", "gthread", "--log-level", "error", "--no-control-socket"),
    ]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait(port)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            if _exchange(port, b"").startswith(b"HTTP/1.1 200"):
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _request(etag: bytes) -> bytes:
    known = b"If-None-Match: " + etag + b"\r\n" if etag else b"Connection: close\r\n"
    return b"GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (ADDRESS.encode(), known)


def _exchange(port: int, etag: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(_request(etag))
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
        return answer


def _ask(port: int, seconds: float, connections: int) -> tuple[float, int]:
    """Requests a second, and how many answers were not 304. Each worker is warmed first."""
    for _ in range(20):
        answer = _exchange(port, b"")
    head = answer.partition(b"\r\n\r\n")[0]
    etag = next(
        line.split(b": ", 1)[1] for line in head.split(b"\r\n") if line.lower().startswith(b"etag")
    )
    wire = _request(etag)
    chooser = selectors.DefaultSelector()
    for _ in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), timeout=60)
        connection.sendall(wire)
        chooser.register(connection, selectors.EVENT_READ)
    done = odd = 0
    started = time.perf_counter()
    while (taken := time.perf_counter() - started) < seconds:
        for key, _events in chooser.select(timeout=1):
            line = key.fileobj
            assert isinstance(line, socket.socket)
            answer = line.recv(65536)
            done += 1
            odd += not (answer.startswith(b"HTTP/1.1 304") and answer.endswith(b"\r\n\r\n"))
            line.sendall(wire)
    for key in list(chooser.get_map().values()):
        assert isinstance(key.fileobj, socket.socket)
        key.fileobj.close()
    return done / taken, odd


if __name__ == "__main__":
    main()
