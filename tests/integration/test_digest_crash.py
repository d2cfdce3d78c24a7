"""The night's command, killed with signal 9 and started again: everyone has exactly one."""

from pathlib import Path

from benchmarks.digests import night


def test_everyone_gets_exactly_one_however_often_the_command_is_killed(tmp_path: Path) -> None:
    found = night(tmp_path, managers=60, documents=300, kills=5, seed=7)
    assert found.is_right, found
    # A mail that arrives twice was on its way when the process died, and bears the same name.
    assert found.twice <= found.kills
