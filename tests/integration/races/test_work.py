"""Many who want the same work, slot, document or place in the log: one gets it."""

import datetime as dt
import threading

import sqlalchemy as sa

from portal import audit, timetable
from portal.catalogue import DocumentNotFound, Viewer
from portal.catalogue.lifecycle import change_status
from portal.catalogue.slots import SlotError, fill_slot
from portal.catalogue.standing import LifeCycleError
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest import Filing, Limits, Outcome, Revision, ingest
from portal.jobs import catch_up
from portal.models import (
    Channel,
    Delivery,
    Document,
    EventKind,
    JobRun,
    Notice,
    NoticeKind,
    OutboxEntry,
    ReaderEvent,
    RequestAsker,
    Slot,
    SlotChange,
    Version,
)
from portal.notices import post
from portal.push.ledger import enqueue, send_due
from portal.push.marks import installation
from portal.push.requests import ask
from portal.push.webhook_send import send_webhooks
from portal.recommend import record_event
from portal.search import SearchRequest
from portal.services import Services
from portal.timetable import Every, NewJob
from portal.upkeep import check
from tests.conftest import Library
from tests.integration.cycle import NOW, ZONE, Cycle
from tests.integration.map_office import Office
from tests.integration.post_office import post_office
from tests.integration.races.racing import RUNNERS, count, race
from tests.integration.receiver import Receiver
from tests.integration.test_ledger import Desk, with_mail
from tests.integration.test_webhooks import Desk as WebhookDesk


def test_one_of_many_schedulers_gets_the_lease(services: Services) -> None:
    with services.db.read() as session:
        seen = timetable.current_lease(session)

    def take(own: Services, number: int) -> bool:
        with own.db.write() as session:
            return timetable.take(session, f"scheduler@{number}", seen, utcnow())

    assert sorted(race(services, take)) == [False] * (RUNNERS - 1) + [True]


def test_a_job_is_begun_once(services: Services) -> None:
    with services.db.write() as session:
        timetable.register(session, [NewJob("newest", "整理最新资料。", Every(60))], utcnow())

    def begin(own: Services, number: int) -> int | None:
        with own.db.write() as session:
            return timetable.begin(session, "newest", f"command@{number}", utcnow())

    runs = [run for run in race(services, begin) if run is not None]
    assert (len(runs), count(services.db, JobRun)) == (1, 1)


def test_the_same_bytes_become_one_document(library: Library) -> None:
    services, author = library.services, library.person("liujie")
    data = "# 网点回访\n\n专线使用正常。".encode()

    def put(own: Services, number: int) -> Outcome:
        return ingest(
            own.db,
            own.blobs,
            own.taxonomy(),
            data,
            f"回访{number}.md",
            Filing(author, publish=True),
            Limits(),
        )

    outcomes = race(services, put)
    statuses = sorted(outcome.status for outcome in outcomes)
    assert statuses == ["added"] + ["duplicate"] * (RUNNERS - 1)
    assert len({outcome.document_id for outcome in outcomes}) == 1
    assert count(services.db, Version) == 1


def test_what_comes_in_while_the_index_is_written_is_indexed(library: Library) -> None:
    services, author = library.services, library.person("liujie")

    def work(own: Services, number: int) -> None:
        if number == 0:
            with own.search.store.writing():
                indexer = own.indexer()
                indexer.prepare()
                for _ in range(20):
                    indexer.run_batch()
            return
        for turn in range(3):
            text = f"第{number}号网点第{turn}次回访记录\n\n专线使用正常。"
            Library(own).put(
                text, f"{number}-{turn}.txt", Filing(author, publish=True), index=False
            )

    race(services, work)
    catch_up(services)
    assert count(services.db, Document) == (RUNNERS - 1) * 3
    page = services.search.search(SearchRequest("网点 回访"), Viewer.operator())
    assert page.total == (RUNNERS - 1) * 3
    assert check(services) == []
    with services.db.read() as session:
        waiting = sa.select(OutboxEntry.id).where(OutboxEntry.done_at.is_(None))
        assert session.scalars(waiting).all() == []


def test_a_mail_is_asked_for_once_and_sent_once(library: Library) -> None:
    with post_office() as office:
        desk = Desk(library, 6)
        settings = with_mail(desk.settings, office.port)

        def work(own: Services, _number: int) -> None:
            with own.db.write() as session:
                for person in desk.people:
                    enqueue(session, "digest", person, Channel.MAIL, "digest", {}, desk.now)
            send_due(settings, own.db, {"digest": desk.write}, lambda: desk.now)

        race(desk.services, work)
        desk.send(settings)
        assert sorted(office.recipients) == [f"jingli{i:03}@lingnan.example" for i in range(6)]
        assert count(desk.services.db, Delivery) == 6


def test_nobody_is_told_the_same_twice(library: Library) -> None:
    people = [library.person(f"jingli{number}") for number in range(4)]

    def tell(own: Services, _number: int) -> int:
        with own.db.write() as session:
            return post(session, NoticeKind.REVIEW_DUE, people, utcnow(), key="due:1")

    assert sum(race(library.services, tell)) == 4
    assert count(library.services.db, Notice) == 4


