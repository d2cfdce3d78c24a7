"""Near duplicates: MinHash signatures of texts, and a banded index that finds likely twins.

A text's shingles are the runs of five characters of its folded letters, digits and Han characters;
a signature's share of equal values estimates the Jaccard likeness of two texts' shingles (Broder,
On the resemblance and containment of documents, 1997). Signatures are cut into bands; texts that
share a whole band are compared, so that looking for twins is one query over an index.
docs/upload.md has the measured figures.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import sqlalchemy as sa
from rensa import RMinHash
from sqlalchemy.orm import Session

from portal.models import Document, Fingerprint, FingerprintBand, Section, Version
from portal.text import fold

LIKE = 0.4
"""The estimated likeness from which two texts are shown as near duplicates."""
PERMUTATIONS = 128
ROWS = 3
SHINGLE = 5
# Shorter texts are alike by chance; longer ones are told apart by their beginning.
FEWEST, MOST = 20, 100_000
_SEED = 2026
METHOD = f"rensa{RMinHash.ALGORITHM_VERSION}-{SHINGLE}"
_NOTHING = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Twin:
    """A document whose current version is like another text; ``likeness`` is from 0 to 1."""

    document_id: int
    likeness: float


def signature(texts: Iterable[str]) -> bytes:
    """The MinHash signature of sections' texts: 128 numbers of 32 bits; empty for too little."""
    plain = _NOTHING.sub("", fold("".join(texts)))[:MOST]
    if len(plain) < FEWEST:
        return b""
    sketch = RMinHash(PERMUTATIONS, _SEED)
    sketch.update({plain[start : start + SHINGLE] for start in range(len(plain) - SHINGLE + 1)})
    return np.array(sketch.digest(), dtype="<u4").tobytes()


def likeness(one: bytes, other: bytes) -> float:
    """The estimated Jaccard likeness of two signatures; 0 where either is empty."""
    if not one or not other:
        return 0.0
    return float(np.mean(np.frombuffer(one, "<u4") == np.frombuffer(other, "<u4")))


def bands(of: bytes) -> set[int]:
    """The keys of a signature's bands, as signed numbers of 64 bits."""
    width = 4 * ROWS
    return {
        int.from_bytes(
            hashlib.blake2b(
                of[band * width : (band + 1) * width], digest_size=8, salt=bytes([band])
            ).digest(),
            "little",
            signed=True,
        )
        for band in range(len(of) // width)
    }


def remember(session: Session, version_id: int, of: bytes) -> None:
    """Store a version's signature and its bands; the version has none yet."""
    session.add(Fingerprint(version_id=version_id, method=METHOD, signature=of))
    session.add_all(FingerprintBand(version_id=version_id, key=key) for key in bands(of))


def missing(session: Session, limit: int) -> dict[int, bytes]:
    """Signatures of versions that were taken in before there were any, or by other rules.

    At most ``limit``, by version, for :func:`remember_all`: working them out
    takes seconds, and whoever writes meanwhile must not wait for that.
    """
    versions = session.scalars(
        sa.select(Version.id)
        .outerjoin(Fingerprint, Fingerprint.version_id == Version.id)
        .where(sa.or_(Fingerprint.version_id.is_(None), Fingerprint.method != METHOD))
        .order_by(Version.id)
        .limit(limit)
    ).all()
    return {version_id: _sign(session, version_id) for version_id in versions}


def remember_all(session: Session, signatures: Mapping[int, bytes]) -> None:
    """Keep signatures in the place of those that versions had; a version that has gone has none."""
    living = session.scalars(sa.select(Version.id).where(Version.id.in_(signatures))).all()
    for table in (FingerprintBand, Fingerprint):
        session.execute(sa.delete(table).where(table.version_id.in_(living)))
    for version_id in living:
        remember(session, version_id, signatures[version_id])


def _sign(session: Session, version_id: int) -> bytes:
    rows = session.execute(
        sa.select(Section.heading, Section.text)
        .where(Section.version_id == version_id)
        .order_by(Section.ordinal)
    )
    return signature(f"{heading}{text}" for heading, text in rows)


def twins(session: Session, document_id: int) -> list[Twin]:
    """The documents whose current text is like this one's, most alike first.

    Whether a viewer may know of them is for the caller to ask.
    """
    own = session.execute(
        sa.select(Fingerprint.version_id, Fingerprint.signature)
        .join(Version, Version.id == Fingerprint.version_id)
        .join(Document, _is_current())
        .where(Document.id == document_id, Fingerprint.method == METHOD)
    ).one_or_none()
    if own is None or not own.signature:
        return []
    rows = session.execute(
        sa.select(Document.id, Fingerprint.signature)
        .join(Version, _is_current())
        .join(Fingerprint, Fingerprint.version_id == Version.id)
        .where(
            Document.id != document_id,
            Fingerprint.method == METHOD,
            Version.id.in_(
                sa.select(FingerprintBand.version_id).where(
                    FingerprintBand.key.in_(sorted(bands(own.signature)))
                )
            ),
        )
    )
    found = [Twin(other, likeness(own.signature, sketch)) for other, sketch in rows]
    alike = [twin for twin in found if twin.likeness >= LIKE]
    return sorted(alike, key=lambda twin: (-twin.likeness, twin.document_id))


def _is_current() -> sa.ColumnElement[bool]:
    return sa.and_(Version.document_id == Document.id, Version.number == Document.current_number)
