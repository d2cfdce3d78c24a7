"""Running the ``portal`` command: here in the test's process, or as a process of its own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from portal.cli import main

FILED = ("--industry", "education", "--work-type", "customer-sales", "--stage", "solution,visit")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON value."""
        return json.loads(self.out)


class Command:
    """The ``portal`` command on a data folder, run in this process."""

    def __init__(
        self,
        data_dir: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        self.data_dir = data_dir
        self._monkeypatch = monkeypatch
        self._capsys = capsys
        monkeypatch.setenv("PORTAL_DATA_DIR", str(data_dir))

    def __call__(self, *arguments: str | Path) -> Result:
        """Run it and return what it printed and its exit code."""
        self._monkeypatch.setattr(sys, "argv", ["portal", *map(str, arguments)])
        self._capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        return Result(code, *self._capsys.readouterr())


def start(*arguments: str | Path, data_dir: Path, **settings: str) -> subprocess.Popen[str]:
    """Start the command as a process of its own, its output in pipes."""
    return subprocess.Popen(
        [sys.executable, "-m", "portal", *map(str, arguments)],
        env=environment(data_dir, settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def environment(data_dir: Path, settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with the portal's settings in it."""
    named = {f"PORTAL_{name.upper()}": value for name, value in settings.items()}
    return os.environ | named | {"PORTAL_DATA_DIR": str(data_dir)}


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    """Return as soon as the condition holds; an ``AssertionError`` when it never does."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if condition():
            return
        pause.wait(0.05)
    raise AssertionError(f"still not so after {seconds} s")
