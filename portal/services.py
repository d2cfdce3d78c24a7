"""The portal's services, built once per process from the settings."""

from dataclasses import dataclass

from config import Settings
from portal.catalogue import Taxonomy
from portal.db import Database
from portal.ingest.blobs import BlobStore
from portal.ingest.types import MIB, Limits
from portal.monitor.metrics import time_statements
from portal.search import Indexer, SearchService


@dataclass(frozen=True, slots=True)
class Services:
    """What a web process, a job or a command works with."""

    settings: Settings
    db: Database
    blobs: BlobStore
    search: SearchService

    def indexer(self) -> Indexer:
        """What writes the index; use it while holding ``search.store.writing()`` only."""
        return Indexer(self.search.store, self.db, self.settings.timezone)

    @property
    def limits(self) -> Limits:
        """What one file that comes in may ask for."""
        settings = self.settings
        return Limits(
            max_bytes=settings.max_upload_bytes,
            max_seconds=settings.extract_seconds,
            max_memory=settings.extract_memory_mb * MIB,
            max_unpacked=settings.max_unpacked_mb * MIB,
            max_pages=settings.max_pages,
            scanner=settings.clamd,
            extras=settings.extras,
        )

    def taxonomy(self) -> Taxonomy:
        """The taxonomy, at most a second old."""
        return self.search.taxonomy.value()


def build_services(settings: Settings) -> Services:
    """Connect everything; touches the disk only to make the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.resolved_database_url, settings.database_pool)
    time_statements(db.engine)
    return Services(
        settings=settings,
        db=db,
        blobs=BlobStore(settings.blobs_dir),
        search=SearchService(settings.index_dir, db, settings.search_cache_mb * 1024 * 1024),
    )
