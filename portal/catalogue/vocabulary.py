"""The vocabulary that administrators keep: synonyms, and words that segmentation keeps whole.

Synonyms act on the next question. A word of the lexicon changes how texts are cut, therefore the
index's version, and is found whole once the index has been rebuilt.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from portal import audit
from portal.audit import Act, Subject
from portal.models import LexiconWord, Synonym, SynonymGroup
from portal.models.vocabulary import LONGEST_WORD
from portal.permissions import Permission, demand
from portal.text import fold
from portal.text.lexicon import WORDS

MAX_GROUP = 12
MAX_GROUPS = 1000
MAX_WORDS = 5000
_SEPARATORS = re.compile(r"[\s,，、;；=＝|｜]+")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]+\Z")
_SYNONYM = re.compile(r"[^\W_](?:[\w./+#&-]*)\Z")

Reason = Literal["empty", "alone", "short", "long", "characters", "known", "many", "full"]


class VocabularyError(ValueError):
    """An entry cannot be taken; ``reason`` says why and ``word`` which word is meant.

    ``empty``: nothing was given. ``alone``: one word has no synonym. ``short``: a single character.
    ``long``: over 32 characters. ``characters``: signs that no word has; the lexicon takes Chinese
    characters only, because letters and digits are cut by rule. ``known``: it is there already.
    ``many``: over 12 words in one group. ``full``: the list has reached its bound.
    """

    def __init__(self, reason: Reason, word: str = "") -> None:
        self.reason, self.word = reason, word
        super().__init__(f"{reason}: {word}" if word else reason)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What search uses, all of it folded.

    ``words`` are sorted. ``synonyms`` maps a word to the other words of its groups, in their order.
    """

    words: tuple[str, ...]
    synonyms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SynonymEntry:
    """A group as administrators see it; ``author`` is empty for what came with the portal."""

    id: int
    words: tuple[str, ...]
    author: str
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LexiconEntry:
    """A word of the lexicon as administrators see it."""

    id: int
    word: str
    folded: str
    author: str
    created_at: dt.datetime


def load_vocabulary(session: Session) -> Vocabulary:
    """The vocabulary as it stands: two short queries."""
    words = session.scalars(sa.select(LexiconWord.folded)).all()
    groups: dict[int, list[str]] = {}
    rows = session.execute(
        sa.select(Synonym.group_id, Synonym.folded).order_by(Synonym.group_id, Synonym.position)
    )
    for group, word in rows:
        groups.setdefault(group, []).append(word)
    synonyms: dict[str, dict[str, None]] = {}
    for group_words in groups.values():
        for word in group_words:
            others = dict.fromkeys(other for other in group_words if other != word)
            synonyms.setdefault(word, {}).update(others)
    return Vocabulary(
        tuple(sorted(words)), {word: tuple(others) for word, others in synonyms.items()}
    )


def synonym_entries(session: Session) -> tuple[SynonymEntry, ...]:
    """All groups, the latest first."""
    demand(Permission.ADMINISTER)
    rows = session.scalars(
        sa.select(SynonymGroup)
        .order_by(SynonymGroup.created_at.desc(), SynonymGroup.id)
        .options(selectinload(SynonymGroup.synonyms), selectinload(SynonymGroup.author))
    )
    return tuple(
        SynonymEntry(
            row.id,
            tuple(synonym.word for synonym in row.synonyms),
            row.author.name if row.author else "",
            row.created_at,
        )
        for row in rows
    )


def lexicon_entries(session: Session) -> tuple[LexiconEntry, ...]:
    """All words that administrators added, the latest first."""
    demand(Permission.ADMINISTER)
    rows = session.scalars(
        sa.select(LexiconWord)
        .order_by(LexiconWord.created_at.desc(), LexiconWord.id.desc())
        .options(selectinload(LexiconWord.author))
    )
    return tuple(
        LexiconEntry(
            row.id, row.word, row.folded, row.author.name if row.author else "", row.created_at
        )
        for row in rows
    )


