"""Keys of a document by the names of the folders it lies in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from portal.catalogue import Taxonomy
from portal.models import FACETS

_NUMBERING = re.compile(r"^[(（]?\d+[)）]?[\s.、_\-]*")
_BETWEEN = re.compile(r"[、,，;；+&|/]")


class KeyNames:
    """What the codes of a taxonomy are called: by code, in Chinese and in English."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._keys: dict[str, set[tuple[str, str]]] = {}
        self._by_facet: dict[tuple[str, str], str] = {}
        for facet in FACETS:
            for term in taxonomy.terms.get(facet, ()):
                for name in (term.code, term.zh, term.en):
                    self._keys.setdefault(_plain(name), set()).add((facet, term.code))
                    self._by_facet[facet, _plain(name)] = term.code

    def code(self, facet: str, name: str) -> str | None:
        """The code of a facet by one of its names, or ``None``."""
        return self._by_facet.get((facet, _plain(name)))

    def of_folders(self, folders: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """The codes by facet that folder names stand for, in the order they are met.

        "01 教育" and "教育、医疗卫生" are understood; a name that means nothing, or may mean two
        facets, says nothing.
        """
        found: dict[str, dict[str, None]] = {}
        for folder in folders:
            for facet, code in self._meanings(folder):
                found.setdefault(facet, {})[code] = None
        return {facet: tuple(codes) for facet, codes in found.items()}

    def _meanings(self, folder: str) -> list[tuple[str, str]]:
        plain = _plain(_NUMBERING.sub("", unicodedata.normalize("NFKC", folder).strip()))
        names = [plain] if plain in self._keys else [_plain(part) for part in split_names(plain)]
        meanings = [self._keys.get(name, set()) for name in names]
        return [next(iter(keys)) for keys in meanings if len(keys) == 1]


def split_names(text: str) -> list[str]:
    """Several names in one text, as people list them."""
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()
