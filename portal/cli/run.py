"""The long-running commands: serve, indexer, scheduler."""

import signal
import threading

import click

from portal.cli.common import open_services
from portal.jobs import JOBS, run_indexer, run_job, run_scheduler
from portal.jobs.supervisor import supervise


@click.command()
def serve() -> None:
    """Run web server, indexer and scheduler together until Ctrl-C.

    PORTAL_HOST and PORTAL_PORT say where it listens.

    \b
    Example:
      PORTAL_DEMO=1 PORTAL_ANONYMOUS_READING=1 portal serve
    """
    raise SystemExit(supervise(open_services()))


@click.command()
def indexer() -> None:
    """Follow the outbox and keep the index current until stopped.

    A second one waits in line and takes over when the first one ends.

    \b
    Example:
      portal indexer
    """
    run_indexer(open_services(), _stop_on_signal())


@click.command()
@click.option("--once", type=click.Choice(list(JOBS)), help="Run this job now and return.")
def scheduler(once: str | None) -> None:
    """Run the jobs at their times until stopped, or one of them now.

    \b
    Examples:
      portal scheduler
      portal scheduler --once newest
    """
    services = open_services()
    if once is None:
        run_scheduler(services, _stop_on_signal())
    elif not run_job(services, once):
        raise SystemExit(1)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
