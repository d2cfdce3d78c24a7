"""Write the reference pages that are made from the code: settings and commands."""

import json
from dataclasses import fields
from pathlib import Path

import click

from config import PREFIX, Settings
from portal.cli.main import cli

ROOT = Path(__file__).resolve().parent.parent
_MADE = "<!-- Made by `make docs` from the code; change it there. -->\n"


def settings_page() -> str:
    """docs/settings.md: every setting with its default and meaning."""
    rows = []
    for item in fields(Settings):
        default = "./data" if item.name == "data_dir" else _shown(item.default)
        shown = f"`{default}`" if default else "none"
        rows.append(f"| `{PREFIX}{item.name.upper()}` | {shown} | {item.metadata['help']} |")
    return (
        f"{_MADE}# Settings\n\n"
        "All settings are environment variables, read once when a process starts. An unknown\n"
        "`PORTAL_*` variable or a malformed value is an error that names the variable.\n\n"
        "| variable | default | meaning |\n| --- | --- | --- |\n" + "\n".join(rows) + "\n"
    )


def _shown(default: object) -> str:
    if isinstance(default, tuple):
        return json.dumps(dict(default), ensure_ascii=False) if default else ""
    return str(default)


def commands_page() -> str:
    """docs/commands.md: the help of every command."""
    parts = [f"{_MADE}# Commands\n"]
    parts += [f"## {path}\n\n```text\n{text}\n```\n" for path, text in _helps(cli, "portal", None)]
    return "\n".join(parts)


def _helps(
    command: click.Command, name: str, parent: click.Context | None
) -> list[tuple[str, str]]:
    context = click.Context(
        command, info_name=name, parent=parent, terminal_width=90, max_content_width=90
    )
    found = [(context.command_path, command.get_help(context))]
    if isinstance(command, click.Group):
        for sub_name, sub in sorted(command.commands.items()):
            found += _helps(sub, sub_name, context)
    return found


PAGES = {
    ROOT / "docs" / "settings.md": settings_page,
    ROOT / "docs" / "commands.md": commands_page,
}


if __name__ == "__main__":
    for path, make in PAGES.items():
        path.write_text(make(), encoding="utf-8")
