"""The taxonomy as one immutable value."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.languages import name_in
from portal.models import TaxonomyTerm


class TaxonomyError(ValueError):
    """A code is not in the taxonomy; the message lists the valid ones."""

    def __init__(self, facet: str, code: str, valid: Iterable[str]) -> None:
        self.facet, self.code, self.valid = facet, code, tuple(valid)
        super().__init__(f"未知的 {facet} 代码 “{code}”。可用的代码：{'、'.join(self.valid)}")


@dataclass(frozen=True, slots=True)
class Term:
    """A code with its names; ``phase`` is the code of a stage's phase, else empty."""

    id: int
    code: str
    zh: str
    en: str
    phase: str = ""

    def name(self, language: str) -> str:
        """The name in a language by its code, in Chinese where the code is not known."""
        return name_in(language, self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """All terms in use, by facet and in their order; ``phase`` is one of the facets.

    ``stamp`` tells two taxonomies of one process apart without comparing their terms.
    """

    terms: Mapping[str, tuple[Term, ...]]
    stamp: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "stamp", hash(tuple(self.terms.items())))

    def codes(self, facet: str) -> tuple[str, ...]:
        """The codes of a facet in order."""
        return tuple(term.code for term in self.terms[facet])

    def term(self, facet: str, code: str) -> Term:
        """The term of a code; :class:`TaxonomyError` if there is none."""
        for term in self.terms[facet]:
            if term.code == code:
                return term
        raise TaxonomyError(facet, code, self.codes(facet))

    def name(self, facet: str, code: str, language: str) -> str:
        """The name of a code, or the code itself where it has been retired."""
        try:
            return self.term(facet, code).name(language)
        except TaxonomyError:
            return code


def load_taxonomy(session: Session) -> Taxonomy:
    """Read the terms that are not retired."""
    rows = session.scalars(
        sa.select(TaxonomyTerm)
        .where(TaxonomyTerm.retired_at.is_(None))
        .order_by(TaxonomyTerm.facet, TaxonomyTerm.position)
    ).all()
    phases = {row.id: row.code for row in rows if row.facet == "phase"}
    terms: dict[str, list[Term]] = {}
    for row in rows:
        phase = phases.get(row.parent_id or 0, "")
        terms.setdefault(row.facet, []).append(Term(row.id, row.code, row.zh, row.en, phase))
    return Taxonomy({facet: tuple(values) for facet, values in terms.items()})
