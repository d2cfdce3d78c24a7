"""``portal audit``: verify the audit log, export it, anchor it."""

import csv
import datetime as dt
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

import click

from portal import audit as trail
from portal.audit import Act, AuditFilter, Entry, Head
from portal.audit.export import CSV_HEADER, csv_row, json_object
from portal.cli.common import json_option, open_services, print_json
from portal.db import utcnow
from portal.services import Services
from portal.upkeep.auditing import AuditBroken, anchor_audit, verify_audit


@click.group()
def audit() -> None:
    """Who did what, when and from where: a log that is only added to."""


def _head(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> list[Head]:
    heads = []
    for value in values:
        number, colon, digest = value.partition(":")
        if not colon or not number.isdecimal() or len(digest) != 64:
            raise click.BadParameter("expected NUMBER:HASH as `portal audit anchor` prints it")
        heads.append(Head(int(number), digest.lower()))
    return heads


@audit.command()
@click.option(
    "--expect",
    "kept",
    multiple=True,
    metavar="NUMBER:HASH",
    callback=_head,
    help="An end of the chain that was kept elsewhere; may be given several times.",
)
@json_option
def verify(kept: list[Head], *, as_json: bool) -> None:
    """Find any altered, missing or reordered row.

    Every hash is computed anew; numbers, chain and end are compared, and the anchors in the data
    folder that the portal signed each minute. Rows newer than the last anchor that were cut off
    together with the recorded end leave no trace here: keep what `portal audit anchor` prints, or
    the server's log lines, on another machine.

    Exit code 0: nothing is wrong. 1: something is.

    \b
    Examples:
      portal audit verify
      portal audit verify --expect 1204:3f5a...
    """
    verdict = verify_audit(open_services(), tuple(kept))
    if as_json:
        print_json(
            {
                "rows": verdict.rows,
                "anchors": verdict.anchors,
                "head": {"number": verdict.end.number, "hash": verdict.end.hash},
                "faults": [
                    {"kind": fault.kind, "number": fault.number, "message": fault.message}
                    for fault in verdict.faults
                ],
            }
        )
    else:
        for fault in verdict.faults:
            click.echo(f"{fault.kind:<10} {fault.message}")
        outcome = f"{len(verdict.faults)} faults" if verdict.faults else "All is well"
        click.echo(f"{outcome}: {verdict.rows} rows, {verdict.anchors} anchors hold.")
        click.echo(f"{verdict.end.number}:{verdict.end.hash}")
    if verdict.faults:
        raise SystemExit(1)


@audit.command()
@click.option("--renew", is_flag=True, help="Put the file of anchors aside and begin a new one.")
def anchor(*, renew: bool) -> None:
    """Write the chain's end beside the database now, and print it.

    The scheduler does so every minute. After a change of PORTAL_SECRET_KEY, --renew begins anew;
    the log must verify otherwise.

    \b
    Example:
      portal audit anchor >> /mnt/elsewhere/portal-audit-heads
    """
    services = open_services()
    if renew:
        faults = [each for each in verify_audit(services).faults if each.kind != "unsigned"]
        if faults:
            raise AuditBroken(faults[0].message)
        trail.set_anchors_aside(services.settings.data_dir, utcnow())
    end = anchor_audit(services)
    click.echo(f"{end.number}:{end.hash}")


@audit.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--format", "form", type=click.Choice(["csv", "jsonl"]), default="csv")
@click.option("--person", default="", help="A login or a part of it.")
@click.option("--action", default="", help="A code such as document.publish, or document for all.")
@click.option("--subject", default="", help="A number or code, also as kind:number.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day.")
def export(
    file: Path,
    form: str,
    person: str,
    action: str,
    subject: str,
    since: dt.datetime | None,
    until: dt.datetime | None,
) -> None:
    """Write the log, or some of it, into FILE, or to standard output for -.

    Each line of jsonl holds all that its hash is made of, see docs/security.md.

    \b
    Examples:
      portal audit export audit.csv
      portal audit export - --format jsonl --action sign-in --since 2026-11-01
    """
    services = open_services()
    zone = services.settings.timezone
    wanted = AuditFilter(
        person,
        action,
        subject,
        since.replace(tzinfo=zone) if since else None,
        (until + dt.timedelta(days=1)).replace(tzinfo=zone) if until else None,
    )
    count = _export(services, file, form, wanted)
    with services.db.write() as session:
        trail.record(session, Act.AUDIT_EXPORTED, details={"rows": count, "format": form})
    click.echo(f"Exported {count} rows.", err=True)


def _export(services: Services, file: Path, form: str, wanted: AuditFilter) -> int:
    with services.db.read() as session:
        entries = trail.each_entry(session, wanted)
        if str(file) == "-":
            return _write(sys.stdout, form, entries)
        try:
            # Marked as UTF-8, so that Excel shows Chinese as it is.
            encoding = "utf-8-sig" if form == "csv" else "utf-8"
            with file.open("x", encoding=encoding, newline="") as opened:
                return _write(opened, form, entries)
        except FileExistsError:
            raise click.UsageError(f"{file} 已经存在，没有覆盖。请换一个文件名。") from None


def _write(target: TextIO, form: str, entries: Iterator[Entry]) -> int:
    count = 0
    writer = csv.writer(target)
    if form == "csv":
        writer.writerow(CSV_HEADER)
    for entry in entries:
        count += 1
        if form == "csv":
            writer.writerow(csv_row(entry))
        else:
            target.write(json.dumps(json_object(entry), ensure_ascii=False) + "\n")
    return count
