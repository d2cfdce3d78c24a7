"""Favourites, votes, comments, uses and problems, and who is told of them, in a real database."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.catalogue import DocumentNotFound, Viewer
from portal.catalogue.applications import record_use, remove_use, uses_of
from portal.catalogue.comments import (
    Said,
    add_comment,
    comment_texts,
    delete_comment,
    edit_comment,
    talk_about,
)
from portal.catalogue.opinions import favourites_for, opinions_of, set_favourite, vote
from portal.catalogue.problems import answer_problem, problems_for, problems_of, report_problem
from portal.catalogue.social import NotYours, colleagues_like
from portal.ingest import Filing
from portal.models import Document, Notice, Role, UseOutcome, User, Visibility
from tests.conftest import Library

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Office:
    """Two documents, one of them for its unit alone, and five colleagues."""

    def __init__(self, library: Library) -> None:
        self.db = library.services.db
        self.author = library.person("linruoxi", name="林若溪", role=Role.INDUSTRY_MANAGER)
        self.near = library.person("zhoumin", name="周敏")
        self.far = library.person("heping", name="何平", unit="yunlan")
        self.twin = library.person("zhoumin2", name="周敏", unit="yunlan")
        self.admin = library.person("guanliyuan", name="管理员", role=Role.ADMINISTRATOR)
        open_to_all = Filing(author_id=self.author, keys={}, publish=True)
        own_unit = Filing(author_id=self.author, keys={}, publish=True, visibility=Visibility.UNIT)
        self.tariff = self._put(library, "校园宽带资费", open_to_all)
        self.floor = self._put(library, "专线底价授权", own_unit)

    def _put(self, library: Library, title: str, filing: Filing) -> int:
        number = library.put(f"# {title}\n\n正文", f"{title}.md", filing, index=False).document_id
        assert number is not None
        return number

    def viewer(self, user_id: int) -> Viewer:
        with self.db.read() as session:
            return Viewer.of(session.get_one(User, user_id))

    def say(
        self, user_id: int, text: str, document: int | None = None, at: dt.datetime = NOW
    ) -> Said:
        with self.db.write() as session:
            return add_comment(session, self.viewer(user_id), document or self.tariff, text, at)

    def told(self) -> set[tuple[int, str]]:
        """Who was told what kind of thing."""
        with self.db.read() as session:
            rows = session.execute(sa.select(Notice.user_id, Notice.kind))
            return {(row.user_id, row.kind) for row in rows}

    def hide(self, document: int) -> None:
        with self.db.write() as session:
            session.execute(
                sa.update(Document)
                .where(Document.id == document)
                .values(visibility=Visibility.AUTHOR)
            )


@pytest.fixture
def office(library: Library) -> Office:
    return Office(library)


def test_a_favourite_is_kept_once_and_listed_newest_first(office: Office) -> None:
    viewer = office.viewer(office.near)
    with office.db.write() as session:
        assert set_favourite(session, viewer, office.floor, True, NOW)
        assert set_favourite(session, viewer, office.tariff, True, NOW + MINUTE)
        assert not set_favourite(session, viewer, office.tariff, True, NOW + 2 * MINUTE)
    with office.db.read() as session:
        kept = favourites_for(session, viewer)
        assert [item.document.id for item in kept] == [office.tariff, office.floor]
        assert opinions_of(session, viewer, office.tariff).favourites == 1


def test_a_favourite_that_was_withdrawn_is_not_listed(office: Office) -> None:
    viewer = office.viewer(office.near)
    with office.db.write() as session:
        set_favourite(session, viewer, office.tariff, True, NOW)
    office.hide(office.tariff)
    with office.db.read() as session:
        assert favourites_for(session, viewer) == []


def test_a_vote_can_be_changed_and_taken_back(office: Office) -> None:
    viewer = office.viewer(office.near)
    seen = []
    for choice in (True, False, None):
        with office.db.write() as session:
            vote(session, viewer, office.tariff, choice, NOW)
        with office.db.read() as session:
            now = opinions_of(session, viewer, office.tariff)
            seen.append((now.useful, now.not_useful, now.my_vote))
    assert seen == [(1, 0, True), (0, 1, False), (0, 0, None)]


@pytest.mark.parametrize("who", ["far", "twin"])
def test_nobody_touches_a_document_that_is_not_for_them(office: Office, who: str) -> None:
    viewer = office.viewer(getattr(office, who))
    with office.db.write() as session:
        for attempt in (
            lambda: set_favourite(session, viewer, office.floor, True, NOW),
            lambda: vote(session, viewer, office.floor, True, NOW),
            lambda: add_comment(session, viewer, office.floor, "底价多少？", NOW),
            lambda: record_use(session, viewer, office.floor, "一中", UseOutcome.WON, "", NOW),
            lambda: report_problem(session, viewer, office.floor, "过期", NOW),
        ):
            with pytest.raises(DocumentNotFound):
                attempt()
    assert office.told() == set()


def test_the_author_is_told_of_a_comment_and_the_writer_is_not(office: Office) -> None:
    office.say(office.near, "第二页的价格能再低一点吗？")
    assert office.told() == {(office.author, "comment")}


def test_those_who_took_part_are_told_how_the_talk_goes_on(office: Office) -> None:
    office.say(office.near, "宿舍套餐包含电视吗？")
    office.say(office.author, "不包含。", at=NOW + MINUTE)
    assert office.told() == {(office.author, "comment"), (office.near, "comment")}


def test_a_colleague_who_is_called_is_told_that_and_nothing_else(office: Office) -> None:
    said = office.say(office.near, "@linruoxi 请看，@何平也看看")
    assert said.unheard == ()
    assert office.told() == {(office.author, "mention"), (office.far, "mention")}


def test_all_who_share_a_name_are_meant(office: Office) -> None:
    office.say(office.author, "请@周敏跟进")
    assert office.told() == {(office.near, "mention"), (office.twin, "mention")}


def test_a_call_reaches_only_those_who_may_read(office: Office) -> None:
    said = office.say(office.near, "@何平 @linruoxi @张三 底价改了", office.floor)
    assert set(said.unheard) == {"何平", "张三"}
    assert office.told() == {(office.author, "mention")}
    with office.db.read() as session:
        (comment,) = talk_about(session, office.viewer(office.near), office.floor).comments
    assert [part.text for part in comment.parts if part.is_call] == ["@linruoxi"]


def test_who_took_part_but_may_no_longer_read_is_not_told(office: Office) -> None:
    office.say(office.far, "我们分公司能用吗？")
    with office.db.write() as session:
        session.execute(
            sa.update(Document)
            .where(Document.id == office.tariff)
            .values(visibility=Visibility.UNIT)
        )
    office.say(office.near, "可以用。", at=NOW + MINUTE)
    assert (office.far, "comment") not in office.told()


def test_a_double_click_is_one_comment(office: Office) -> None:
    first, second = office.say(office.near, "收到"), office.say(office.near, "收到 ")
    later = office.say(office.near, "收到", at=NOW + 5 * MINUTE)
    assert first.comment_id == second.comment_id != later.comment_id


def test_only_its_writer_edits_a_comment_and_the_newly_called_are_told(office: Office) -> None:
    said = office.say(office.near, "请@何平看")
    with office.db.write() as session:
        with pytest.raises(NotYours):
            edit_comment(session, office.viewer(office.far), said.comment_id, "改掉", NOW)
        edit_comment(
            session, office.viewer(office.near), said.comment_id, "请@何平和 @linruoxi 看", NOW
        )
    assert (office.author, "mention") in office.told()
    with office.db.read() as session:
        count = sa.select(sa.func.count(Notice.id)).where(Notice.user_id == office.far)
        assert session.scalar(count) == 1


def test_a_deleted_comments_words_are_gone(office: Office) -> None:
    own, other = office.say(office.near, "说错了"), office.say(office.near, "广告")
    with office.db.write() as session:
        with pytest.raises(NotYours):
            delete_comment(session, office.viewer(office.author), own.comment_id, NOW)
        delete_comment(session, office.viewer(office.near), own.comment_id, NOW)
        delete_comment(session, office.viewer(office.admin), other.comment_id, NOW)
        with pytest.raises(DocumentNotFound):
            delete_comment(session, office.viewer(office.near), own.comment_id, NOW)
    with office.db.read() as session:
        talk = talk_about(session, office.viewer(office.author), office.tariff)
        assert [(item.text, item.is_removed) for item in talk.comments] == [("", True)]
        assert comment_texts(session, {own.comment_id, other.comment_id}) == {}


def test_a_long_talk_shows_its_latest_hundred_or_all(office: Office) -> None:
    for number in range(103):
        office.say(office.near, f"第 {number} 条", at=NOW + number * MINUTE)
    with office.db.read() as session:
        latest = talk_about(session, office.viewer(office.near), office.tariff)
        whole = talk_about(session, office.viewer(office.near), office.tariff, whole=True)
    assert (latest.total, len(latest.comments), latest.comments[0].text) == (103, 100, "第 3 条")
    assert [item.text for item in whole.comments] == [f"第 {number} 条" for number in range(103)]


def test_a_use_is_noted_once_for_each_customer_and_its_author_is_told(office: Office) -> None:
    viewer = office.viewer(office.near)
    with office.db.write() as session:
        first = record_use(session, viewer, office.tariff, "云澜 一中", UseOutcome.ONGOING, "", NOW)
        again = record_use(
            session, viewer, office.tariff, " 云澜  一中", UseOutcome.WON, "签了三年", NOW + MINUTE
        )
        record_use(session, viewer, office.tariff, "云澜二中", UseOutcome.LOST, "", NOW)
    assert first == again
    with office.db.read() as session:
        uses = uses_of(session, viewer, office.tariff)
    assert {(use.customer, use.outcome) for use in uses.latest} == {
        ("云澜 一中", UseOutcome.WON),
        ("云澜二中", UseOutcome.LOST),
    }
    assert (uses.total, uses.count.won) == (2, 1)
    assert office.told() == {(office.author, "applied")}


def test_only_its_person_or_an_administrator_takes_a_use_back(office: Office) -> None:
    with office.db.write() as session:
        use = record_use(
            session, office.viewer(office.near), office.tariff, "一中", UseOutcome.WON, "", NOW
        )
        with pytest.raises(NotYours):
            remove_use(session, office.viewer(office.author), use)
        assert remove_use(session, office.viewer(office.admin), use) == office.tariff
    with office.db.read() as session:
        assert uses_of(session, office.viewer(office.near), office.tariff).latest == ()


def test_a_problem_goes_to_the_author_and_the_administrators_and_back(office: Office) -> None:
    viewer, text = office.viewer(office.near), "第 3 页价格旧了"
    with office.db.write() as session:
        number = report_problem(session, viewer, office.tariff, text, NOW)
        assert number == report_problem(session, viewer, office.tariff, text, NOW)
    assert office.told() == {(who, "problem-reported") for who in (office.author, office.admin)}
    with office.db.write() as session:
        with pytest.raises(NotYours):
            answer_problem(session, office.viewer(office.far), number, "没有", NOW)
        answer_problem(session, office.viewer(office.author), number, "已更新", NOW + MINUTE)
        answer_problem(session, office.viewer(office.admin), number, "再答一次", NOW + MINUTE)
    assert (office.near, "problem-answered") in office.told()
    with office.db.read() as session:
        (problem,) = problems_of(session, office.viewer(office.near), office.tariff).shown
    assert (problem.answer, problem.closed_by, problem.may_answer) == ("已更新", "林若溪", False)


def test_the_steward_answers_where_there_is_one(office: Office) -> None:
    with office.db.write() as session:
        session.get_one(Document, office.tariff).steward_id = office.far
        number = report_problem(session, office.viewer(office.near), office.tariff, "打不开", NOW)
        with pytest.raises(NotYours):
            answer_problem(session, office.viewer(office.author), number, "能打开", NOW)
    assert office.told() == {(who, "problem-reported") for who in (office.far, office.admin)}
    with office.db.read() as session:
        listed = problems_for(session, office.viewer(office.far), is_open=True)
        assert [item.problem.may_answer for item in listed] == [True]


def test_others_learn_only_that_a_problem_is_open(office: Office) -> None:
    with office.db.write() as session:
        report_problem(session, office.viewer(office.near), office.tariff, "客户投诉了", NOW)
    with office.db.read() as session:
        seen = problems_of(session, office.viewer(office.far), office.tariff)
        assert (seen.shown, seen.open) == ((), 1)
        assert problems_for(session, office.viewer(office.far), is_open=True) == []
        assert len(problems_for(session, office.viewer(office.near), is_open=True)) == 1


def test_only_colleagues_who_may_read_are_offered_for_a_call(office: Office) -> None:
    with office.db.read() as session:
        viewer = office.viewer(office.author)
        everyone = colleagues_like(session, viewer, office.tariff, "周")
        assert colleagues_like(session, viewer, office.tariff, "ZHOU") == everyone
        unit = colleagues_like(session, viewer, office.floor, "周")
        assert colleagues_like(session, viewer, office.tariff, "zhou%") == ()
        assert colleagues_like(session, viewer, office.tariff, "林若溪") == ()
        with pytest.raises(DocumentNotFound):
            colleagues_like(session, office.viewer(office.far), office.floor, "周")
    assert [each.login for each in everyone] == ["zhoumin", "zhoumin2"]
    assert [each.login for each in unit] == ["zhoumin"]
