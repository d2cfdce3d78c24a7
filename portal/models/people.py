"""Organisation units and the people in them."""

import datetime as dt
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.taxonomy import TaxonomyTerm


class Role(StrEnum):
    """What a person does here; each person has one."""

    INDUSTRY_MANAGER = "industry-manager"
    ACCOUNT_MANAGER = "account-manager"
    PRODUCT_MANAGER = "product-manager"
    BUSINESS_MANAGER = "business-manager"
    ADMINISTRATOR = "administrator"


class Unit(Base):
    """The province headquarters or a city branch."""

    __tablename__ = "units"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(48), unique=True)
    zh: Mapped[str] = mapped_column(sa.String(64))
    en: Mapped[str] = mapped_column(sa.String(64))


class User(Base):
    """A colleague. ``password_hash`` is argon2id, or empty: no signing in by password here.

    ``deactivated_at`` is set while the person may not use the portal at all.
    """

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    # Lower case. What is mailed in from this address becomes this person's drafts.
    email: Mapped[str | None] = mapped_column(sa.String(254), unique=True)
    password_hash: Mapped[str] = mapped_column(sa.String(256), default="")
    role: Mapped[str] = mapped_column(sa.String(32))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime]
    # When the person saw the tour of the home page, or had enough of it.
    toured_at: Mapped[dt.datetime | None]
    # A code of portal/languages.py; none until the person has chosen.
    language: Mapped[str | None] = mapped_column(sa.String(8))
    signed_in_at: Mapped[dt.datetime | None]
    deactivated_at: Mapped[dt.datetime | None]

    unit: Mapped[Unit] = relationship()
    industries: Mapped[list[TaxonomyTerm]] = relationship(
        secondary="user_industries", order_by=TaxonomyTerm.position
    )


class UserIndustry(Base):
    """An industry that a person owns or works in."""

    __tablename__ = "user_industries"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    term_id: Mapped[int] = mapped_column(sa.ForeignKey("taxonomy_terms.id"), primary_key=True)
