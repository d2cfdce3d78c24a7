"""Kill -9 of any process at random moments, and then: is everything there, and there once?

``python -m benchmarks.crash --kills 200`` runs a whole portal (web server, indexer, scheduler, a
process that takes documents in, and the readers that these start), while a visitor uploads over
HTTP and files are dropped into the watched folder. Whatever was acknowledged is written down by
whoever got the acknowledgement. At the end everything is stopped and compared.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import click
import sqlalchemy as sa

from benchmarks.crash_feed import text_of, word_of
from benchmarks.crash_visitor import LOGIN, PASSWORD, Visitor
from benchmarks.report import Check, Figure, Report, Section, finish
from config import Settings
from portal.accounts import add_user
from portal.catalogue import Viewer
from portal.db import utcnow
from portal.ingest.watch import DONE
from portal.jobs import catch_up
from portal.migrate import upgrade
from portal.models import Document, Role, Version
from portal.search import SearchRequest
from portal.services import Services, build_services
from portal.upkeep import check, collect_orphans, named_blobs
from portal.upkeep.orphans import GRACE

# Most kills wait until the restarted processes are at work again, the others hit them starting.
SHARE_AT_WORK, WORK_SECONDS = 0.5, 10.0
# A killed scheduler leaves a lease that has to lapse: killed all the time it would never work.
SCHEDULER_WEIGHT = 0.15


@dataclass(slots=True)
class Outcome:
    """What was killed, what was acknowledged by which way, and what was found afterwards."""

    kills: Counter[str] = field(default_factory=Counter)
    acknowledged: dict[str, set[str]] = field(default_factory=dict)
    documents: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    orphans_before: int = 0
    orphans_after: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: float = 0.0


class Portal:
    """Every process of a portal, each started again when it has been killed."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.watched = folder / "投递"
        self.watched.mkdir()
        settings = Settings(data_dir=folder / "data", demo=True)
        self.services = build_services(settings)
        upgrade(self.services.db)
        with self.services.db.write() as session:
            self.author = add_user(
                session,
                login=LOGIN,
                name="刘洁",
                role=Role.ACCOUNT_MANAGER,
                unit="hq",
                password=PASSWORD,
                is_demo=True,
            ).id
        self.commands: Mapping[str, Callable[[], list[str]]] = {
            "indexer": lambda: ["-m", "portal", "indexer"],
            "scheduler": lambda: ["-m", "portal", "scheduler"],
            "web": self._web,
            "ingest": self._feed,
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start_missing(self) -> None:
        """Start whatever does not run."""
        for name, command in self.commands.items():
            if name not in self.running or self.running[name].poll() is not None:
                self.running[name] = self._start(name, command())

    def _start(self, name: str, arguments: list[str]) -> subprocess.Popen[bytes]:
        settings = {
            "PORTAL_DATA_DIR": str(self.services.settings.data_dir),
            "PORTAL_DEMO": "1",
            "PORTAL_WATCH_DIR": str(self.watched),
            "PORTAL_LOG_LEVEL": "error",
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, *arguments],
                env=os.environ | settings,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def wait_for_work(self, longest: float) -> None:
        """Return when the process that takes documents in has acknowledged another one."""
        before, deadline = self._acknowledged_bytes(), time.monotonic() + longest
        pause = threading.Event()
        while self._acknowledged_bytes() == before and time.monotonic() < deadline:
            pause.wait(0.05)

    def _acknowledged_bytes(self) -> int:
        path = self.folder / "feed.txt"
        return path.stat().st_size if path.exists() else 0

    def victims(self) -> list[tuple[str, int]]:
        """Every process that may be killed: those started here, their workers and readers."""
        found = []
        for name, process in self.running.items():
            if process.poll() is None:
                found.append((name, process.pid))
                found += [(_kind(name, pid), pid) for pid in children_of(process.pid)]
        return found

    def stop(self) -> None:
        """Kill everything that is left."""
        for _name, pid in self.victims():
            _kill(pid)
        for process in self.running.values():
            process.wait()

    def _web(self) -> list[str]:
        bind = ["--bind", f"127.0.0.1:{self.port}", "--worker-class", "gthread", "--threads", "4"]
        return ["-m", "gunicorn", "wsgi:application", *bind, "--log-level", "error"]

    def _feed(self) -> list[str]:
        # Where the last one got to is unknown: the next one begins at what was acknowledged.
        done = read_words(self.folder / "feed.txt")
        first = max((int(word[-6:]) for word in done), default=-1) + 1
        arguments = [str(self.folder / "feed.txt"), str(self.author), str(first)]
        return ["-m", "benchmarks.crash_feed", *arguments]


def crash(
    folder: Path,
    kills: int,
    seed: int,
    longest_pause: float,
    told: Callable[[int], None] = lambda _n: None,
) -> Outcome:
    """Run a portal in a folder, kill its processes at random moments, and see what is left."""
    chance, outcome, begun = random.Random(seed), Outcome(), time.monotonic()
    portal = Portal(folder)
    visitor = Visitor(portal.port)
    uploading = threading.Thread(target=visitor.run)
    portal.start_missing()
    uploading.start()
    pause = threading.Event()
    try:
        for number in range(kills):
            if chance.random() < SHARE_AT_WORK:
                portal.wait_for_work(WORK_SECONDS)
            pause.wait(chance.uniform(0.05, longest_pause))
            _drop(portal.watched, number)
            name, pid = _choose(chance, portal.victims())
            if pid and _kill(pid):
                outcome.kills[name] += 1
            portal.start_missing()
            told(number + 1)
    finally:
        visitor.stop.set()
        uploading.join()
        portal.stop()
    outcome.acknowledged = {
        "command line": read_words(folder / "feed.txt"),
        "upload": visitor.accepted,
        "watched folder": {path.stem for path in (portal.watched / DONE).glob("*.md")},
    }
    compare(portal.services, outcome)
    portal.services.db.dispose()
    outcome.seconds = time.monotonic() - begun
    return outcome


def compare(services: Services, outcome: Outcome) -> None:
    """See what is left when the index has caught up and the collector has been round."""
    catch_up(services)
    with services.db.read() as session:
        named = named_blobs(session)
        outcome.documents = session.scalar(sa.select(sa.func.count(Document.id))) or 0
        names = session.scalars(sa.select(Version.file_name)).all()
    outcome.doubled = [name for name, count in Counter(names).items() if count > 1]
    outcome.orphans_before = _unnamed(services, named)
    collect_orphans(services.db, services.blobs, utcnow() + GRACE * 2)
    outcome.orphans_after = _unnamed(services, named)
    for words in outcome.acknowledged.values():
        for word in sorted(words):
            total = services.search.search(SearchRequest(word), Viewer.operator()).total
            if total != 1:
                (outcome.doubled if total else outcome.lost).append(word)
    outcome.differences = [finding.message for finding in check(services)]


def read_words(path: Path) -> set[str]:
    """The acknowledged words of a file; a line that was cut off counts for nothing."""
    try:
        lines = path.read_text(encoding="ascii").split("\n")
    except FileNotFoundError:
        return set()
    return {line for line in lines[:-1] if line}


def _choose(chance: random.Random, victims: list[tuple[str, int]]) -> tuple[str, int]:
    weights = [SCHEDULER_WEIGHT if name == "scheduler" else 1.0 for name, _pid in victims]
    return chance.choices(victims, weights)[0] if victims else ("", 0)


def _unnamed(services: Services, named: set[str]) -> int:
    stored = {blob.sha256 for blob in services.blobs.stored()}
    return len(stored - named) + len(list(services.blobs.leftovers()))


def _drop(folder: Path, number: int) -> None:
    """Put a file into the watched folder; its clock says that it is complete."""
    path = folder / f"{word_of('watch', number)}.md"
    path.write_bytes(text_of("watch", number))


def children_of(pid: int) -> Iterator[int]:
    """Every process under one, as far as the system tells."""
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in path.read_text(encoding="ascii").split():
                yield int(child)
                yield from children_of(int(child))


def _kind(parent: str, pid: int) -> str:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return parent
    return "reader" if b"portal.ingest.child" in command else f"{parent} worker"


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def free_port() -> int:
    """A port that nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many processes to kill.")
@click.option("--seed", default=2026, show_default=True, help="Seed of the random moments.")
@click.option("--pause", default=1.5, show_default=True, help="Longest time between two, seconds.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(kills: int, seed: int, pause: float, json_file: Path | None) -> None:
    """Kill processes of a portal at work, then check that it kept its promises.

    \b
    Example:
      python -m benchmarks.crash --kills 200
    """
    with tempfile.TemporaryDirectory() as folder:
        found = crash(Path(folder), kills, seed, pause, lambda n: click.echo(f"\r{n}", nl=False))
    click.echo()
    figures = [Figure("killed", name, "times", n, "") for name, n in sorted(found.kills.items())]
    figures += [
        Figure("acknowledged", way, "documents", len(words), "")
        for way, words in found.acknowledged.items()
    ]
    figures.append(Figure("orphans", "before the collector", "files", found.orphans_before, ""))
    figures.append(Figure("run", "", "seconds", found.seconds, "s"))
    checks = (
        Check("enough kills", found.kills.total() >= kills * 0.95, f"{found.kills.total()}"),
        Check("nothing acknowledged is lost", not found.lost, f"lost: {found.lost[:5]}"),
        Check("nothing is doubled", not found.doubled, f"doubled: {found.doubled[:5]}"),
        Check("no orphan is left", not found.orphans_after, f"{found.orphans_after} left"),
        Check(
            "database, originals and index agree", not found.differences, f"{found.differences[:5]}"
        ),
    )
    section = Section("Kill -9 at random moments", "", tuple(figures))
    report = Report("crash", {"kills": kills, "seed": seed}, (section,), checks)
    raise SystemExit(finish(report, json_file))


if __name__ == "__main__":
    main()
