"""Documents come in: what a file is, its text by section, the original kept, the rows written.

What the package offers is loaded when it is asked for: the process in which files are read is part
of it, too, and must start fast and without the database.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.ingest.blobs import BlobStore
    from portal.ingest.bulk import Found, find_files, ingest_files
    from portal.ingest.errors import IngestError
    from portal.ingest.pipeline import Filing, Outcome, Revision, ingest
    from portal.ingest.types import Limits

__all__ = [
    "BlobStore",
    "Filing",
    "Found",
    "IngestError",
    "Limits",
    "Outcome",
    "Revision",
    "find_files",
    "ingest",
    "ingest_files",
]
_MODULES = {
    "BlobStore": "blobs",
    "Filing": "pipeline",
    "Found": "bulk",
    "IngestError": "errors",
    "Limits": "types",
    "Outcome": "pipeline",
    "Revision": "pipeline",
    "find_files": "bulk",
    "ingest": "pipeline",
    "ingest_files": "bulk",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
