"""Links between the pages of something long."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.web.messages import gettext, number


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its text; ``current`` when it leads to what is already shown."""

    text: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Pager:
    """Links to the other pages; ``None`` among the numbers is a gap."""

    previous: Link | None
    numbers: tuple[Link | None, ...]
    following: Link | None


def make_pager(page: int, pages: int, url_of: Callable[[int], str]) -> Pager:
    """The links shown on one of several pages, which count from 1."""
    return Pager(
        previous=Link(gettext("上一页"), url_of(page - 1)) if page > 1 else None,
        numbers=tuple(
            Link(number(each), url_of(each), each == page) if each else None
            for each in page_window(page, pages)
        ),
        following=Link(gettext("下一页"), url_of(page + 1)) if page < pages else None,
    )


def page_window(page: int, pages: int) -> list[int | None]:
    """Page numbers worth a link: the ends and the neighbours; ``None`` stands for a gap."""
    near = {1, pages, page - 1, page, page + 1}
    window: list[int | None] = []
    last = 0
    for shown in sorted(each for each in near if 1 <= each <= pages):
        if shown - last == 2:
            window.append(last + 1)
        elif shown - last > 2:
            window.append(None)
        window.append(shown)
        last = shown
    return window
