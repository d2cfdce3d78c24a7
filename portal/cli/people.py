"""``portal user list``, ``set``, ``deactivate`` and ``reactivate``."""

from dataclasses import replace

import click
from rich.console import Console
from rich.table import Table

from portal.accounts import people
from portal.accounts.credentials import set_password
from portal.accounts.people import Facts, PeopleFilter, PersonView
from portal.cli.admin import user
from portal.cli.common import json_option, open_services, print_json, split_codes
from portal.db import utcnow
from portal.models import Role, User


@user.command("list")
@click.argument("text", default="")
@click.option("--role", type=click.Choice([role.value for role in Role]), default=None)
@click.option("--state", type=click.Choice([people.ACTIVE, people.INACTIVE]), default=None)
@json_option
def list_people(text: str, role: str | None, state: str | None, as_json: bool) -> None:
    """List people whose login, name or mail address holds TEXT.

    \b
    Examples:
      portal user list
      portal user list --role administrator --state active --json
    """
    services = open_services()
    with services.db.read() as session:
        found, _total = people.find_people(
            session, PeopleFilter(text=text, role=role or "", state=state or "")
        )
    if as_json:
        print_json([_plain(person) for person in found])
        return
    table = Table("login", "name", "role", "unit", "industries", "mail", "state", "signed in")
    for person in found:
        row = _plain(person)
        industries = " ".join(person.facts.industries)
        table.add_row(
            *(str(row[each] or "") for each in ("login", "name", "role", "unit")),
            industries,
            *(str(row[each] or "") for each in ("email", "state", "signed_in_at")),
        )
    Console().print(table)


@user.command("set")
@click.argument("login")
@click.option("--name", help="Another name.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Another role.")
@click.option("--unit", help="Code of another organisation unit.")
@click.option("--industry", multiple=True, help="Industry codes, which replace the present ones.")
@click.option("--email", help="Another mail address; an empty one takes it away.")
@click.option("--password", is_flag=True, help="Ask for a new password; sessions end.")
@click.option("--no-password", is_flag=True, help="Take the password away, for OpenID or LDAP.")
def set_person(
    login: str,
    name: str | None,
    role: str | None,
    unit: str | None,
    industry: tuple[str, ...],
    email: str | None,
    password: bool,
    no_password: bool,
) -> None:
    """Change a person; what is not named stays.

    What is mailed in from the mail address becomes the person's drafts, and what the portal mails
    goes there.

    \b
    Examples:
      portal user set liujie --email liujie@lh.example.cn --unit qingpu
      portal user set liujie --password
    """
    services = open_services()
    new = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else ""
    given = {"name": name, "role": role and Role(role), "unit": unit, "email": email}
    if industry:
        given["industries"] = split_codes(industry)  # type: ignore[assignment]
    with services.db.write() as session:
        number = people.person_id(session, login)
        person = people.person_view(session, number)
        if person is not None:
            wanted = {key: value for key, value in given.items() if value is not None}
            people.change_person(session, number, replace(person.facts, **wanted), None)  # type: ignore[arg-type]
        if password or no_password:
            set_password(session, session.get_one(User, number), new)
    click.echo(f"Changed {login}.")


@user.command()
@click.argument("login")
def deactivate(login: str) -> None:
    """Shut a person out at once; what they wrote stays.

    \b
    Example:
      portal user deactivate liujie
    """
    services = open_services()
    with services.db.write() as session:
        people.deactivate(session, people.person_id(session, login), None, utcnow())
    click.echo(f"Deactivated {login}.")


@user.command()
@click.argument("login")
def reactivate(login: str) -> None:
    """Let a person in again.

    \b
    Example:
      portal user reactivate liujie
    """
    services = open_services()
    with services.db.write() as session:
        people.reactivate(session, people.person_id(session, login))
    click.echo(f"Reactivated {login}.")


def _plain(person: PersonView) -> dict[str, object]:
    facts: Facts = person.facts
    seen = person.signed_in_at
    return {
        "login": person.login,
        "name": facts.name,
        "role": facts.role.value,
        "unit": facts.unit,
        "industries": list(facts.industries),
        "email": facts.email or None,
        "state": people.INACTIVE if person.deactivated_at else people.ACTIVE,
        "signed_in_at": seen.isoformat(timespec="minutes") if seen else None,
    }
