"""Requests are counted in a file that all web processes share."""

from pathlib import Path

import limits
import pytest
from limits.errors import StorageError
from limits.strategies import FixedWindowRateLimiter

from portal.web.counters import FileStorage

QUOTA = limits.RateLimitItemPerMinute(2)


def test_two_processes_count_together(tmp_path: Path) -> None:
    one, other = (FixedWindowRateLimiter(FileStorage(tmp_path / "limits.db")) for _ in range(2))
    assert [each.hit(QUOTA, "token", "1") for each in (one, other, one)] == [True, True, False]
    assert other.get_window_stats(QUOTA, "token", "1").remaining == 0
    assert other.hit(QUOTA, "token", "2")


def test_a_counter_can_be_forgotten(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "limits.db")
    assert storage.check()
    assert [storage.incr("甲", 60), storage.incr("甲", 60), storage.incr("乙", 60)] == [1, 2, 1]
    storage.clear("甲")
    assert (storage.get("甲"), storage.get("乙")) == (0, 1)
    assert storage.reset() == 1


def test_a_counter_whose_time_is_over_begins_anew(tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "limits.db")
    assert [storage.incr("甲", 0), storage.incr("甲", 0)] == [1, 1]
    assert storage.get("甲") == 0


def test_a_file_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        FileStorage(tmp_path / "nowhere" / "limits.db").get("甲")
