"""Documents of two industries, and colleagues who read them."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.models import (
    EventKind,
    Role,
    TaxonomyTerm,
    User,
)
from portal.recommend import (
    Item,
    Lists,
    Refreshed,
    lists_for,
    record_event,
    refresh_hottest,
    refresh_newest,
    refresh_recommended,
)
from tests.conftest import Library

NOW = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
EDUCATION, HEALTH = "education", "healthcare"


class Office:
    """Documents of two industries, an author, and colleagues who read."""

    def __init__(self, library: Library) -> None:
        self.library, self.services = library, library.services
        self.author = self.person("linruoxi", EDUCATION, Role.INDUSTRY_MANAGER)
        self.campus = [
            self.put(f"校园方案{number}", EDUCATION, "solution", "proposal")
            for number in range(1, 6)
        ]
        self.clinic = [
            self.put(f"医院案例{number}", HEALTH, "visit", "case") for number in range(1, 4)
        ]

    def person(self, login: str, industry: str = "", role: Role = Role.ACCOUNT_MANAGER) -> int:
        number = self.library.person(login, role)
        if industry:
            with self.services.db.write() as session:
                term = sa.select(TaxonomyTerm).where(TaxonomyTerm.code == industry)
                person = session.get_one(User, number)
                person.industries.append(session.scalars(term).one())
        return number

    def put(self, title: str, industry: str, stage: str, kind: str, **filed: object) -> int:
        filing = Filing(
            author_id=self.author,
            keys={"industry": (industry,), "stage": (stage,), "kind": (kind,)},
            publish=True,
            title=title,
            published_at=NOW - 30 * DAY,
            **filed,  # type: ignore[arg-type]
        )
        outcome = self.library.put(
            f"# {title}\n\n{title}的正文", f"{title}.md", filing, index=False
        )
        assert outcome.document_id is not None, outcome
        return outcome.document_id

    def use(self, reader: int, *documents: int, at: dt.datetime = NOW) -> None:
        with self.services.db.write() as session:
            for place, document in enumerate(documents):
                moment = at + dt.timedelta(minutes=place)
                record_event(session, reader, document, EventKind.VIEW, moment)

    def refresh(
        self, now: dt.datetime = NOW + dt.timedelta(hours=1), alike: Sequence[int] = ()
    ) -> Refreshed:
        refresh_newest(self.services.db)
        refresh_hottest(self.services.db, now)
        return refresh_recommended(self.services.db, lambda _document: alike, now)

    def lists(self, reader: int, industry: str = "") -> Lists:
        with self.services.db.read() as session:
            return lists_for(session, Viewer.of(session.get_one(User, reader)), industry, 20)

    def recommended(self, reader: int) -> dict[int, Item]:
        return {item.document.id: item for item in self.lists(reader).recommended}
