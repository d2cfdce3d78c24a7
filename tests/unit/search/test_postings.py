"""The cache of postings: bounded, and safe while others read."""

import sys
import threading
from collections.abc import Iterator

import numpy as np
import pytest

from portal.search.postings import PostingCache, Postings

WORDS = [f"词{number}" for number in range(2000)]


def postings() -> Postings:
    sections = np.arange(3, dtype=np.int32)
    return Postings.of(sections, np.ones(3, dtype=np.float32), sections)


@pytest.fixture
def hasty() -> Iterator[None]:
    """Threads take turns a thousand times as often as usual."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(usual / 1000)
    yield
    sys.setswitchinterval(usual)


def test_readers_go_on_while_a_merged_segment_is_forgotten(hasty: None) -> None:
    cache, done, wrong = PostingCache(1 << 30), threading.Event(), list[Exception]()
    for segment in ("old", "new"):
        for word in WORDS:
            cache.put(segment, word, postings())

    def read() -> None:
        try:
            while not done.is_set():
                for word in WORDS:
                    cache.get("new", word)
        except Exception as error:
            wrong.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for _turn in range(20):
            cache.forget({"older"})
        cache.forget({"old"})
    finally:
        done.set()
        reader.join()
    assert not wrong
    assert cache.get("old", WORDS[0]) is None
    assert cache.get("new", WORDS[0]) is not None


def test_what_was_used_least_lately_goes_first() -> None:
    size = postings().size
    cache = PostingCache(2 * size)
    for word in ("宽带", "专线"):
        cache.put("only", word, postings())
    cache.get("only", "宽带")
    cache.put("only", "资费", postings())
    assert cache.get("only", "专线") is None
    assert cache.get("only", "宽带") is not None
    assert cache.bytes == 2 * size
