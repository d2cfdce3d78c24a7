"""Options and output that several commands share."""

import json
from collections.abc import Callable
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from config import Settings
from portal.migrate import require_current
from portal.services import Services, build_services

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def open_services() -> Services:
    """The services on a database that this release can use; raises where it is not migrated."""
    services = build_services(Settings.from_env())
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
