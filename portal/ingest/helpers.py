"""Running a program that helps with a file: limits on time and memory, nothing of ours with it."""

import contextlib
import os
import resource
import signal
import subprocess
from collections.abc import Mapping, Sequence

from portal.ingest.errors import Crashed, TooSlow

_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TZ")


def run_helper(
    command: Sequence[str],
    given: bytes,
    seconds: float,
    memory: int,
    environment: Mapping[str, str],
) -> bytes:
    """What a program writes to standard output, given bytes on standard input.

    Raises TooSlow after ``seconds`` and Crashed where it ends badly. ``memory`` is in bytes. It and
    all it started are ended, whatever happens.
    """
    passed = {key: os.environ[key] for key in _PASSED_ON if key in os.environ}
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=passed | {"LANG": "C.UTF-8"} | dict(environment),
        start_new_session=True,
    )
    try:
        _limit(process.pid, memory)
        output, _ = process.communicate(given, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    finally:
        # The whole group: LibreOffice leaves its work to a child.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if process.returncode != 0:
        raise Crashed
    return output


def _limit(pid: int, memory: int) -> None:
    if hasattr(resource, "prlimit"):  # Linux
        with contextlib.suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (memory, memory))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
