"""Colleagues who search, for tests of the search log."""

import datetime as dt
import itertools

import sqlalchemy as sa

from portal.ingest import Filing
from portal.models import Search, SearchOpen
from portal.search import querylog
from portal.search.querylog import Answered, Asked, Filters, Opened
from portal.search.querystatistics import (
    LogSummary,
    QueryStatistics,
    frequent_queries,
    summarise,
    unanswered_queries,
)
from portal.services import Services
from tests.conftest import Library

NOON = dt.datetime(2026, 11, 20, 4, tzinfo=dt.UTC)
MONTH = NOON - dt.timedelta(days=30)


def after(**passed: float) -> dt.datetime:
    return NOON + dt.timedelta(**passed)


class Desk:
    """Colleagues who search; each search gets a token of its own."""

    def __init__(self, library: Library) -> None:
        self.services: Services = library.services
        self.people = {login: library.person(login) for login in ("linruoxi", "zhoumin", "heping")}
        filing = Filing(author_id=self.people["heping"], keys={}, publish=True)
        self.documents = [
            library.put(f"# 资料{number}\n\n正文{number}", f"{number}.md", filing, index=False)
            for number in range(3)
        ]
        self.tokens = map("token{}".format, itertools.count())

    def search(
        self,
        text: str,
        at: dt.datetime = NOON,
        who: str = "linruoxi",
        hits: int = 8,
        filters: Filters | None = None,
        *,
        relaxed: bool = False,
        industry: str = "",
    ) -> str:
        """Ask as the results page does; return the token that its links carry."""
        person = f"user-{self.people[who]}" if who in self.people else who
        asked = Asked(person, self.people.get(who), text, filters or {}, industry)
        with self.services.db.look() as database:
            before = querylog.lately(database, asked, at)
        if before.token:
            return before.token
        token = next(self.tokens)
        answered = Answered(hits, relaxed, False, 2.5)
        with self.services.db.write() as session:
            querylog.record_search(session, token, asked, answered, before, at)
        return token

    def open(self, token: str, at: dt.datetime, document: int = 0, who: str = "linruoxi") -> bool:
        person = f"user-{self.people[who]}" if who in self.people else who
        document_id = self.documents[document].document_id
        assert document_id is not None
        with self.services.db.write() as session:
            return querylog.record_open(session, Opened(token, person, document_id, 3, 7), at)

    def finds(self) -> list[float]:
        with self.services.db.read() as session:
            found = session.scalars(
                sa.select(SearchOpen.find_seconds)
                .where(SearchOpen.find_seconds.is_not(None))
                .order_by(SearchOpen.at)
            )
            return [seconds for seconds in found if seconds is not None]

    def rows(self) -> list[Search]:
        with self.services.db.read() as session:
            return list(session.scalars(sa.select(Search).order_by(Search.id)))

    def frequent(self) -> dict[str, int]:
        with self.services.db.read() as session:
            found, _total = frequent_queries(session, MONTH, 0, 100)
        return {row.text: row.times for row in found}

    def unanswered(self, offset: int = 0, limit: int = 20) -> tuple[list[QueryStatistics], int]:
        with self.services.db.read() as session:
            return unanswered_queries(session, MONTH, offset, limit)

    def suggested(self, minimum_people: int = 2) -> list[tuple[str, int]]:
        with self.services.db.read() as session:
            return querylog.successful_queries(session, MONTH, minimum_people)

    def summary(self) -> LogSummary:
        with self.services.db.read() as session:
            return summarise(session, MONTH)
