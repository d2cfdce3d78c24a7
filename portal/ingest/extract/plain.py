"""Plain text: Chinese headings ("一、", "第一章", "【…】") start sections, else size does."""

from ..types import Extraction, Limits
from .outline import Outline
from .titles import choose_title, title_line

MEDIA_TYPE = "text/plain"


def extract_plain(text: str, name: str, limits: Limits) -> Extraction:
    """The sections of decoded plain text; none if it is blank."""
    outline = Outline()
    outline.add(text)
    first = title_line(outline.first_line).strip("【】《》 =-*#")
    title = choose_title([first], name)
    return Extraction("txt", MEDIA_TYPE, title, tuple(outline.sections(title, limits)), ())
