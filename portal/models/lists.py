"""Lists that are made ahead of the page view which shows them."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class NewestEntry(Base):
    """Place ``rank`` (from 1) of the newest documents that everyone may read.

    ``industry`` is an industry code, or empty for the list over all industries.
    """

    __tablename__ = "newest_entries"

    industry: Mapped[str] = mapped_column(sa.String(48), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"))
