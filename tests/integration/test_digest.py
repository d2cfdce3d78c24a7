"""The nightly digest: what is chosen and why, silence, re-runs, and what reaches the person."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from config import Settings
from portal.ingest import Filing
from portal.models import (
    Channel,
    Delivery,
    DeliveryState,
    DigestIssue,
    DigestItem,
    Document,
    EventKind,
    KnowledgeRequest,
    ReaderEvent,
    Role,
    Slot,
    Status,
    TaxonomyTerm,
    User,
    UserIndustry,
    Visibility,
)
from portal.notices.settings import DIGEST, choose
from portal.push.digest import Made, NotYet, make_digests
from portal.push.digest_pages import issue_on, mark_read, page_of, page_path
from portal.push.digest_types import Issue, Task, Why
from portal.push.ledger import Sent, send_due
from portal.push.letters import WRITERS
from portal.services import Services
from tests.conftest import Library
from tests.integration.post_office import PostOffice, post_office

DAY = dt.date(2026, 11, 22)
NIGHT = dt.datetime(2026, 11, 21, 18, 0, tzinfo=dt.UTC)  # 02:00 in Shanghai on the 22nd


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


class Office:
    """林薇 keeps education and healthcare; 唐莉 writes; nothing but what a test puts is due."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.services: Services = library.services
        self.linwei = library.person("linwei", Role.INDUSTRY_MANAGER, name="林薇")
        self.tangli = library.person("tangli", Role.PRODUCT_MANAGER, name="唐莉")
        self.join(self.linwei, "education", "healthcare")
        with self.services.db.write() as session:
            session.get_one(User, self.linwei).email = "linwei@lingnan.example"
            session.execute(sa.update(Slot).values(retired_at=NIGHT))

    def join(self, user_id: int, *industries: str) -> None:
        with self.services.db.write() as session:
            session.execute(sa.delete(UserIndustry).where(UserIndustry.user_id == user_id))
            terms = session.scalars(
                sa.select(TaxonomyTerm.id).where(
                    TaxonomyTerm.facet == "industry", TaxonomyTerm.code.in_(industries)
                )
            )
            session.add_all(UserIndustry(user_id=user_id, term_id=each) for each in terms)

    def put(
        self,
        title: str,
        industry: str = "education",
        days: float = 1,
        author: int | None = None,
        visibility: Visibility = Visibility.EVERYONE,
    ) -> int:
        filing = Filing(
            author_id=author or self.tangli,
            keys={"industry": (industry,), "kind": ("proposal",)},
            publish=True,
            visibility=visibility,
            title=title,
            published_at=NIGHT - dt.timedelta(days=days),
        )
        text = f"# {title}\n\n{title}的正文，编号 {title}-{days}。\n"
        outcome = self.library.put(text, f"{title}.md", filing, index=False)
        assert outcome.document_id is not None, outcome
        with self.services.db.write() as session:
            session.get_one(Document, outcome.document_id).review_due_at = None
        return outcome.document_id

    def read(self, document: int, *people: int, days: float = 2) -> None:
        at = NIGHT - dt.timedelta(days=days)
        with self.services.db.write() as session:
            session.add_all(
                ReaderEvent(
                    document_id=document, user_id=each, kind=EventKind.VIEW, day=at.date(), at=at
                )
                for each in people
            )

    def make(self, day: dt.date = DAY, now: dt.datetime | None = None) -> Made:
        moment = NIGHT + (day - DAY)
        return make_digests(self.services, day, now=now or moment)

    def issue(self, day: dt.date = DAY) -> Issue:
        with self.services.db.read() as session:
            found = issue_on(session, self.linwei, day)
        assert found is not None
        return found

    def titles(self, day: dt.date = DAY) -> list[str]:
        return [each.document.title for each in self.issue(day).items]

    def page(self, day: dt.date = DAY) -> Path:
        return page_path(self.services.settings, day, "linwei")

    def wants_mail(self) -> None:
        with self.services.db.write() as session:
            choose(session, self.linwei, DIGEST, Channel.MAIL, True)

    def send(self, settings: Settings) -> Sent:
        return send_due(settings, self.services.db, WRITERS, lambda: NIGHT)


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def with_mail(office: Office, post: PostOffice) -> Settings:
    """Switch mail on for the whole office, and return its settings."""
    settings = dataclasses.replace(
        office.services.settings,
        smtp_host="127.0.0.1",
        smtp_port=post.port,
        smtp_from="portal@lingnan.example",
        base_url="https://portal.lingnan.example",
        secret_key="只在测试里使用的一把足够长的密钥，不会出现在别的任何地方。",
    )
    office.services = dataclasses.replace(office.services, settings=settings)
    return settings


def test_a_digest_holds_what_is_new_in_ones_own_industries_with_the_reason(office: Office) -> None:
    office.put("平安校园建议书", "education", days=1)
    office.put("云影像建议书", "healthcare", days=3)
    office.put("网点专线建议书", "finance")
    assert office.make() == Made(made=1)
    assert office.titles() == ["平安校园建议书", "云影像建议书"]
    assert [each.item.why for each in office.issue().items] == [Why.NEW, Why.NEW]
    page = office.page().read_text(encoding="utf-8")
    assert "教育新资料，1 天前发布" in page
    assert "医疗卫生新资料，3 天前发布" in page
    assert "style=" not in page
    assert "<script" not in page


