"""Kill -9 of any process at random moments: what was acknowledged is there, and there once."""

from pathlib import Path

from benchmarks.crash import crash

KILLS = 10
SEED = 20261122


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    found = crash(tmp_path, KILLS, SEED, longest_pause=1.0)
    assert found.kills.total() >= KILLS - 1
    assert sum(map(len, found.acknowledged.values())) > 0, "nothing was killed at work"
    assert (found.lost, found.doubled, found.differences) == ([], [], [])
    assert found.orphans_after == 0
