"""One form for every way of writing the same thing, with the way back to the original.

Each character is folded by itself: compatibility forms (NFKC, so full width becomes half width and
Kangxi radicals become characters), lower case, accents off Latin letters, and Traditional to
Simplified by OpenCC's character table. Folding character by character and not by phrase loses a
few distinctions (乾 is 干 in 乾隆 too), but text and query lose the same ones, so they still meet.
"""

import functools
import unicodedata
from array import array
from dataclasses import dataclass

import opencc

_HAN_RANGES = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x20000, 0x2FA20))


@dataclass(frozen=True, slots=True)
class Normalised:
    """Folded text and where each of its characters came from.

    ``offsets`` has ``len(text) + 1`` entries: the folded character ``i`` stems from the original
    at ``offsets[i]``, and the last entry is the original's length. ``None`` means that every
    character was folded to exactly one, so that positions are the same.
    """

    text: str
    offsets: "array[int] | None"

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open range of the original that the folded range ``start:end`` stems from."""
        if self.offsets is None:
            return start, end
        if start >= end:
            return self.offsets[start], self.offsets[start]
        last = self.offsets[end - 1]
        stop = next((offset for offset in self.offsets[end:] if offset > last), self.offsets[-1])
        return self.offsets[start], stop


class _FoldTable(dict[int, str]):
    """Code point to folded text, filled as characters are met; ``resized`` holds the odd ones."""

    def __init__(self) -> None:
        super().__init__()
        self.resized: set[str] = set()

    def __missing__(self, code: int) -> str:
        folded = _fold_character(chr(code))
        if len(folded) != 1:
            self.resized.add(chr(code))
        self[code] = folded
        return folded


_table = _FoldTable()


@functools.cache
def _simplified() -> dict[str, str]:
    han = [chr(code) for low, high in _HAN_RANGES for code in range(low, high)]
    converted = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    return {
        old: new for old, new in zip(han, converted, strict=True) if old != new and len(new) == 1
    }


def _fold_character(character: str) -> str:
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"  # a lone surrogate cannot be stored or sent anywhere
    if unicodedata.category(character) in ("Mn", "Me"):
        return ""
    folded = unicodedata.normalize("NFKC", character).lower()
    if not folded.isascii() and any("LATIN" in unicodedata.name(part, "") for part in folded):
        folded = unicodedata.normalize("NFKD", folded)
    kept = (part for part in folded if unicodedata.category(part) not in ("Mn", "Me"))
    return "".join(_simplify(part) for part in kept)


def _simplify(character: str) -> str:
    # A few characters have a simplified form that has one itself: 薴, 苧, 苎.
    table = _simplified()
    seen = {character}
    while (simpler := table.get(character, character)) not in seen:
        seen.add(simpler)
        character = simpler
    return character


def fold(text: str) -> str:
    """The folded text alone, where nobody needs the way back."""
    return text.translate(_table)


def normalise(text: str) -> Normalised:
    """Fold ``text`` and keep the offsets into it; any string is accepted."""
    folded = text.translate(_table)
    if _table.resized.isdisjoint(text):
        return Normalised(folded, None)
    offsets = array("q")
    for position, character in enumerate(text):
        offsets.extend([position] * len(_table[ord(character)]))
    offsets.append(len(text))
    return Normalised(folded, offsets)
