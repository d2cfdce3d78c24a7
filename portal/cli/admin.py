"""Setting the portal up and keeping it in order."""

import contextlib

import click
from rich.progress import Progress

from portal import audit
from portal.accounts import add_user
from portal.audit import Act
from portal.catalogue import publish as publish_document
from portal.cli.common import connect, open_services, progress_bar, split_codes
from portal.demo import DEMO_PASSWORD, add_demo_users, load_samples
from portal.jobs import JobBusy, catch_up, run_job
from portal.migrate import upgrade
from portal.models import Role
from portal.services import Services


@click.command()
def init() -> None:
    """Make or upgrade the database and make the index. Safe to repeat.

    \b
    Example:
      PORTAL_DATA_DIR=/srv/portal portal init
    """
    services = connect()
    upgrade(services.db)
    with progress_bar() as progress:
        _catch_up(services, progress)
    click.echo(f"Ready: {services.settings.data_dir}")


@click.command()
def demo() -> None:
    """Like init, then load the sample library and demo accounts if missing. Safe to repeat.

    \b
    Example:
      portal demo && portal search "校园 宽带 资费"
    """
    services = connect()
    upgrade(services.db)
    add_demo_users(services)
    with progress_bar() as progress:
        outcomes = load_samples(services, progress)
        _catch_up(services, progress)
    # Where a scheduler is just making the lists, they need not be made here.
    with contextlib.suppress(JobBusy):
        run_job(services, "newest")
    added = sum(outcome.status == "added" for outcome in outcomes)
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    for outcome in failed:
        click.echo(f"failed     {outcome.name}  {outcome.message}", err=True)
    click.echo(f"Sample library: {added} documents added. Demo password: {DEMO_PASSWORD}")
    if failed:
        raise SystemExit(1)


@click.command()
@click.argument("documents", metavar="DOCUMENT...", nargs=-1, required=True, type=int)
def publish(documents: tuple[int, ...]) -> None:
    """Publish drafts, so that their audience finds them.

    \b
    Example:
      portal publish 12 13
    """
    services = open_services()
    with services.db.write() as session:
        for document in documents:
            publish_document(session, document)
    with progress_bar() as progress:
        _catch_up(services, progress)
    click.echo(f"Published: {', '.join(map(str, documents))}")


@click.command()
def reindex() -> None:
    """Build the index anew from the database beside the live one, then swap.

    Searching goes on meanwhile. Stop a running indexer first.

    \b
    Example:
      portal reindex
    """
    services = open_services()
    indexer = services.indexer()
    with services.search.store.writing(), progress_bar() as progress:
        task = progress.add_task("Indexing", total=None)
        count = indexer.rebuild(
            lambda done, total: progress.update(task, completed=done, total=total)
        )
    with services.db.write() as session:
        audit.record(session, Act.REINDEXED, details={"documents": count})
    click.echo(f"Indexed {count} documents.")


@click.group()
def user() -> None:
    """People who can sign in."""


@user.command()
@click.argument("login")
@click.option("--name", required=True, help="The person's name.")
@click.option(
    "--role", required=True, type=click.Choice([role.value for role in Role]), help="What they do."
)
@click.option("--unit", default="hq", show_default=True, help="Code of the organisation unit.")
@click.option("--industry", multiple=True, help="Industry codes; several times or with commas.")
@click.password_option(help="At least 12 characters; asked for when left out.")
def add(
    login: str, name: str, role: str, unit: str, industry: tuple[str, ...], password: str
) -> None:
    """Add a person.

    \b
    Example:
      portal user add linwei --name 林薇 --role industry-manager --industry education
    """
    services = open_services()
    with services.db.write() as session:
        add_user(
            session,
            login=login,
            name=name,
            role=Role(role),
            unit=unit,
            industries=split_codes(industry),
            password=password,
        )
    click.echo(f"Added {login}.")


def _catch_up(services: Services, progress: Progress) -> None:
    task = progress.add_task("Indexing", total=None)

    def report(done: int, total: int) -> None:
        progress.update(task, completed=done, total=total)

    catch_up(services, report)
    shown = progress.tasks[task].total
    progress.update(task, total=shown or 1, completed=shown or 1)
