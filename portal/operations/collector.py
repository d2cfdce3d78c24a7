"""Figures that lie in the database and on the disk, read at the moment when Prometheus asks."""

import datetime as dt
import importlib.metadata
from collections.abc import Callable, Iterator

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from portal import timetable
from portal.db import utcnow
from portal.operations.queues import queues
from portal.operations.status import disk_of, last_backup
from portal.search import IndexUnavailable
from portal.services import Services
from portal.timetable import Overview


class StateCollector(Collector):
    """How the portal stands now; figures that cannot be read are left out, as is the custom."""

    def __init__(self, services: Services, clock: Callable[[], dt.datetime] = utcnow) -> None:
        self._services = services
        self._clock = clock

    def collect(self) -> Iterator[Metric]:
        """Every figure."""
        yield _gauge("portal_build_info", "The release", 1, version=_version())
        yield from self._disk()
        yield from self._index()
        yield from self._database()

    def _disk(self) -> Iterator[Metric]:
        disk = disk_of(self._services.settings)
        yield _gauge("portal_disk_free_bytes", "Room left on the data folder's disk", disk.free)
        yield _gauge("portal_disk_size_bytes", "Size of the data folder's disk", disk.total)
        backup = last_backup(self._services.settings)
        if backup is not None:
            at = backup.at.timestamp()
            yield _gauge("portal_last_backup_timestamp_seconds", "When it was made", at)

    def _index(self) -> Iterator[Metric]:
        try:
            count = self._services.search.documents()
        except IndexUnavailable:
            return
        yield _gauge("portal_index_documents", "Documents that can be found", count)

    def _database(self) -> Iterator[Metric]:
        now = self._clock()
        with self._services.db.read() as session:
            waiting = queues(session, now)
            jobs = timetable.overview(session, now)
        lag = "Age of the oldest change that the index has not learnt"
        yield _gauge("portal_index_lag_seconds", lag, waiting.lag_seconds)
        lengths = GaugeMetricFamily("portal_queue_length", "What waits", labels=["queue"])
        for name in ("outbox", "deliveries", "undelivered", "intake"):
            lengths.add_metric([name], getattr(waiting, name))
        yield lengths
        yield from _jobs(jobs)


def _jobs(seen: Overview) -> Iterator[Metric]:
    yield _gauge("portal_scheduler_up", "Whether a scheduler holds the lease", seen.is_alive)
    failures = GaugeMetricFamily(
        "portal_job_failures", "Bad runs in a row since the last good one", labels=["job"]
    )
    started = GaugeMetricFamily(
        "portal_job_last_run_timestamp_seconds", "When it last began", labels=["job"]
    )
    for job in seen.jobs:
        failures.add_metric([job.name], job.failures)
        if job.last is not None:
            started.add_metric([job.name], job.last.started_at.timestamp())
    yield from (failures, started)


def _gauge(name: str, meaning: str, value: float, **labels: str) -> Metric:
    family = GaugeMetricFamily(name, meaning, labels=list(labels))
    family.add_metric(list(labels.values()), float(value))
    return family


def _version() -> str:
    return importlib.metadata.version("knowledge-portal")
