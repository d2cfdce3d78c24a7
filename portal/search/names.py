"""Names that can be found by their beginning or their sound: titles, headings, past questions.

Each name is written into the index as pairs of 16-bit numbers, one pair a character: its code, and
its sound with two flags for where a word and where the name begins. Opening a segment reads all of
them at once and sorts the beginnings of words twice, by the next characters and by the initials of
the next sounds; a question is then two binary searches and a comparison of arrays.
"""

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from portal.text import Segmenter, fold
from portal.text.pinyin import SOUNDS, Piece, sounds, split_letters

Positions = npt.NDArray[np.int32]
_Codes = npt.NDArray[np.uint16]
_Keys = npt.NDArray[np.uint64]

TITLE, HEADING, QUESTION = 1, 2, 3
LONGEST_NAME = 60
MAX_BEGINNINGS = 3_000_000
_WORD, _NAME, _SOUND = 0x8000, 0x4000, 0x01FF
_CHARACTERS_IN_KEY = 4
_INITIALS_IN_KEY = 10
_BITS_OF_INITIAL = 6
_NUMBERING = re.compile(
    r"\s*(?:第[0-9一二三四五六七八九十百]+[章节部分条篇]|[((]?[0-9一二三四五六七八九十]{1,3}"
    r"(?:[.][0-9]{1,2}){0,3}(?:[、).](?![0-9])|(?=\s)))\s*"
)
_INITIALS = np.array(
    [0, *("0123456789abcdefghijklmnopqrstuvwxyz".index(sound[0]) + 1 for sound in SOUNDS[1:])],
    dtype=np.uint64,
)


def plain(folded: str) -> str:
    """Folded text without white space and punctuation: how names are compared."""
    return "".join(ch for ch in folded if ch.isalnum() and ch <= "\uffff")


def encode_name(name: str, kind: int, segmenter: Segmenter) -> bytes:
    """A name as it is written into the index, ended by (0, ``kind``); empty for an empty name.

    A numbering (一、, 2.1, 第三章) is passed over when the beginning of the name is marked.
    """
    folded = fold(name)[:LONGEST_NAME]
    marks = _marks(folded, segmenter)
    pairs = [
        (ord(character), sound | mark)
        for character, sound, mark in zip(folded, sounds(folded), marks, strict=True)
        if character.isalnum() and character <= "\uffff"
    ]
    if not pairs:
        return b""
    pairs[0] = (pairs[0][0], pairs[0][1] | _WORD | _NAME)
    return np.array([*pairs, (0, kind)], dtype="<u2").tobytes()


def name_columns(title: str, ordinal: int, heading: str, segmenter: Segmenter) -> dict[str, bytes]:
    """What the index keeps of a section's names: as they are shown, and encoded.

    The document's title belongs to its first section. A heading that the title begins with is left
    out: it names the same thing.
    """
    title, heading = (" ".join(name.split()) for name in (title, heading))
    shown_title = title if ordinal == 1 else ""
    if plain(fold(title)).startswith(plain(fold(heading))):
        heading = ""
    codes = encode_name(shown_title, TITLE, segmenter) + encode_name(heading, HEADING, segmenter)
    return {"names": f"{shown_title}\n{heading}".encode(), "name_codes": codes}


def _marks(folded: str, segmenter: Segmenter) -> list[int]:
    marks = [0] * len(folded)
    for token in dict.fromkeys(segmenter.index_tokens(folded)):
        place = folded.find(token)
        while place >= 0:
            marks[place] |= _WORD
            place = folded.find(token, place + len(token))
    numbering = _NUMBERING.match(folded)
    if numbering and numbering.end() < len(folded):
        marks[numbering.end()] |= _WORD | _NAME
    return marks


