"""Links that stop messages: what is signed holds, what is forged or old does not."""

import datetime as dt
from unittest import mock

import itsdangerous
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal.models import Channel, NoticeKind
from portal.notices.settings import kinds
from portal.notices.unsubscribe import (
    LIFETIME,
    Stop,
    TokenExpired,
    TokenRefused,
    make_token,
    read_token,
)

KEY = "a key that is used in tests only, never outside"
STOP = Stop(7, NoticeKind.MENTION.value, Channel.MAIL)


@given(st.integers(1, 2**31 - 1), st.sampled_from(kinds()), st.sampled_from(list(Channel)))
def test_a_link_says_whom_it_stops_what_and_where(user: int, kind: str, channel: Channel) -> None:
    stop = Stop(user, kind, channel)
    assert read_token(KEY, make_token(KEY, stop)) == stop


@given(st.text(max_size=200))
def test_no_text_that_somebody_makes_up_is_a_link(text: str) -> None:
    with pytest.raises(TokenRefused):
        read_token(KEY, text)


@given(st.integers(0, 10_000), st.integers(1, 127))
def test_a_changed_link_is_refused(place: int, change: int) -> None:
    token = make_token(KEY, STOP)
    place %= len(token) - 1  # of the last character, some bits are padding
    forged = token[:place] + chr((ord(token[place]) + change) % 128) + token[place + 1 :]
    # The two alphabets of base64 write these two signs differently and mean the same.
    assume((token[place], forged[place]) not in {("_", "/"), ("-", "+")})
    with pytest.raises(TokenRefused):
        read_token(KEY, forged)


def test_another_portals_link_is_refused() -> None:
    with pytest.raises(TokenRefused):
        read_token(KEY, make_token("another key of at least 32 characters", STOP))


@pytest.mark.parametrize(
    "content", [[7], [7, "mention", "carrier-pigeon"], [7, "lottery", "mail"], "mention", None]
)
def test_a_signed_text_that_says_something_else_is_refused(content: object) -> None:
    signer = itsdangerous.URLSafeTimedSerializer(KEY, salt="portal.notices.unsubscribe.1")
    with pytest.raises(TokenRefused):
        read_token(KEY, signer.dumps(content))


def test_a_text_signed_for_another_purpose_is_refused() -> None:
    other = itsdangerous.URLSafeTimedSerializer(KEY, salt="session").dumps([7, "mention", "mail"])
    with pytest.raises(TokenRefused):
        read_token(KEY, other)


def test_a_link_is_good_for_a_year() -> None:
    long_ago = dt.datetime.now(dt.UTC) - LIFETIME
    for age, is_good in ((dt.timedelta(minutes=1), True), (dt.timedelta(minutes=-1), False)):
        made = (long_ago + age).timestamp()
        # The clock belongs to the library, not to us.
        with mock.patch("itsdangerous.timed.time.time", return_value=made):
            token = make_token(KEY, STOP)
        if is_good:
            assert read_token(KEY, token) == STOP
        else:
            with pytest.raises(TokenExpired):
                read_token(KEY, token)
