"""How a question was read, as chips: each says one condition, and following it takes it away."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.catalogue import Taxonomy
from portal.search import FILTERS, ResultPage, SearchRequest
from portal.search.query import Token, tokens
from portal.search.types import Word
from portal.web.addresses import matching, search_url, toggled
from portal.web.messages import gettext, listed
from portal.web.pager import Link
from portal.web.wording import FACET_NAMES, code_name

# Fields of which the last one typed counts, so that one chip stands for all.
_SINGLE = ("after", "before")


def spelled_out(asked: SearchRequest, answer: ResultPage) -> SearchRequest:
    """The question with the filters that were typed among its words moved to its filters.

    It asks the same, but every filter can be chosen and dropped by a link.
    """
    kept = (token.typed for token in tokens(asked.text) if token.kind not in FILTERS)
    return replace(asked, text=" ".join(kept), filters=answer.request.filters)


def chips(asked: SearchRequest, taxonomy: Taxonomy) -> list[Link]:
    """A chip for each condition of a question that was :func:`spelled_out`: filters, then text."""
    filters = [
        Link(
            gettext(
                "%(facet)s：%(name)s",
                facet=FACET_NAMES[facet],
                name=code_name(taxonomy, facet, code),
            ),
            search_url(toggled(asked, facet, code)),
        )
        for facet, codes in asked.filters.items()
        for code in codes
    ]
    typed = tuple(tokens(asked.text))
    conditions = [
        Link(_label(token), search_url(replace(asked, text=_without(typed, token), page=1)))
        for token in _conditions(typed)
    ]
    if asked.match == "most":
        conditions.append(Link(gettext("包含大部分词语"), search_url(matching(asked, "all"))))
    return filters + conditions


def condition_names(asked: SearchRequest, taxonomy: Taxonomy) -> tuple[str, ...]:
    """The names of the values that a question is filtered by."""
    return tuple(
        code_name(taxonomy, facet, code) for facet, codes in asked.filters.items() for code in codes
    )


def alternatives(words: Iterable[Word]) -> list[str]:
    """The words of which any one will do: those beside an OR, and synonyms."""
    return [listed(word.options) for word in words if len(word.options) > 1]


def _conditions(typed: tuple[Token, ...]) -> Iterator[Token]:
    last = {_key(token): token for token in typed}
    yield from (token for token in last.values() if token.kind != "text" and token.value)


def _key(token: Token) -> tuple[str, str]:
    return token.kind, "" if token.kind in _SINGLE else token.value


def _without(typed: tuple[Token, ...], gone: Token) -> str:
    return " ".join(token.typed for token in typed if _key(token) != _key(gone))


def _label(token: Token) -> str:
    shown = token.typed.strip('"')
    match token.kind:
        case "phrase":
            return gettext("“%(text)s” 原样", text=shown)
        case "excluded":
            return gettext("不含 %(text)s", text=token.typed[1:].strip('"'))
        case "title":
            return gettext("标题含 %(text)s", text=token.value)
        case "author":
            return gettext("作者：%(login)s", login=token.value)
        case "after":
            return gettext("%(date)s 起", date=token.value)
        case "before":
            return gettext("截至 %(date)s", date=token.value)
    return shown
