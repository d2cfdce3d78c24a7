"""Numbers, dates, sizes and places in words."""

import datetime as dt

import pytest
from flask import Flask

from portal.web import wording

NOW = dt.datetime(2026, 11, 21, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (dt.datetime(2026, 11, 21, 0, 0, tzinfo=dt.UTC), "今天"),
        (dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC), "今天"),
        (dt.datetime(2026, 11, 20, 23, 59, tzinfo=dt.UTC), "昨天"),
        (dt.datetime(2026, 11, 9, 12, 0, tzinfo=dt.UTC), "12 天前"),
        (dt.datetime(2026, 9, 23, 0, 0, tzinfo=dt.UTC), "59 天前"),
        (dt.datetime(2026, 9, 22, 0, 0, tzinfo=dt.UTC), "2 个月前"),
        (dt.datetime(2025, 11, 22, 0, 0, tzinfo=dt.UTC), "12 个月前"),
        (dt.datetime(2025, 11, 21, 0, 0, tzinfo=dt.UTC), "1 年前"),
        (dt.datetime(2023, 1, 1, 0, 0, tzinfo=dt.UTC), "3 年前"),
    ],
)
def test_dates_are_said_as_people_say_them(closed: Flask, moment: dt.datetime, words: str) -> None:
    with closed.test_request_context():
        assert wording.human_date(moment, NOW) == words


def test_days_change_at_midnight_where_people_live(closed: Flask) -> None:
    shanghai = dt.timezone(dt.timedelta(hours=8))
    evening = dt.datetime(2026, 11, 20, 15, 59, tzinfo=dt.UTC).astimezone(shanghai)
    with closed.test_request_context():
        assert wording.human_date(evening, NOW.astimezone(shanghai)) == "昨天"
        assert wording.exact_date(evening) == "2026-11-20 23:59"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 B"),
        (1023, "1,023 B"),
        (1024, "1 KB"),
        (1536, "1.5 KB"),
        (20_000_000, "19 MB"),
        (5 * 1024**4, "5,120 GB"),
    ],
)
def test_sizes_are_said_in_the_largest_fitting_unit(closed: Flask, size: int, words: str) -> None:
    with closed.test_request_context():
        assert wording.human_size(size) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.2, "不到 1 毫秒"), (3.4, "3 毫秒"), (1234.5, "1,234 毫秒")],
)
def test_durations_are_whole_milliseconds(closed: Flask, milliseconds: float, words: str) -> None:
    with closed.test_request_context():
        assert wording.took(milliseconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.2, "0 秒"),
        (24.4, "24 秒"),
        (59.7, "1 分 0 秒"),
        (200, "3 分 20 秒"),
        (3599, "59 分 59 秒"),
        (7260, "2 小时 1 分"),
    ],
)
def test_long_durations_are_said_in_minutes_and_hours(
    closed: Flask, seconds: float, words: str
) -> None:
    with closed.test_request_context():
        assert wording.lasted(seconds) == words


def test_shares_are_whole_per_cent(closed: Flask) -> None:
    with closed.test_request_context():
        assert [wording.percent(share) for share in (0, 1 / 3, 1)] == ["0%", "33%", "100%"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (("page", 7, ""), "第 7 页"),
        (("slide", 12, "网络层设计"), "幻灯片 12"),
        (("sheet", 2, "2026 秋"), "工作表“2026 秋”"),
        (("heading", 3, "三、资费测算"), "三、资费测算"),
        (("heading", 3, ""), "第 3 部分"),
        (("whole", None, ""), "全文"),
    ],
)
def test_places_are_named(closed: Flask, place: tuple[str, int | None, str], words: str) -> None:
    with closed.test_request_context():
        assert wording.place_name(*place) == words
