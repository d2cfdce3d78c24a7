"""Documents come in: what a file is, its text by section, the original kept, the rows written."""

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
