"""White space, and characters that are no text, taken out of extracted strings."""

import re

_LINE_BREAKS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    "\u206a-\u206f\ufeff\ufffe\uffff\ud800-\udfff]"
)
_SPACES = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")


def tidy_line(text: str) -> str:
    """``text`` as one line: breaks and runs of white space become one space."""
    # Most strings of a big workbook are tidy; "printable" leaves out all that is handled below.
    if text.isprintable() and "  " not in text:
        return text.strip()
    return _SPACES.sub(" ", _INVISIBLE.sub("", _LINE_BREAKS.sub(" ", text))).strip()


def tidy_text(text: str) -> str:
    """``text`` as tidy lines, empty ones left out, separated by newlines."""
    return "\n".join(tidy_lines(text))


def tidy_lines(text: str) -> list[str]:
    """The lines of ``text`` that hold something, each tidied."""
    return [line for raw in _LINE_BREAKS.split(text) if (line := tidy_line(raw))]


def join_cells(cells: list[str]) -> str:
    """One table row as a line: cells that hold something, joined by " | "."""
    return " | ".join(cell for raw in cells if (cell := tidy_line(raw)))
