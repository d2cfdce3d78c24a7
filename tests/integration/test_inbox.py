"""Notices and settings in a real database: reading, counting, marking, choosing, forgetting."""

import datetime as dt

import pytest

from portal.models import Channel, NoticeKind
from portal.notices import inbox, post
from portal.notices import settings as reach
from portal.services import Services
from tests.conftest import Library

NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)


class Desk:
    """Two colleagues with notices."""

    def __init__(self, library: Library) -> None:
        self.services: Services = library.services
        self.one, self.other = library.person("linruoxi"), library.person("zhoumin")

    def post(self, kind: NoticeKind, key: str, at: dt.datetime = NOW) -> int:
        with self.services.db.write() as session:
            return post(session, kind, {self.one, self.other}, at, key=key)

    def inbox(self, **which: str | bool | int) -> inbox.Inbox:
        with self.services.db.read() as session:
            return inbox.inbox_of(session, self.one, **which)  # type: ignore[arg-type]

    def unread(self) -> int:
        with self.services.db.read() as session:
            return inbox.unread_count(session, self.one)


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library)


def test_a_notice_is_posted_once_for_each_occasion(desk: Desk) -> None:
    assert desk.post(NoticeKind.ALERT, "alert-1") == 2
    assert desk.post(NoticeKind.ALERT, "alert-1") == 0
    assert desk.unread() == 1


def test_the_newest_come_first_and_can_be_narrowed(desk: Desk) -> None:
    desk.post(NoticeKind.ALERT, "a", NOW)
    desk.post(NoticeKind.COMMENT, "b", NOW + dt.timedelta(hours=1))
    desk.post(NoticeKind.ALERT, "c", NOW + dt.timedelta(hours=2))
    assert [notice.kind for notice in desk.inbox().notices] == ["alert", "comment", "alert"]
    assert desk.inbox(kind="alert").total == 2
    assert [notice.kind for notice in desk.inbox(offset=1, limit=1).notices] == ["comment"]
    assert desk.inbox().kinds["alert"] == inbox.KindCount(2, 2)


def test_marking_one_leaves_the_others_and_other_people(desk: Desk) -> None:
    desk.post(NoticeKind.ALERT, "a")
    desk.post(NoticeKind.ALERT, "b")
    mine = desk.inbox().notices[0].id
    with desk.services.db.write() as session:
        assert not inbox.mark_read(session, desk.other, mine, NOW)
        assert inbox.mark_read(session, desk.one, mine, NOW)
        assert not inbox.mark_read(session, desk.one, mine, NOW)
    assert desk.unread() == 1
    assert [notice.is_read for notice in desk.inbox().notices] == [True, False]


def test_marking_all_spares_what_came_after_the_page(desk: Desk) -> None:
    desk.post(NoticeKind.ALERT, "a")
    desk.post(NoticeKind.COMMENT, "b")
    seen = max(notice.id for notice in desk.inbox().notices)
    desk.post(NoticeKind.ALERT, "c")
    with desk.services.db.write() as session:
        assert inbox.mark_all_read(session, desk.one, NOW, kind="alert", up_to=seen) == 1
        assert inbox.mark_all_read(session, desk.one, NOW, up_to=seen) == 1
    assert desk.unread() == 1


def test_a_kind_that_was_stopped_on_the_page_is_neither_shown_nor_counted(desk: Desk) -> None:
    desk.post(NoticeKind.ALERT, "a")
    desk.post(NoticeKind.COMMENT, "b")
    with desk.services.db.write() as session:
        reach.choose(session, desk.one, NoticeKind.ALERT, Channel.PAGE, False)
    assert [notice.kind for notice in desk.inbox().notices] == ["comment"]
    assert (desk.unread(), set(desk.inbox().kinds)) == (1, {"comment"})
    with desk.services.db.write() as session:
        reach.choose(session, desk.one, NoticeKind.ALERT, Channel.PAGE, True)
    assert desk.unread() == 2


def test_old_notices_that_were_read_are_forgotten(desk: Desk) -> None:
    desk.post(NoticeKind.ALERT, "old", NOW - dt.timedelta(days=400))
    desk.post(NoticeKind.ALERT, "new")
    with desk.services.db.write() as session:
        assert inbox.purge_notices(session, NOW) == 0
        inbox.mark_all_read(session, desk.one, NOW, up_to=10)
        assert inbox.purge_notices(session, NOW) == 1
    assert desk.inbox().total == 1


def test_settings_are_kept_for_each_person(desk: Desk) -> None:
    night = (dt.time(22, 0), dt.time(7, 30))
    with desk.services.db.write() as session:
        reach.set_quiet_hours(session, desk.one, *night)
        reach.set_chat_address(session, desk.one, "https://open.feishu.cn/open-apis/bot/v2/hook/a")
        reach.choose_all(session, desk.one, Channel.MAIL, False)
    with desk.services.db.read() as session:
        found = reach.settings_of(session, [desk.one, desk.other])
    assert (found[desk.one].quiet_from, found[desk.one].quiet_until) == night
    assert not any(reach.wants(found[desk.one], kind, Channel.MAIL) for kind in reach.kinds())
    assert reach.wants(found[desk.one], NoticeKind.MENTION, Channel.CHAT)
    assert found[desk.other] == reach.ReachSettings()


def test_a_kind_that_does_not_exist_cannot_be_chosen(desk: Desk) -> None:
    with desk.services.db.write() as session, pytest.raises(ValueError, match="lottery"):
        reach.choose(session, desk.one, "lottery", Channel.MAIL, True)


def test_half_an_interval_is_no_quiet_hours(desk: Desk) -> None:
    with desk.services.db.write() as session:
        reach.set_quiet_hours(session, desk.one, dt.time(22, 0), None)
    with desk.services.db.read() as session:
        assert reach.settings_for(session, desk.one).quiet_from is None
