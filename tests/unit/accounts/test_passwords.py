"""Which passwords are refused, and how they are kept."""

import argon2
import pytest

from portal.accounts.errors import AccountError
from portal.accounts.passwords import check_password, hash_password, is_outdated, matches
from portal.demo import DEMO_PASSWORD

GOOD = "岭海-通信-2026-秋"


def refusal(password: str) -> str:
    """The code of why a password of 林薇 is refused."""
    with pytest.raises(AccountError) as caught:
        check_password(password, ("linwei", "林薇"))
    return caught.value.code


@pytest.mark.parametrize(
    "password",
    [GOOD, DEMO_PASSWORD, "correct horse battery", "校园宽带 台灯 三月 江边", "🦔🌧️ 绿皮火车 17 号"],
)
def test_length_is_what_counts_and_any_character_will_do(password: str) -> None:
    check_password(password, ("linwei", "林薇"))
    assert matches(hash_password(password), password)


@pytest.mark.parametrize("password", ["", "短密码123", "Xk9#qL2$vW8", " " * 11])
def test_fewer_than_twelve_characters_are_too_short(password: str) -> None:
    assert refusal(password) == "password-short"


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "123456789012",
        "qwertyuiop12",
        "Aa1234567890",
        "aaaaaaaaaaaa",
        "linweilinwei",
        "linwei202611",
        "林薇林薇林薇林薇林薇林薇",
        "abcdefghijkl",
        "portal202611",
    ],
)
def test_what_a_guesser_tries_first_is_refused(password: str) -> None:
    assert refusal(password) == "password-common"


def test_a_password_has_an_end() -> None:
    assert refusal("钥匙" * 200) == "password-long"


def test_it_is_kept_as_argon2id_with_a_salt() -> None:
    first, second = hash_password(GOOD), hash_password(GOOD)
    assert first.startswith("$argon2id$")
    assert first != second
    assert GOOD not in first
    assert matches(first, GOOD)
    assert not matches(first, GOOD + "。")


@pytest.mark.parametrize("stored", ["", "not a hash", "$argon2id$v=19$broken"])
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not matches(stored, GOOD)
    assert not matches(stored, "")


def test_the_same_characters_typed_otherwise_are_the_same_password() -> None:
    composed, decomposed, wide = "café-menu-2026", "cafe\u0301-menu-2026", "ｃafé-menu-2026"
    stored = hash_password(composed)
    assert matches(stored, decomposed)
    assert matches(stored, wide)


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=8192).hash(GOOD)
    assert is_outdated(weak)
    assert not is_outdated(hash_password(GOOD))
