"""What a person typed, read into one frozen value. Pure: no index, no database, no clock.

The language: words; ``"an exact phrase"``; ``-word`` or ``-"phrase"`` to leave out; ``a OR b``
for either; ``field:value`` for the taxonomy's facets, in English or Chinese, with codes or names
(``industry:education``, ``行业:教育``). Anything else is text: no input is an error here except a
field whose value is unknown.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.catalogue import Taxonomy
from portal.search.types import FILTERS, BadRequest
from portal.text import fold, is_question, query_words

MAX_LENGTH = 10_000
MAX_WORDS = 64

FIELD_NAMES: Mapping[str, str] = {
    "行业": "industry",
    "工作类型": "work_type",
    "工作类别": "work_type",
    "阶段": "stage",
    "库": "library",
    "类型": "kind",
    "产品": "product",
} | {name: name for name in FILTERS}

_TOKEN = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?: "(?P<phrase>[^"]*)" | (?:(?P<field>[^\s":]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+)))
          | (?P<bare>[^\s"]+) | " )""",
    re.VERBOSE,
)
_OR = ("or", "|")


@dataclass(frozen=True, slots=True)
class Word:
    """One thing that a document should contain: any of these folded words."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question. All strings are folded; ``phrases`` and ``excluded`` are exact substrings.

    ``filters`` holds codes by facet: values of one facet widen, different facets narrow. ``pieces``
    are the typed words before segmentation. A question in a sentence (什么, 如何, a question mark)
    is not expected to share all its words with its answer.
    """

    words: tuple[Word, ...] = ()
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    pieces: tuple[str, ...] = ()
    is_question: bool = False

    @property
    def has_text(self) -> bool:
        """Whether there is anything to rank by."""
        return bool(self.words or self.phrases)

    @property
    def needles(self) -> tuple[str, ...]:
        """Every word and phrase that is looked for, for marking."""
        options = (option for word in self.words for option in word.options)
        return tuple(dict.fromkeys((*self.phrases, *options)))


def parse(text: str, filters: Mapping[str, tuple[str, ...]], taxonomy: Taxonomy) -> Query:
    """Read the text and join its fields with the filters chosen beside it.

    Raises :class:`BadRequest` for an unknown code; text past 10,000 characters and words past 64
    are left out.
    """
    chosen: dict[str, dict[str, None]] = {}
    for facet, codes in filters.items():
        for code in codes:
            chosen.setdefault(facet, {})[_code(facet, code, taxonomy)] = None
    words: list[Word] = []
    phrases: dict[str, None] = {}
    excluded: dict[str, None] = {}
    pieces: dict[str, None] = {}
    either = False
    for match in _TOKEN.finditer(fold(text[:MAX_LENGTH])):
        named = FIELD_NAMES.get(match["field"] or "")
        exact = (match["phrase"] or "").strip()
        bare = match["bare"] or ""
        if named and not match["minus"]:
            value = match["quoted"] or match["value"] or ""
            chosen.setdefault(named, {})[_code(named, value, taxonomy)] = None
        elif match["minus"]:
            left_out = exact or bare or match.group()[1:].strip('"')
            excluded |= {left_out: None} if left_out else {}
        elif exact:
            phrases[exact] = None
        elif bare in _OR and words:
            either = True
            continue
        else:
            piece = bare or match.group().strip('"')
            pieces[piece] = None
            found = [Word((word,)) for word in query_words(piece)]
            if either and found:
                found[0] = Word(words.pop().options + found[0].options)
            words += found
        either = False
    return Query(
        words=tuple(dict.fromkeys(words))[:MAX_WORDS],
        phrases=tuple(phrases)[:MAX_WORDS],
        excluded=tuple(excluded)[:MAX_WORDS],
        filters={facet: tuple(codes) for facet, codes in chosen.items()},
        pieces=tuple(pieces)[:MAX_WORDS],
        is_question=any(is_question(piece) for piece in pieces),
    )


def _code(facet: str, value: str, taxonomy: Taxonomy) -> str:
    for term in taxonomy.terms.get(facet, ()):
        if value in (term.code, term.zh, fold(term.zh), fold(term.en)):
            return term.code
    valid = "、".join(f"{term.code}（{term.zh}）" for term in taxonomy.terms.get(facet, ()))
    raise BadRequest(f"“{value}” 不是 {facet} 的取值。可用的取值：{valid}")
