"""``portal user email``: whose drafts a mail's attachments become."""

import click

from portal.accounts.mail_addresses import set_address
from portal.cli.admin import user
from portal.cli.common import open_services


@user.command()
@click.argument("login")
@click.argument("address")
def email(login: str, address: str) -> None:
    """Give a person a mail address; an empty one takes it away.

    What is mailed in from it becomes the person's drafts, and what the portal mails goes there.

    \b
    Example:
      portal user email liujie liujie@lh.example.cn
    """
    services = open_services()
    with services.db.write() as session:
        set_address(session, login, address)
    click.echo(f"{login}: {address.strip().lower() or '-'}")
