"""The database: whole transactions, aware times, writers that wait for each other."""

import dataclasses
import datetime as dt
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from portal.db import Database, utcnow
from portal.models import JobRun, Unit
from portal.services import Services, build_services

NOON_IN_SHANGHAI = dt.datetime(2026, 9, 1, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def run_at(moment: dt.datetime) -> JobRun:
    return JobRun(
        job="newest",
        runner="test",
        started_at=moment,
        alive_at=moment,
        seconds=0.1,
        outcome="ok",
        detail="",
        counts={},
    )


def test_a_time_comes_back_aware_and_in_utc(services: Services) -> None:
    with services.db.write() as session:
        session.add(run_at(NOON_IN_SHANGHAI))
    with services.db.read() as session:
        stored = session.scalars(sa.select(JobRun.started_at)).one()
    assert stored == NOON_IN_SHANGHAI
    assert stored.tzinfo is dt.UTC
    assert utcnow().tzinfo is dt.UTC


def test_a_time_without_a_zone_is_refused(services: Services) -> None:
    session_of_writer = services.db.write()
    with session_of_writer as session:
        session.add(run_at(dt.datetime(2026, 9, 1)))  # noqa: DTZ001 - the point of the test
        with pytest.raises(sa.exc.StatementError, match="without a zone"):
            session.flush()
        session.rollback()
    with services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count(JobRun.id))) == 0


def test_an_exception_takes_everything_back(services: Services) -> None:
    def fail() -> None:
        with services.db.write() as session:
            session.add(Unit(code="linhai", zh="临海分公司", en="Linhai branch"))
            session.flush()
            raise RuntimeError("the power goes")

    with pytest.raises(RuntimeError):
        fail()
    with services.db.read() as session:
        assert session.scalar(sa.select(Unit).where(Unit.code == "linhai")) is None


def test_writers_wait_for_each_other_and_lose_nothing(services: Services) -> None:
    problems: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for turn in range(10):
                with services.db.write() as session:
                    known = session.scalar(sa.select(sa.func.count(Unit.id))) or 0
                    code = f"u{known}-{number}-{turn}"
                    session.add(Unit(code=code, zh=f"第{known}分公司", en=code))
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    with services.db.read() as session:
        names = session.scalars(sa.select(Unit.zh).where(Unit.code.like("u%-%"))).all()
    # Each writer counted what all before it had written: no two saw the same number.
    assert len(names) == len(set(names)) == 40


def test_a_reader_sees_one_state_while_a_writer_commits(services: Services) -> None:
    with services.db.read() as reader:
        before = reader.scalar(sa.select(sa.func.count(Unit.id)))
        with services.db.write() as session:
            session.add(Unit(code="linhai", zh="临海分公司", en="Linhai branch"))
        assert reader.scalar(sa.select(sa.func.count(Unit.id))) == before


def test_each_look_sees_what_was_committed_before_it(services: Services) -> None:
    asked = sa.select(sa.func.count(Unit.id))
    with services.db.look() as database:
        before = database.scalar(asked)
        with services.db.write() as session:
            session.add(Unit(code="look", zh="新单位", en="New unit"))
    with services.db.look() as database:
        assert database.scalar(asked) == (before or 0) + 1


def test_after_a_look_that_failed_the_next_one_works(services: Services) -> None:
    with pytest.raises(sa.exc.SQLAlchemyError), services.db.look() as database:
        database.execute(sa.text("SELECT nothing FROM nowhere"))
    with services.db.look() as database:
        assert database.scalar(sa.select(sa.literal(1))) == 1
    services.db.dispose()
    with services.db.look() as database:
        assert database.scalar(sa.select(sa.literal(2))) == 2


def test_only_a_database_of_sqlite_is_a_file(tmp_path: Path) -> None:
    sqlite = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    assert sqlite.file == tmp_path / "portal.db"
    sqlite.dispose()
    with pytest.raises(ValueError, match="no file"):
        _ = Database("postgresql+psycopg://portal:secret@localhost/portal_43").file


def test_the_pool_is_as_large_as_the_settings_say(settings: Settings) -> None:
    address = "postgresql+psycopg://portal@localhost/portal"
    services = build_services(dataclasses.replace(settings, database_url=address, database_pool=9))
    pool = services.db.engine.pool
    assert isinstance(pool, sa.QueuePool)
    assert pool.size() == 9


def _syncs(services: Services, *, durable: bool) -> str:
    """How a commit waits for the disk, as the database itself says."""
    question = "PRAGMA synchronous" if services.db.is_sqlite else "SHOW synchronous_commit"
    with services.db.write(durable=durable) as session:
        return str(session.connection().exec_driver_sql(question).scalar())


def test_only_what_nobody_was_promised_commits_without_waiting_for_the_disk(
    services: Services,
) -> None:
    waits = _syncs(services, durable=True)
    assert _syncs(services, durable=False) == ("1" if services.db.is_sqlite else "off")
    assert _syncs(services, durable=True) == waits
    if services.db.is_sqlite:
        assert waits == "2"


def test_whoever_keeps_others_from_writing_for_long_stands_in_the_log(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("portal.db.LONG_WRITE_SECONDS", 3600.0)
    with services.db.write() as session:
        session.add(Unit(code="linhai", zh="临海分公司", en="Linhai branch"))
    assert "write lock" not in caplog.text
    monkeypatch.setattr("portal.db.LONG_WRITE_SECONDS", 0.0)
    with services.db.write() as session:
        session.add(Unit(code="yunshan", zh="云山分公司", en="Yunshan branch"))
    this = f"{__name__}.test_whoever_keeps_others_from_writing_for_long_stands_in_the_log"
    assert f"{this} held the write lock for" in caplog.text
