"""Making the lists of a large office: time, memory, questions to the database, and one event.

The office is built first, in a process of its own, so that the memory measured is that of the
refresh alone.
"""

import datetime as dt
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import sqlalchemy as sa

from benchmarks.office import NOW, build
from benchmarks.report import Check, Figure, Report, Section, finish
from portal.catalogue import Viewer
from portal.db import Database
from portal.models import EventKind, ListEntry, ListName, OwnerKind, ReaderEvent, User
from portal.recommend import (
    lists_for,
    record_event,
    refresh_hottest,
    refresh_newest,
    refresh_recommended,
)
from portal.recommend.refresh import Refreshed

MOST_SECONDS, MOST_MIB, MOST_EVENT_MS = 300.0, 1024.0, 5.0
RECORDED = 1000
READ = 200
_NOTE = (
    "Everything from events to lists, with nothing kept from before. What documents are alike is"
    " asked of the search, which is not part of this: at most 300 questions in one refresh."
)


@click.command()
@click.option("--managers", default=1000, show_default=True, help="People whose lists are made.")
@click.option("--documents", default=10_000, show_default=True, help="Published documents.")
@click.option("--events", default=200_000, show_default=True, help="Reader events of 150 days.")
@click.option("--seed", default=2026, show_default=True, help="Seed of the office.")
@click.option("--cache", type=click.Path(path_type=Path), help="Keep the built office here.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write JSON there too.")
def main(
    managers: int,
    documents: int,
    events: int,
    seed: int,
    cache: Path | None,
    json_file: Path | None,
) -> None:
    """Refresh every list of an office; exits with 1 when a target is missed.

    \b
    Examples:
      python -m benchmarks.refresh
      python -m benchmarks.refresh --managers 10000 --documents 100000 --events 5000000
    """
    with ExitStack() as stack:
        folder = cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        kept = folder / f"office-{managers}-{documents}-{events}-{seed}.db"
        if not kept.exists():
            _apart(_build, f"sqlite:///{kept}.part", managers, documents, events, seed)
            Path(f"{kept}.part").rename(kept)
        with _copied(kept) as copy:
            measured = _apart(_measure, f"sqlite:///{copy}", managers, documents)
    figures = tuple(Figure("portal", *row) for row in measured["figures"])
    checks = tuple(Check(*row) for row in measured["checks"])
    parameters = {
        "managers": managers,
        "documents": documents,
        "events": events,
        "events of distinct days": measured["events"],
        "seed": seed,
    }
    report = Report("refresh", parameters, (Section("Refresh", _NOTE, figures),), checks)
    raise SystemExit(finish(report, json_file))


