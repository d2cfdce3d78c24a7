"""Calling colleagues in a text: ``@`` and a login or a name."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import User

MOST_CALLS = 20
LONGEST_CALL = 64
# In an address like zhoumin@example.cn the sign calls nobody.
_CALL = re.compile(rf"(?<![A-Za-z0-9._-])[@＠]([^\s@＠]{{1,{LONGEST_CALL}}})")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a text; ``is_call`` where it calls a colleague."""

    text: str
    is_call: bool


def calls_in(text: str) -> list[str]:
    """What follows each ``@`` up to the next space, the first twenty; names may be shorter."""
    return list(dict.fromkeys(_CALL.findall(text)))[:MOST_CALLS]


def people_called(session: Session, text: str) -> tuple[dict[str, list[User]], list[str]]:
    """The people whom a text calls, by what is written, and the calls that fit nobody.

    Chinese puts no space after a name, so the longest beginning that is a login or a name counts.
    Colleagues who share a name are all meant: one call too many costs less than one too few.
    """
    runs = calls_in(text)
    beginnings = {run[:length] for run in runs for length in range(1, len(run) + 1)}
    if not beginnings:
        return {}, []
    known: dict[str, list[User]] = {}
    people = session.scalars(
        sa.select(User)
        .where(sa.or_(User.login.in_(beginnings), User.name.in_(beginnings)))
        .where(User.deactivated_at.is_(None))
        .order_by(User.id)
    )
    for person in people:
        for name in {person.login, person.name}:
            known.setdefault(name, []).append(person)
    found: dict[str, list[User]] = {}
    missed = []
    for run in runs:
        written = longest_name(run, known)
        if written:
            found[written] = known[written]
        else:
            missed.append(run)
    return found, missed


def longest_name(run: str, names: Iterable[str]) -> str:
    """The longest of the names that the run begins with and that ends there, or an empty text."""
    fits = (name for name in names if run.startswith(name) and not _goes_on(name, run))
    return max(fits, key=len, default="")


def parts_of(text: str, written: Iterable[str]) -> tuple[Part, ...]:
    """The text in pieces, cut around the calls that reached somebody; together they are it."""
    names = list(written)
    pieces: list[Part] = []
    at = 0
    for match in _CALL.finditer(text):
        name = longest_name(match[1], names)
        if name:
            end = match.start(1) + len(name)
            pieces += [Part(text[at : match.start()], False), Part(text[match.start() : end], True)]
            at = end
    pieces.append(Part(text[at:], False))
    return tuple(piece for piece in pieces if piece.text)


def _goes_on(name: str, run: str) -> bool:
    # "zhou" is not called by "@zhoumin", but 周敏 is by "@周敏请看".
    joined = name[-1] + run[len(name) : len(name) + 1]
    return len(joined) == 2 and joined.isascii() and joined.isalnum()