def test_what_colleagues_read_counts_and_the_number_is_true(office: Office) -> None:
    people = [office.library.person(f"tongshi{number}") for number in range(4)]
    for person in people:
        office.join(person, "education")
    old = office.put("去年的智慧课堂方案", days=200)
    office.read(old, *people)
    office.read(old, people[0], days=3)
    office.make()
    (item,) = office.issue().items
    assert (item.item.why, item.item.data["readers"]) == (Why.HOT, 4)
    assert "教育的 4 位同事这一周读过" in office.page().read_text(encoding="utf-8")


def test_at_most_five_and_none_twice(office: Office) -> None:
    for number in range(8):
        office.put(f"校园方案第{number}号", days=1 + number / 10)
    office.make()
    first = office.titles()
    assert len(first) == 5
    office.make(DAY + dt.timedelta(days=1))
    # What is left is older than the last digest, and so no longer new.
    with office.services.db.read() as session:
        shown = session.scalars(sa.select(DigestItem.document_id)).all()
    assert len(shown) == len(set(shown))


def test_what_one_wrote_or_has_read_is_no_news(office: Office) -> None:
    office.put("自己写的方案", author=office.linwei)
    office.read(office.put("昨天读过的方案"), office.linwei, days=0.5)
    assert office.make() == Made(silent=1)


