"""PDF files, printed by chromium."""

import html
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from samples.build import blocks
from samples.build.markup import to_html
from samples.build.source import Source
from samples.build.words import Look, look

_CHROMIUM = "/usr/bin/chromium"
_STYLE = Path(__file__).with_name("print.css").read_text("utf-8")
_FOOTER = """<div style="width:100%;margin:0 18mm;display:flex;justify-content:space-between;
font:8px 'WenQuanYi Micro Hei','Noto Sans CJK SC',sans-serif;color:#555">
<span>{operator}　{title}</span>
<span>{before}<span class="pageNumber"></span>{between}<span class="totalPages"></span>{after}
</span></div>"""
_NODE = re.compile(rb"(?<=\(node)\d{8}(?=\))")
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)")


@contextmanager
def printer() -> Iterator[Page]:
    """A page of a headless chromium; ``CHROMIUM`` names another program than /usr/bin/chromium."""
    with sync_playwright() as playwright:
        # The sandbox does not start for root, and only our own pages are printed.
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", _CHROMIUM),
            args=["--no-sandbox", "--font-render-hinting=none"],
        )
        try:
            yield browser.new_page()
        finally:
            browser.close()


def write(source: Source, page: Page) -> bytes:
    """The printed document: A4, page numbers, tagged, dates of the publication day."""
    style = look(source)
    page.set_content(_document(source, style), wait_until="load")
    data = page.pdf(
        format="A4",
        print_background=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=_footer(source, style),
        margin={"top": "20mm", "bottom": "20mm", "left": "18mm", "right": "18mm"},
        tagged=True,
        outline=True,
    )
    return _renumbered(_dated(data, source))


def _document(source: Source, style: Look) -> str:
    body = to_html(blocks.parse(source.body))
    return (
        f'<!DOCTYPE html><html lang="{style.language}"><head><meta charset="utf-8">'
        f"<title>{html.escape(source.title)}</title>"
        f"<style>:root{{--accent:#{style.colour}}}{_STYLE}</style></head>"
        f'<body class="{source.kind}">{body}</body></html>'
    )


def _footer(source: Source, style: Look) -> str:
    before, between, after = style.page_words
    return _FOOTER.format(
        operator=style.operator,
        title=html.escape(source.title),
        before=before,
        between=between,
        after=after,
    )


def _dated(data: bytes, source: Source) -> bytes:
    """The same file, its dates those of the source: equal lengths keep every offset right."""
    stamp = source.created.strftime("%Y%m%d%H%M%S").encode()
    dated, count = _DATE.subn(rb"/\1 (D:" + stamp + rb"+00'00')", data)
    if count != 2:
        raise ValueError(f"chromium wrote {count} dates into {source.file}, expected 2")
    return dated


def _renumbered(data: bytes) -> bytes:
    """The same file with the ids of its structure counted from 1; chromium's differ each time.

    Their order and lengths stay, so that the sorted name tree and every offset stay right.
    """
    numbers = sorted(set(_NODE.findall(data)))
    new = {number: b"%08d" % position for position, number in enumerate(numbers, 1)}
    return _NODE.sub(lambda match: new[match[0]], data)
