"""Reader events and the hotness they make, in a real database."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from portal.catalogue.activity import hotness
from portal.ingest import Filing
from portal.models import EventKind, ReaderEvent
from portal.recommend import record_event
from portal.recommend.hot import count_at
from portal.services import Services
from tests.conftest import Library

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Shelf:
    """Two documents by one author, and colleagues who read."""

    def __init__(self, library: Library) -> None:
        self.services = library.services
        self.author = library.person("linruoxi")
        self.readers = [library.person(f"reader{number}") for number in range(4)]
        filing = Filing(author_id=self.author, keys={}, publish=True)
        self.tariff, self.case = (
            library.put(f"# {title}\n\n{title}正文", f"{title}.md", filing, index=False).document_id
            for title in ("校园宽带资费", "医院专线案例")
        )

    def use(
        self,
        document: int | None,
        reader: int,
        kind: EventKind = EventKind.VIEW,
        at: dt.datetime = NOON,
    ) -> bool:
        assert document is not None
        with self.services.db.write() as session:
            return record_event(session, reader, document, kind, at)

    def counts(self, now: dt.datetime = NOON) -> dict[int, float]:
        with self.services.db.read() as session:
            return {key: count_at(hot, now) for key, hot in hotness(session).items()}


@pytest.fixture
def shelf(library: Library) -> Shelf:
    return Shelf(library)


def test_a_document_that_nobody_used_has_no_hotness(shelf: Shelf) -> None:
    assert shelf.counts() == {}


def test_readers_count_and_downloads_count_double(shelf: Shelf) -> None:
    shelf.use(shelf.tariff, shelf.readers[0])
    shelf.use(shelf.tariff, shelf.readers[1], EventKind.DOWNLOAD)
    assert shelf.counts() == {shelf.tariff: pytest.approx(3)}


def test_one_person_clicking_ten_thousand_times_moves_less_than_three_colleagues_once(
    shelf: Shelf,
) -> None:
    assert shelf.tariff is not None
    with shelf.services.db.write() as session:
        for second in range(10_000):
            at = NOON + dt.timedelta(seconds=second)
            record_event(session, shelf.readers[0], shelf.tariff, EventKind.VIEW, at)
    for reader in shelf.readers[1:]:
        shelf.use(shelf.case, reader)
    counts = shelf.counts()
    assert counts[shelf.tariff] == pytest.approx(1)
    assert counts[shelf.case or 0] == pytest.approx(3)


def test_the_next_day_the_same_reader_counts_again(shelf: Shelf) -> None:
    evening = NOON.replace(hour=23, minute=59)
    assert shelf.use(shelf.tariff, shelf.readers[0], at=evening)
    assert not shelf.use(shelf.tariff, shelf.readers[0], at=NOON)
    assert shelf.use(shelf.tariff, shelf.readers[0], at=evening + dt.timedelta(minutes=1))


def test_the_day_is_the_one_of_the_portals_time_zone(shelf: Shelf) -> None:
    before_work = NOON.replace(hour=7)
    assert shelf.use(shelf.tariff, shelf.readers[0], at=before_work)
    # In UTC this is another day, for the colleague it is the same morning.
    assert not shelf.use(shelf.tariff, shelf.readers[0], at=before_work.replace(hour=9))


def test_ones_own_documents_count_nothing(shelf: Shelf) -> None:
    assert not shelf.use(shelf.tariff, shelf.author)
    assert not shelf.use(shelf.tariff, shelf.author, EventKind.DOWNLOAD)
    assert shelf.counts() == {}


def test_a_document_that_has_gone_counts_nothing(shelf: Shelf) -> None:
    assert not shelf.use(2_000_000_000, shelf.readers[0])


def test_readers_at_the_same_moment_are_all_counted(shelf: Shelf) -> None:
    with ThreadPoolExecutor(8) as pool:
        uses = [shelf.readers[number % 4] for number in range(32)]
        counted = list(pool.map(lambda reader: shelf.use(shelf.tariff, reader), uses))
    assert sum(counted) == 4
    assert shelf.counts() == {shelf.tariff: pytest.approx(4)}


def test_the_event_and_the_hotness_are_one_transaction(shelf: Shelf) -> None:
    assert shelf.tariff is not None
    with shelf.services.db.write() as session:
        assert record_event(session, shelf.readers[0], shelf.tariff, EventKind.VIEW, NOON)
        session.rollback()
    assert shelf.counts() == {}
    assert events(shelf.services) == 0


def events(services: Services) -> int:
    with services.db.read() as session:
        return session.scalar(sa.select(sa.func.count(ReaderEvent.id))) or 0