def add_synonyms(session: Session, text: str, author_id: int, now: dt.datetime) -> int:
    """Add the words of a text (``集客 = 集团客户、政企客户``) as a group; return its number.

    Words are separated by white space, commas, ``、``, ``;``, ``=`` or ``|``. Raises
    :class:`VocabularyError`.
    """
    demand(Permission.ADMINISTER)
    words = _synonym_words(text)
    groups = _groups(session)
    if any(set(words) <= group for group in groups):
        raise VocabularyError("known", " = ".join(words.values()))
    if len(groups) >= MAX_GROUPS:
        raise VocabularyError("full")
    group = SynonymGroup(author_id=author_id, created_at=now)
    group.synonyms = [
        Synonym(folded=folded, word=word, position=position)
        for position, (folded, word) in enumerate(words.items(), 1)
    ]
    session.add(group)
    session.flush()
    details = {"words": list(words.values())}
    subject = Subject("synonyms", group.id)
    audit.record(session, Act.SYNONYMS_ADDED, subject, actor_id=author_id, details=details)
    return group.id


def remove_synonyms(session: Session, group_id: int) -> bool:
    """Remove a group; return whether it was there."""
    demand(Permission.ADMINISTER)
    group = session.get(SynonymGroup, group_id)
    if group is None:
        return False
    details = {"words": [synonym.word for synonym in group.synonyms]}
    audit.record(session, Act.SYNONYMS_REMOVED, Subject("synonyms", group_id), details=details)
    session.delete(group)
    session.flush()
    return True


def add_word(session: Session, text: str, author_id: int, now: dt.datetime) -> int:
    """Add a word to the lexicon; return its number. Raises :class:`VocabularyError`."""
    demand(Permission.ADMINISTER)
    word = text.strip()
    folded = fold(word)
    if not folded:
        raise VocabularyError("empty")
    _check_length(folded, word)
    if not _HAN.match(folded):
        raise VocabularyError("characters", word)
    kept = set(session.scalars(sa.select(LexiconWord.folded)))
    if folded in kept or folded in WORDS:
        raise VocabularyError("known", word)
    if len(kept) >= MAX_WORDS:
        raise VocabularyError("full")
    row = LexiconWord(word=word, folded=folded, author_id=author_id, created_at=now)
    session.add(row)
    session.flush()
    subject = Subject("word", row.id)
    audit.record(session, Act.WORD_ADDED, subject, actor_id=author_id, details={"word": word})
    return row.id


def remove_word(session: Session, word_id: int) -> bool:
    """Remove a word from the lexicon; return whether it was there."""
    demand(Permission.ADMINISTER)
    row = session.get(LexiconWord, word_id)
    if row is None:
        return False
    audit.record(session, Act.WORD_REMOVED, Subject("word", word_id), details={"word": row.word})
    session.delete(row)
    session.flush()
    return True


def _synonym_words(text: str) -> dict[str, str]:
    """Folded word to word as written, in their order."""
    words: dict[str, str] = {}
    for word in _SEPARATORS.split(text):
        words.setdefault(fold(word), word)
    words.pop("", None)
    if not words:
        raise VocabularyError("empty")
    for folded, word in words.items():
        _check_length(folded, word)
        if not _SYNONYM.match(folded):
            raise VocabularyError("characters", word)
    if len(words) == 1:
        raise VocabularyError("alone", *words.values())
    if len(words) > MAX_GROUP:
        raise VocabularyError("many")
    return words


def _check_length(folded: str, word: str) -> None:
    if len(folded) < 2:
        raise VocabularyError("short", word)
    if max(len(folded), len(word)) > LONGEST_WORD:
        raise VocabularyError("long", word)


def _groups(session: Session) -> list[set[str]]:
    groups: dict[int, set[str]] = {}
    for group, folded in session.execute(sa.select(Synonym.group_id, Synonym.folded)):
        groups.setdefault(group, set()).add(folded)
    return list(groups.values())
