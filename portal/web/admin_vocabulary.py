"""The vocabulary: synonyms, and words that searching keeps whole."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from portal.catalogue import vocabulary
from portal.catalogue.vocabulary import LexiconEntry, SynonymEntry, VocabularyError
from portal.db import utcnow
from portal.web.addresses import page_number
from portal.web.context import services
from portal.web.forms import VocabularyForm
from portal.web.messages import LazyText, gettext, lazy_gettext, number
from portal.web.pager import Link, make_pager
from portal.web.viewer import current_viewer

PAGE = 50
LONGEST_ECHO = 40
CHOSEN = "<any(synonyms, words):chosen>"
ENTRY_ID = "<int(max=2147483647):entry_id>"
ADD: Mapping[str, Callable[..., int]] = {
    "synonyms": vocabulary.add_synonyms,
    "words": vocabulary.add_word,
}
REMOVE: Mapping[str, Callable[[Session, int], bool]] = {
    "synonyms": vocabulary.remove_synonyms,
    "words": vocabulary.remove_word,
}
SENTENCES: Mapping[str, LazyText] = {
    "empty": lazy_gettext("请先填写词语。"),
    "alone": lazy_gettext("只有“%(word)s”一个词；至少要有两个不同的词，才能互为同义词。"),
    "short": lazy_gettext("“%(word)s”只有一个字，会带出太多无关的结果。请用两个字以上的词。"),
    "long": lazy_gettext("“%(word)s”太长了，一个词最多 32 个字。"),
    "many": lazy_gettext("一组最多 12 个词，请分成几组。"),
    "full": lazy_gettext("词表已经满了，请先移除不再使用的词。"),
    "synonyms/characters": lazy_gettext("“%(word)s”里有词语中不会出现的符号，请去掉后再试。"),
    "synonyms/known": lazy_gettext("“%(word)s”已经互为同义词，不用再加。"),
    "words/characters": lazy_gettext(
        "“%(word)s”不全是汉字。词典只收汉字词语，字母和数字系统会自己切分。"
    ),
    "words/known": lazy_gettext("词典里已经有“%(word)s”，不用再加。"),
}

blueprint = Blueprint("admin_vocabulary", __name__, url_prefix="/admin/vocabulary")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the list shows it; it may wait until the index has been rebuilt with it."""

    entry: SynonymEntry | LexiconEntry
    words: tuple[str, ...]
    waits: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """Both lists, and whether the index still has to follow the lexicon."""

    rows: Mapping[str, list[Row]]
    rebuild_waits: bool


@blueprint.get("")
def show() -> str:
    """One of the two lists, by pages, with the form that adds to it.

    ``words`` in the address are put into the form, for whoever comes from a search in vain.
    """
    chosen = request.args.get("list", "synonyms")
    page = page_number(request.args.get("page", "1"))
    if chosen not in ADD or page is None:
        abort(404)
    return _page(
        chosen, page, VocabularyForm(formdata=None, words=request.args.get("words", "")), ""
    )


@blueprint.post(f"/{CHOSEN}")
def add(chosen: str) -> Response | tuple[str, int]:
    """Add what was typed, or say what is wrong with it."""
    form = VocabularyForm()
    text = str(form.words.data or "")
    try:
        if not form.validate_on_submit():
            raise VocabularyError("long", text)
        with services().db.write() as session:
            ADD[chosen](session, text, _author(), utcnow())
    except VocabularyError as error:
        return _page(chosen, 1, form, _sentence(chosen, error)), 422
    flash(gettext("已添加“%(words)s”。", words=text.strip()), "done")
    return redirect(_url(chosen), 303)


@blueprint.post(f"/{CHOSEN}/{ENTRY_ID}/remove")
def remove(chosen: str, entry_id: int) -> Response:
    """Remove an entry; the answer offers to put it back."""
    row = next((row for row in _shelf().rows[chosen] if row.entry.id == entry_id), None)
    with services().db.write() as session:
        removed = REMOVE[chosen](session, entry_id)
    if row is not None and removed:
        words = " = ".join(row.words)
        flash(gettext("已移除“%(words)s”。", words=words), "done")
        flash(words, "undo")
    return redirect(_url(chosen), 303)


def _page(chosen: str, page: int, form: VocabularyForm, problem: str) -> str:
    shelf = _shelf()
    rows = shelf.rows[chosen]
    pages = max(1, -(-len(rows) // PAGE))
    if page > pages:
        abort(404)
    return render_template(
        "admin/vocabulary.html",
        chosen=chosen,
        form=form,
        problem=problem,
        shelf=shelf,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        tabs=_tabs(chosen, shelf),
        pager=make_pager(page, pages, lambda each: _url(chosen, each)),
    )


def _shelf() -> Shelf:
    with services().db.read() as session:
        wanted = vocabulary.load_vocabulary(session).words
        synonyms = vocabulary.synonym_entries(session)
        words = vocabulary.lexicon_entries(session)
    live = _live_words()
    rows = {
        "synonyms": [Row(entry, entry.words, False) for entry in synonyms],
        "words": [
            Row(entry, (entry.word,), live is not None and entry.folded not in live)
            for entry in words
        ],
    }
    return Shelf(rows, live is not None and set(live) != set(wanted))


def _live_words() -> tuple[str, ...] | None:
    """The added words that the live index was cut with; ``None`` where there is no index."""
    live = services().search.store.live()
    return live.segmenter.words if live is not None else None


def _tabs(chosen: str, shelf: Shelf) -> list[Link]:
    names = {"synonyms": gettext("同义词"), "words": gettext("词典")}
    return [
        Link(f"{name} {number(len(shelf.rows[each]))}", _url(each), each == chosen)
        for each, name in names.items()
    ]


def _url(chosen: str, page: int = 1) -> str:
    return url_for(
        "admin_vocabulary.show",
        list=chosen if chosen != "synonyms" else None,
        page=page if page > 1 else None,
    )


def _sentence(chosen: str, error: VocabularyError) -> str:
    key = error.reason if error.reason in SENTENCES else f"{chosen}/{error.reason}"
    return str(SENTENCES[key]) % {"word": error.word[:LONGEST_ECHO]}


def _author() -> int:
    user_id = current_viewer().user_id
    if user_id is None:
        abort(403)
    return user_id
