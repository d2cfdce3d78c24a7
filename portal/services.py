"""The portal's services, built once per process from the settings."""

from dataclasses import dataclass

from config import Settings
from portal.catalogue import Taxonomy, load_taxonomy
from portal.db import Database
from portal.ingest.blobs import BlobStore
from portal.search import SearchService


@dataclass(frozen=True, slots=True)
class Services:
    """What a web process, a job or a command works with."""

    settings: Settings
    db: Database
    blobs: BlobStore
    search: SearchService

    def taxonomy(self) -> Taxonomy:
        """The taxonomy as it stands now: a few dozen rows, read when asked for."""
        with self.db.read() as session:
            return load_taxonomy(session)


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
