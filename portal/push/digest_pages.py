"""Digests as pages: files that are kept, and what a person sees of them later."""

import datetime as dt
import functools
import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.catalogue import Taxonomy, Viewer, documents_for
from portal.languages import Tongue, tongue
from portal.models import DigestIssue, Status, User
from portal.push.digest_reasons import due_words, why_sentence
from portal.push.digest_types import Content, Issue, ShownItem
from portal.push.sanitise import one_line
from portal.text.language import language_tag

_LONGEST_FILE_NAME = 100


@dataclass(frozen=True, slots=True)
class IssueLine:
    """A digest in the archive: its day, whether it was read, how much it held."""

    day: dt.date
    is_read: bool
    items: int
    due: int


def digests_dir(settings: Settings) -> Path:
    """Where the pages are kept, by year, month and day."""
    return settings.data_dir / "digests"


def page_path(settings: Settings, day: dt.date, login: str) -> Path:
    """The file of one person's digest; whatever the login holds, it is one file name."""
    name = quote(login, safe="")
    if len(name) > _LONGEST_FILE_NAME:
        digest = hashlib.sha256(login.encode()).hexdigest()[:16]
        name = f"{name[:_LONGEST_FILE_NAME]}-{digest}"
    return digests_dir(settings) / f"{day:%Y}" / f"{day:%m}" / f"{day}" / f"{name}.html"


def write_page(path: Path, page: str) -> None:
    """Write a page whole or not at all, also when the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".page-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def shown(
    session: Session,
    user_id: int,
    day: dt.date,
    content: Content,
    is_short: bool,
    issue_id: int = 0,
) -> Issue:
    """A digest with the documents that the person may read at this moment."""
    person = session.get_one(User, user_id)
    ids = [item.document_id for item in content.items]
    found = documents_for(session, Viewer.of(person), ids) if ids else {}
    items = tuple(
        ShownItem(found[each.document_id], each)
        for each in content.items
        if each.document_id in found and found[each.document_id].status == Status.PUBLISHED
    )
    gone = len(ids) - len(items)
    return Issue(issue_id, user_id, person.name, day, is_short, items, content.due, gone)


def issue_on(session: Session, user_id: int, day: dt.date) -> Issue | None:
    """A person's digest of a day with what may be read of it now, or ``None``."""
    row = session.scalar(
        sa.select(DigestIssue).where(DigestIssue.user_id == user_id, DigestIssue.day == day)
    )
    if row is None:
        return None
    return shown(session, user_id, row.day, Content.from_json(row.content), row.is_short, row.id)


def line_on(session: Session, user_id: int, day: dt.date) -> IssueLine | None:
    """A person's digest of a day as its line in the archive, or ``None``."""
    row = session.scalar(
        sa.select(DigestIssue).where(DigestIssue.user_id == user_id, DigestIssue.day == day)
    )
    return _line(row) if row is not None else None


def page_of(settings: Settings, session: Session, issue: Issue, taxonomy: Taxonomy) -> str:
    """The page of an issue: the file that was kept, unless something in it may not be read now."""
    person = session.get_one(User, issue.user_id)
    kept = page_path(settings, issue.day, person.login)
    if not issue.gone and kept.exists():
        return kept.read_text(encoding="utf-8")
    return render_page(issue, taxonomy, tongue(person.language))


def mark_read(session: Session, issue_id: int, now: dt.datetime) -> None:
    """Note that the person has opened a digest."""
    row = session.get(DigestIssue, issue_id)
    if row is not None and row.read_at is None:
        row.read_at = now


def archive(session: Session, user_id: int) -> dict[str, list[IssueLine]]:
    """A person's digests by month (``2026-11``), the latest first."""
    months: dict[str, list[IssueLine]] = {}
    for row in session.scalars(
        sa.select(DigestIssue)
        .where(DigestIssue.user_id == user_id)
        .order_by(DigestIssue.day.desc())
    ):
        months.setdefault(f"{row.day:%Y-%m}", []).append(_line(row))
    return months


def _line(row: DigestIssue) -> IssueLine:
    content = Content.from_json(row.content)
    return IssueLine(row.day, row.read_at is not None, len(content.items), len(content.due))


def render_page(issue: Issue, taxonomy: Taxonomy, spoken: Tongue) -> str:
    """The page as it is kept; it names the portal's stylesheets and holds no style of its own."""
    page = templates(spoken).get_template("digest.html")
    return page.render(digest_words(issue, taxonomy, spoken))


def digest_words(issue: Issue, taxonomy: Taxonomy, spoken: Tongue) -> Mapping[str, object]:
    """What the templates of page and mail need."""
    return {
        "issue": issue,
        "day": spoken.day(issue.day, "long"),
        "weekday": spoken.weekday(issue.day),
        "items": [
            {
                "url": f"/documents/{each.document.id}",
                "title": one_line(each.document.title),
                "language": language_tag(each.document.title),
                "why": why_sentence(each.item, taxonomy, spoken),
                "meta": _meta(each, taxonomy, spoken),
            }
            for each in issue.items
        ],
        "due": [due_words(each, taxonomy, spoken) for each in issue.due],
        "summary": summary_line(issue, spoken),
    }


def summary_line(issue: Issue, spoken: Tongue) -> str:
    """The digest in one line: how much is new and how much waits."""
    count = len(issue.items)
    tasks = sum(each.count for each in issue.due)
    items = spoken.ngettext("%(num)s 份值得一看的资料", "%(num)s 份值得一看的资料", count)
    waiting = spoken.ngettext("%(num)s 件待办", "%(num)s 件待办", tasks)
    if count and tasks:
        return spoken.gettext("%(items)s，%(tasks)s", items=items, tasks=waiting)
    if count or tasks:
        return items if count else waiting
    return spoken.gettext("没有新内容")


@functools.cache
def templates(spoken: Tongue) -> jinja2.Environment:
    """The templates of what leaves the portal, in one language; everything in them is escaped."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("portal.push"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(spoken.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.globals["tag"] = spoken.language.tag
    return made


def _meta(each: ShownItem, taxonomy: Taxonomy, spoken: Tongue) -> str:
    document, code = each.document, spoken.language.code
    kinds = [taxonomy.name("kind", kind, code) for kind in document.keys.get("kind", ())]
    unit = spoken.name(document.unit_zh, document.unit_en)
    return one_line(" · ".join((*kinds, unit, document.author)))
