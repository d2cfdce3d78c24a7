"""Options and output that several commands share."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config import Settings
from portal.accounts import AccountError, find_user
from portal.catalogue import Viewer
from portal.migrate import require_current
from portal.search import FILTERS, MATCHES
from portal.services import Services, build_services

as_option = click.option(
    "--as", "login", metavar="LOGIN", help="Search as this person; default: everything."
)
match_option = click.option(
    "--match",
    type=click.Choice(MATCHES),
    default="all",
    show_default=True,
    help="Whether documents should hold all words, or most of them will do.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def connect() -> Services:
    """The services that the settings describe; the database is let go when the command ends."""
    services = build_services(Settings.from_env())
    click.get_current_context().call_on_close(services.db.dispose)
    return services


def open_services() -> Services:
    """The services on a database that this release can use; raises where it is not migrated."""
    services = connect()
    require_current(services.db)
    return services


def facet_option(
    name: str, *, required: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """An option for codes of a facet; it may be given several times or with commas."""
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        multiple=True,
        required=required,
        metavar="CODE",
        callback=lambda _context, _option, value: split_codes(value),
        help=f"Code of the {name.replace('_', ' ')}; several times, or separated by commas.",
    )


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each thing that answers can be filtered by, in a fixed order."""
    for name in reversed(FILTERS):
        command = facet_option(name)(command)
    return command


def filters_of(codes: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The filters that were given among the values of :func:`filter_options`."""
    return {name: codes[name] for name in FILTERS if codes.get(name)}


def viewer_of(services: Services, login: str | None) -> Viewer:
    """On whose behalf to read: the person with a login, or without one the operator."""
    if login is None:
        return Viewer.operator()
    with services.db.read() as session:
        user = find_user(session, login)
        if user is None:
            raise AccountError("unknown-login", login=login)
        return Viewer.of(user)


def split_codes(values: tuple[str, ...]) -> tuple[str, ...]:
    """Codes out of repeated and comma-separated values, in order, each once."""
    codes = (code.strip() for value in values for code in value.split(","))
    return tuple(dict.fromkeys(code for code in codes if code))


def progress_bar() -> Progress:
    """A progress bar on standard error, so that standard output stays for results."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )


def print_json(value: object) -> None:
    """Print a value as JSON, Chinese as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
