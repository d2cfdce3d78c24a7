"""``portal check``, ``portal backup`` and ``portal restore``."""

from collections import Counter
from pathlib import Path

import click
from rich.progress import Progress

from portal.cli.common import connect, json_option, open_services, print_json, progress_bar
from portal.jobs import catch_up
from portal.services import Services
from portal.upkeep import Finding, back_up
from portal.upkeep import check as compare
from portal.upkeep import repair as mend
from portal.upkeep import restore as bring_back


@click.command()
@click.option("--repair", is_flag=True, help="Index again what the index lacks or has otherwise.")
@json_option
def check(*, repair: bool, as_json: bool) -> None:
    """Compare database, originals and index, and say what differs.

    Reads every original and compares its hash. The portal may run meanwhile. What is wrong with
    the index, --repair mends; what is missing among the originals has to come from a backup.

    Exit code 0: nothing differs any more. 1: something differs.

    \b
    Examples:
      portal check
      portal check --repair
    """
    services = open_services()
    with progress_bar() as progress:
        findings = _compare(services, progress)
        repaired = 0
        if repair and any(item.mendable for item in findings):
            before = sum(item.mendable for item in findings)
            mend(services, findings)
            catch_up(services)
            findings = _compare(services, progress)
            repaired = before - sum(item.mendable for item in findings)
    if as_json:
        counts = Counter(item.kind for item in findings)
        shown = [
            {"kind": item.kind, "document": item.document_id, "message": item.message}
            for item in findings
        ]
        print_json({"findings": shown, "counts": counts, "repaired": repaired})
    else:
        _print(findings, repaired)
    if findings:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write database and originals into one archive, while the portal runs.

    FILE appears when it is complete; an existing file is never overwritten. The index is not in
    it: restoring makes it anew. A PostgreSQL database needs pg_dump.

    Exit code 0: complete. 1: written, but originals were missing or altered. 2: not written.

    \b
    Example:
      portal backup /backup/portal-2026-11-22.zip
    """
    services = open_services()
    with progress_bar() as progress:
        task = progress.add_task("Backing up", total=None)
        report = back_up(
            services, file, lambda done, total: progress.update(task, completed=done, total=total)
        )
    for problem in report.problems:
        click.echo(problem, err=True)
    click.echo(f"Wrote {file}: {report.originals} originals, {report.size / 1024**2:.1f} MiB.")
    if report.problems:
        raise SystemExit(1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def restore(file: Path) -> None:
    """Bring a backup back into an empty portal, verify every byte, and make the index.

    PORTAL_DATA_DIR (and PORTAL_DATABASE_URL) say where to; a place that holds a portal already is
    never overwritten. A backup of an older release is brought to this one.

    \b
    Example:
      PORTAL_DATA_DIR=/srv/portal portal restore /backup/portal-2026-11-22.zip
    """
    services = connect()
    with progress_bar() as progress:
        task = progress.add_task("Restoring", total=None)
        report = bring_back(
            services, file, lambda done, total: progress.update(task, completed=done, total=total)
        )
        indexing = progress.add_task("Indexing ", total=None)
        catch_up(
            services, lambda done, total: progress.update(indexing, completed=done, total=total)
        )
        findings = _compare(services, progress)
    click.echo(f"Restored {report.originals} originals of {report.made_at}.")
    if findings:
        _print(findings, 0)
        raise SystemExit(1)


def _compare(services: Services, progress: Progress) -> list[Finding]:
    task = progress.add_task("Checking ", total=None)
    findings = compare(
        services, lambda done, total: progress.update(task, completed=done, total=total)
    )
    progress.update(task, total=1, completed=1)
    return findings


def _print(findings: list[Finding], repaired: int) -> None:
    for item in findings:
        click.echo(f"{item.kind:<18} {item.message}")
    mended = f"{repaired} repaired. " if repaired else ""
    click.echo(f"{mended}{len(findings)} differences." if findings else f"{mended}All is well.")