def test_nothing_to_say_makes_no_page_and_no_mail(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    assert office.make() == Made(silent=1)
    assert not office.page().exists()
    assert office.send(settings) == Sent()


def test_the_same_night_again_changes_nothing(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    office.put("平安校园建议书")
    office.make()
    before = office.page().stat().st_mtime_ns, office.page().read_bytes()
    office.send(settings)
    office.put("晚到的建议书", days=0.1)
    assert office.make() == Made(kept=1)
    assert office.send(settings) == Sent()
    assert (office.page().stat().st_mtime_ns, office.page().read_bytes()) == before
    assert len(mail.mails) == 1


def test_what_waits_is_listed_and_not_repeated_every_night(office: Office) -> None:
    waiting = office.put("等审核的方案", days=0.1)
    with office.services.db.write() as session:
        document = session.get_one(Document, waiting)
        document.status, document.reviewer_id = Status.IN_REVIEW, office.linwei
        session.add(
            KnowledgeRequest(
                asker_id=office.tangli,
                text="校园 量子 通信",
                folded="校园 量子 通信",
                filters={},
                industry="education",
                state="open",
                due_on=DAY - dt.timedelta(days=1),
                created_at=NIGHT - dt.timedelta(days=9),
                answer_text="",
            )
        )
    office.make()
    assert [(each.task, each.count, each.late) for each in office.issue().due] == [
        (Task.REVIEWS, 1, 0),
        (Task.REQUESTS, 1, 1),
    ]
    assert "1 份资料等您审核" in office.page().read_text(encoding="utf-8")
    assert office.make(DAY + dt.timedelta(days=1)) == Made(silent=1)
    assert office.make(DAY + dt.timedelta(days=7)) == Made(made=1)


def test_after_three_unread_issues_there_is_one_line(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    for number in range(4):
        day = DAY + dt.timedelta(days=number)
        office.put(f"第{number}天的方案", days=0.5 - number)
        office.make(day)
    last = DAY + dt.timedelta(days=3)
    assert [office.issue(DAY + dt.timedelta(days=n)).is_short for n in range(4)] == [
        False,
        False,
        False,
        True,
    ]
    assert "只有一行" in office.page(last).read_text(encoding="utf-8")
    send_due(settings, office.services.db, WRITERS, lambda: NIGHT + dt.timedelta(days=3))
    assert "第3天的方案" not in mail.mails[-1].as_string()
    with office.services.db.write() as session:
        issue = session.scalars(sa.select(DigestIssue).order_by(DigestIssue.day.desc())).first()
        assert issue is not None
        mark_read(session, issue.id, NIGHT + dt.timedelta(days=3))
    office.put("第4天的方案", days=-3.5)
    office.make(DAY + dt.timedelta(days=4))
    # The next one is whole again, with what the line had only counted.
    assert set(office.titles(DAY + dt.timedelta(days=4))) == {"第3天的方案", "第4天的方案"}


def test_a_document_withdrawn_before_sending_is_in_no_mail_and_on_no_page(
    office: Office, mail: PostOffice
) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    gone = office.put("撤下的方案")
    office.put("留下的方案")
    office.make()
    with office.services.db.write() as session:
        session.get_one(Document, gone).status = Status.ARCHIVED
    office.send(settings)
    (message,) = mail.mails
    parts = [part.get_content() for part in message.iter_parts()]
    assert all("撤下的方案" not in part and "留下的方案" in part for part in parts)
    with office.services.db.read() as session:
        issue = office.issue()
        page = page_of(settings, session, issue, office.services.taxonomy())
    assert issue.gone == 1
    assert "撤下的方案" not in page
    assert "有 1 份资料后来撤下" in page


def test_when_everything_was_withdrawn_nothing_is_sent(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    document = office.put("撤下的方案")
    office.make()
    with office.services.db.write() as session:
        session.get_one(Document, document).visibility = Visibility.AUTHOR
    assert office.send(settings) == Sent(withdrawn=1)
    assert mail.mails == []


def test_what_a_manager_may_not_read_is_not_chosen(office: Office) -> None:
    office.put("云澜内部底价", visibility=Visibility.AUTHOR)
    assert office.make() == Made(silent=1)


def test_whose_industries_change_that_night_gets_the_new_ones(office: Office) -> None:
    office.put("平安校园建议书", "education")
    office.put("网点专线建议书", "finance")
    office.join(office.linwei, "finance")
    office.make()
    assert office.titles() == ["网点专线建议书"]
    # Made is made: a change afterwards alters nothing that was delivered.
    office.join(office.linwei, "education")
    assert office.make() == Made(kept=1)
    assert office.titles() == ["网点专线建议书"]
    office.join(office.linwei)
    assert office.make(DAY + dt.timedelta(days=1)) == Made()


def test_the_mail_is_for_those_who_asked(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.put("平安校园建议书")
    office.make()
    assert office.send(settings) == Sent()
    office.wants_mail()
    office.put("第二份建议书", days=-0.5)
    office.make(DAY + dt.timedelta(days=1))
    with office.services.db.write() as session:
        choose(session, office.linwei, DIGEST, Channel.MAIL, False)
    # Stopped between making and sending.
    later = send_due(settings, office.services.db, WRITERS, lambda: NIGHT + dt.timedelta(days=1))
    assert (later, mail.mails) == (Sent(withdrawn=1), [])


def test_the_mail_reads_well_and_can_be_stopped_from_within(
    office: Office, mail: PostOffice
) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    office.put("<script>alert(1)</script>平安校园\u202e建议书 🎓")
    office.make()
    office.send(settings)
    (message,) = mail.mails
    assert message["To"] == "linwei@lingnan.example"
    assert message["Subject"] == "11月22日简报：1 份值得一看的资料"
    plain, html = (part.get_content() for part in message.iter_parts())
    for part in (plain, html):
        assert "平安校园建议书 🎓" in part
        assert "alert(" not in part
        assert "https://portal.lingnan.example/documents/" in part
    stop = message["List-Unsubscribe"].strip("<>")
    assert stop.startswith("https://portal.lingnan.example/unsubscribe/")
    assert stop in html.replace("&amp;", "&")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_no_mail_server_still_makes_pages(office: Office) -> None:
    office.wants_mail()
    office.put("平安校园建议书")
    assert office.make() == Made(made=1)
    assert office.page().exists()
    with office.services.db.read() as session:
        assert session.scalars(sa.select(Delivery)).all() == []


def test_a_page_left_by_a_run_that_died_is_written_anew(office: Office) -> None:
    office.put("平安校园建议书")
    office.page().parent.mkdir(parents=True)
    office.page().write_text("写了一半", encoding="utf-8")
    office.make()
    assert "平安校园建议书" in office.page().read_text(encoding="utf-8")
    assert [each.name for each in office.page().parent.iterdir()] == ["linwei.html"]


@pytest.mark.parametrize("login", ["../../etc/passwd", "..", "林薇", "a/b\\c", "长" * 64, "CON."])
def test_any_login_is_one_file_in_its_folder(settings: Settings, login: str) -> None:
    path = page_path(settings, DAY, login)
    assert path.resolve().parent == (settings.data_dir / "digests/2026/11/2026-11-22").resolve()
    assert len(path.name.encode()) < 255


def test_a_day_to_come_and_a_stranger_are_refused(office: Office) -> None:
    with pytest.raises(NotYet):
        office.make(DAY + dt.timedelta(days=1), now=NIGHT)
    with pytest.raises(LookupError):
        make_digests(office.services, DAY, login="tangli", now=NIGHT)
    with pytest.raises(LookupError):
        make_digests(office.services, DAY, login="nobody", now=NIGHT)


def test_a_past_day_holds_nothing_from_after_it(office: Office) -> None:
    office.put("前天的方案", days=2)
    office.put("今天的方案", days=-0.3)
    make_digests(office.services, DAY - dt.timedelta(days=1), now=NIGHT + dt.timedelta(days=2))
    assert office.titles(DAY - dt.timedelta(days=1)) == ["前天的方案"]


def test_states_of_deliveries_are_what_the_ledger_says(office: Office, mail: PostOffice) -> None:
    settings = with_mail(office, mail)
    office.wants_mail()
    office.put("平安校园建议书")
    office.make()
    office.send(settings)
    with office.services.db.read() as session:
        (row,) = session.scalars(sa.select(Delivery))
    assert (row.state, row.key, row.attempts) == (DeliveryState.SENT, "digest-2026-11-22", 1)
