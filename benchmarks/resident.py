"""The memory of one server process: ``python -m benchmarks.resident DATA_DIR < QUERIES``.

Builds the web application as a worker does, answers the queries on standard input, one a line, and
prints a JSON object with megabytes before the first query, after the last, and at the peak.
"""

import json
import sys
from pathlib import Path

from config import Settings
from portal.app import create_app
from portal.catalogue import Viewer
from portal.search import SearchRequest
from portal.services import build_services


def main() -> None:
    """Measure this very process."""
    settings = Settings(data_dir=Path(sys.argv[1]), demo=True)
    services = build_services(settings)
    application = create_app(settings, services)
    start = resident_mb()
    services.search.documents()
    opened = resident_mb()
    for line in sys.stdin:
        services.search.search(SearchRequest(line.strip()), Viewer.anonymous())
    figures = {
        "started": start,
        "index open": opened,
        "after queries": resident_mb(),
        "peak": resident_mb("VmHWM"),
    }
    print(json.dumps({"application": application.name, "megabytes": figures}))


def resident_mb(line: str = "VmRSS") -> float:
    """Resident memory of this process in MiB, or with ``VmHWM`` the most it ever was.

    Not getrusage: its maximum counts what the parent held at the fork.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{line}:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
