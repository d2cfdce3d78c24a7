"""Reading what a person typed. Pure: no index, no database, no clock.

The language: words; ``"an exact phrase"``; ``-word`` or ``-"phrase"`` to leave out; ``a OR b``
for either; and fields, in English or Chinese: the taxonomy's facets with codes or names
(``industry:education``, ``行业:教育``), ``title:校园``, ``author:login``, ``format:pdf``,
``year:2026``, ``after:2026-01-01``, ``before:2026-06-30``. Anything else is text: no input is an
error here except a field whose value is unknown or malformed.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from portal.catalogue import Taxonomy
from portal.search.types import FILTERS, FORMATS, BadRequest, Query, Word
from portal.text import Segmenter, content_words, fold, normalise

MAX_LENGTH = 10_000
MAX_WORDS = 64

FIELD_NAMES: Mapping[str, str] = {name: name for name in FILTERS} | {
    "行业": "industry",
    "工作类型": "work_type",
    "工作类别": "work_type",
    "阶段": "stage",
    "库": "library",
    "知识库": "library",
    "类型": "kind",
    "产品": "product",
    "格式": "format",
    "年份": "year",
    "title": "title",
    "标题": "title",
    "author": "author",
    "作者": "author",
    "after": "after",
    "之后": "after",
    "before": "before",
    "之前": "before",
}
"""Every field's names and the field they mean."""

