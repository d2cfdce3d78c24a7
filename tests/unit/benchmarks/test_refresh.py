"""The measurement of a refresh, run small as a person runs it."""

import json
from pathlib import Path

import pytest

from benchmarks.refresh import main

# Times depend on who else uses the machine; what is right does not.
TIMES = {"in time", "events are recorded at once"}


def test_a_small_office_is_refreshed_and_every_result_is_right(tmp_path: Path) -> None:
    size = ["--managers", "30", "--documents", "200", "--events", "3000"]
    with pytest.raises(SystemExit):
        main([*size, "--json", str(tmp_path / "refresh.json")], standalone_mode=False)
    report = json.loads((tmp_path / "refresh.json").read_text(encoding="utf-8"))
    checks = {check["name"]: check for check in report["checks"]}
    assert [
        name for name, check in checks.items() if not check["passed"] and name not in TIMES
    ] == []
    assert "30 of 30" in checks["everybody has a list"]["detail"]
    measures = {row["measure"] for row in report["sections"][0]["figures"]}
    assert {"time", "processor time", "peak memory", "queries per manager", "p99"} <= measures
