"""Questions that found nothing, and what became of them."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import LexiconWord, Search, SearchOpen, Synonym, SynonymGroup
from portal.statistics.scope import counts
from portal.statistics.spans import Span
from portal.statistics.types import Fate, SoughtInVain, UnansweredReport

MINIMUM_PEOPLE = 2
SHOWN = 200


@dataclass(frozen=True, slots=True)
class _Question:
    folded: str
    times: int
    people: int
    first_at: dt.datetime
    last_at: dt.datetime
    last_id: int


@dataclass(frozen=True, slots=True)
class _Remedy:
    word: str
    at: dt.datetime
    fate: Fate


def unanswered_report(session: Session, span: Span, zone: dt.tzinfo) -> UnansweredReport:
    """What was sought in vain in a span, and what became of it until now.

    A question was *answered* when somebody who asked it later opened a document that everyone may
    read. Otherwise it got a *synonym* or a *word* of the dictionary when an administrator added
    one that occurs in it, or is *open*.
    """
    questions = _in_vain(session, span, zone)
    answers = _answers(session, span, zone)
    remedies = _remedies(session, span.bounds(zone)[0])
    told = [(each, *_fate(each, answers.get(each.folded), remedies)) for each in questions]
    shared = [each for each in told if each[0].people >= MINIMUM_PEOPLE][:SHOWN]
    texts = _texts(session, [each.last_id for each, _fate, _at in shared])
    fates = Counter(fate for _question, fate, _at in told)
    return UnansweredReport(
        asked=sum(each.times for each in questions),
        fates={fate: fates[fate] for fate in Fate},
        shown=tuple(
            SoughtInVain(texts[each.last_id], each.times, each.people, each.last_at, fate, fate_at)
            for each, fate, fate_at in shared
        ),
    )


def _in_vain(session: Session, span: Span, zone: dt.tzinfo) -> list[_Question]:
    first, after = span.bounds(zone)
    times = sa.func.count(sa.distinct(sa.func.coalesce(Search.question_id, Search.id)))
    # Only colleagues are known to differ; a visitor could be any number of people.
    people = sa.func.count(sa.distinct(Search.user_id))
    last = sa.func.max(Search.id)
    rows = session.execute(
        sa.select(
            Search.folded, times, people, sa.func.min(Search.at), sa.func.max(Search.at), last
        )
        .where(Search.hits == 0, Search.folded != "", Search.at >= first, Search.at < after)
        .group_by(Search.folded)
        .order_by(times.desc(), last.desc())
    )
    return [_Question(*row) for row in rows]


def _answers(session: Session, span: Span, zone: dt.tzinfo) -> dict[str, dt.datetime]:
    """When each question of the span last led to a document for everyone, up to now."""
    first, after = span.bounds(zone)
    asked = sa.select(Search.folded).where(
        Search.hits == 0, Search.folded != "", Search.at >= first, Search.at < after
    )
    rows = session.execute(
        sa.select(Search.folded, sa.func.max(Search.at))
        .join(SearchOpen, SearchOpen.search_id == Search.id)
        .where(Search.folded.in_(asked), Search.at >= first, counts(SearchOpen.document_id))
        .group_by(Search.folded)
    )
    return dict(rows.all())


def _remedies(session: Session, since: dt.datetime) -> list[_Remedy]:
    synonyms = session.execute(
        sa.select(Synonym.folded, SynonymGroup.created_at)
        .join(SynonymGroup, SynonymGroup.id == Synonym.group_id)
        .where(SynonymGroup.created_at >= since)
    )
    words = session.execute(
        sa.select(LexiconWord.folded, LexiconWord.created_at).where(LexiconWord.created_at >= since)
    )
    return [_Remedy(word, at, Fate.SYNONYM) for word, at in synonyms] + [
        _Remedy(word, at, Fate.WORD) for word, at in words
    ]


def _fate(
    question: _Question, answered_at: dt.datetime | None, remedies: list[_Remedy]
) -> tuple[Fate, dt.datetime | None]:
    if answered_at is not None and answered_at > question.last_at:
        return Fate.ANSWERED, answered_at
    for remedy in remedies:
        if remedy.at > question.first_at and remedy.word in question.folded:
            return remedy.fate, remedy.at
    return Fate.OPEN, None


def _texts(session: Session, ids: list[int]) -> dict[int, str]:
    rows = session.execute(sa.select(Search.id, Search.text).where(Search.id.in_(ids)))
    return dict(rows.all())