_TOKEN = re.compile(
    r"""(?P<minus>(?<!\S)-)?
        (?: "(?P<phrase>[^"]*)" | (?:(?P<field>[^\s":]+):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+)))
          | (?P<bare>[^\s"]+) | " )""",
    re.VERBOSE,
)
_OR = ("or", "|")
_LONGEST_SYNONYM = 8  # words
_YEAR = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True)
class Language:
    """What reading a question needs to know: codes, words, and what means the same.

    ``synonyms`` maps a folded word to the other folded words of its groups.
    """

    taxonomy: Taxonomy
    segmenter: Segmenter
    synonyms: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of what was typed, ``typed`` as it stands there.

    ``kind`` is ``text``, ``phrase``, ``excluded`` or the name of a field; ``value`` is folded and
    without quotes, minus and field name.
    """

    typed: str
    kind: str
    value: str


@dataclass(slots=True)
class _Parts:
    words: list[Word] = field(default_factory=list)
    phrases: dict[str, None] = field(default_factory=dict)
    excluded: dict[str, None] = field(default_factory=dict)
    titles: dict[str, None] = field(default_factory=dict)
    pieces: dict[str, None] = field(default_factory=dict)
    authors: dict[str, None] = field(default_factory=dict)
    filters: dict[str, dict[str, None]] = field(default_factory=dict)
    bounds: dict[str, dt.date] = field(default_factory=dict)
    either: bool = False


def tokens(text: str) -> Iterator[Token]:
    """The pieces of what was typed, in order; text past 10,000 characters is left out."""
    typed = text[:MAX_LENGTH]
    normalised = normalise(typed)
    for match in _TOKEN.finditer(normalised.text):
        start, end = normalised.original_span(*match.span())
        yield Token(typed[start:end], *_kind_and_value(match))


def _kind_and_value(match: re.Match[str]) -> tuple[str, str]:
    exact = (match["phrase"] or "").strip()
    if match["minus"]:
        return "excluded", exact or match["bare"] or match.group()[1:].strip('"').strip()
    if match["field"] in FIELD_NAMES:
        return FIELD_NAMES[match["field"]], match["quoted"] or match["value"] or ""
    if exact:
        return "phrase", exact
    return "text", match["bare"] or match.group().strip('"')


def parse(text: str, filters: Mapping[str, tuple[str, ...]], language: Language) -> Query:
    """Read the text and join its fields with the filters chosen beside it.

    Raises :class:`BadRequest` for an unknown code or a malformed date; text past 10,000 characters
    and words past 64 are left out.
    """
    parts = _Parts()
    for facet, codes in filters.items():
        for code in codes:
            parts.filters.setdefault(facet, {})[_code(facet, code, language.taxonomy)] = None
    kept: list[str] = []
    for token in tokens(text):
        if token.kind in FIELD_NAMES:
            _read_field(parts, token.kind, token.value, language)
        else:
            kept.append(token.typed)
            _read_text(parts, token, language)
    return Query(
        words=tuple(dict.fromkeys(parts.words))[:MAX_WORDS],
        phrases=tuple(parts.phrases)[:MAX_WORDS],
        excluded=tuple(parts.excluded)[:MAX_WORDS],
        titles=tuple(parts.titles)[:MAX_WORDS],
        filters={facet: tuple(codes) for facet, codes in parts.filters.items()},
        authors=tuple(parts.authors),
        after=parts.bounds.get("after"),
        before=parts.bounds.get("before"),
        pieces=tuple(parts.pieces)[:MAX_WORDS],
        text=" ".join(kept),
        is_question=any(language.segmenter.is_question(piece) for piece in parts.pieces),
    )


def _read_text(parts: _Parts, token: Token, language: Language) -> None:
    value = token.value
    if token.kind == "excluded":
        parts.excluded |= {value: None} if value else {}
    elif token.kind == "phrase":
        parts.phrases[value] = None
    elif value in _OR and parts.words:
        parts.either = True
        return
    else:
        parts.pieces |= {value: None} if value else {}
        found = list(_words(value, language))
        if parts.either and found:
            found[0] = Word(parts.words.pop().options + found[0].options)
        parts.words += found
    parts.either = False


def _words(piece: str, language: Language) -> Iterator[Word]:
    """The words of a piece, with their synonyms."""
    units = [
        unit for run in language.segmenter.runs(piece) for unit in _units(run, language.synonyms)
    ]
    for unit in content_words(units):
        yield Word((unit, *language.synonyms.get(unit, ())))


def _units(run: list[str], synonyms: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """The words of a run; those that together are a word with synonyms become one.

    Such a word need not stand in the dictionary, but it never begins or ends within a word: 资费
    has synonyms and 资费表 is another word.
    """
    position = 0
    while position < len(run):
        ends = range(min(len(run), position + _LONGEST_SYNONYM), position, -1)
        joined = ((end, "".join(run[position:end])) for end in ends)
        end, unit = next((pair for pair in joined if pair[1] in synonyms), (0, ""))
        yield unit or run[position]
        position = end or position + 1


def _read_field(parts: _Parts, name: str, value: str, language: Language) -> None:
    if name == "title":
        parts.titles |= dict.fromkeys(language.segmenter.query_words(value))
    elif name == "author":
        parts.authors[value] = None
    elif name in ("after", "before"):
        parts.bounds[name] = _date(name, value)
    else:
        parts.filters.setdefault(name, {})[_code(name, value, language.taxonomy)] = None


def _date(name: str, value: str) -> dt.date:
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise BadRequest(f"日期应写成 {name}:2026-01-31 的样子，“{value}” 不是日期", name) from None


def _code(facet: str, value: str, taxonomy: Taxonomy) -> str:
    if facet == "year":
        if _YEAR.fullmatch(value):
            return value
        raise BadRequest(f"年份应是四位数字，“{value}” 不是", facet)
    if facet == "format":
        if value in FORMATS:
            return value
        raise BadRequest(f"没有 “{value}” 这种格式。可用的取值：{'、'.join(FORMATS)}", facet)
    for term in taxonomy.terms.get(facet, ()):
        if value in (term.code, term.zh, fold(term.zh), fold(term.en)):
            return term.code
    valid = "、".join(f"{term.code}（{term.zh}）" for term in taxonomy.terms.get(facet, ()))
    raise BadRequest(f"“{value}” 不是 {facet} 的取值。可用的取值：{valid}", facet)
