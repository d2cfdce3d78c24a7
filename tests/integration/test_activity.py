"""Reader events and the hotness they make, in a real database."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from portal.catalogue.activity import hotness
from portal.ingest import Filing
from portal.models import ErasedReading, EventKind, ReaderEvent
from portal.recommend import record_event, refused_events
from portal.recommend.activity import mend_hotness
from portal.recommend.hot import count_at
from portal.services import Services
from tests.conftest import Library

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


class Shelf:
    """Two documents by one author, and colleagues who read."""

    def __init__(self, library: Library) -> None:
        self.library = library
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
        # The same minute, the same day, and day after day; tests/unit has all ten thousand.
        for number in range(300):
            at = NOON + dt.timedelta(minutes=max(number - 200, 0) * 720 + number)
            record_event(session, shelf.readers[0], shelf.tariff, EventKind.VIEW, at)
    for reader in shelf.readers[1:]:
        shelf.use(shelf.case, reader, at=at)
    counts = shelf.counts(at)
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


def test_a_favourite_and_an_application_weigh_more_than_reading(shelf: Shelf) -> None:
    shelf.use(shelf.tariff, shelf.readers[0], EventKind.FAVOURITE)
    shelf.use(shelf.tariff, shelf.readers[1], EventKind.APPLY)
    shelf.use(shelf.tariff, shelf.readers[2], EventKind.SEARCH_OPEN)
    assert shelf.counts() == {shelf.tariff: pytest.approx(8)}
    assert events(shelf.services) == 3


def test_an_event_of_what_one_may_not_read_is_refused_and_kept_for_the_administrators(
    shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    filing = Filing(author_id=shelf.author, keys={}, publish=False)
    draft = shelf.library.put("# 草稿\n\n还没写完", "草稿.md", filing, index=False).document_id
    assert not shelf.use(draft, shelf.readers[0])
    assert not shelf.use(2_000_000_000, shelf.readers[0])
    assert not shelf.use(shelf.tariff, 2_000_000_000)
    assert shelf.counts() == {}
    assert caplog.text.count("refused") == 3
    with shelf.services.db.read() as session:
        assert refused_events(session, NOON - dt.timedelta(days=1)) == 3
        assert refused_events(session, NOON + dt.timedelta(days=1)) == 0


def test_what_was_erased_today_does_not_count_again_today(shelf: Shelf) -> None:
    assert shelf.tariff is not None
    shelf.use(shelf.tariff, shelf.readers[0])
    with shelf.services.db.write() as session:
        session.execute(sa.delete(ReaderEvent))
        session.add(
            ErasedReading(
                user_id=shelf.readers[0],
                document_id=shelf.tariff,
                kind=EventKind.VIEW,
                day=NOON.date(),
            )
        )
    assert not shelf.use(shelf.tariff, shelf.readers[0])
    assert shelf.use(shelf.tariff, shelf.readers[0], at=NOON + dt.timedelta(days=1))


def test_a_clock_that_ran_ahead_is_mended(shelf: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    shelf.use(shelf.tariff, shelf.readers[0], at=NOON + dt.timedelta(days=3650))
    shelf.use(shelf.case, shelf.readers[0])
    shelf.use(shelf.case, shelf.readers[1])
    with shelf.services.db.write() as session:
        assert mend_hotness(session, NOON) == 1
        assert mend_hotness(session, NOON) == 0
    assert "a clock ran ahead" in caplog.text
    assert shelf.counts() == {shelf.tariff: pytest.approx(1), shelf.case: pytest.approx(2)}


def test_a_clock_that_is_put_back_neither_counts_twice_nor_fails(shelf: Shelf) -> None:
    assert shelf.use(shelf.tariff, shelf.readers[0])
    assert shelf.use(shelf.tariff, shelf.readers[0], at=NOON - dt.timedelta(days=400))
    assert shelf.counts() == {shelf.tariff: pytest.approx(1)}


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
