"""Excel number formats: a stored value to what a person sees in the cell.

Follows ECMA-376 part 1, 18.8.30 and 18.8.31 for what office documents use; fractions, colours
and padding are shown as plain numbers. Built-in formats are those of Chinese Excel.
"""

import math
import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_ZH_DATES = {
    14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm",
    27: 'yyyy"年"m"月"', 28: 'm"月"d"日"', 29: 'm"月"d"日"', 30: "m-d-yy",
    31: 'yyyy"年"m"月"d"日"', 32: 'h"时"mm"分"', 33: 'h"时"mm"分"ss"秒"', 34: 'h"时"mm"分"',
    35: 'h"时"mm"分"ss"秒"', 36: 'yyyy"年"m"月"', 45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0",
    50: 'yyyy"年"m"月"', 51: 'm"月"d"日"', 52: 'yyyy"年"m"月"', 53: 'm"月"d"日"',
    54: 'm"月"d"日"', 55: 'h"时"mm"分"', 56: 'h"时"mm"分"ss"秒"', 57: 'yyyy"年"m"月"',
    58: 'm"月"d"日"',
}  # fmt: skip
BUILT_IN: dict[int, str] = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 5: "¥#,##0;¥-#,##0",
    6: "¥#,##0;¥-#,##0", 7: "¥#,##0.00;¥-#,##0.00", 8: "¥#,##0.00;¥-#,##0.00", 9: "0%",
    10: "0.00%", 11: "0.00E+00", 37: "#,##0;-#,##0", 38: "#,##0;-#,##0",
    39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: "#,##0", 42: "¥#,##0",
    43: "#,##0.00", 44: "¥#,##0.00", 48: "##0.0E+0", 49: "@",
} | _ZH_DATES  # fmt: skip

_TOKEN = re.compile(
    r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]|AM/PM|A/P|上午/下午|General|G/通用格式'
    r"|[yY]+|[mM]+|[dD]+|[hH]+|[sS]+(?:\.0+)?|[aA]{3,4}|[eEgG](?![+\-])|.",
    re.DOTALL,
)
_NUMBER = re.compile(r"[0#?][0#?,]*(?:\.[0#?]*)?,*(?:[eE][+\-][0#?]+)?%?|\.[0#?]+%?")
_CURRENCY = re.compile(r"\[\$([^\-\]]*)(?:-[^\]]*)?\]")
_CONDITION = re.compile(r"\[(<=|>=|<>|<|>|=)(-?[\d.]+)\]")
_DIGITS = frozenset("0#?")
_DIGIT_ENDS = frozenset(".,%")
_PATTERN = frozenset("0#?.,%eE+-/")
_GENERAL = frozenset(("General", "G/通用格式", "@"))
_WEEKDAYS = "一二三四五六日"
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
# Sheets hold wall-clock times of no particular zone; UTC keeps arithmetic free of surprises.
_EPOCH_1900 = datetime(1899, 12, 30, tzinfo=UTC)
_EPOCH_1904 = datetime(1904, 1, 1, tzinfo=UTC)
_MAX_SERIAL = 2_958_466  # the day after 9999-12-31


def show_number(value: float, code: str, is_1904: bool = False) -> str:
    """``value`` as a cell with the format ``code`` shows it.

    Dates are days since the workbook's epoch: 1900, or 1904 where ``is_1904``.
    """
    if not math.isfinite(value):
        return ""
    section, is_negative_section = _section_for(value, code)
    if _is_date(section):
        return _show_date(value, section, is_1904)
    return _show_plain(abs(value) if is_negative_section else value, section)


