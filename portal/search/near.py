"""Words one slip apart: a missing, extra or wrong character, or two that changed places.

The method is SymSpell's (W. Garbe, https://github.com/wolfgarbe/SymSpell): two words within one
edit share a string once at most one character is left out of each. The strings are kept as 64-bit
numbers in one sorted array, and every find is compared character by character afterwards.
"""

import heapq
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from portal.search.snapshot import Snapshot
from portal.text import is_latin

_Hashes = npt.NDArray[np.uint64]

# With one character left out of fewer, what remains says nothing.
SHORTEST_HAN, SHORTEST_LATIN, LONGEST = 3, 4, 20
SMALL_INDEX = 5000
GROWN = 0.05
REST_SECONDS = 0.002
PARTNERS = 8
FREQUENT = 500
_WEIGHTS: _Hashes = np.random.default_rng(20261121).integers(
    1, 2**63, size=LONGEST + 2, dtype=np.uint64
) | np.uint64(1)


class NearWords:
    """Words and everything that is left of them without one character.

    ``words`` come each once, with how many sections hold them. ``frequent`` are the 500 that most
    sections hold, the most frequent first.
    """

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        counts = dict(words)
        self.frequent = heapq.nlargest(FREQUENT, counts, key=lambda word: (counts[word], word))
        # Python's own hashes: a table of a few megabytes where a dictionary would take dozens.
        keys = np.fromiter(map(hash, counts), dtype=np.int64, count=len(counts))
        order = np.argsort(keys)
        self._keys = keys[order]
        self._counts = np.fromiter(counts.values(), dtype=np.int32, count=len(counts))[order]
        self._pairs = _pairs(counts)
        self._behind, self._before = _partners(counts)
        self._words = [word for word in counts if _is_kept(word)]
        by_length: dict[int, list[int]] = {}
        for number, word in enumerate(self._words):
            by_length.setdefault(len(word), []).append(number)
        hashes, owners = [np.empty(0, np.uint64)], [np.empty(0, np.int32)]
        for length, numbers in by_length.items():
            rows = _rows([self._words[number] for number in numbers], length)
            found = _left_over(rows)
            hashes.append(found.ravel())
            owners.append(np.repeat(np.array(numbers, dtype=np.int32), found.shape[1]))
        every = np.concatenate(hashes)
        order = np.argsort(every)
        self._hashes: _Hashes = every[order]
        self._owners = np.concatenate(owners)[order]

    def __len__(self) -> int:
        return len(self._words)

    def count(self, word: str) -> int:
        """How many sections hold a word; 0 for an unknown one."""
        place = int(np.searchsorted(self._keys, hash(word)))
        if place == len(self._keys) or self._keys[place] != hash(word):
            return 0
        return int(self._counts[place])

    def holds_pairs(self, pairs: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
        """Which pairs of characters, as :func:`pair_keys` makes them, stand within some word."""
        places = np.minimum(np.searchsorted(self._pairs, pairs), len(self._pairs) - 1)
        found: npt.NDArray[np.bool_] = self._pairs[places] == pairs
        return found

    def joined(self, character: str) -> list[str]:
        """The most frequent words of two characters that one of them is, as first or last."""
        behind = [character + other for other in self._behind.get(character, "")]
        return behind + [other + character for other in self._before.get(character, "")]

    def near(self, text: str) -> set[str]:
        """The words within one edit of a text, itself left out."""
        if not 2 <= len(text) <= LONGEST + 1:
            return set()
        wanted = _left_over(_rows([text], len(text)))[0]
        lows = np.searchsorted(self._hashes, wanted)
        highs = np.searchsorted(self._hashes, wanted, side="right")
        numbers = {
            int(number)
            for low, high in zip(lows, highs, strict=True)
            for number in self._owners[low:high]
        }
        return {self._words[number] for number in numbers if is_slip(text, self._words[number])}


class NearSource:
    """The words of the newest snapshot, gathered once for all its segments. Safe for threads.

    A large index is read by a thread of its own, which takes seconds: until it is done there are
    no words, or those of before, and nobody waits. It is read again when it has grown by a
    twentieth: whoever mends a question asks the index anyhow, so older words do no harm.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held = _Held(Path(), -1, 0, NearWords(()))
        self._reading = False

    def of(self, snapshot: Snapshot) -> NearWords:
        """The words that are known of a snapshot."""
        held = self._held
        if (held.folder, held.generation) == (snapshot.folder, snapshot.generation):
            return held.words
        sections = _sections(snapshot)
        if sections <= SMALL_INDEX:
            self.prepare(snapshot)
        elif held.folder != snapshot.folder or abs(sections - held.sections) > GROWN * sections:
            self._read_aside(snapshot)
        return self._held.words

    def prepare(self, snapshot: Snapshot) -> None:
        """Read the words now."""
        self._gather(snapshot, rest=0.0)

    def _gather(self, snapshot: Snapshot, rest: float) -> None:
        words = NearWords(_counted(snapshot, rest))
        self._held = _Held(snapshot.folder, snapshot.generation, _sections(snapshot), words)

    def _read_aside(self, snapshot: Snapshot) -> None:
        with self._lock:
            if self._reading:
                return
            self._reading = True
        threading.Thread(target=self._read, args=(snapshot,), daemon=True).start()

    def _read(self, snapshot: Snapshot) -> None:
        try:
            self._gather(snapshot, REST_SECONDS)
            _warm(snapshot, self._held.words)
        finally:
            self._reading = False


def _warm(snapshot: Snapshot, words: NearWords) -> None:
    """Decode the postings of the most frequent words, which take longest, ahead of questions.

    They may fill half of the cache.
    """
    for word in words.frequent:
        if snapshot.cache.bytes > snapshot.cache.budget / 2:
            break
        snapshot.postings(word)


@dataclass(frozen=True, slots=True)
class _Held:
    """Words and of which snapshot they are."""

    folder: Path
    generation: int
    sections: int
    words: NearWords


def _sections(snapshot: Snapshot) -> int:
    return sum(segment.arrays.sections for segment in snapshot.segments)


def _counted(snapshot: Snapshot, rest: float) -> Iterator[tuple[str, int]]:
    """Every word of a snapshot with its sections; of a large one those of several sections."""
    counts: dict[str, int] = {}
    for segment in snapshot.segments:
        for word, count in segment.arrays.words(rest).items():
            counts[word] = counts.get(word, 0) + count
    least = 1 if _sections(snapshot) <= SMALL_INDEX else 2
    return ((word, count) for word, count in counts.items() if count >= least)


def pair_keys(text: str) -> npt.NDArray[np.uint32]:
    """Every two neighbouring characters of a text as one number."""
    codes = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    wide = codes.astype(np.uint32)
    keys: npt.NDArray[np.uint32] = wide[:-1] << np.uint32(16) | wide[1:]
    return keys


def is_slip(text: str, word: str) -> bool:
    """Whether one edit, or two neighbours that changed places, makes the word of the text."""
    if text == word or abs(len(text) - len(word)) > 1:
        return False
    same = next((at for at, (a, b) in enumerate(zip(text, word, strict=False)) if a != b), None)
    if same is None:
        return True
    if len(text) > len(word):
        return text[same + 1 :] == word[same:]
    if len(text) < len(word):
        return text[same:] == word[same + 1 :]
    swapped = text[same : same + 2] == word[same : same + 2][::-1]
    return text[same + 1 :] == word[same + 1 :] or (
        swapped and text[same + 2 :] == word[same + 2 :]
    )


def _partners(counts: dict[str, int]) -> tuple[dict[str, str], dict[str, str]]:
    """By character, those that most often follow and precede it in words of two."""
    behind: dict[str, str] = {}
    before: dict[str, str] = {}
    words = [word for word in counts if len(word) == 2 and not is_latin(word)]
    for word in sorted(words, key=lambda each: (-counts[each], each)):
        first, last = word[0], word[1]
        for character, other, partners in ((first, last, behind), (last, first, before)):
            known = partners.get(character, "")
            if len(known) < PARTNERS:
                partners[character] = known + other
    return behind, before


def _pairs(words: Iterable[str]) -> npt.NDArray[np.uint32]:
    """The pairs that stand within words, each once; a pair of zeros makes it never empty."""
    keys = pair_keys("\n".join(["\0\0", *(word for word in words if not word.isascii())]))
    ends = (keys >> np.uint32(16) == ord("\n")) | (keys & np.uint32(0xFFFF) == ord("\n"))
    return np.unique(keys[~ends])


def _is_kept(word: str) -> bool:
    shortest = SHORTEST_LATIN if is_latin(word) else SHORTEST_HAN
    return shortest <= len(word) <= LONGEST and max(word) <= "\uffff" and not word.isdecimal()


def _rows(words: list[str], length: int) -> npt.NDArray[np.uint64]:
    """The characters of words of one length, a row each."""
    codes = "".join(words).encode("utf-16-le", "surrogatepass")
    characters = np.frombuffer(codes, dtype="<u2")
    return characters[: len(words) * length].reshape(-1, length).astype(np.uint64)


def _left_over(rows: npt.NDArray[np.uint64]) -> _Hashes:
    """For each row the hash of the whole, and those of it without its first, second, ... one."""
    length = rows.shape[1]
    before = np.cumsum(rows * _WEIGHTS[:length], axis=1, dtype=np.uint64)
    moved = np.zeros_like(rows)
    moved[:, 1:] = rows[:, 1:] * _WEIGHTS[: length - 1]
    after = np.cumsum(moved[:, ::-1], axis=1, dtype=np.uint64)[:, ::-1]
    result: _Hashes = np.empty((len(rows), length + 1), dtype=np.uint64)
    result[:, 0] = before[:, -1]
    result[:, 1] = after[:, 1] if length > 1 else 0
    for place in range(1, length):
        following = after[:, place + 1] if place + 1 < length else np.uint64(0)
        result[:, place + 1] = before[:, place - 1] + following
    return result


def each_span(text: str, shortest: int, longest: int) -> Iterator[tuple[int, int]]:
    """The (start, stop) of every part of a text that is so long."""
    for start in range(len(text)):
        for stop in range(start + shortest, min(len(text), start + longest) + 1):
            yield start, stop
