"""The portal's services, built once per process from the settings."""

from dataclasses import dataclass

from config import Settings
from portal.catalogue import Taxonomy
from portal.db import Database
from portal.ingest.blobs import BlobStore
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

    def taxonomy(self) -> Taxonomy:
        """The taxonomy, at most a second old."""
        return self.search.taxonomy.value()


def build_services(settings: Settings) -> Services:
    """Connect everything; touches the disk only to make the data folder."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.resolved_database_url)
    return Services(
        settings=settings,
        db=db,
        blobs=BlobStore(settings.blobs_dir),
        search=SearchService(settings.index_dir, db, settings.search_cache_mb * 1024 * 1024),
    )
