"""Repairs to the text of a PDF page, and the judgement whether it is text at all."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from portal.ingest.extract.reflow import reflow
from portal.ingest.extract.tidy import tidy_line
from portal.ingest.han import LEVEL_ONE, is_han

# Radicals and compatibility forms: other code points for characters that people type.
_STAND_INS = re.compile("[\u2e80-\u2fdf\uf900-\ufaff\U0002f800-\U0002fa1f]")
# pdfium writes one of these where a Latin word was hyphenated at the end of a line.
_PDFIUM_HYPHEN = re.compile("[\x02\ufffe](?=\r?\n|\r|\\Z)")
_HAN_SPACE_HAN = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff，。、：；（）《》！？])")
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_MIN_SPACED = 4
_MAX_UNMAPPED = 0.2
_MAX_IMPLAUSIBLE = 0.2
_MAX_RARE_HAN = 0.3
_MIN_HAN = 10

# The radicals that have no compatibility decomposition, after EquivalentUnifiedIdeograph.txt.
_RADICALS = dict(
    zip(
        [
            0x2E81,
            *range(0x2E84, 0x2E87),
            *range(0x2E88, 0x2E9A),
            *range(0x2E9B, 0x2E9F),
            *range(0x2EA0, 0x2EB3),
            *range(0x2EB6, 0x2EF3),
        ],
        "厂乙亻冂刀刂卜㔾小小兀尣尢尣巳幺彑彐忄心扌攵"
        "旡日月歺民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒"
        "羊羊羊耂肀聿肉臼艹艹艹虎衤覀西见角角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食食飠饣"
        "首马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
        strict=True,
    )
)


def repair_page(raw: str) -> str:
    """The text of a page as paragraphs, one a line.

    Radicals become ordinary characters, spaced-out Chinese closes up, broken lines join.
    """
    text = _PDFIUM_HYPHEN.sub("-", raw)
    text = _STAND_INS.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = text.translate(_RADICALS)
    lines = [line for part in _LINE_BREAK.split(text) if (line := _tidy_spaced(part))]
    return "\n".join(reflow(_close_up(lines)))


def is_garbled(text: str, unmapped: float) -> bool:
    """Whether ``text`` is what a font without a Unicode map makes of other words.

    ``unmapped`` is the share of characters that the font itself left unexplained.
    """
    counts = Counter(char for char in text if not char.isspace())
    if not counts:
        return False
    if unmapped > _MAX_UNMAPPED:
        return True
    implausible = sum(count for char, count in counts.items() if _is_implausible(char))
    if implausible > max(1, counts.total() * _MAX_IMPLAUSIBLE):
        return True
    han = Counter({char: count for char, count in counts.items() if is_han(char)})
    rare = sum(count for char, count in han.items() if char not in LEVEL_ONE)
    return han.total() >= _MIN_HAN and rare > han.total() * _MAX_RARE_HAN


def _tidy_spaced(line: str) -> str:
    """A tidy line in which a wide gap stays wider than the gaps between letters."""
    return tidy_line(re.sub(r"[ \u3000\xa0]{2,}", "\u2003\u2003", line))


def _close_up(lines: list[str]) -> list[str]:
    return [_HAN_SPACE_HAN.sub("", line) if _is_spaced_out(line) else line for line in lines]


def _is_spaced_out(line: str) -> bool:
    """Whether nearly every Han character stands alone between spaces."""
    spaced = len(_HAN_SPACE_HAN.findall(line))
    close = sum(is_han(a) and is_han(b) for a, b in pairwise(line))
    return spaced >= _MIN_SPACED - 1 and spaced >= close * 4


def _is_implausible(char: str) -> bool:
    """Neither Chinese, nor Latin, nor the punctuation and symbols of Chinese documents."""
    if char < "\u024f":
        return "\xa1" <= char <= "\xff" and char not in "°±·×÷²³®©µ§«»éèüöä"
    category = unicodedata.category(char)
    if category in ("Co", "Cn", "Cc", "Cs") or char == "\ufffd":
        return True
    return category.startswith(("L", "M")) and not _is_familiar_script(char)


def _is_familiar_script(char: str) -> bool:
    return (
        is_han(char)
        or "\u0370" <= char <= "\u04ff"
        or "\u1e00" <= char <= "\u214f"
        or "\u3005" <= char <= "\u3129"
        or "\uff21" <= char <= "\uff9f"
    )
