"""Keeping the index up with the outbox."""

import logging
import threading
import time

import sqlalchemy as sa

from portal.models import OutboxEntry
from portal.monitor.metrics import INDEX_SECONDS, INDEXED
from portal.search import IndexBusy
from portal.search.indexer import Progress, ignore_progress
from portal.services import Services

POLL_SECONDS = 0.2
_log = logging.getLogger(__name__)


def run_indexer(services: Services, stop: threading.Event) -> None:
    """Follow the outbox until told to stop; wait in line while another process indexes."""
    indexer = services.indexer()
    while not stop.is_set():
        try:
            with services.search.store.writing():
                _log.info("indexing")
                indexer.prepare()
                while not stop.is_set():
                    if not indexer.is_current():
                        _log.info("the words have changed, building the index anew beside it")
                        indexer.prepare()
                    started = time.perf_counter()
                    handled = indexer.run_batch()
                    if handled:
                        seconds = time.perf_counter() - started
                        INDEX_SECONDS.labels("batch").observe(seconds)
                        INDEXED.labels("batch").inc(handled)
                        _log.info("indexed %d entries in %.2f s", handled, seconds)
                    else:
                        stop.wait(POLL_SECONDS)
        except IndexBusy:
            stop.wait(POLL_SECONDS)


def catch_up(services: Services, progress: Progress = ignore_progress) -> None:
    """Return when everything that is in the outbox now can be found.

    Waits for the process that indexes, or indexes here where there is none; if that process dies
    meanwhile, this one takes over.
    """
    indexer = services.indexer()
    with services.db.read() as session:
        last = session.scalar(sa.select(sa.func.max(OutboxEntry.id))) or 0
    pause = threading.Event()
    total = _waiting(services, last)
    while True:
        try:
            with services.search.store.writing():
                indexer.prepare()
                indexer.drain(progress)
            break
        except IndexBusy:
            waiting = _waiting(services, last)
            progress(total - waiting, total)
            if not waiting:
                break
            pause.wait(POLL_SECONDS)
    services.search.expire()


def _waiting(services: Services, last: int) -> int:
    query = sa.select(sa.func.count(OutboxEntry.id)).where(
        OutboxEntry.id <= last, OutboxEntry.done_at.is_(None)
    )
    with services.db.read() as session:
        return session.scalar(query) or 0
