"""Passwords: how they are kept, compared, and which are refused (NIST SP 800-63B, 3.1.1.2).

There are no rules about kinds of characters and none about age: both make people choose worse.
What counts is the length, and that the password is none that a guesser tries first.
"""

import functools
import unicodedata
from collections.abc import Iterable

import argon2

from portal.accounts.errors import AccountError

SHORTEST = 12
LONGEST = 256
# With the delays of portal.accounts.throttle a guesser needs decades for so many.
FEWEST_GUESSES = 10**6
# What stands around this portal, and what a guesser would try here before anything else.
_LOCAL_WORDS = ("portal", "zhishimenhu", "zhishi", "menhu", "zhongguo", "yidong", "知识门户")


@functools.cache
def _hasher() -> argon2.PasswordHasher:
    return argon2.PasswordHasher()


@functools.cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The password as argon2id with a salt of its own, with the parameters of RFC 9106."""
    return _hasher().hash(_normal(password))


def matches(stored: str, password: str) -> bool:
    """Whether a password is the one that was hashed; never for an empty ``stored``.

    Without a hash to compare with it takes the same time, so that the time tells nothing.
    """
    try:
        _hasher().verify(stored or _decoy(), _normal(password))
    except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
        return False
    return bool(stored)


def is_outdated(stored: str) -> bool:
    """Whether a hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored)


def check_password(password: str, about: Iterable[str]) -> None:
    """Refuse what is too short, too long or guessed first, with :class:`AccountError`.

    ``about`` are words that a guesser knows of the person, such as login and name.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise AccountError("password-short", shortest=SHORTEST)
    if len(plain) > LONGEST:
        raise AccountError("password-long", longest=LONGEST)
    if _guesses(plain, [*_LOCAL_WORDS, *about]) < FEWEST_GUESSES:
        raise AccountError("password-common")


def _guesses(password: str, words: list[str]) -> int:
    # Its word lists take 10 MB, and most processes never choose a password.
    from zxcvbn import zxcvbn

    return int(zxcvbn(password, [word for word in words if word])["guesses"])


def _normal(password: str) -> str:
    # The same characters from another keyboard or system must be the same password.
    return unicodedata.normalize("NFKC", password)
