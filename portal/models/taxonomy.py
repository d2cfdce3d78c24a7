"""The controlled vocabulary by which documents are keyed and faceted."""

import datetime as dt
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base

Facet = Literal["industry", "work_type", "stage", "library", "kind", "product"]
"""A facet that a document carries; ``phase`` groups stages and is carried by none."""

FACETS: tuple[Facet, ...] = ("industry", "work_type", "stage", "library", "kind", "product")


class TaxonomyTerm(Base):
    """One code of one facet with its names; ``parent_id`` links a stage to its phase.

    Codes are stable: they stand in addresses, feeds and on the command line. A code that is no
    longer wanted is retired, never deleted, because documents refer to it.
    """

    __tablename__ = "taxonomy_terms"
    __table_args__ = (sa.UniqueConstraint("facet", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    facet: Mapped[str] = mapped_column(sa.String(16))
    code: Mapped[str] = mapped_column(sa.String(48))
    zh: Mapped[str] = mapped_column(sa.String(64))
    en: Mapped[str] = mapped_column(sa.String(64))
    position: Mapped[int]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("taxonomy_terms.id"))
    retired_at: Mapped[dt.datetime | None]
