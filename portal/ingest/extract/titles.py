"""Which of the names a document carries is its title."""

import re
from collections.abc import Iterable

from portal.ingest.extract.tidy import tidy_line

MAX_TITLE = 200
# A first line longer than this is a paragraph, not a title.
MAX_TITLE_LINE = 60

_JUNK = re.compile(
    r"(powerpoint\s*(演示文稿|簡報|presentation)|演示文稿\s*\d*|簡報\s*\d*|presentation\s*\d*"
    r"|microsoft\s+(office\s+)?(word|powerpoint|excel|visio)\b.*"
    r"|(word\s*)?(文档|文檔|文件)\s*\d*|新建.*(文档|演示文稿|工作表|工作簿).*"
    r"|无标题.*|無標題.*|未命名.*|untitled.*|no title|(word )?document\s*\d*"
    r"|工作簿\s*\d*|活頁簿\s*\d*|book\s*\d*|工作表\s*\d*|sheet\s*\d*"
    r"|幻灯片\s*\d*|投影片\s*\d*|slide\s*\d*|标题|標題|title|单击此处.*|按一下以.*|click to .*"
    r"|.*\.(docx?|pptx?|xlsx?|wps|dps|et|pdf|indd|ai|cdr|dwg|pmd|qxd|html?|tmp))",
    re.IGNORECASE,
)
_SENTENCE_END = tuple("。；;，,、：:！!？?")


def is_real_title(text: str) -> bool:
    """False for the names that programs give by themselves ("演示文稿1", "Untitled")."""
    line = tidy_line(text)
    has_letters = any(char.isalpha() for char in line)
    return has_letters and "\ufffd" not in line and not _JUNK.fullmatch(line)


def title_line(line: str) -> str:
    """``line`` if it is short and ends like a title, else ""."""
    tidy = tidy_line(line)
    is_short = 0 < len(tidy) <= MAX_TITLE_LINE
    return tidy if is_short and not tidy.endswith(_SENTENCE_END) else ""


def choose_title(candidates: Iterable[str], name: str) -> str:
    """The first real title among ``candidates``, best first; else the file's name."""
    for candidate in candidates:
        if is_real_title(candidate):
            return tidy_line(candidate)[:MAX_TITLE]
    return title_from_name(name)


def title_from_name(name: str) -> str:
    """A file name as a title: without folders and extension, on one line, never empty."""
    base = tidy_line(re.split(r"[/\\]", name.rstrip("/\\"))[-1])
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", base) or base
    return stem[:MAX_TITLE].strip() or "未命名文件"
