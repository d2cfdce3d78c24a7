"""Figures made ahead for the statistics pages. No row of these tables is about one reader."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class StatisticsPeriod(Base):
    """A week, month or quarter whose figures have been made, and when.

    ``start`` is its first day in the portal's time zone. ``last_event`` is the newest reader event
    that there was then: without newer ones there is nothing to make anew.
    """

    __tablename__ = "statistics_periods"

    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    start: Mapped[dt.date] = mapped_column(primary_key=True)
    made_at: Mapped[dt.datetime]
    last_event: Mapped[int]


class UseFigure(Base):
    """How much was used in a period, for one value of one dimension.

    ``dimension`` is ``total``, ``day`` or something that documents or readers have; ``code`` is its
    value, for ``author`` the number of a user. ``readers`` counts each person once.
    """

    __tablename__ = "use_figures"

    period: Mapped[str] = mapped_column(sa.String(8), primary_key=True)
    start: Mapped[dt.date] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(sa.String(12), primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    views: Mapped[int]
    downloads: Mapped[int]
    applications: Mapped[int]
    readers: Mapped[int]


class FindTime(Base):
    """How long finding took in the week that begins on ``start``, a Monday; times in seconds."""

    __tablename__ = "find_times"

    start: Mapped[dt.date] = mapped_column(primary_key=True)
    finds: Mapped[int]
    median: Mapped[float]
    ninetieth: Mapped[float]
