"""What answers leave behind is written by one thread, and all of it before a worker ends."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.models import ReaderEvent, Search
from portal.web import afterwards
from tests.web.stock import Stock
from tests.web.visitor import Visitor

pytestmark = pytest.mark.database


@pytest.fixture
def worker(office: Stock) -> Iterator[Flask]:
    """The application as a web worker has it."""
    app = create_app(office.services.settings, office.services)
    afterwards.begin(app)
    yield app
    afterwards.end(app)


def asked(office: Stock) -> list[str]:
    with office.services.db.read() as session:
        return list(session.scalars(sa.select(Search.text).order_by(Search.id)))


def test_everything_is_written_when_the_worker_ends(office: Stock, worker: Flask) -> None:
    visitor = Visitor(worker).sign_in("linruoxi")
    for text in ("校园", "资费", "组网"):
        assert visitor.get(f"/search?q={text}").status == 200
    assert visitor.get(f"/documents/{office.ids['平安校园建议书.docx']}").status == 200
    afterwards.end(worker)
    assert asked(office) == ["校园", "资费", "组网"]
    with office.services.db.read() as session:
        assert session.scalar(sa.select(sa.func.count(ReaderEvent.id))) == 1


def test_a_page_does_not_wait_for_whoever_writes(office: Stock, worker: Flask) -> None:
    visitor = Visitor(worker).sign_in("linruoxi")
    with office.services.db.write():
        assert visitor.get("/search?q=校园").status == 200
        assert asked(office) == []
    afterwards.end(worker)
    assert asked(office) == ["校园"]


def test_what_fails_takes_nothing_else_with_it(
    office: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(session: Session) -> None:
        session.execute(sa.text("SELECT '绝密' FROM nowhere"))

    def rename(number: int, name: str) -> afterwards.Write:
        change = sa.update(Search).where(Search.id == number).values(text=name)
        return lambda session: session.execute(change)

    visitor = Visitor(create_app(office.services.settings, office.services)).sign_in("linruoxi")
    for text in ("校园", "资费"):
        visitor.get(f"/search?q={text}")
    afterwards.write_all(office.services.db, [rename(1, "园区"), fail, rename(2, "价格")])
    assert asked(office) == ["园区", "价格"]
    assert caplog.text.count("the trace of a request was not written: ") == 1
    assert "绝密" not in caplog.text


def test_nobody_waits_twice_for_a_database_that_is_locked(
    office: Stock, caplog: pytest.LogCaptureFixture
) -> None:
    tried = []

    def locked(session: Session) -> None:
        tried.append(session)
        raise sa.exc.OperationalError("", {}, Exception("database is locked"))

    afterwards.write_all(office.services.db, [locked, locked, locked])
    assert len(tried) == 1
    assert caplog.text.count("the trace of a request was not written: ") == 1
