"""Bytes to text, by the likelihood of what comes out.

Nearly every sequence of bytes decodes as GB18030, Big5 text included, so that "the first codec
that does not raise" gives nonsense. Each candidate's text is scored with a unigram model of
written Chinese instead, and the likeliest one wins.
"""

import codecs
import math
import unicodedata
from functools import lru_cache

from portal.ingest.euc_tw import decode_euc_tw
from portal.ingest.han import LEVEL_ONE, RANKS, is_han

# Longest first: the mark of UTF-32-LE begins with that of UTF-16-LE.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_EUC_TW = "euc-tw"
_CANDIDATES = ("gb18030", "big5hkscs", "cp950", _EUC_TW, "utf-16-le", "utf-16-be", "cp1252")
_SAMPLE = 32 * 1024
# What a correct declaration is worth: it breaks ties and decides names of two characters, and
# three characters of evidence outweigh it.
_DECLARED_BONUS = 6.0
# EUC-TW is so rare that it has to be a good deal likelier than GB18030 to be believed.
_RARE_ENCODING = {_EUC_TW: -6.0}
_BAD = -20.0
_ALIASES = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "big5hkscs", "x-euc-tw": _EUC_TW}


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """The text of ``data`` and the name of its encoding. Never raises.

    ``declared`` is what a page says of itself; it is a hint and may be a lie. Bytes that the
    encoding cannot explain become U+FFFD. A byte order mark decides, and is not in the text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, errors="replace"), encoding
    is_utf8, has_proof = _look_at_utf8(data)
    if is_utf8 and (has_proof or (data.isascii() and b"\0" not in data)):
        return data.decode("utf-8"), "utf-8"
    hint = _python_name(declared)
    encoding = max(_candidates(data, is_utf8), key=lambda name: _score(data, name, hint))
    return decode_as(data, encoding), encoding


def decode_as(data: bytes, encoding: str) -> str:
    """``data`` in a given encoding, U+FFFD for what does not fit."""
    if encoding == _EUC_TW:
        return decode_euc_tw(data)
    return data.decode(encoding, errors="replace")


def log_likelihood(text: str) -> float:
    """Natural logarithm of the model's probability of ``text``; more negative, less likely."""
    return sum(map(_char_score, text))


def is_readable(text: str) -> bool:
    """Whether ``text`` is writing rather than the bytes of some other kind of file."""
    sample = text[:_SAMPLE]
    if not sample:
        return False
    scores = [_char_score(char) for char in sample]
    bad = sum(score <= _BAD for score in scores)
    # One stray control character in a short note is forgiven.
    return (bad - 1) * 50 <= len(sample) and sum(scores) / len(sample) > -12.5


def _look_at_utf8(data: bytes) -> tuple[bool, bool]:
    """(valid as UTF-8, and more than chance): pairs alone may as well be GB18030."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        # A file cut in the middle of a character, or with a few damaged bytes, is still UTF-8.
        damaged = data.decode("utf-8", errors="replace").count("\ufffd")
        is_mostly = error.start > 0 and damaged * 200 < len(data)
        return is_mostly, False
    has_proof = "\0" not in text and any(char > "\u07ff" for char in text)
    return True, has_proof


def _candidates(data: bytes, is_utf8: bool) -> list[str]:
    names = [*_CANDIDATES, "utf-8"] if is_utf8 else list(_CANDIDATES)
    return [name for name in names if len(data) % 2 == 0 or not name.startswith("utf-16")]


def _score(data: bytes, encoding: str, hint: str) -> float:
    sample = data[:_SAMPLE]
    text = decode_as(sample, encoding)
    if len(data) > len(sample):
        # The sample may end in the middle of a character.
        text = text.rstrip("\ufffd")
    prior = _RARE_ENCODING.get(encoding, 0.0) + (_DECLARED_BONUS if encoding == hint else 0.0)
    return log_likelihood(text) + prior


def _python_name(declared: str | None) -> str:
    name = (declared or "").strip().lower().replace("_", "-")
    return _ALIASES.get(name, name)


@lru_cache(maxsize=70_000)
def _char_score(char: str) -> float:
    if char in RANKS:
        return -math.log(RANKS[char] + 12) - 2.5
    if " " <= char <= "~" or char in "\t\r\n":
        return -4.0
    if is_han(char):
        return -10.5 if char in LEVEL_ONE else (-13.0 if char <= "\uffff" else -15.0)
    if char in "，。、：；（）“”《》！？—…·【】％\u3000":
        return -5.0
    return _other_score(char)


def _other_score(char: str) -> float:
    category = unicodedata.category(char)
    if char == "\ufffd" or category in ("Cc", "Cn", "Co", "Cs"):
        return _BAD
    if "\uff01" <= char <= "\uff5e" or "\u3000" <= char <= "\u303f" or category == "So":
        return -9.0
    if "\u00a0" <= char <= "\u00ff" or "\u2000" <= char <= "\u24ff":
        return -9.5
    return -13.0
