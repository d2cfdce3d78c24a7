"""The vocabulary that administrators keep: synonyms, and words for the segmentation dictionary."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.db import Base
from portal.models.people import User

LONGEST_WORD = 32


class SynonymGroup(Base):
    """Words that mean the same to a search; ``author`` is ``None`` for those that came along."""

    __tablename__ = "synonym_groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[dt.datetime]

    author: Mapped[User | None] = relationship()
    synonyms: Mapped[list["Synonym"]] = relationship(
        cascade="all, delete-orphan", order_by="Synonym.position"
    )


class Synonym(Base):
    """One word of a group as it was written, and folded; ``position`` keeps their order."""

    __tablename__ = "synonyms"

    group_id: Mapped[int] = mapped_column(sa.ForeignKey("synonym_groups.id"), primary_key=True)
    folded: Mapped[str] = mapped_column(sa.String(LONGEST_WORD), primary_key=True)
    word: Mapped[str] = mapped_column(sa.String(LONGEST_WORD))
    position: Mapped[int]


class LexiconWord(Base):
    """A word that segmentation shall keep whole, beside jieba's dictionary and our own list."""

    __tablename__ = "lexicon_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(sa.String(LONGEST_WORD))
    folded: Mapped[str] = mapped_column(sa.String(LONGEST_WORD), unique=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[dt.datetime]

    author: Mapped[User | None] = relationship()
