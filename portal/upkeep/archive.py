"""The form of a backup: a zip with the database, every original, and a manifest of hashes."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
BLOBS = "blobs"
PAGES = "digests"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``files`` maps each entry but this one to its SHA-256.

    ``dialect`` is the kind of database, ``revision`` the migration it stood at, ``made_at`` an ISO
    time in UTC.
    """

    format: int
    made_at: str
    dialect: str
    revision: str
    files: Mapping[str, str]

    def to_json(self) -> str:
        """The manifest as it stands in the archive."""
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read it back; ``ValueError`` for anything else."""
        try:
            value = json.loads(text)
            files = {str(name): str(sha256) for name, sha256 in value["files"].items()}
            return cls(
                int(value["format"]),
                str(value["made_at"]),
                str(value["dialect"]),
                str(value["revision"]),
                files,
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not the manifest of a backup") from error


def blob_entry(sha256: str) -> str:
    """The name in the archive of an original."""
    return f"{BLOBS}/{sha256}"