class NameTable:
    """Encoded names, searchable. All positions are of characters within all names together.

    ``owner[p]`` (int32) is the number of the name at position ``p``; ``kinds`` (uint8) and ``ends``
    (int32, the position after the last character) are indexed by name.
    """

    def __init__(self, encoded: bytes | memoryview) -> None:
        pairs = np.frombuffer(encoded, dtype="<u2").reshape(-1, 2)
        marked = pairs[:, 1]
        ended = pairs[:, 0] == 0
        self.ends: Positions = np.flatnonzero(ended).astype(np.int32)
        self.kinds: npt.NDArray[np.uint8] = marked[self.ends].astype(np.uint8)
        self.owner: Positions = (np.cumsum(ended, dtype=np.int32) - ended).astype(np.int32)
        # Zeros follow the last name, so that looking a whole name ahead never leaves the arrays.
        self._characters: _Codes = np.pad(pairs[:, 0], (0, LONGEST_NAME + 1))
        self._sounds: _Codes = np.pad(np.where(ended, 0, marked & _SOUND), (0, LONGEST_NAME + 1))
        self.begins: npt.NDArray[np.bool_] = ~ended & ((marked & _NAME) != 0)
        starts = self._beginnings(~ended & ((marked & _WORD) != 0))
        self._by_text = _Sorted(starts, self._text_keys(starts))
        self._by_sound = _Sorted(starts, self._sound_keys(starts))

    def __len__(self) -> int:
        return len(self.ends)

    def text(self, position: int, length: int | None = None) -> str:
        """The folded characters from a position on, to the name's end at most."""
        end = int(self.ends[self.owner[position]])
        stop = end if length is None else min(end, position + length)
        return "".join(map(chr, self._characters[position:stop].tolist()))

    def find_text(self, needle: str) -> Positions:
        """Where words begin that go on with the needle, which is :func:`plain`."""
        codes = [ord(character) for character in needle[: LONGEST_NAME + 1]]
        found = self._by_text.range(codes[:_CHARACTERS_IN_KEY], 16, _CHARACTERS_IN_KEY)
        for place in range(_CHARACTERS_IN_KEY, len(codes)):
            if not len(found):
                break
            found = found[self._characters[found + place] == codes[place]]
        return found

    def find_letters(self, letters: str) -> Positions:
        """Where words begin whose pinyin goes on with the letters, full or by initials.

        A place may come twice, where the letters fit it in two ways.
        """
        found = [self._find_pieces(way) for way in split_letters(letters)]
        kept = [positions for positions in found if len(positions)]
        return np.concatenate(kept) if kept else _NONE

    def find_sounds(self, numbers: Sequence[int]) -> Positions:
        """Where words begin that go on with exactly these sounds."""
        return self._find_pieces(
            [Piece(SOUNDS[number], number, number + 1, whole=True) for number in numbers]
        )

    def _find_pieces(self, pieces: Sequence[Piece]) -> Positions:
        initials = [int(_INITIALS[piece.low]) for piece in pieces]
        found = self._by_sound.range(
            initials[:_INITIALS_IN_KEY], _BITS_OF_INITIAL, _INITIALS_IN_KEY
        )
        for place, piece in enumerate(pieces):
            if len(found) and (len(piece.letters) > 1 or piece.high - piece.low == 1):
                heard = self._sounds[found + place]
                found = found[(heard >= piece.low) & (heard < piece.high)]
            elif len(found) and place >= _INITIALS_IN_KEY:
                found = found[_INITIALS[self._sounds[found + place]] == initials[place]]
        return found

    def _beginnings(self, words: npt.NDArray[np.bool_]) -> Positions:
        starts = np.flatnonzero(words)
        if len(starts) > MAX_BEGINNINGS:
            starts = np.flatnonzero(self.begins)[:MAX_BEGINNINGS]
        return starts.astype(np.int32)

    def _text_keys(self, starts: Positions) -> _Keys:
        return self._pack(starts, self._characters, _CHARACTERS_IN_KEY, 16)

    def _sound_keys(self, starts: Positions) -> _Keys:
        return self._pack(starts, _INITIALS[self._sounds], _INITIALS_IN_KEY, _BITS_OF_INITIAL)

    def _pack(
        self, starts: Positions, values: npt.NDArray[np.unsignedinteger], places: int, bits: int
    ) -> _Keys:
        """The next values from each start on as one number; zeros past the end of the name."""
        keys: _Keys = np.zeros(len(starts), dtype=np.uint64)
        inside = np.ones(len(starts), dtype=bool)
        for place in range(places):
            inside &= self._characters[starts + place] != 0
            part = np.where(inside, values[starts + place], 0).astype(np.uint64)
            keys = (keys << np.uint64(bits)) | part
        return keys


class _Sorted:
    """Positions in the order of their keys."""

    def __init__(self, positions: Positions, keys: _Keys) -> None:
        order = np.argsort(keys)
        self._positions = positions[order]
        self._keys = keys[order]

    def range(self, wanted: Sequence[int], bits: int, places: int) -> Positions:
        """The positions whose keys begin with the wanted numbers of ``bits`` bits each."""
        if not wanted:
            return _NONE
        key = 0
        for number in wanted:
            key = key << bits | number
        rest = bits * (places - len(wanted))
        low = np.searchsorted(self._keys, np.uint64(key << rest))
        high = np.searchsorted(self._keys, np.uint64(((key + 1) << rest) - 1), side="right")
        return self._positions[low:high]


_NONE: Positions = np.empty(0, np.int32)
