"""How long after a colleague publishes a document others find it."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.library import author_id
from benchmarks.report import Check, Figure
from portal.catalogue import Viewer
from portal.ingest import Filing, Limits, ingest
from portal.search import SearchRequest
from portal.services import Services

DOCUMENTS = 5
PATIENCE = 60.0
_PAUSE = 0.005


def publish_to_searchable(services: Services) -> tuple[list[Figure], list[Check]]:
    """Take documents in beside a running indexer and search until each is found.

    Timed from the moment that the document's rows are committed.
    """
    with indexer(services):
        _seconds_until_found(services)  # the indexer's own start
        seconds = [_seconds_until_found(services) for _ in range(DOCUMENTS)]
    name, case = "portal", f"{services.search.documents():,} documents"
    return [
        Figure(name, case, "publish to searchable, median", sorted(seconds)[DOCUMENTS // 2], "s"),
        Figure(name, case, "longest", max(seconds), "s"),
    ], [Check("what is published is found", max(seconds) < PATIENCE, f"{max(seconds):.2f} s")]


@contextmanager
def indexer(services: Services) -> Iterator[None]:
    """Run ``portal indexer`` on the same data."""
    environment = {name: value for name, value in os.environ.items() if name[:7] != "PORTAL_"}
    environment |= {"PORTAL_DATA_DIR": str(services.settings.data_dir), "PORTAL_DEMO": "1"}
    environment["PORTAL_LOG_LEVEL"] = "warning"
    process = subprocess.Popen([sys.executable, "-m", "portal", "indexer"], env=environment)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def _seconds_until_found(services: Services) -> float:
    mark = f"bench{uuid.uuid4().hex[:12]}"
    text = f"# 发布测试 {mark}\n\n集团客户校园宽带资费方案，编号 {mark}。\n"
    filing = Filing(author_id(services), publish=True)
    added = ingest(
        services.db,
        services.blobs,
        services.taxonomy(),
        text.encode(),
        f"{mark}.md",
        filing,
        Limits(),
    )
    started = time.perf_counter()
    request = SearchRequest(mark, page_size=1)
    while (taken := time.perf_counter() - started) < PATIENCE:
        page = services.search.search(request, Viewer.operator())
        if [hit.document.id for hit in page.hits] == [added.document_id]:
            return taken
        time.sleep(_PAUSE)
    return PATIENCE
