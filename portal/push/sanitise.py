"""Texts of documents on their way out: into feeds, mails and chats that others display."""

import html
import re
import unicodedata

import nh3

# Joiners keep emoji and Indic scripts whole; the two marks are needed beside right-to-left names.
_KEPT_FORMATS = frozenset("\u200c\u200d\u200e\u200f")
_SPACES = re.compile(r"\s+")


def plain(text: str) -> str:
    """Text without markup, without characters that XML forbids or that turn the line around.

    Some readers take a title for HTML even where the format says that it is text: tags are taken
    out with what scripts they hold, and an angle bracket that is left becomes its full-width twin.
    """
    if "<" in text or "&" in text:
        text = html.unescape(nh3.clean(text, tags=set()))
        text = text.replace("<", "＜").replace(">", "＞")
    return "".join(filter(_is_kept, text))


def one_line(text: str) -> str:
    """The same on one line, for titles and headers."""
    return _SPACES.sub(" ", plain(_SPACES.sub(" ", text))).strip()


def paragraph(text: str) -> str:
    """A paragraph of HTML that shows the text and does nothing else."""
    return nh3.clean(f"<p>{html.escape(plain(text))}</p>", tags={"p"})


def _is_kept(ch: str) -> bool:
    category = unicodedata.category(ch)
    if category == "Cf":
        return ch in _KEPT_FORMATS
    if category == "Cc":
        return ch in "\t\n\r"
    # Lone surrogates and the code points that are no characters.
    return category != "Cs" and (ord(ch) & 0xFFFE) != 0xFFFE