@contextmanager
def _copied(kept: Path) -> Iterator[Path]:
    """A copy to write to, so that what is kept stays as it was built."""
    copy = kept.with_suffix(".work")
    copy.write_bytes(kept.read_bytes())
    try:
        yield copy
    finally:
        for path in kept.parent.glob(f"{copy.name}*"):
            path.unlink()


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:
    """Do something in a fresh process, whose peak of memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _build(url: str, managers: int, documents: int, events: int, seed: int) -> None:
    db = Database(url)
    build(db, managers, documents, events, seed)
    # What is copied and kept is one file.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.dispose()


def _measure(url: str, managers: int, documents: int) -> dict[str, Any]:
    db = Database(url)
    asked = _Asked(db)
    runs = {"hottest and newest, all industries": _timed(lambda: _industry_lists(db, NOW))}
    runs["recommended, everybody"] = _timed(lambda: _recommendations(db, NOW))
    queries, peak = asked.count, _peak_mib()
    runs["recommended, no news"] = _timed(lambda: _recommendations(db, NOW))
    cold = documents - 1 if documents % 20 == 0 else documents
    before = _hot_places(db, cold)
    recorded = _record(db, managers, cold)
    later = NOW + dt.timedelta(minutes=1)
    changed = f"recommended, after {RECORDED:,} events"
    runs[changed] = _timed(lambda: _recommendations(db, later))
    refresh_hottest(db, later)
    read = _read(db, managers)
    seconds = sum(run.seconds for run in list(runs.values())[:2])
    p99 = float(np.percentile(recorded, 99))
    figures = [
        *(row for case, run in runs.items() for row in run.rows(case)),
        ("recommended, everybody", "peak memory", peak, "MiB"),
        ("recommended, everybody", "queries per manager", queries / managers, ""),
        ("an event recorded", "p50", float(np.percentile(recorded, 50)), "ms"),
        ("an event recorded", "p99", p99, "ms"),
        ("a person's lists read", "p50", float(np.percentile(read, 50)), "ms"),
        ("a person's lists read", "p99", float(np.percentile(read, 99)), "ms"),
    ]
    again = runs["recommended, no news"].result
    checks = [
        ("in time", seconds < MOST_SECONDS, f"{seconds:.1f} s"),
        ("in little memory", peak < MOST_MIB, f"{peak:.0f} MiB"),
        ("events are recorded at once", p99 < MOST_EVENT_MS, f"p99 {p99:.2f} ms"),
        ("nobody is due twice", again.due == 0, f"{again.due} people"),
        _everybody_has_a_list(db, managers),
        _nothing_read_is_recommended(db),
        _the_used_is_hot(before, _hot_places(db, cold)),
    ]
    with db.read() as session:
        events = session.scalar(sa.select(sa.func.count(ReaderEvent.id)))
    return {"figures": figures, "checks": checks, "events": events}


@dataclass(frozen=True, slots=True)
class _Run:
    """How long something took on the wall's clock, and how much of the processors' time."""

    seconds: float
    processor: float
    result: Any

    def rows(self, case: str) -> Iterator[tuple[str, str, float, str]]:
        """Its figures, and how many people it was about where it says so."""
        yield case, "time", self.seconds, "s"
        yield case, "processor time", self.processor, "s"
        if isinstance(self.result, Refreshed):
            yield case, "people due", float(self.result.due), ""


class _Asked:
    """Counts the statements that a database is asked; one for many rows is one."""

    def __init__(self, db: Database) -> None:
        self.count = 0
        sa.event.listen(db.engine, "before_cursor_execute", self._note)

    def _note(self, *_: Any) -> None:
        self.count += 1


def _industry_lists(db: Database, now: dt.datetime) -> None:
    refresh_newest(db)
    refresh_hottest(db, now)


def _recommendations(db: Database, now: dt.datetime) -> Refreshed:
    return refresh_recommended(db, lambda _document: (), now)


def _record(db: Database, managers: int, cold: int) -> list[float]:
    """Milliseconds of recording one event, each in its own transaction.

    Every other is that somebody applied a document that hardly anybody used before. All may read
    what they use.
    """
    draw = np.random.default_rng(1)
    taken = []
    for place, reader in enumerate(draw.integers(1, managers + 1, RECORDED).tolist()):
        document, kind = int(draw.integers(1, 5)) * 20 + 1, EventKind.VIEW
        if place % 2:
            document, kind = cold, EventKind.APPLY
        started = time.perf_counter()
        with db.write() as session:
            record_event(session, reader, document, kind, NOW)
        taken.append((time.perf_counter() - started) * 1000)
    return taken


def _read(db: Database, managers: int) -> list[float]:
    taken = []
    for reader in np.random.default_rng(2).integers(1, managers + 1, READ).tolist():
        with db.read() as session:
            person = session.get_one(User, reader)
            viewer = Viewer.of(person)
            started = time.perf_counter()
            lists_for(session, viewer)
            taken.append((time.perf_counter() - started) * 1000)
    return taken


def _everybody_has_a_list(db: Database, managers: int) -> tuple[str, bool, str]:
    with db.read() as session:
        people = session.scalar(
            sa.select(sa.func.count(sa.distinct(ListEntry.owner_id))).where(
                ListEntry.owner_kind == OwnerKind.PERSON
            )
        )
    return "everybody has a list", people == managers, f"{people:,} of {managers:,}"


def _nothing_read_is_recommended(db: Database) -> tuple[str, bool, str]:
    with db.read() as session:
        wrong = session.scalar(
            sa.select(sa.func.count())
            .select_from(ListEntry)
            .join(ReaderEvent, ReaderEvent.user_id == ListEntry.owner_id)
            .where(ListEntry.owner_kind == OwnerKind.PERSON, ListEntry.owner_id <= READ)
            .where(ReaderEvent.document_id == ListEntry.document_id)
        )
    return "nothing that was read is recommended", wrong == 0, f"{wrong} of {READ} people's lists"


def _hot_places(db: Database, document: int) -> list[int]:
    """The places that a document has in the lists of the hottest."""
    with db.read() as session:
        return list(
            session.scalars(
                sa.select(ListEntry.rank).where(
                    ListEntry.list == ListName.HOTTEST, ListEntry.document_id == document
                )
            )
        )


def _the_used_is_hot(before: list[int], after: list[int]) -> tuple[str, bool, str]:
    passed = bool(after) and (not before or min(after) < min(before))
    return "what was used is hot at the next refresh", passed, f"places {before}, then {after}"


def _timed(work: Callable[[], Any]) -> _Run:
    wall, processor = time.perf_counter(), time.process_time()
    result = work()
    return _Run(time.perf_counter() - wall, time.process_time() - processor, result)


def _peak_mib() -> float:
    # The system's own count of a process begins with what its parent had before the exec.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
