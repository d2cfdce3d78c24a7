"""The demonstration: invented colleagues and the sample library."""

import datetime as dt
import json
from pathlib import Path

import sqlalchemy as sa
from rich.progress import Progress

from portal.accounts import add_user, find_user
from portal.db import utcnow
from portal.demo_map import fill_map
from portal.ingest import Filing, Limits, Outcome, ingest_files
from portal.ingest.bulk import Found
from portal.models import FACETS, Document, Role, User, Visibility
from portal.services import Services

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
DEMO_PASSWORD = "portal-demo-2026"  # noqa: S105 - printed for every newcomer, never on a real system

_IM, _AM, _PM = Role.INDUSTRY_MANAGER, Role.ACCOUNT_MANAGER, Role.PRODUCT_MANAGER
_USERS: tuple[tuple[str, str, Role, str, tuple[str, ...]], ...] = (
    ("admin", "系统管理员", Role.ADMINISTRATOR, "hq", ()),
    ("linwei", "林薇", _IM, "hq", ("education", "healthcare")),
    ("chenhao", "陈浩", _IM, "hq", ("government", "public-safety")),
    ("zhoumin", "周敏", _IM, "hq", ("finance", "commerce")),
    ("wuqiang", "吴强", _IM, "hq", ("transport", "manufacturing", "agriculture")),
    ("liujie", "刘洁", _AM, "yunlan", ("education", "government")),
    ("huangtao", "黄涛", _AM, "qingpu", ("manufacturing", "transport")),
    ("xujing", "徐静", _AM, "donglu", ("healthcare", "finance")),
    ("heping", "何平", _AM, "nanyu", ("agriculture", "commerce")),
    ("tangli", "唐莉", _PM, "hq", ()),
    ("sunbo", "孙波", _PM, "hq", ()),
    ("guoyan", "郭岩", _PM, "hq", ()),
    ("fangrui", "方蕊", Role.BUSINESS_MANAGER, "hq", ()),
)
_SHOWN = {
    "admin": "系统管理员",
    "linwei": "林薇，省公司行业经理（教育、医疗卫生）",
    "liujie": "刘洁，云澜分公司客户经理",
    "tangli": "唐莉，省公司产品经理",
    "fangrui": "方蕊，综合业务经理",
}


def demo_logins() -> list[tuple[str, str]]:
    """A login for each role, and who it is."""
    return list(_SHOWN.items())


def has_demo_users(services: Services) -> bool:
    """Whether the database holds demo accounts."""
    with services.db.read() as session:
        return session.scalar(sa.select(User.id).where(User.is_demo).limit(1)) is not None


def add_demo_users(services: Services) -> None:
    """Add the demo accounts that are missing."""
    for login, name, role, unit, industries in _USERS:
        with services.db.read() as session:
            known = find_user(session, login) is not None
        if known:
            continue
        with services.db.write() as session:
            add_user(
                session,
                login=login,
                name=name,
                role=role,
                unit=unit,
                industries=industries,
                password=DEMO_PASSWORD,
                is_demo=True,
            )


def load_samples(services: Services, progress: Progress) -> list[Outcome]:
    """Take in the sample library if the portal holds no document; return what became of each."""
    with services.db.read() as session:
        if session.scalar(sa.select(Document.id).limit(1)) is not None:
            return []
        authors = {user.login: user.id for user in session.scalars(sa.select(User))}
    entries = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
    filings = {SAMPLES / entry["path"]: _filing(entry, authors) for entry in entries}
    task = progress.add_task("Loading samples", total=len(filings))
    outcomes = []
    for outcome in ingest_files(
        services.db,
        services.blobs,
        services.taxonomy(),
        [Found(path) for path in filings],
        lambda path: filings[path],
        Limits(),
    ):
        outcomes.append(outcome)
        progress.advance(task)
    _mark_templates(services, entries, outcomes)
    fill_map(services.db, services.taxonomy(), utcnow())
    return outcomes


def _mark_templates(
    services: Services, entries: list[dict[str, object]], outcomes: list[Outcome]
) -> None:
    marked = [
        outcome.document_id
        for entry, outcome in zip(entries, outcomes, strict=True)
        if entry.get("template")
    ]
    with services.db.write() as session:
        session.execute(sa.update(Document).where(Document.id.in_(marked)).values(is_template=True))


def _filing(entry: dict[str, object], authors: dict[str, int]) -> Filing:
    def codes(value: object) -> tuple[str, ...]:
        return (value,) if isinstance(value, str) else tuple(value)  # type: ignore[arg-type]

    published = dt.datetime.fromisoformat(f"{entry['published']}T01:00:00+00:00")
    return Filing(
        author_id=authors[str(entry["author"])],
        keys={facet: codes(entry[facet]) for facet in FACETS},
        publish=True,
        visibility=Visibility(str(entry["visibility"])),
        title=str(entry["title"]),
        published_at=published,
    )
