"""Suggestions while typing: titles, headings and past questions that begin like what is typed."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from portal.search.names import HEADING, QUESTION, TITLE, NameTable, Positions, encode_name, plain
from portal.search.reach import Reach
from portal.search.segment import Mask, SegmentArrays
from portal.search.snapshot import Snapshot
from portal.search.types import Suggestion
from portal.text import Segmenter, fold

MAX_QUESTIONS = 3
MIN_HEADINGS = 2
MAX_PIECES = 5
_LONGEST_INPUT = 80
# Equal names stand in many documents; so many are looked at to find different ones.
_SPARE = 8
_BY_SOUND = 2

Asked = Sequence[tuple[str, int]]
"""Past questions with how often they were asked, the most frequent first."""


class SegmentNames:
    """The titles and headings of one segment, and whose they are.

    ``documents`` and ``sections`` (int32) are the local owners by name; ``rank`` (int32) orders
    the names, those of the newest documents first.
    """

    def __init__(self, arrays: SegmentArrays) -> None:
        self.arrays = arrays
        codes = arrays.name_codes
        self.table = NameTable(memoryview(codes.data)[: codes.size])
        pairs_before = codes.stops // 4
        self.sections = np.searchsorted(pairs_before, self.table.ends, side="right").astype(
            np.int32
        )
        self.documents = arrays.document_of[self.sections]
        # Published in the same second: the later number is the newer document.
        order = np.lexsort(
            (
                self.sections,
                -arrays.document_ids[self.documents],
                -arrays.published[self.documents],
            )
        )
        self.rank = np.empty(len(order), dtype=np.int32)
        self.rank[order] = np.arange(len(order), dtype=np.int32)

    def suggestion(self, name: int) -> Suggestion:
        """A name as it was written, with what it opens."""
        section, local = int(self.sections[name]), int(self.documents[name])
        document = int(self.arrays.document_ids[local])
        title, _, heading = self.arrays.names[section].decode().partition("\n")
        if self.table.kinds[name] == TITLE:
            return Suggestion(title, "title", document, None)
        first = self.arrays.names[int(self.arrays.starts[local])].decode()
        ordinal = int(self.arrays.ordinals[section])
        return Suggestion(heading, "heading", document, ordinal, first.partition("\n")[0])


class NameSource:
    """The name tables of a snapshot's segments, each made once. Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tables: dict[str, SegmentNames] = {}

    def of(self, snapshot: Snapshot) -> list[SegmentNames]:
        """The names of each segment, in the snapshot's order; new segments are read now."""
        wanted = [segment.arrays for segment in snapshot.segments]
        tables = self._tables
        if any(arrays.key not in tables for arrays in wanted):
            with self._lock:
                tables = {
                    arrays.key: self._tables.get(arrays.key) or SegmentNames(arrays)
                    for arrays in wanted
                }
                self._tables = tables
        return [tables[arrays.key] for arrays in wanted]


@dataclass(frozen=True, slots=True)
class _Fitting:
    """The best names of one segment, parallel: which, and how well each fits.

    A lower tier (uint8) fits better.
    """

    part: SegmentNames
    names: Positions
    tiers: npt.NDArray[np.uint8]

    @property
    def order(self) -> npt.NDArray[np.int64]:
        """Sort keys by column: tier, the newest first, and then by their places."""
        documents = self.part.documents[self.names]
        arrays = self.part.arrays
        return np.stack(
            (
                self.tiers.astype(np.int64),
                -arrays.published[documents],
                -arrays.document_ids[documents],
                self.part.sections[self.names].astype(np.int64),
            )
        )


