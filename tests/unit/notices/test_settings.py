"""Which notices reach a person, and when they wait."""

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.models import Channel, NoticeKind, Role
from portal.notices.settings import (
    DIGEST,
    ReachSettings,
    is_quiet,
    kinds,
    kinds_for,
    quiet_until,
    wants,
)

SHANGHAI = zoneinfo.ZoneInfo("Asia/Shanghai")
MIDNIGHT = dt.datetime(2026, 11, 21, tzinfo=SHANGHAI)
TIMES = st.times().map(lambda time: time.replace(second=0, microsecond=0))
MOMENTS = st.integers(0, 2 * 24 * 60 - 1).map(
    lambda minute: MIDNIGHT + dt.timedelta(minutes=minute)
)
KINDS = st.sampled_from(kinds())
CHANNELS = st.sampled_from(list(Channel))


@given(TIMES, TIMES, MOMENTS)
def test_the_quiet_hours_are_the_way_round_the_clock_from_start_to_end(
    start: dt.time, end: dt.time, now: dt.datetime
) -> None:
    length = (minutes(end) - minutes(start)) % (24 * 60)
    into = (minutes(now.time()) - minutes(start)) % (24 * 60)
    assert is_quiet(ReachSettings(start, end), now) == (into < length)


@given(TIMES, TIMES, MOMENTS)
def test_what_waits_goes_out_at_the_first_moment_that_is_not_quiet(
    start: dt.time, end: dt.time, now: dt.datetime
) -> None:
    settings = ReachSettings(start, end)
    free = quiet_until(settings, now)
    assert now <= free < now + dt.timedelta(days=1)
    assert not is_quiet(settings, free)
    if free != now:
        assert is_quiet(settings, free - dt.timedelta(minutes=1))


@given(MOMENTS)
def test_without_quiet_hours_nothing_waits(now: dt.datetime) -> None:
    assert not is_quiet(ReachSettings(), now)
    assert quiet_until(ReachSettings(), now) == now


@given(KINDS, CHANNELS, st.booleans())
def test_a_choice_holds_for_its_kind_and_channel_alone(
    kind: str, channel: Channel, wanted: bool
) -> None:
    before = ReachSettings(chat_address="https://open.feishu.cn/open-apis/bot/v2/hook/abc")
    after = ReachSettings(chat_address=before.chat_address, choices={(kind, channel.value): wanted})
    for other in kinds():
        for way in Channel:
            chosen = (other, way) == (kind, channel)
            assert wants(after, other, way) == (wanted if chosen else wants(before, other, way))


def test_the_digest_comes_only_to_those_who_ask_for_it() -> None:
    assert not wants(ReachSettings(), DIGEST, Channel.MAIL)
    asked = ReachSettings(choices={(DIGEST, "mail"): True})
    assert wants(asked, DIGEST, Channel.MAIL)


def test_everything_is_on_the_page_and_what_waits_for_an_act_is_mailed() -> None:
    assert all(wants(ReachSettings(), kind, Channel.PAGE) for kind in NoticeKind)
    assert wants(ReachSettings(), NoticeKind.REVIEW_ASKED, Channel.MAIL)
    assert not wants(ReachSettings(), NoticeKind.COMMENT, Channel.MAIL)


def test_without_an_address_nothing_goes_to_a_chat() -> None:
    chosen = ReachSettings(choices={(NoticeKind.MENTION, "chat"): True})
    assert not wants(chosen, NoticeKind.MENTION, Channel.CHAT)


@pytest.mark.parametrize(
    ("role", "told"), [(Role.ADMINISTRATOR, True), (Role.PRODUCT_MANAGER, False)]
)
def test_only_administrators_are_asked_about_failed_jobs(role: Role, told: bool) -> None:
    assert (NoticeKind.JOB_FAILED in kinds_for(role)) == told


def minutes(time: dt.time) -> int:
    return time.hour * 60 + time.minute
