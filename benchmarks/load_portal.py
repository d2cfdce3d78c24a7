"""A whole portal under load: its library, its processes, its readers, and whoever publishes."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import requests

from benchmarks.corpus import BenchDocument, synthesise
from benchmarks.crash import children_of, free_port, read_words
from benchmarks.crash_visitor import TOKEN
from benchmarks.library import fill, holds, open_portal, prepare
from benchmarks.load_client import BROWSER
from benchmarks.slips import KINDS, excerpt, make_slips
from config import Settings
from portal.accounts import add_user, find_user
from portal.accounts.credentials import set_password
from portal.jobs import JOBS
from portal.models import FACETS, Role
from portal.services import Services, build_services
from portal.text import fold, segmenter

PASSWORD = "岭海-通信-2026-秋"  # noqa: S105 - of a benchmark
READERS = 20
START_SECONDS = 300.0
PATIENCE = 120.0
QUESTIONS = 3000
MISTYPED = QUESTIONS // 20


def library(folder: Path, count: int, seed: int) -> list[BenchDocument]:
    """Build the portal of so many documents in a folder, unless it is there; return its first."""
    services = open_portal(folder)
    codes: dict[str, Sequence[str]] = {facet: services.taxonomy().codes(facet) for facet in FACETS}
    if not holds(services, count):
        fill(services, synthesise(count, seed, codes))
    prepare(services)
    # As in a portal that has been at work for a day: every text has its signature.
    JOBS["signatures"].run(services)
    services.db.dispose()
    return list(synthesise(min(count, 5000), seed, codes))


def questions(documents: Sequence[BenchDocument], seed: int) -> list[str]:
    """Addresses of results pages in the order in which they are asked.

    A question is two to four neighbouring words of a document, in every twentieth with a slip of
    the hand. Few are asked often and many once, as in every log of searches: the n-th most frequent
    in proportion to 1/n (Zipf).
    """
    asked = _texts(documents, seed)
    weights = 1 / np.arange(1, QUESTIONS + 1)
    chance = np.random.default_rng(seed)
    order = chance.choice(QUESTIONS, size=20_000, p=weights / weights.sum())
    return [f"/search?q={urllib.parse.quote(asked[number])}" for number in order]


def _texts(documents: Sequence[BenchDocument], seed: int) -> list[str]:
    """The different questions, those with slips strewn among the others."""
    texts, cut, each = [item.sections[0] for item in documents], segmenter(), MISTYPED // len(KINDS)
    slips = [slip for kind in KINDS for slip in make_slips(texts, cut, kind, each, seed)]
    asked = {slip.typed: None for slip in slips}
    chooser = random.Random(seed)
    while len(asked) < QUESTIONS:
        text = excerpt(fold(chooser.choice(texts)), cut, chooser)
        asked.update({text: None} if text else {})
    mixed = list(asked)
    chooser.shuffle(mixed)
    return mixed


class Served:
    """``portal serve`` on a copy of a library."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.folder, self.port = folder, free_port()
        self.services: Services = build_services(Settings(data_dir=folder, demo=True))
        # Beside what is removed afterwards: it tells what went wrong.
        self.log = folder.parent.with_suffix(".log")
        self.log.unlink(missing_ok=True)
        self._workers = workers
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        kept = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
        settings = {
            "PORTAL_DATA_DIR": str(self.folder),
            "PORTAL_DEMO": "1",
            "PORTAL_PORT": str(self.port),
            "PORTAL_WEB_WORKERS": str(self._workers),
            "PORTAL_LOG_LEVEL": "warning",
            # Twenty readers ask for what hundreds do.
            "PORTAL_SEARCHES_PER_MINUTE": "1000000",
        }
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "portal", "serve"],
                env=kept | settings,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Return when every worker can answer; ``TimeoutError`` when that takes too long."""
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.root}/readyz", timeout=5).status_code == 200:
                    return
            except requests.RequestException:
                pass
            pause.wait(0.2)
        raise TimeoutError(f"the portal did not start, see {self.log}")

    @property
    def root(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def sign_in(self) -> list[str]:
        """Sign readers in as people do; return the cookies of each."""
        logins = [f"reader{number:02}" for number in range(READERS)]
        for login in logins:
            # One at a time: hashing takes long, and the portal has to write as well.
            with self.services.db.write() as session:
                # A kept library may have readers of an earlier version, with another password.
                reader = find_user(session, login) or add_user(
                    session,
                    login=login,
                    name="刘洁",
                    role=Role.ACCOUNT_MANAGER,
                    unit="yunlan",
                    password=PASSWORD,
                    is_demo=True,
                )
                set_password(session, reader, PASSWORD)
        return [self._cookie(login) for login in logins]

    def _cookie(self, login: str) -> str:
        with requests.Session() as browser:
            browser.headers["User-Agent"] = BROWSER
            found = TOKEN.search(browser.get(f"{self.root}/login", timeout=PATIENCE).text)
            form = {"login": login, "password": PASSWORD, "csrf_token": found[1] if found else ""}
            answer = browser.post(
                f"{self.root}/login", data=form, timeout=PATIENCE, allow_redirects=False
            )
            if answer.status_code != 303:
                raise RuntimeError(f"{login} could not sign in: {answer.status_code}")
            # The first page settles what the session holds; from there on no page changes it.
            browser.get(self.root, timeout=PATIENCE)
            return "; ".join(f"{each.name}={each.value}" for each in browser.cookies)

    def pids(self, word: str = "") -> list[int]:
        """The processes under the parent in whose command lines a word stands."""
        return [pid for pid in children_of(self.process.pid) if word in _command(pid)]

    def megabytes(self) -> float:
        """Memory of all processes; what they share counts once (PSS), in MiB."""
        return sum(map(_pss, self.pids()))

    def errors(self) -> list[str]:
        """What the portal's log calls an error, a line each."""
        return [line for line in self.log.read_text("utf-8").splitlines() if " ERROR " in line]

    def stop(self) -> None:
        """Stop all of it and let go of the database."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()
        self.services.db.dispose()


@contextmanager
def served(kept: Path, run: Path) -> Iterator[Served]:
    """A portal on a copy of the library, which is gone afterwards."""
    shutil.rmtree(run, ignore_errors=True)
    shutil.copytree(kept, run / "portal")
    portal = Served(run / "portal")
    try:
        portal.wait_until_ready()
        yield portal
    finally:
        portal.stop()
        shutil.rmtree(run, ignore_errors=True)


@contextmanager
def publishing(portal: Served, author: int, acknowledged: Path, every: float) -> Iterator[None]:
    """Publish a document every so many seconds, from a process of its own; the first is there."""
    arguments = [str(acknowledged), str(author), "0", str(every)]
    settings = {"PORTAL_DATA_DIR": str(portal.folder), "PORTAL_DEMO": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.crash_feed", *arguments], env=os.environ | settings
    )
    try:
        # Starting that process is not part of the load, so what it costs is waited out.
        deadline, pause = time.monotonic() + START_SECONDS, threading.Event()
        while not read_words(acknowledged) and time.monotonic() < deadline:
            pause.wait(0.2)
        if not read_words(acknowledged):
            raise TimeoutError("nothing was published")
        yield
    finally:
        process.terminate()
        process.wait()


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
    except OSError:
        return ""


def _pss(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return int(text.partition("\nPss:")[2].split()[0]) / 1024
