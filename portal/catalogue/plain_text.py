"""Text that colleagues type, made safe to keep and to show as it is."""

import re

# What would reorder or hide neighbouring text; joiners stay, emoji need them.
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")
_BLANK_LINES = re.compile(r"\n\s*\n\s*\n+")


class TextRefused(ValueError):
    """A text cannot be kept. ``reason`` is ``empty`` or ``long``; ``field`` names the text."""

    def __init__(self, reason: str, field: str, longest: int) -> None:
        super().__init__(f"{field}: {reason}")
        self.reason = reason
        self.field = field
        self.longest = longest


def plain_text(text: str, field: str, longest: int, *, required: bool = True) -> str:
    """The text without control characters, with single line ends and at most one blank line.

    Raises :class:`TextRefused` when it is longer than ``longest`` characters, or empty although
    required.
    """
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    plain = _BLANK_LINES.sub("\n\n", _HIDDEN.sub("", unified)).strip()
    if required and not plain:
        raise TextRefused("empty", field, longest)
    if len(plain) > longest:
        raise TextRefused("long", field, longest)
    return plain
