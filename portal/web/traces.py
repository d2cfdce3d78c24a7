"""What searching and reading leave behind: the search log and reader events.

Everything is written after the answer has gone out, in one short transaction, and a failure to
write is logged and is never the reader's. No text that a person typed goes into the server's log.
"""

import logging
import re
import secrets

from flask import request, session
from sqlalchemy.orm import Session

from portal.db import utcnow
from portal.models import EventKind
from portal.recommend import record_event
from portal.search import querylog
from portal.search.querylog import Answered, Asked, Lately, Opened
from portal.search.types import ResultPage, SearchRequest
from portal.web.afterwards import after_the_answer, log_failure
from portal.web.context import services
from portal.web.viewer import current_person, current_viewer

TOKEN_BYTES = 9
MAX_NUMBER = 1_000_000
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,16}")
_VISITOR = "visitor"
_log = logging.getLogger(__name__)


def note_search(asked: SearchRequest, answer: ResultPage) -> str:
    """Log a page of results; return the token that its links carry, or nothing.

    Further pages, another order and a reload belong to the search that is already logged.
    """
    token = ""
    if _is_person_reading() and _asks_something(asked, answer):
        question = _asked(asked, answer, _person() or _new_visitor())
        before = _before(question)
        token = before.token
        if not token and answer.page == 1:
            token = _record(question, answer, before)
    return token


def marks(asked: SearchRequest, answer: ResultPage, token: str) -> tuple[str, ...]:
    """The mark of each hit of a page: which search led there, and from which position."""
    first = (answer.page - 1) * asked.page_size + 1
    return tuple(
        f"{token}.{position}" if token else ""
        for position in range(first, first + len(answer.hits))
    )


def note_api_search(asked: SearchRequest, answer: ResultPage) -> None:
    """Log the first page of an answer that a program got; it is given no token and no cookie."""
    question = _asked(asked, answer, _person())
    if answer.page == 1 and _asks_something(asked, answer):
        before = _before(question)
        if not before.token:
            _record(question, answer, before)


def note_view(document_id: int) -> None:
    """Log that a document's page was read, and from which search the reader came."""
    if not _is_person_reading():
        return
    opened = _opened(document_id, request.args.get("from", ""))
    _note_use(document_id, EventKind.VIEW, opened)


def note_download(document_id: int) -> None:
    """Log that an original was taken."""
    if _is_person_reading():
        _note_use(document_id, EventKind.DOWNLOAD, None)


def _note_use(document_id: int, kind: EventKind, opened: Opened | None) -> None:
    user_id = current_viewer().user_id
    now = utcnow().astimezone(services().settings.timezone)

    def write(database: Session) -> None:
        is_find = opened is not None and querylog.record_open(database, opened, now)
        if user_id is None:
            return
        if is_find:
            record_event(database, user_id, document_id, EventKind.SEARCH_OPEN, now)
        record_event(database, user_id, document_id, kind, now)

    if opened is not None or user_id is not None:
        after_the_answer(write)


def _asks_something(asked: SearchRequest, answer: ResultPage) -> bool:
    return bool(asked.text or answer.request.filters)


def _asked(asked: SearchRequest, answer: ResultPage, who: str) -> Asked:
    person = current_person()
    industry = person.industries[0] if person and person.industries else ""
    filters = answer.request.filters
    return Asked(who, current_viewer().user_id, asked.text, filters, industry)


def _before(question: Asked) -> Lately:
    try:
        with services().db.look() as database:
            return querylog.lately(database, question, utcnow())
    except Exception as error:
        log_failure(error)
        return Lately()


def _record(question: Asked, answer: ResultPage, before: Lately) -> str:
    token, now = secrets.token_urlsafe(TOKEN_BYTES), utcnow()
    answered = Answered(answer.total, answer.relaxed, answer.substring, answer.took_ms)
    after_the_answer(
        lambda database: querylog.record_search(database, token, question, answered, before, now)
    )
    return token


def _opened(document_id: int, mark: str) -> Opened | None:
    """What a link's mark says: ``token.position`` or ``token.position.section``."""
    token, *numbers = mark.split(".")
    if not _TOKEN.fullmatch(token) or len(numbers) > 2:
        return None
    position, ordinal = (*map(_number, numbers), None, None)[:2]
    return Opened(token, _person(), document_id, position, ordinal)


def _number(text: str) -> int | None:
    plain = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_NUMBER))
    return int(text) if plain and 1 <= int(text) <= MAX_NUMBER else None


def _person() -> str:
    """A name for whoever asks, the same for all of one person's or one browser session's asks."""
    user_id = current_viewer().user_id
    if user_id is not None:
        return f"user-{user_id}"
    return str(session.get(_VISITOR, ""))


def _new_visitor() -> str:
    # Every page's forms begin a session anyway; its end is the end of this name.
    session[_VISITOR] = f"visitor-{secrets.token_urlsafe(TOKEN_BYTES)}"
    return str(session[_VISITOR])


def _is_person_reading() -> bool:
    # Browsers fetch ahead what they guess will be read; the guess is not a reader.
    fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    return request.method == "GET" and not fetched_ahead
