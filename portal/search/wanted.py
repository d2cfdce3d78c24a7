"""What people sought in vain, by industry: what the gap radar ranks gaps by."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue.gaps import Wish, kinds_named
from portal.models import Search

MOST = 5000
"""Searches looked at, the latest first: more would not change what is missed most."""

SHOWN_FROM = 2
"""People who must have asked the same before others see its words."""

_Row = sa.Row[*tuple[str, str, str, dict[str, list[str]], str]]


def wishes_since(session: Session, since: dt.datetime) -> list[Wish]:
    """The questions since a time that found nothing, those that most people asked first.

    The same words in the same industry are one wish, whatever they were narrowed to.
    """
    rows = session.execute(
        sa.select(Search.folded, Search.industry, Search.person, Search.filters, Search.text)
        .where(Search.hits == 0, Search.at >= since, Search.folded != "")
        .order_by(Search.at.desc(), Search.id.desc())
        .limit(MOST)
    )
    groups: dict[
        tuple[str, str], list[sa.Row[*tuple[str, str, str, dict[str, list[str]], str]]]
    ] = {}
    for row in rows:
        groups.setdefault((row.folded, row.industry), []).append(row)
    wishes = [
        Wish(
            text=group[0].text,
            industry=industry,
            stages=frozenset(code for row in group for code in row.filters.get("stage", ())),
            kinds=kinds_named(folded).union(
                code for row in group for code in row.filters.get("kind", ())
            ),
            # Visitors of whom nothing is known count as one.
            people=len({row.person for row in group}),
        )
        for (folded, industry), group in groups.items()
    ]
    return sorted(wishes, key=lambda wish: -wish.people)


def shareable(wishes: Sequence[Wish]) -> list[Wish]:
    """Those whose words may be shown: one person's question is that person's own affair."""
    return [wish for wish in wishes if wish.people >= SHOWN_FROM]
