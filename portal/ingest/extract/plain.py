"""Plain text: Chinese headings ("一、", "第一章", "【…】") start sections, else size does."""

from portal.ingest.extract.outline import Outline
from portal.ingest.extract.titles import choose_title, title_line
from portal.ingest.types import Extraction, Limits

MEDIA_TYPE = "text/plain"


def extract_plain(text: str, name: str, limits: Limits) -> Extraction:
    """The sections of decoded plain text; none if it is blank."""
    outline = Outline()
    outline.add(text)
    first = title_line(outline.first_line).strip("【】《》 =-*#")
    title = choose_title([first], name)
    return Extraction("txt", MEDIA_TYPE, title, tuple(outline.sections(title, limits)), ())
