"""The Rust segmenter and jieba itself give the same words, so that either may be installed."""

import threading

import pytest

from portal.text import fold, segmenter
from portal.text.lexicon import WORDS
from portal.text.segment import _PythonEngine, _RustEngine
from tests.unit.text.sentences import SENTENCES


@pytest.fixture(scope="module")
def rust() -> _RustEngine:
    return _RustEngine(WORDS)


@pytest.fixture(scope="module")
def python() -> _PythonEngine:
    return _PythonEngine(WORDS)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_both_engines_cut_alike(rust: _RustEngine, python: _PythonEngine, sentence: str) -> None:
    assert rust.cut(fold(sentence)) == python.cut(fold(sentence))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_both_engines_find_the_same_tokens(
    rust: _RustEngine, python: _PythonEngine, sentence: str
) -> None:
    assert sorted(rust.cut_for_search(fold(sentence))) == sorted(
        python.cut_for_search(fold(sentence))
    )


def test_words_of_the_trade_stay_whole(rust: _RustEngine) -> None:
    assert rust.cut("集团客户的互联网专线资费表") == ["集团客户", "的", "互联网专线", "资费表"]


def test_the_version_names_the_engine_so_that_another_one_rebuilds_the_index(
    rust: _RustEngine, python: _PythonEngine
) -> None:
    assert rust.name in segmenter().version
    assert rust.name != python.name


def test_threads_share_one_segmenter() -> None:
    text = fold("".join(SENTENCES))
    expected = list(segmenter().index_tokens(text))
    found: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: found.append(list(segmenter().index_tokens(text))))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
