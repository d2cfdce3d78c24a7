"""Making and sending the nightly digest by hand."""

import datetime as dt

import click

from portal.cli.common import open_services, progress_bar
from portal.db import utcnow
from portal.push.channels import mail_configured
from portal.push.digest import NotYet, make_digests
from portal.push.digest_pages import digests_dir
from portal.push.ledger import send_due
from portal.push.letters import WRITERS


@click.command()
@click.option(
    "--date",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Day in the portal's time zone; default: today.",
)
@click.option("--manager", "login", default="", metavar="LOGIN", help="For one manager only.")
def digest(day: dt.datetime | None, login: str) -> None:
    """Make a day's digests where they are missing, and send what is due. Safe to repeat.

    \b
    Example:
      portal digest --date 2026-11-20 --manager linwei
    """
    services = open_services()
    settings = services.settings
    date = day.date() if day else utcnow().astimezone(settings.timezone).date()
    with progress_bar() as progress:
        task = progress.add_task("Digests", total=None)
        try:
            made = make_digests(
                services,
                date,
                login=login,
                progress=lambda done, total: progress.update(task, completed=done, total=total),
            )
        except (LookupError, NotYet) as error:
            raise click.UsageError(str(error).strip("'\"")) from error
        progress.update(task, total=1, completed=1)
    sent = send_due(settings, services.db, WRITERS)
    click.echo(
        f"{date}: {made.made} made, {made.kept} there before, {made.silent} with nothing to say; "
        f"pages in {digests_dir(settings)}"
    )
    if not mail_configured(settings):
        click.echo("Mail: not configured (PORTAL_SMTP_HOST, PORTAL_SMTP_FROM); pages only.")
    click.echo(
        f"Sent {sent.sent}, withdrawn {sent.withdrawn}, failed {sent.failed}, "
        f"to be tried again {sent.waiting}." + (" Another process is sending." if sent.busy else "")
    )