def show_general(value: float) -> str:
    """``value`` as an unformatted cell: at most 11 significant digits, no trailing zeros."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.11g}" if 1e-5 <= abs(value) < 1e11 else f"{value:.6G}"


def _section_for(value: float, code: str) -> tuple[str, bool]:
    """The section of ``code`` for ``value``, and whether it shows the sign by itself."""
    sections = _sections(code)
    if len(sections) == 1:
        return sections[0], False
    if _CONDITION.search(code):
        return _conditional_section(value, sections), False
    if len(sections) > 2 and value == 0:
        return sections[2], False
    if len(sections) > 1 and value < 0:
        return sections[1], True
    return sections[0], False


def _conditional_section(value: float, sections: tuple[str, ...]) -> str:
    for section in sections:
        condition = _CONDITION.search(section)
        if condition is None or _holds(value, condition[1], float(condition[2])):
            return section
    return sections[-1]


def _holds(value: float, operator: str, bound: float) -> bool:
    outcomes = {
        "<": value < bound, ">": value > bound, "=": value == bound,
        "<=": value <= bound, ">=": value >= bound, "<>": value != bound,
    }  # fmt: skip
    return outcomes[operator]


@lru_cache(maxsize=512)
def _sections(code: str) -> tuple[str, ...]:
    sections = [""]
    for piece in _TOKEN.findall(code or "General"):
        if piece == ";":
            sections.append("")
        else:
            sections[-1] += piece
    return tuple(sections)


@lru_cache(maxsize=512)
def _is_date(section: str) -> bool:
    """Whether any token asks for a part of a date or time."""
    tokens = _TOKEN.findall(section)
    if "General" in tokens or "G/通用格式" in tokens:
        return False
    return any(token[0] in "yYmMdDhHsSaA" or re.match(r"\[[hms]+\]", token) for token in tokens)


def _show_plain(value: float, section: str) -> str:
    before, pattern, after = _plain_parts(section)
    if pattern == "General":
        return f"{before}{show_general(value)}{after}".strip()
    return f"{before}{_show_digits(value, pattern) if pattern else ''}{after}".strip()


@lru_cache(maxsize=512)
def _plain_parts(section: str) -> tuple[str, str, str]:
    """A section of a number format as (literal before, digit pattern or "General", after)."""
    pieces = _TOKEN.findall(_CURRENCY.sub(lambda found: f'"{found[1]}"', section))
    digits = [at for at, piece in enumerate(pieces) if piece in _DIGITS]
    general = [at for at, piece in enumerate(pieces) if piece in _GENERAL]
    if not digits:
        at = general[0] if general else len(pieces)
        before, after = pieces[:at], pieces[at + 1 :]
        return _literals(before), "General" if general else "", _literals(after)
    first, last = digits[0], digits[-1]
    if first and pieces[first - 1] == ".":
        first -= 1
    while last + 1 < len(pieces) and pieces[last + 1] in _DIGIT_ENDS:
        last += 1
    inside = "".join(piece for piece in pieces[first : last + 1] if piece in _PATTERN)
    # "0.5/1" and other fractions show as plain numbers.
    pattern = inside if _NUMBER.fullmatch(inside) else "General"
    return _literals(pieces[:first]), pattern, _literals(pieces[last + 1 :])


def _literals(pieces: list[str]) -> str:
    return "".join(map(_literal, pieces))


def _show_digits(value: float, pattern: str) -> str:
    percent = pattern.endswith("%")
    body = pattern.rstrip("%")
    value = value * 100 if percent else value
    if "e" in body.lower():
        decimals = len(re.findall(r"[0#?]", body.lower().split("e")[0].partition(".")[2]))
        return f"{value:.{decimals}E}"
    scaled = body.rstrip(",")
    # Each comma after the last digit divides by a thousand.
    value /= 1000 ** (len(body) - len(scaled))
    whole, _, fraction = scaled.partition(".")
    text = f"{value:{',' if ',' in whole else ''}.{min(len(fraction), 30)}f}"
    optional = len(fraction) - len(fraction.rstrip("#?"))
    if optional and "." in text:
        keep = len(text) - optional
        text = (text[:keep] + text[keep:].rstrip("0")).rstrip(".")
    return _pad_whole(text, whole.count("0")) + ("%" if percent else "")


def _pad_whole(text: str, digits: int) -> str:
    sign, unsigned = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, dot, fraction = unsigned.partition(".")
    whole = whole.rjust(digits, "0") if "," not in whole else whole
    return f"{sign}{whole}{dot}{fraction}"


def _literal(token: str) -> str:
    if token.startswith('"'):
        return token[1:-1] if len(token) > 1 else ""
    if token.startswith("\\"):
        return token[1:]
    if token.startswith(("_", "*", "[")):
        return ""
    return token if token not in ("?", "#") else ""


def _show_date(value: float, section: str, is_1904: bool) -> str:
    if not 0 <= value < _MAX_SERIAL:
        return show_general(value)
    moment = _moment(value, is_1904)
    tokens = _TOKEN.findall(section)
    is_12_hour = any(token in ("AM/PM", "A/P", "上午/下午") for token in tokens)
    shown = []
    for position, token in enumerate(tokens):
        is_minute = token[0] in "mM" and _beside_time(tokens, position)
        shown.append(_show_part(token, moment, value, is_minute, is_12_hour))
    return "".join(shown).strip()


def _moment(value: float, is_1904: bool) -> datetime:
    """The serial as a moment; Excel believes that 1900 was a leap year, hence the odd epoch."""
    epoch = _EPOCH_1904 if is_1904 else _EPOCH_1900
    if not is_1904 and value < 61:
        epoch += timedelta(days=1)
    return epoch + timedelta(seconds=round(value * 86400))


def _beside_time(tokens: list[str], position: int) -> bool:
    """Whether an "m" means minutes: it follows hours or comes before seconds."""
    letters = [(i, t[0]) for i, t in enumerate(tokens) if re.match(r"[yYmMdDhHsS]|\[[hms]+\]", t)]
    at = next(i for i, (where, _) in enumerate(letters) if where == position)
    before = tokens[letters[at - 1][0]].lower() if at else ""
    after = tokens[letters[at + 1][0]].lower() if at + 1 < len(letters) else ""
    return "h" in before or after.startswith("s")


def _show_part(
    token: str, moment: datetime, value: float, is_minute: bool, is_12_hour: bool
) -> str:
    lower = token.lower()
    if lower.startswith("y") or lower == "e":
        return f"{moment.year:04d}" if len(token) != 2 else f"{moment.year % 100:02d}"
    if lower.startswith("m"):
        return f"{moment.minute:0{min(len(token), 2)}d}" if is_minute else _month(token, moment)
    if lower.startswith("d"):
        weekday = "周" if len(token) == 3 else "星期"
        if len(token) > 2:
            return weekday + _WEEKDAYS[moment.weekday()]
        return f"{moment.day:0{len(token)}d}"
    if lower.startswith("h"):
        hour = (moment.hour % 12 or 12) if is_12_hour else moment.hour
        return f"{hour:0{min(len(token), 2)}d}"
    if lower.startswith("s"):
        return f"{moment.second:0{min(len(token.split('.')[0]), 2)}d}"
    if lower in ("aaa", "aaaa"):
        return ("星期" if len(token) == 4 else "") + _WEEKDAYS[moment.weekday()]
    return _elapsed_or_literal(token, moment, value)


def _month(token: str, moment: datetime) -> str:
    if len(token) >= 3:
        return _MONTHS[moment.month - 1]
    return f"{moment.month:0{len(token)}d}"


def _elapsed_or_literal(token: str, moment: datetime, value: float) -> str:
    if elapsed := re.fullmatch(r"\[([hms])+\]", token):
        seconds = round(value * 86400)
        return str(seconds // {"h": 3600, "m": 60, "s": 1}[elapsed[1]])
    if token in ("AM/PM", "上午/下午", "A/P"):
        return "上午" if moment.hour < 12 else "下午"
    return _literal(token)