def test_a_slot_is_filled_by_the_first(library: Library) -> None:
    office = Office(library)
    documents = [office.document(f"校园宽带资费 {number}") for number in range(RUNNERS)]
    slot = office.slot_id()

    def fill(own: Services, number: int) -> str:
        try:
            with own.db.write() as session:
                keeper = office.people["linruoxi"]
                fill_slot(session, slot, documents[number], keeper, utcnow())
        except SlotError as error:
            return error.reason
        return "filled"

    assert sorted(race(library.services, fill)) == ["changed"] * (RUNNERS - 1) + ["filled"]
    assert count(library.services.db, SlotChange) == 1
    with library.services.db.read() as session:
        assert session.get_one(Slot, slot).document_id in documents


def test_a_document_is_decided_on_once(library: Library) -> None:
    cycle = Cycle(library)
    document = cycle.draft()
    cycle.submit(document)

    def decide(own: Services, number: int) -> str:
        login, action = (("linwei", Action.PUBLISH), ("admin", Action.RETURN))[number % 2]
        try:
            with own.db.write() as session:
                viewer = cycle.viewer(login)
                change_status(session, viewer, document, action, NOW, "请补充资费依据。")
        except (LifeCycleError, DocumentNotFound):
            return ""  # decided already, or returned to where the reviewer does not read it
        return str(action)

    results = race(library.services, decide)
    decisions = [result for result in results if result]
    assert len(decisions) == 1
    assert [step for step, _status, _by in cycle.steps(document)][1:] == decisions


def test_the_audit_log_is_one_chain(services: Services) -> None:
    def act(own: Services, _number: int) -> None:
        for _ in range(5):
            with own.db.write() as session:
                audit.record(session, audit.Act.BACKED_UP)

    race(services, act)
    with services.db.read() as session:
        verdict = audit.verify(session, [])
    assert (verdict.faults, verdict.rows) == ((), RUNNERS * 5)


def test_an_installation_has_one_name(services: Services) -> None:
    assert len(set(race(services, lambda own, _: installation(own.db).value))) == 1


def test_versions_are_numbered_without_gap_or_double(library: Library) -> None:
    cycle = Cycle(library)
    document = cycle.draft()

    def revise(own: Services, number: int) -> str:
        revision = Revision(document, cycle.viewer("liujie"), "")
        filing = Filing(cycle.ids["liujie"], revision=revision)
        text = f"# 校园宽带资费\n\n第 {number} 位同事改过的资费说明。"
        return Library(own).put(text, "资费.md", filing, index=False).status

    assert race(library.services, revise) == ["added"] * RUNNERS
    with library.services.db.read() as session:
        numbers = session.scalars(
            sa.select(Version.number).where(Version.document_id == document).order_by(Version.id)
        ).all()
    assert numbers == list(range(1, RUNNERS + 2))


def test_documents_that_come_in_together_are_each_indexed_once(library: Library) -> None:
    author = library.person("liujie")

    def put(own: Services, number: int) -> int:
        text = f"第{number}号网点回访记录\n\n专线使用正常。"
        filing = Filing(author, publish=True)
        return Library(own).put(text, f"{number}.txt", filing, index=False).document_id or 0

    documents = race(library.services, put)
    assert len(set(documents)) == RUNNERS
    with library.services.db.read() as session:
        waiting = session.scalars(sa.select(OutboxEntry.document_id).order_by(OutboxEntry.id)).all()
    assert sorted(waiting) == sorted(documents)
    catch_up(library.services)
    assert check(library.services) == []


def test_a_message_to_another_system_is_sent_once(library: Library) -> None:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        desk = WebhookDesk(library)
        desk.subscribe(receiver.address)
        for number in range(6):
            desk.publish(f"第 {number} 份校园宽带资费")
        race(library.services, lambda own, _: send_webhooks(desk.settings, own.db))
        desk.send()
        receiver.shutdown()
        thread.join()
    names = [headers["webhook-id"] for headers, _body in receiver.got]
    assert (len(names), len(set(names))) == (6, 6)


def test_the_same_question_becomes_one_request_to_the_managers(library: Library) -> None:
    cycle = Cycle(library)
    askers = [cycle.viewer(login) for login in ("liujie", "zhangqi", "heping")]
    asked = SearchRequest("量子加密专线", {"industry": ("education",)})

    def wish(own: Services, number: int) -> tuple[int, bool]:
        with own.db.write() as session:
            return ask(session, askers[number % len(askers)], asked, NOW, ZONE)

    results = race(library.services, wish)
    assert len({number for number, _ in results}) == 1
    assert [is_new for _, is_new in results].count(True) == 1
    assert count(library.services.db, RequestAsker) == len(askers)


def test_a_use_counts_once_a_day_for_each_person_and_none_is_lost(library: Library) -> None:
    document = Cycle(library).draft(publish=True)
    readers = [library.person(f"jingli{number}") for number in range(RUNNERS // 2)]

    def read(own: Services, number: int) -> int:
        counted = 0
        for day in range(5):
            at = (NOW + dt.timedelta(days=day)).astimezone(ZONE)
            with own.db.write() as session:
                reader = readers[number // 2]
                counted += record_event(session, reader, document, EventKind.DOWNLOAD, at)
        return counted

    assert sum(race(library.services, read)) == len(readers) * 5
    assert count(library.services.db, ReaderEvent) == len(readers) * 5
