"""Files on their way in, what makes files alike, and what authors said about likeness."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Base


class PartialUpload(Base):
    """A file that a person is sending in chunks; its bytes so far lie in the data folder.

    How far it has come is the length of that file and stands nowhere else. ``modified`` is the
    browser's last-modified time in milliseconds: with name and size it recognises the file when
    the person chooses it again.
    """

    __tablename__ = "partial_uploads"

    id: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    file_name: Mapped[str] = mapped_column(sa.String(300))
    size: Mapped[int] = mapped_column(sa.BigInteger)
    modified: Mapped[int] = mapped_column(sa.BigInteger)
    touched_at: Mapped[dt.datetime] = mapped_column(index=True)


class Fingerprint(Base):
    """The MinHash signature of a version's text; ``method`` names the rules that made it."""

    __tablename__ = "fingerprints"

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"), primary_key=True)
    method: Mapped[str] = mapped_column(sa.String(16))
    signature: Mapped[bytes] = mapped_column(sa.LargeBinary)


class FingerprintBand(Base):
    """One band of a signature: versions that share a key are looked at as near duplicates."""

    __tablename__ = "fingerprint_bands"

    version_id: Mapped[int] = mapped_column(sa.ForeignKey("versions.id"), primary_key=True)
    key: Mapped[int] = mapped_column(sa.BigInteger, primary_key=True, index=True)


class SeparateDocument(Base):
    """An author's word that two near duplicates are documents of their own, and why."""

    __tablename__ = "separate_documents"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(sa.ForeignKey("documents.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(sa.String(300))
    at: Mapped[dt.datetime]
