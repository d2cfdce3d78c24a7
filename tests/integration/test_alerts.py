"""Saved searches and requests: each match is told once, to whom it concerns, and to nobody else."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from portal.catalogue import DocumentNotFound, Viewer
from portal.db import utcnow
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.models import (
    Channel,
    Document,
    KnowledgeRequest,
    Notice,
    NoticeKind,
    OutboxEntry,
    Role,
    Status,
    TaxonomyTerm,
    Unit,
    User,
    UserIndustry,
    Visibility,
)
from portal.notices.settings import choose
from portal.push.alerts import LONGEST_PAUSE, Alerted, run_alerts
from portal.push.ledger import send_due
from portal.push.letters import WRITERS
from portal.push.request_views import request_for, requests_for
from portal.push.requests import RequestError, answer, ask, close
from portal.push.saved import MOST_EACH, SavedSearchError, Ways, save_search, saved_searches
from portal.search import SearchRequest, querylog
from portal.search.querylog import Answered, Asked, Lately
from tests.conftest import Library
from tests.integration.post_office import PostOffice, post_office

KEY = "只在测试里使用的一把足够长的密钥，不会出现在别的任何地方。"
AT_ONCE = Ways(at_once=True)


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


class Office:
    """周敏 of Yunlan saves searches, 林薇 keeps education, 唐莉 of the headquarters writes."""

    def __init__(self, library: Library) -> None:
        self.library, self.services = library, library.services
        self.zhoumin = library.person("zhoumin", unit="yunlan", name="周敏")
        self.heping = library.person("heping", unit="nanyu", name="何平")
        self.linwei = library.person("linwei", Role.INDUSTRY_MANAGER, name="林薇")
        self.tangli = library.person("tangli", Role.PRODUCT_MANAGER, name="唐莉")
        self.admin = library.person("admin", Role.ADMINISTRATOR, name="管理员")
        for person in (self.linwei, self.zhoumin):
            self.join(person, "education")
        catch_up(self.services)

    def join(self, user_id: int, industry: str) -> None:
        with self.services.db.write() as session:
            term = session.scalars(
                sa.select(TaxonomyTerm.id).where(
                    TaxonomyTerm.facet == "industry", TaxonomyTerm.code == industry
                )
            ).one()
            session.add(UserIndustry(user_id=user_id, term_id=term))

    def viewer(self, user_id: int) -> Viewer:
        with self.services.db.read() as session:
            return Viewer.of(session.get_one(User, user_id))

    def put(
        self,
        text: str,
        *,
        visibility: Visibility = Visibility.EVERYONE,
        publish: bool = True,
        author: int | None = None,
        industry: str = "education",
    ) -> int:
        filing = Filing(
            author_id=author or self.tangli,
            keys={"industry": (industry,)},
            publish=publish,
            visibility=visibility,
        )
        outcome = self.library.put(f"# {text}\n\n{text}。\n", f"{text}.md", filing)
        assert outcome.document_id is not None, outcome
        return outcome.document_id

    def change(self, document_id: int, **values: object) -> None:
        with self.services.db.write() as session:
            chosen = sa.update(Document).where(Document.id == document_id)
            session.execute(chosen.values(**values))
            session.add(OutboxEntry(document_id=document_id, created_at=utcnow()))
        catch_up(self.services)

    def save(self, text: str, ways: Ways = AT_ONCE, who: int | None = None, **filters: str) -> int:
        asked = SearchRequest(text, {name: (code,) for name, code in filters.items()})
        viewer = self.viewer(who or self.zhoumin)
        with self.services.db.write() as session:
            search = self.services.search
            return save_search(session, search, KEY, viewer, "", asked, ways, utcnow())

    def run(self) -> Alerted:
        return run_alerts(self.services, utcnow())

    def told(self, who: int, kind: NoticeKind = NoticeKind.ALERT) -> list[int | None]:
        with self.services.db.read() as session:
            return list(
                session.scalars(
                    sa.select(Notice.document_id)
                    .where(Notice.user_id == who, Notice.kind == kind)
                    .order_by(Notice.id)
                )
            )

    def search_in_vain(self, who: int, text: str) -> None:
        asked = Asked(f"user-{who}", who, text, {})
        token = f"t{who}-{abs(hash(text)) % 10**9}"[:16]
        with self.services.db.write() as session:
            answered, now = Answered(0, False, False, 2.0), utcnow()
            querylog.record_search(session, token, asked, answered, Lately(), now)

    def ask(self, text: str, who: int | None = None) -> int:
        with self.services.db.write() as session:
            viewer = self.viewer(who or self.zhoumin)
            zone = self.services.settings.timezone
            return ask(session, viewer, SearchRequest(text), utcnow(), zone)[0]


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_a_new_match_is_told_once_and_what_was_there_is_no_news(office: Office) -> None:
    office.put("校园宽带资费旧表")
    office.save("校园宽带")
    office.run()
    assert office.told(office.zhoumin) == []
    new = office.put("校园宽带资费新表")
    office.put("云影像专线方案")
    assert office.run().notices == 1
    assert office.run().notices == 0
    office.change(new, title="校园宽带资费新表（修订）")
    office.run()
    assert office.told(office.zhoumin) == [new]


def test_filters_count_and_the_best_of_a_bad_lot_is_no_match(office: Office) -> None:
    office.save("校园宽带", industry="education")
    office.run()
    office.put("校园网络方案")  # has one of the words
    office.put("校园宽带说明", industry="finance")
    office.run()
    assert office.told(office.zhoumin) == []


def test_filters_alone_are_a_search(office: Office) -> None:
    office.save("", industry="education")
    office.run()
    new = office.put("智慧课堂手册")
    office.run()
    assert office.told(office.zhoumin) == [new]


def test_publication_and_permission_given_later_count_as_new(office: Office) -> None:
    draft = office.put("量子专线方案甲", publish=False)
    hidden = office.put("量子专线方案乙", visibility=Visibility.AUTHOR)
    office.save("量子专线")
    office.run()
    assert office.told(office.zhoumin) == []
    office.change(draft, status=Status.PUBLISHED, published_at=utcnow())
    office.run()
    assert office.told(office.zhoumin) == [draft]
    office.change(hidden, visibility=Visibility.EVERYONE)
    office.run()
    assert office.told(office.zhoumin) == [draft, hidden]


def test_a_person_who_moves_to_another_unit_learns_what_that_opens(office: Office) -> None:
    inside = office.put("省公司内部底价", visibility=Visibility.UNIT)
    office.save("内部底价")
    office.run()
    assert office.told(office.zhoumin) == []
    with office.services.db.write() as session:
        hq = session.scalars(sa.select(Unit.id).where(Unit.code == "hq")).one()
        session.get_one(User, office.zhoumin).unit_id = hq
    office.run()
    assert office.told(office.zhoumin) == [inside]


def test_what_may_not_be_read_is_told_to_nobody(office: Office) -> None:
    office.save("底价授权")
    office.save("底价授权", who=office.linwei)
    office.run()
    secret = office.put("底价授权说明", visibility=Visibility.UNIT)
    office.run()
    assert office.told(office.zhoumin) == []
    assert office.told(office.linwei) == [secret]


def test_after_a_long_pause_nothing_is_missed(office: Office) -> None:
    office.save("校园宽带")
    office.run()
    new = office.put("校园宽带资费新表")
    with office.services.db.write() as session:
        session.execute(sa.delete(OutboxEntry))
    run_alerts(office.services, utcnow() + LONGEST_PAUSE + dt.timedelta(minutes=1))
    assert office.told(office.zhoumin) == [new]


def test_many_matches_at_once_are_one_notice(office: Office) -> None:
    office.save("巡检记录")
    office.run()
    for number in range(5):
        office.put(f"机房巡检记录{number}")
    found = office.run()
    assert (found.searches, found.matches, found.notices) == (1, 5, 1)
    assert office.told(office.zhoumin) == [None]


def test_ones_own_document_is_no_news(office: Office) -> None:
    office.save("客户回访")
    office.run()
    office.put("客户回访话术", author=office.zhoumin)
    office.run()
    assert office.told(office.zhoumin) == []


def test_matches_come_by_mail_without_what_was_withdrawn(office: Office, mail: PostOffice) -> None:
    settings = dataclasses.replace(
        office.services.settings,
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_from="portal@lingnan.example",
        secret_key=KEY,
    )
    office.services = dataclasses.replace(office.services, settings=settings)
    with office.services.db.write() as session:
        session.get_one(User, office.zhoumin).email = "zhoumin@lingnan.example"
    office.save("校园宽带", Ways(by_mail=True))
    office.run()
    office.put("校园宽带新资费")
    gone = office.put("校园宽带撤下的")
    office.run()
    office.change(gone, status=Status.ARCHIVED)
    for _ in range(2):
        send_due(settings, office.services.db, WRITERS)
    (message,) = mail.mails
    assert message["Subject"] == "“校园宽带”有 1 份新资料"
    with office.services.db.write() as session:
        choose(
            session, office.zhoumin, NoticeKind.ALERT, Channel.MAIL, False
        )  # the mail's own link
    office.put("校园宽带再一份")
    office.run()
    assert send_due(settings, office.services.db, WRITERS).withdrawn == 1
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "校园宽带新资费" in plain.get_content()
    assert "撤下" not in message.as_string()


def test_a_search_that_cannot_be_asked_any_more_stops_nobody_elses(office: Office) -> None:
    broken = office.save("校园宽带", industry="education")
    with office.services.db.write() as session:
        saved = sa.text("UPDATE saved_searches SET filters = :filters WHERE id = :id")
        session.execute(saved, {"filters": '{"industry": ["gone"]}', "id": broken})
    office.save("校园宽带", who=office.heping)
    office.run()
    new = office.put("校园宽带资费新表")
    office.run()
    assert office.told(office.zhoumin) == []
    assert office.told(office.heping) == [new]


def test_there_is_a_bound_and_nothing_empty_is_kept(office: Office) -> None:
    for number in range(MOST_EACH):
        office.save(f"第{number}个搜索")
    for text, reason in (("又一个", "many"), ("", "empty")):
        with pytest.raises(SavedSearchError) as refused:
            office.save(text)
        assert refused.value.reason == reason
    with office.services.db.read() as session:
        assert len(saved_searches(session, office.zhoumin)) == MOST_EACH


def test_a_request_goes_to_the_industrys_manager_with_a_due_date(office: Office) -> None:
    number = office.ask("校园 量子 通信")
    with office.services.db.read() as session:
        row = session.get_one(KnowledgeRequest, number)
    days = [row.created_at.date() + dt.timedelta(days=n) for n in range(1, 12)]
    assert row.industry == "education"
    assert row.due_on in days
    assert row.due_on.weekday() < 5
    assert office.told(office.linwei, NoticeKind.REQUEST_ASKED) == [None]
    assert office.told(office.admin, NoticeKind.REQUEST_ASKED) == []


def test_without_a_manager_administrators_are_asked(office: Office) -> None:
    office.ask("农业 遥感", who=office.heping)
    assert office.told(office.linwei, NoticeKind.REQUEST_ASKED) == []
    assert office.told(office.admin, NoticeKind.REQUEST_ASKED) == [None]


def test_the_same_request_is_joined(office: Office) -> None:
    office.join(office.heping, "education")
    first = office.ask("校园 量子 通信")
    assert office.ask("校园  量子 通信", who=office.heping) == first
    with office.services.db.read() as session:
        viewer = office.viewer(office.linwei)
        (view,) = requests_for(session, viewer, dt.date(2026, 11, 22), "asked-of-me")
    assert view.askers == 2
    assert len(office.told(office.linwei, NoticeKind.REQUEST_ASKED)) == 1


def test_everyone_who_searched_in_vain_is_told_of_the_answer(office: Office) -> None:
    office.search_in_vain(office.heping, "校园 量子  通信")
    office.search_in_vain(office.tangli, "别的问题")
    number = office.ask("校园 量子 通信")
    document = office.put("校园量子通信方案")
    with office.services.db.write() as session:
        viewer = office.viewer(office.linwei)
        assert answer(session, viewer, number, utcnow(), document_id=document) == 2
    for who in (office.zhoumin, office.heping):
        assert office.told(who, NoticeKind.REQUEST_ANSWERED) == [document]
    assert office.told(office.tangli, NoticeKind.REQUEST_ANSWERED) == []
    with office.services.db.write() as session, pytest.raises(RequestError):
        answer(session, office.viewer(office.linwei), number, utcnow(), text="又一次")


def test_an_answer_in_words_reaches_the_asker(office: Office) -> None:
    number = office.ask("校园 量子 通信")
    with office.services.db.write() as session:
        words = "目前没有这个产品，可以先看专线方案。"
        answer(session, office.viewer(office.linwei), number, utcnow(), text=words)
    with office.services.db.read() as session:
        day = dt.date(2026, 11, 22)
        view = request_for(session, office.viewer(office.zhoumin), number, day)
        with pytest.raises(DocumentNotFound):
            request_for(session, office.viewer(office.tangli), number, day)
    assert view.answer_text == words
    assert office.told(office.zhoumin, NoticeKind.REQUEST_ANSWERED) == [None]


def test_an_answer_that_the_asker_may_not_read_is_refused(office: Office) -> None:
    number = office.ask("校园 量子 通信")
    inside = office.put("校园量子通信内部资料", visibility=Visibility.UNIT)
    with office.services.db.write() as session, pytest.raises(RequestError) as refused:
        answer(session, office.viewer(office.linwei), number, utcnow(), document_id=inside)
    assert refused.value.reason == "unreadable"


def test_only_those_who_were_asked_answer(office: Office) -> None:
    number = office.ask("校园 量子 通信")
    for who in (office.zhoumin, office.heping, office.tangli):
        with office.services.db.write() as session, pytest.raises(DocumentNotFound):
            answer(session, office.viewer(who), number, utcnow(), text="我来")
    with office.services.db.write() as session:
        assert not close(session, office.viewer(office.heping), number, utcnow())
        assert close(session, office.viewer(office.zhoumin), number, utcnow())


def test_a_document_that_makes_the_question_succeed_is_proposed(office: Office) -> None:
    office.run()
    number = office.ask("校园 量子 通信")
    office.put("校园量子通信内部资料", visibility=Visibility.UNIT)
    office.put("校园网络说明")
    assert office.run().proposed == 0
    document = office.put("校园量子通信方案")
    assert office.run().proposed == 1
    assert office.run().proposed == 0
    with office.services.db.read() as session:
        viewer = office.viewer(office.linwei)
        view = request_for(session, viewer, number, dt.date(2026, 11, 22))
    assert view.proposed is not None
    assert view.proposed.id == document
    assert office.told(office.linwei, NoticeKind.REQUEST_ASKED) == [None, document]
