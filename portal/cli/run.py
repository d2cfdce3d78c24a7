"""The long-running commands: serve, indexer, scheduler."""

import signal
import threading

import click

from portal.cli.common import open_services
from portal.jobs import JOBS, JobBusy, run_indexer, run_job, run_scheduler
from portal.jobs.supervisor import supervise

FAILED = 1
BUSY = 3


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

    A second scheduler stands by and takes over when the first one ends. With --once the exit code
    says how it went: 0 well, 1 the job failed, 3 it is at work elsewhere and was not begun.

    \b
    Examples:
      portal scheduler
      portal scheduler --once newest
    """
    services = open_services()
    if once is None:
        run_scheduler(services, _stop_on_signal())
        return
    try:
        succeeded = run_job(services, once)
    except JobBusy:
        click.echo(f"portal: 任务 {once} 正在另一个进程里运行，这次没有重复启动。", err=True)
        raise SystemExit(BUSY) from None
    if not succeeded:
        click.echo(f"portal: 任务 {once} 失败了，原因见日志和管理页面的任务记录。", err=True)
        raise SystemExit(FAILED)


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
