"""How long the home pages and the knowledge map take over the sample library."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click
import numpy as np
from flask.testing import FlaskClient
from rich.progress import Progress

from benchmarks.crash_visitor import TOKEN
from benchmarks.measure import quiet
from benchmarks.report import Check, Figure, Report, Section, database_option, finish
from config import Settings
from portal.app import create_app
from portal.catalogue.slot_duties import keep_slots
from portal.db import utcnow
from portal.demo import DEMO_PASSWORD, add_demo_users, load_samples
from portal.jobs.registry import JOBS
from portal.migrate import upgrade
from portal.services import Services, build_services

LIMIT_MS = 15.0
WARM = 20
# Jobs whose lists a home page reads.
LISTS = ("newest", "hottest", "recommended")
PAGES = {
    "industry manager": ("linwei", "/"),
    "industry manager, a stage": ("linwei", "/?industry=healthcare&stage=solution"),
    "account manager": ("liujie", "/"),
    "product manager": ("tangli", "/"),
    "business manager": ("fangrui", "/"),
    "administrator": ("admin", "/"),
    "map of an industry": ("linwei", "/map/education?stage=solution"),
    "gap radar": ("linwei", "/map"),
}
_NOTE = (
    "Milliseconds of a whole request inside the application: session, person, permissions, "
    "queries, template; without network and web server. Processor time is what a request costs "
    "however busy the machine is."
)


@click.command()
@click.option("--requests", "count", default=300, show_default=True, help="Requests of each page.")
@database_option
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write figures here.")
def main(count: int, database_url: str, json_file: Path | None) -> None:
    """Measure the home page of each role over the sample library.

    \b
    Examples:
      python -m benchmarks.home_page --requests 1000 --json home.json
    """
    with tempfile.TemporaryDirectory() as folder:
        services = fill(Path(folder), database_url)
        app = create_app(services.settings, services)
        asks = {
            name: _page(_signed_in(app.test_client(), login), path)
            for name, (login, path) in PAGES.items()
        }
        times, processor = _timed(asks, count)
        services.db.dispose()
    figures = [
        Figure("portal", name, measure, float(np.percentile(taken[name], percent)), "ms")
        for name in times
        for measure, taken, percent in (
            ("p50", times, 50),
            ("p95", times, 95),
            ("p99", times, 99),
            ("processor time, p50", processor, 50),
        )
    ]
    median = float(np.percentile(times["industry manager"], 50))
    check = Check(
        f"home of an industry manager: median under {LIMIT_MS:g} ms",
        median < LIMIT_MS,
        f"{median:.1f} ms",
    )
    section = Section("Pages over the sample library", _NOTE, tuple(figures))
    report = Report("home_page", {"requests": count}, (section,), (check,))
    raise SystemExit(finish(report, json_file))


def fill(folder: Path, database_url: str) -> Services:
    """A demo portal in an empty folder, with the sample library, slots and lists."""
    services = build_services(Settings(data_dir=folder, demo=True, database_url=database_url))
    upgrade(services.db)
    add_demo_users(services)
    with Progress(disable=True) as progress:
        load_samples(services, progress)
    keep_slots(services.db, services.taxonomy(), utcnow())
    for name in LISTS:
        JOBS[name].run(services)
    return services


def _signed_in(client: FlaskClient, login: str) -> FlaskClient:
    found = TOKEN.search(client.get("/login").get_data(as_text=True))
    if found is None:
        raise SystemExit("the sign-in page has no form")
    form = {"login": login, "password": DEMO_PASSWORD, "csrf_token": found[1]}
    answer = client.post("/login", data=form)
    if answer.status_code != 303:
        raise SystemExit(f"{login} could not sign in: {answer.status}")
    return client


def _page(client: FlaskClient, path: str) -> Callable[[], int]:
    return lambda: client.get(path).status_code


def _timed(
    asks: dict[str, Callable[[], int]], count: int
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Ask for every page in turns, so that a machine that slows down slows all alike.

    Returns wall and processor milliseconds by page: others' work on the machine is in the first
    alone.
    """
    wall: dict[str, list[float]] = {name: [] for name in asks}
    processor: dict[str, list[float]] = {name: [] for name in asks}
    for number in range(WARM + count):
        with quiet():
            for name, ask in asks.items():
                started, worked = time.perf_counter(), time.thread_time()
                status = ask()
                worked, taken = time.thread_time() - worked, time.perf_counter() - started
                if status != 200:
                    raise SystemExit(f"{name} answered {status}")
                if number >= WARM:
                    wall[name].append(taken * 1000)
                    processor[name].append(worked * 1000)
    return wall, processor


if __name__ == "__main__":
    main()
