"""Values that cross the boundary of the recommendations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.catalogue import DocumentSummary


class ReasonCode(StrEnum):
    """Why a document stands in a list; always how it was in fact chosen.

    Each comes with data: ``count`` of people, codes of ``industry``, ``stage`` and ``kind``, the
    ``document`` that the person used with its ``title``, or the ``version``.
    """

    INDUSTRY_WEEK = "industry-week"  # count colleagues of the industry used it within a week
    WEEK = "week"  # count colleagues used it within a week
    MONTH = "month"  # count colleagues used it within four weeks
    JUST_PUBLISHED = "just-published"  # hot through its head start alone
    EARLIER = "earlier"  # hot through use that lies further back
    PUBLISHED = "published"
    UPDATED = "updated"  # a version with another text
    CO_READ = "co-read"  # who used document also used this
    SIMILAR = "similar"  # it is like document
    GAP = "gap"  # the map has no document for industry, stage and kind
    STAGE = "stage"  # of the person's industry, at a stage the person works at
    ROLE = "role"  # of the person's industry, of a kind the person's role works with
    INDUSTRY_HOT = "industry-hot"  # used most in the person's industry
    INDUSTRY_NEW = "industry-new"  # newest in the person's industry


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and what its sentence needs."""

    code: ReasonCode
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A document in a list, and why it is there."""

    document: DocumentSummary
    reason: Reason


@dataclass(frozen=True, slots=True)
class Lists:
    """The dynamic half of a person's home page, each list in its order."""

    hottest: tuple[Item, ...] = ()
    newest: tuple[Item, ...] = ()
    recommended: tuple[Item, ...] = ()