class Suggester:
    """Finds what a reader may be about to type."""

    def __init__(self, names: NameSource) -> None:
        self._names = names
        self._asked: tuple[Asked, NameTable | None] = ((), None)

    def suggest(
        self,
        snapshot: Snapshot,
        text: str,
        audiences: frozenset[str] | None,
        asked: Asked = (),
        limit: int = 8,
    ) -> tuple[Suggestion, ...]:
        """Suggestions for a beginning, at most ``limit``: past questions, titles, headings.

        Names that begin with the text come first, then those with a word that does, then those
        that sound like it. Only names of documents that the audiences may read are suggested, and
        of past questions only those that find such a document.
        """
        pieces = [plain(piece) for piece in fold(text[:_LONGEST_INPUT]).split()]
        pieces = [piece for piece in pieces if piece][:MAX_PIECES]
        if not pieces or limit < 1:
            return ()
        reach = Reach(snapshot, audiences)
        questions = self._questions(reach, pieces, asked, min(MAX_QUESTIONS, limit))
        names = self._names.of(snapshot)
        fitting = [
            (part, readable, *_fitting(part.table, pieces))
            for part, readable in zip(names, reach.readable, strict=True)
        ]
        found = {
            kind: _unlike([_best(*each, kind, limit * _SPARE) for each in fitting], limit)
            for kind in (TITLE, HEADING)
        }
        room = limit - len(questions)
        titles = found[TITLE][: max(room - min(MIN_HEADINGS, len(found[HEADING])), 0)]
        headings = found[HEADING][: room - len(titles)]
        titles = found[TITLE][: room - len(headings)]
        return (*questions, *titles, *headings)

    def _questions(
        self, reach: Reach, pieces: Sequence[str], asked: Asked, limit: int
    ) -> list[Suggestion]:
        table = self._question_table(asked, reach.snapshot.segmenter)
        if table is None:
            return []
        kept: list[Suggestion] = []
        names, tiers = _fitting(table, pieces)
        typed = "".join(pieces)
        # More were asked than can be shown; the first ones are the most frequent.
        for place in np.lexsort((names, tiers))[: limit * _SPARE]:
            text = asked[int(names[place])][0]
            words = reach.snapshot.segmenter.query_words(fold(text))
            new = all(text != other.text for other in kept) and plain(fold(text)) != typed
            if new and words and reach.count(words):
                kept.append(Suggestion(text, "query", None, None))
            if len(kept) == limit:
                break
        return kept

    def _question_table(self, asked: Asked, segmenter: Segmenter) -> NameTable | None:
        known, table = self._asked
        if known is not asked and known != asked:
            encoded = b"".join(
                # A question without any letter still takes its number.
                encode_name(text, QUESTION, segmenter) or bytes((0, 0, QUESTION, 0))
                for text, _count in asked
            )
            table = NameTable(encoded) if encoded else None
            self._asked = (asked, table)
        return table


def _best(
    part: SegmentNames,
    readable: Mask,
    names: Positions,
    tiers: npt.NDArray[np.uint8],
    kind: int,
    count: int,
) -> _Fitting:
    """The best names of a kind, of readable documents only."""
    allowed = (part.table.kinds[names] == kind) & readable[part.documents[names]]
    names, tiers = names[allowed], tiers[allowed]
    if len(names) > count:
        keys = tiers.astype(np.int64) << 32 | part.rank[names]
        chosen = np.argpartition(keys, count)[:count]
        names, tiers = names[chosen], tiers[chosen]
    return _Fitting(part, names, tiers)


def _fitting(table: NameTable, pieces: Sequence[str]) -> tuple[Positions, npt.NDArray[np.uint8]]:
    """The names in which a word begins with each piece, and how well the first piece fits.

    Tiers: 0 the name begins so, 1 a word of it does; 2 and 3 the same by sound.
    """
    names, tiers = _fitting_one(table, pieces[0])
    for piece in pieces[1:]:
        having = np.zeros(len(table), dtype=bool)
        having[_fitting_one(table, piece)[0]] = True
        kept = having[names]
        names, tiers = names[kept], tiers[kept]
    return names, tiers


def _fitting_one(table: NameTable, piece: str) -> tuple[Positions, npt.NDArray[np.uint8]]:
    written = table.find_text(piece)
    tiers = (~table.begins[written]).astype(np.uint8)
    if not piece.isascii():
        return table.owner[written], tiers
    heard = table.find_letters(piece)
    heard_tiers = (~table.begins[heard]).astype(np.uint8) + np.uint8(_BY_SOUND)
    positions = np.concatenate((written, heard))
    return table.owner[positions], np.concatenate((tiers, heard_tiers))


def _unlike(fitting: Sequence[_Fitting], limit: int) -> list[Suggestion]:
    """The best suggestions of all segments in order, of equal texts the first alone."""
    owners = np.repeat(np.arange(len(fitting)), [len(each.names) for each in fitting])
    if not len(owners):
        return []
    names = np.concatenate([each.names for each in fitting])
    order = np.lexsort(np.concatenate([each.order for each in fitting], axis=1)[::-1])
    unlike: dict[str, Suggestion] = {}
    for place in order:
        suggestion = fitting[owners[place]].part.suggestion(int(names[place]))
        unlike.setdefault(plain(fold(suggestion.text)), suggestion)
        if len(unlike) == limit:
            break
    return list(unlike.values())
