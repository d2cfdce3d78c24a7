"""Nightly digests for many managers: ``python -m benchmarks.digests [--kills 50]``.

The titles and keys of the sample library are repeated until there are enough documents, published
over the last sixty days and read by the managers. Every manager has asked for the digest by mail;
a mail server on loopback counts what arrives. With ``--kills`` the command is killed with signal 9
at random moments and started again, until it ends by itself; then everyone must have exactly one.
"""

import collections
import dataclasses
import os
import random
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa
from aiosmtpd.controller import Controller

from benchmarks.digest_library import fill_night
from benchmarks.report import Check, Figure, Report, Section, finish
from config import Settings
from portal.migrate import upgrade
from portal.models import (
    Delivery,
    DigestIssue,
)
from portal.push.digest_pages import digests_dir
from portal.services import Services, build_services

WANTED_SECONDS = 120.0
LONGEST_RUN = 600.0
KEY = "a key that is used by this benchmark only, never outside"


@dataclass
class PostOffice:
    """What arrived: (recipient, Message-ID) of each mail."""

    arrived: list[tuple[str, str]] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        head = envelope.content.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
        name = next(
            line.partition(":")[2].strip()
            for line in head.splitlines()
            if line.lower().startswith("message-id:")
        )
        self.arrived += [(recipient, name) for recipient in envelope.rcpt_tos]
        return "250 OK"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a night went. ``twice`` counts mails that arrived again under the same Message-ID.

    ``processor`` is the seconds of one core that the command took, whoever else used the machine.
    """

    managers: int
    issues: int
    pages: int
    people: int
    names: int
    twice: int
    kills: int
    seconds: float
    processor: float
    states: dict[str, int]

    @property
    def is_right(self) -> bool:
        """Whether every manager has one issue, one page and one mail by its name."""
        everyone = self.managers
        counts = (self.issues, self.pages, self.people, self.names)
        return counts == (everyone,) * 4 and self.states == {"sent": everyone}


@click.command()
@click.option("--managers", default=2000, show_default=True, help="How many industry managers.")
@click.option("--documents", default=20_000, show_default=True, help="How many documents.")
@click.option("--kills", default=0, show_default=True, help="How often to kill the command.")
@click.option("--seed", default=2026, show_default=True, help="Seed of readers and kills.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(managers: int, documents: int, kills: int, seed: int, json_file: Path | None) -> None:
    """Make and send one night's digests and check that everyone got exactly one."""
    folder = Path(tempfile.mkdtemp(prefix="portal-digests-"))
    try:
        found = night(folder, managers, documents, kills, seed)
    finally:
        shutil.rmtree(folder)
    case = f"{managers:,} managers, {documents:,} documents"
    figures = [
        Figure("portal", case, "made and sent", found.seconds, "s"),
        Figure("portal", case, "processor", found.processor, "s"),
        Figure("portal", case, "each", found.seconds / managers * 1000, "ms"),
        Figure("portal", case, "kills", found.kills, ""),
        Figure("portal", case, "same mail twice", found.twice, ""),
    ]
    checks = [Check("everyone has exactly one", found.is_right, str(dataclasses.asdict(found)))]
    if not kills:
        quick = found.seconds < WANTED_SECONDS
        checks.append(Check("under two minutes", quick, f"{found.seconds:.1f} s"))
    note = "The whole command: start, pages, and a mail to each over SMTP on loopback."
    section = Section("Nightly digests", note, tuple(figures))
    parameters = {"managers": managers, "documents": documents, "kills": kills, "seed": seed}
    sys.exit(finish(Report("digests", parameters, (section,), tuple(checks)), json_file))


def night(folder: Path, managers: int, documents: int, kills: int, seed: int) -> Outcome:
    """Fill a portal in a folder, run the night's command and look at what came of it."""
    services = build_services(Settings(data_dir=folder, demo=True, secret_key=KEY))
    upgrade(services.db)
    fill_night(services, managers, documents, random.Random(seed))
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=_free_port())
    controller.start()
    try:
        command = [sys.executable, "-m", "portal", "digest"]
        environment = night_environment(folder, controller.port)
        used = _processor()
        share = managers / (kills + 1)
        killed, seconds = _run(command, environment, kills, _Killer(office, share, seed))
        used = _processor() - used
    finally:
        controller.stop(no_assert=True)
    found = _outcome(services, managers, office, killed, (seconds, used))
    services.db.dispose()
    return found


class _Killer:
    """Chooses the moment: one in five while the command starts and makes pages, the others when a
    random mail of the night is just coming in, or some milliseconds later.

    ``share`` is how many mails a run gets through at most on average, so that the kills last.
    """

    def __init__(self, office: PostOffice, share: float, seed: int) -> None:
        self._office, self._share, self._chance = office, share, random.Random(seed)

    def strike(self, process: subprocess.Popen[bytes], start: float) -> bool:
        """Wait for the moment and kill; return whether the process was still there."""
        early = self._chance.random() < 0.2
        latest = start * self._chance.uniform(0.5, 1.5) if early else LONGEST_RUN
        awaited = len(self._office.arrived) + self._chance.uniform(0, 1.6) * self._share
        began = time.perf_counter()
        while process.poll() is None and len(self._office.arrived) < awaited:
            if time.perf_counter() - began > latest:
                break
            time.sleep(0.001)
        else:
            time.sleep(self._chance.choice((0, 0.02)) * self._chance.random())
        was_running = process.poll() is None
        process.kill()
        process.wait()
        return was_running


def _run(
    command: list[str], environment: dict[str, str], kills: int, killer: _Killer
) -> tuple[int, float]:
    """Run until it ends by itself, killed so many times before.

    A first run for a day to come, which does nothing, tells how long a start takes.
    """
    started = time.perf_counter()
    subprocess.run([*command, "--date", "2999-01-01"], env=environment, capture_output=True)
    start = time.perf_counter() - started
    killed, began = 0, time.perf_counter()
    for _ in range(kills):
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        if not killer.strike(process, start):
            break
        killed += 1
    last = subprocess.run(command, env=environment, capture_output=True, timeout=LONGEST_RUN)
    if last.returncode:
        raise RuntimeError(last.stderr.decode())
    return killed, time.perf_counter() - began


def _outcome(
    services: Services, managers: int, office: PostOffice, kills: int, taken: tuple[float, float]
) -> Outcome:
    with services.db.read() as session:
        issues = session.scalar(sa.select(sa.func.count(DigestIssue.id))) or 0
        states = session.execute(
            sa.select(Delivery.state, sa.func.count(Delivery.id)).group_by(Delivery.state)
        )
        by_state = {str(state): count for state, count in states}
    arrived = collections.Counter(office.arrived)
    return Outcome(
        managers=managers,
        issues=issues,
        pages=len(list(digests_dir(services.settings).rglob("*.html"))),
        people=len({recipient for recipient, _name in arrived}),
        names=len({name for _recipient, name in arrived}),
        twice=arrived.total() - len(arrived),
        kills=kills,
        seconds=taken[0],
        processor=taken[1],
        states=by_state,
    )


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def night_environment(folder: Path, port: int) -> dict[str, str]:
    """The environment of a command on the portal in a folder that mails to a port on loopback."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    return environment | {
        "PORTAL_DATA_DIR": str(folder),
        "PORTAL_DEMO": "1",
        "PORTAL_SECRET_KEY": KEY,
        "PORTAL_SMTP_HOST": "127.0.0.1",
        "PORTAL_SMTP_PORT": str(port),
        "PORTAL_SMTP_FROM": "portal@lingnan.example",
        "PORTAL_LOG_LEVEL": "error",
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
