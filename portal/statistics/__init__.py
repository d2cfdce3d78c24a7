"""Figures for business managers: who uses what, what was sought in vain, how long finding takes.

Figures about use and finding are made ahead by a job; a page only reads them. None of them says
what a single reader did, or that there is a document which not everyone may read.
"""

from portal.statistics.finding import find_times, make_find_times
from portal.statistics.questions import unanswered_report
from portal.statistics.refresh import refresh_statistics
from portal.statistics.spans import PERIODS, Period, Span, span_of
from portal.statistics.types import (
    Fate,
    Figure,
    FindWeek,
    SoughtInVain,
    UnansweredReport,
    UseReport,
)
from portal.statistics.use import DIMENSIONS, Dimension, make_use, unit_names, use_report

__all__ = [
    "DIMENSIONS",
    "PERIODS",
    "Dimension",
    "Fate",
    "Figure",
    "FindWeek",
    "Period",
    "SoughtInVain",
    "Span",
    "UnansweredReport",
    "UseReport",
    "find_times",
    "make_find_times",
    "make_use",
    "refresh_statistics",
    "span_of",
    "unanswered_report",
    "unit_names",
    "use_report",
]
