"""``portal ingest``: files and folders in, from the command line."""

from dataclasses import asdict
from pathlib import Path

import click
from rich.progress import Progress

from portal.accounts import AccountError, find_user, import_user, logins
from portal.cli.common import (
    facet_option,
    json_option,
    open_services,
    print_json,
    progress_bar,
)
from portal.ingest import Filing, Outcome, ingest_files
from portal.ingest.plan import Planned, plan_folders, plan_manifest
from portal.jobs import catch_up
from portal.models import FACETS, IntakeSource, Visibility
from portal.services import Services


@click.command()
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@facet_option("industry")
@facet_option("work_type")
@facet_option("stage")
@facet_option("kind")
@facet_option("product")
@facet_option("library")
@click.option("--author", metavar="LOGIN", help="Whose documents they are.")
@click.option(
    "--visibility",
    type=click.Choice([item.value for item in Visibility]),
    default=Visibility.EVERYONE.value,
    show_default=True,
    help="Who may read them once they are published.",
)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="CSV that says of each file how it is filed; its paths are relative to PATH.",
)
@click.option("--publish", is_flag=True, help="Publish at once; without it they come in as drafts.")
@json_option
def ingest(
    paths: tuple[Path, ...],
    author: str | None,
    visibility: str,
    manifest: Path | None,
    *,
    publish: bool,
    as_json: bool,
    **codes: tuple[str, ...],
) -> None:
    """Take in files and folders, and return when they can be found.

    Formats: docx, pptx, xlsx, pdf, html, md, txt; the bytes decide, not the name. The same bytes
    are never taken in twice, so that a call that was interrupted goes on where it stopped. Drafts
    are found by their author and by administrators; `portal publish` publishes them.

    Every document needs an industry, a work type and a stage: from the options, else from the
    manifest, else from the names of the folders it lies in (教育/客户销售/方案整合, by name or
    code; "01 教育" and "教育、医疗卫生" are understood).

    A manifest is a CSV whose first line names columns: path, title, author, visibility, industry,
    work_type, stage, kind, product, library (or 路径, 标题, 作者, 可见范围, 行业, 工作类型, 阶段,
    类型, 产品, 知识库). Cells hold codes or names, several with 、 between; an empty cell leaves
    what the options say. Only the files it lists are taken in.

    What fails is listed at /admin/intake, where it can be tried again.

    Exit code 0: nothing failed. 1: some file failed, the others are in. 2: wrong usage.

    \b
    Examples:
      portal ingest ./教育 --industry education --work-type customer-sales \\
             --stage solution,presentation --kind proposal --publish
      portal ingest 资费.xlsx --industry finance --work-type tariff-design \\
             --stage negotiation --author tangli --json
      portal ingest ./资料 --manifest 清单.csv
    """
    services = open_services()
    taxonomy = services.taxonomy()
    keys: dict[str, tuple[str, ...]] = {facet: codes[facet] for facet in FACETS if codes.get(facet)}
    for facet, chosen in keys.items():
        for code in chosen:
            taxonomy.term(facet, code)
    filing = Filing(_author(services, author), keys, publish, Visibility(visibility))
    planned = _plan(services, list(paths), manifest, filing)
    with progress_bar() as progress:
        outcomes = _ingest(services, planned, progress)
        if any(outcome.status == "added" for outcome in outcomes):
            task = progress.add_task("Indexing ", total=None)
            catch_up(
                services, lambda done, total: progress.update(task, completed=done, total=total)
            )
    if as_json:
        print_json(_as_json(outcomes))
    else:
        _print(outcomes, publish=publish)
    if any(outcome.status == "failed" for outcome in outcomes):
        raise SystemExit(1)


def _author(services: Services, login: str | None) -> int:
    with services.db.write() as session:
        if login is None:
            return import_user(session).id
        found = find_user(session, login)
        if found is None:
            raise AccountError("unknown-login", login=login)
        return found.id


def _plan(
    services: Services, paths: list[Path], manifest: Path | None, filing: Filing
) -> list[Planned]:
    if manifest is None:
        return plan_folders(paths, services.taxonomy(), filing)
    if len(paths) != 1 or not paths[0].is_dir():
        raise click.UsageError("--manifest 需要且只需要一个文件夹，清单里的路径都相对于它。")
    with services.db.read() as session:
        people = logins(session)
    return plan_manifest(manifest.read_bytes(), paths[0], services.taxonomy(), people, filing)


def _ingest(services: Services, planned: list[Planned], progress: Progress) -> list[Outcome]:
    task = progress.add_task("Ingesting", total=len(planned))
    filings = {item.found.path: item.filing for item in planned if not item.found.problem}
    outcomes = []
    for outcome in ingest_files(
        services.db,
        services.blobs,
        services.taxonomy(),
        [item.found for item in planned],
        filings.__getitem__,
        services.limits,
        IntakeSource.FOLDER,
    ):
        outcomes.append(outcome)
        progress.advance(task)
    return outcomes


def _print(outcomes: list[Outcome], *, publish: bool) -> None:
    for outcome in outcomes:
        if outcome.status == "added":
            click.echo(f"added      {outcome.document_id:>5}  {outcome.title}")
        else:
            click.echo(f"{outcome.status:<10}        {outcome.name}  {outcome.message}")
        for notice in outcome.notices:
            click.echo(f"                  {notice}")
    counts = {
        status: sum(outcome.status == status for outcome in outcomes)
        for status in ("added", "duplicate", "failed")
    }
    drafts = "" if publish or not counts["added"] else " as drafts"
    click.echo(
        f"{counts['added']} added{drafts}, {counts['duplicate']} duplicate, "
        f"{counts['failed']} failed, {len(outcomes)} files."
    )


def _as_json(outcomes: list[Outcome]) -> dict[str, object]:
    groups: dict[str, list[dict[str, object]]] = {"added": [], "duplicate": [], "failed": []}
    for outcome in outcomes:
        row = asdict(outcome)
        row["document"] = row.pop("document_id")
        groups[row.pop("status")].append(row)
    return groups | {"files": len(outcomes)}
