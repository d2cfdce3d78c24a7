"""`make check` beyond lint and types: migrations current; translations, rules and docs complete."""

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from config import Settings
from portal.app import create_app
from portal.db import Database
from portal.languages import TRADITIONAL, Tongue
from portal.migrate import differences, upgrade
from portal.services import build_services
from portal.web.access import RULES
from tools import catalogues
from tools.reference import PAGES, ROOT

TRANSLATIONS = ROOT / "portal" / "web" / "translations"


def migrations() -> list[str]:
    """What a migrated database lacks or has too much beside the models."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{folder}/check.db")
        upgrade(db)
        found = differences(db)
        db.dispose()
    return [f"migrations: {item}" for item in found]


def translations() -> list[str]:
    """Interface texts without an English translation, and translations of no text."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    used = {
        message if isinstance(message, str) else message[0]
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT,
            methods,
            options,
            keywords={"_": None, "gettext": None, "ngettext": (1, 2), "lazy_gettext": None},
        )
    }
    with (TRANSLATIONS / "en" / "LC_MESSAGES" / "messages.po").open("rb") as po:
        catalogue = read_po(po, locale="en")
    known: dict[str, bool] = {}
    for entry in catalogue:
        key = entry.id if isinstance(entry.id, str) else entry.id[0]
        texts = [entry.string] if isinstance(entry.string, str) else list(entry.string or ())
        known[key] = all(texts) and not entry.fuzzy
    missing = [f"translations: no English for {text!r}" for text in sorted(used - set(known))]
    empty = [
        f"translations: unfinished {text!r}" for text in sorted(used) if not known.get(text, True)
    ]
    stale = [f"translations: unused {text!r}" for text in sorted(set(known) - used - {""})]
    return missing + empty + stale


def traditional() -> list[str]:
    """Interface texts whose Traditional Chinese is missing from the catalogue made at install."""
    with catalogues.source().open("rb") as po:
        made = catalogues.traditional_catalogue(read_po(po, locale="en"))
    spoken = Tongue(TRADITIONAL)
    return [
        f"translations: no Traditional Chinese for {message.id!r}, run `make setup`"
        for message in made
        if message.id and spoken.catalogue.gettext(_first(message.id)) != _first(message.string)
    ]


def _first(forms: str | list[str] | tuple[str, ...] | None) -> str:
    return forms if isinstance(forms, str) else (forms or ("",))[0]


def routes() -> list[str]:
    """Pages without a rule who may ask for them, and rules for no page."""
    with tempfile.TemporaryDirectory() as folder:
        services = build_services(Settings(data_dir=Path(folder), demo=True))
        app = create_app(services.settings, services)
        services.db.dispose()
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    where = "portal/web/access.py"
    missing = [f"routes: {each} has no rule in {where}" for each in sorted(endpoints - set(RULES))]
    return missing + [f"routes: {where} names {each}" for each in sorted(set(RULES) - endpoints)]


def generated_docs() -> list[str]:
    """Reference pages that no longer say what the code does."""
    return [
        f"docs: {path.name} is out of date, run `make docs`"
        for path, make in PAGES.items()
        if not path.exists() or path.read_text(encoding="utf-8") != make()
    ]


def links() -> list[str]:
    """Relative links in the documentation that lead nowhere."""
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "samples").glob("*.md")]
    return [
        f"docs: {page.relative_to(ROOT)} links to {target}, which does not exist"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)[^):\s]*\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]


def twins() -> list[str]:
    """A README in one language that lacks a section, or a command, that the other has."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")]
    sections = [len(re.findall(r"^## ", text, re.MULTILINE)) for text in texts]
    blocks = [re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL) for text in texts]
    commands = [
        [line.split("#")[0].strip() for block in found for line in block.splitlines()]
        for found in blocks
    ]
    problems = []
    if sections[0] != sections[1]:
        problems.append(f"docs: README.md has {sections[0]} sections, its twin {sections[1]}")
    if commands[0] != commands[1]:
        problems.append("docs: README.md and README.zh-CN.md show different commands")
    return problems


def decisions() -> list[str]:
    """Decision pages that their index does not list."""
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    return [
        f"docs: decisions/README.md does not list {page.name}"
        for page in sorted(folder.glob("[0-9]*.md"))
        if page.name not in index
    ]


CHECKS: tuple[Callable[[], list[str]], ...] = (
    migrations,
    translations,
    traditional,
    routes,
    generated_docs,
    links,
    twins,
    decisions,
)


def main() -> int:
    """Run every check, print what is wrong, and return the exit code."""
    problems = [problem for check in CHECKS for problem in check()]
    for problem in problems:
        sys.stdout.write(problem + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
