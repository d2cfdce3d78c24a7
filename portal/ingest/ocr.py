"""Text of pictures, recognised by tesseract where it is installed with simplified Chinese."""

import functools
import shutil
import subprocess

from portal.ingest.errors import Crashed, TooSlow
from portal.ingest.extract.pdf import page_ranges
from portal.ingest.extract.pdf_text import repair_page
from portal.ingest.helpers import run_helper
from portal.ingest.types import Limits

LANGUAGES = "chi_sim+eng"
MOST_SECONDS = 60.0
"""For one page."""


def is_present() -> bool:
    """Whether tesseract is installed and knows simplified Chinese."""
    program = shutil.which("tesseract")
    return program is not None and _knows_chinese(program)


@functools.lru_cache(maxsize=8)
def _knows_chinese(program: str) -> bool:
    try:
        listed = subprocess.run(
            [program, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "chi_sim" in listed.stdout.split()


def recognise(picture: bytes, limits: Limits) -> str:
    """The text of one picture; "" where there is none or it cannot be read."""
    command = ["tesseract", "stdin", "stdout", "-l", LANGUAGES, "--psm", "3"]
    seconds = min(limits.max_seconds, MOST_SECONDS)
    try:
        # One thread: recognising must not take the machine from those who search.
        read = run_helper(command, picture, seconds, limits.max_memory, {"OMP_THREAD_LIMIT": "1"})
    except (TooSlow, Crashed):
        return ""
    return repair_page(read.decode("utf-8", "replace").replace("\x0c", "\n"))


def notice(pages: list[int]) -> str:
    """That the text of some pages may be wrong."""
    return f"第 {page_ranges(pages)} 页的文字由 OCR 识别得到，可能有误。"


def unread_notice(pages: list[int]) -> str:
    """That some pages could not be read."""
    return f"第 {page_ranges(pages)} 页没有可检索的文字，需要 OCR。"
