"""Figures of every process, for Prometheus.

With ``PROMETHEUS_MULTIPROC_DIR`` in the environment (``portal serve`` sets it for its children)
each process keeps its figures in a file of that folder, and whoever is asked adds all of them up;
without it a process knows its own. Names and units follow the conventions of Prometheus: seconds,
bytes, ``_total`` for what only grows.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.registry import Collector

ENVIRONMENT = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = CONTENT_TYPE_LATEST
_PAGE_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10)
_SEARCH_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2)
_WORK_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1800)

REQUESTS = Counter(
    "portal_requests", "Answers by route, method and status", ("route", "method", "status")
)
REQUEST_SECONDS = Histogram(
    "portal_request_seconds", "From a request's arrival to its answer", ("route",),
    buckets=_PAGE_BUCKETS,
)  # fmt: skip
SEARCH_SECONDS = Histogram(
    "portal_search_seconds", "Answering a question, without the page", ("kind",),
    buckets=_SEARCH_BUCKETS,
)  # fmt: skip
CACHE_BYTES = Gauge(
    "portal_cache_bytes", "Memory that caches hold", ("cache",), multiprocess_mode="livesum"
)
DATABASE_SECONDS = Counter("portal_database_seconds", "Time in statements", ("backend",))
DATABASE_STATEMENTS = Counter("portal_database_statements", "Statements run", ("backend",))
JOB_RUNS = Counter("portal_job_runs", "Runs of jobs by outcome", ("job", "outcome"))
JOB_SECONDS = Histogram("portal_job_seconds", "Length of runs", ("job",), buckets=_WORK_BUCKETS)
INDEX_SECONDS = Histogram(
    "portal_index_seconds", "From reading a batch of changes to its commit", ("kind",),
    buckets=_WORK_BUCKETS,
)  # fmt: skip
INDEXED = Counter("portal_indexed_entries", "Changes that the indexer handled", ("kind",))


def exposition(*figures: Collector) -> bytes:
    """Everything in Prometheus's text form: all processes' figures, then those of ``figures``."""
    registry = CollectorRegistry()
    if ENVIRONMENT in os.environ:
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    for collector in figures:
        registry.register(collector)
    return generate_latest(registry)


def forget_process(pid: int, folder: str | None = None) -> None:
    """Let go of what only a living process has, such as the bytes of its caches.

    ``folder`` is where the processes keep their figures, by default what the environment names.
    """
    folder = folder or os.environ.get(ENVIRONMENT)
    if folder is not None:
        multiprocess.mark_process_dead(pid, folder)  # type: ignore[no-untyped-call]


def memory_folder() -> str:
    """A folder in memory where the system has one: what lies there does not wait for a disk."""
    return "/dev/shm" if os.path.isdir("/dev/shm") else "/tmp"  # noqa: S108


def time_statements(engine: sa.Engine) -> None:
    """Count an engine's statements and the time in them."""
    backend = engine.dialect.name
    seconds, statements = DATABASE_SECONDS.labels(backend), DATABASE_STATEMENTS.labels(backend)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def begin(
        _connection: Any, _cursor: Any, _sql: Any, _values: Any, context: Any, _m: Any
    ) -> None:
        context.portal_started = time.perf_counter()

    @sa.event.listens_for(engine, "after_cursor_execute")
    def end(_connection: Any, _cursor: Any, _sql: Any, _values: Any, context: Any, _m: Any) -> None:
        seconds.inc(time.perf_counter() - context.portal_started)
        statements.inc()


@contextmanager
def searching(kind: str) -> Iterator[None]:
    """Time the answering of a question."""
    started = time.perf_counter()
    try:
        yield
    finally:
        SEARCH_SECONDS.labels(kind).observe(time.perf_counter() - started)
