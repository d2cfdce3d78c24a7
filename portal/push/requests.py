"""Asking colleagues for what a search did not find, and telling everyone when it is there."""

import datetime as dt
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import DocumentNotFound, DocumentSummary, Viewer, documents_for
from portal.catalogue.working_days import add_working_days
from portal.models import (
    KnowledgeRequest,
    NoticeKind,
    RequestAsker,
    RequestState,
    Role,
    Search,
    Status,
    TaxonomyTerm,
    User,
    UserIndustry,
)
from portal.models.queries import LONGEST_TEXT
from portal.notices import post
from portal.search import FILTERS, SearchRequest
from portal.text import fold

DAYS_TO_ANSWER = 5
LONGEST_ANSWER = 2000
MOST_OPEN = 30
"""Open requests that one person can have."""


class RequestError(ValueError):
    """A request or an answer cannot be taken.

    ``reason`` is ``empty``, ``long``, ``many``, ``settled`` (it has been answered meanwhile) or
    ``unreadable`` (whoever asked may not read the document).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def ask(
    session: Session, viewer: Viewer, asked: SearchRequest, now: dt.datetime, zone: dt.tzinfo
) -> tuple[int, bool]:
    """Ask the industry's managers for what a search did not find; return the number and if new.

    A request for the same text and industry that is still open is joined. The industry is the one
    that was filtered by, else the person's first; where there is none, or nobody keeps it,
    administrators are asked. Raises :class:`RequestError`.
    """
    folded = comparable(asked.text)
    if viewer.user_id is None or not folded:
        raise RequestError("empty")
    if len(asked.text) > LONGEST_TEXT:
        raise RequestError("long")
    industry = _industry(session, viewer.user_id, asked)
    known = _open_one(session, folded, industry)
    if known is not None:
        _join(session, known, viewer.user_id, now)
        return known.id, False
    _refuse_many(session, viewer.user_id)
    due = add_working_days(now, DAYS_TO_ANSWER, zone).astimezone(zone).date()
    row = KnowledgeRequest(
        asker_id=viewer.user_id,
        text=asked.text,
        folded=folded,
        filters={name: list(codes) for name, codes in asked.filters.items() if codes},
        industry=industry,
        state=RequestState.OPEN,
        due_on=due,
        created_at=now,
        answer_text="",
    )
    session.add(row)
    session.flush()
    _join(session, row, viewer.user_id, now)
    post(
        session,
        NoticeKind.REQUEST_ASKED,
        answerers(session, industry),
        now,
        key=f"request-{row.id}",
        actor_id=viewer.user_id,
        data={"request": row.id, "text": row.text, "due": due.isoformat()},
    )
    return row.id, True


def answer(
    session: Session,
    viewer: Viewer,
    request_id: int,
    now: dt.datetime,
    *,
    document_id: int | None = None,
    text: str = "",
) -> int:
    """Answer a request with a document, with words, or both; return how many people are told.

    Raises :class:`DocumentNotFound` where the viewer may not answer this request or not read the
    document, and :class:`RequestError`.
    """
    row = session.get(KnowledgeRequest, request_id, with_for_update=True)
    if row is None or viewer.user_id is None or not may_answer(session, viewer, row):
        raise DocumentNotFound(request_id)
    if row.state != RequestState.OPEN:
        raise RequestError("settled")
    words = text.strip()
    if document_id is None and not words:
        raise RequestError("empty")
    if len(words) > LONGEST_ANSWER:
        raise RequestError("long")
    if document_id is not None:
        _published(session, viewer, document_id)
        asker = Viewer.of(session.get_one(User, row.asker_id))
        if document_id not in readable(session, asker, [document_id]):
            raise RequestError("unreadable")
    row.state, row.answered_at, row.answered_by_id = RequestState.ANSWERED, now, viewer.user_id
    row.answer_document_id, row.answer_text = document_id, words
    return _tell(session, row, viewer.user_id, now)


def close(session: Session, viewer: Viewer, request_id: int, now: dt.datetime) -> bool:
    """Take back one's own request; return whether there was one to take back."""
    row = session.get(KnowledgeRequest, request_id, with_for_update=True)
    if row is None or row.asker_id != viewer.user_id or row.state != RequestState.OPEN:
        return False
    row.state, row.answered_at = RequestState.CLOSED, now
    return True


def searched_in_vain(session: Session, row: KnowledgeRequest) -> set[int]:
    """Who pressed the button, and who searched for the same text and found nothing."""
    askers = session.scalars(
        sa.select(RequestAsker.user_id).where(RequestAsker.request_id == row.id)
    )
    searchers = session.scalars(
        sa.select(Search.user_id)
        .where(Search.folded == row.folded, Search.hits == 0, Search.user_id.is_not(None))
        .distinct()
    )
    return {row.asker_id, *askers, *(each for each in searchers if each is not None)}


def answerers(session: Session, industry: str) -> set[int]:
    """The managers of an industry, or where it has none the administrators."""
    managers = session.scalars(
        sa.select(User.id)
        .join(UserIndustry, UserIndustry.user_id == User.id)
        .join(TaxonomyTerm, TaxonomyTerm.id == UserIndustry.term_id)
        .where(User.role == Role.INDUSTRY_MANAGER, TaxonomyTerm.code == industry)
        .where(TaxonomyTerm.facet == "industry", User.deactivated_at.is_(None))
    ).all()
    if managers:
        return set(managers)
    return set(
        session.scalars(
            sa.select(User.id).where(User.role == Role.ADMINISTRATOR, User.deactivated_at.is_(None))
        )
    )


def comparable(text: str) -> str:
    """The text by which the search log compares questions."""
    stored = text.replace("\0", " ").encode("utf-8", "replace").decode()
    return " ".join(fold(stored).split())[:LONGEST_TEXT]


def _tell(session: Session, row: KnowledgeRequest, actor_id: int, now: dt.datetime) -> int:
    people = searched_in_vain(session, row)
    if row.answer_document_id is not None:
        users = session.scalars(sa.select(User).where(User.id.in_(people)))
        # Of a document that somebody may not read, nobody tells that person anything.
        people = {
            user.id
            for user in users
            if readable(session, Viewer.of(user), [row.answer_document_id])
        }
    return post(
        session,
        NoticeKind.REQUEST_ANSWERED,
        people,
        now,
        key=f"request-{row.id}-answered",
        document_id=row.answer_document_id,
        actor_id=actor_id,
        data={"request": row.id, "text": row.text},
    )


def request_of(row: KnowledgeRequest) -> SearchRequest:
    """The search that found nothing."""
    filters: Mapping[str, tuple[str, ...]] = {
        name: tuple(codes) for name, codes in row.filters.items() if name in FILTERS
    }
    return SearchRequest(row.text, filters)


def readable(session: Session, viewer: Viewer, ids: list[int]) -> dict[int, DocumentSummary]:
    """Those of the documents that are published and that the viewer may read."""
    found = documents_for(session, viewer, ids) if ids else {}
    return {key: value for key, value in found.items() if value.status == Status.PUBLISHED}


def _published(session: Session, viewer: Viewer, document_id: int) -> None:
    if document_id not in readable(session, viewer, [document_id]):
        raise DocumentNotFound(document_id)


def may_answer(session: Session, viewer: Viewer, row: KnowledgeRequest) -> bool:
    """Whether the viewer is one of those who were asked, or an administrator."""
    return viewer.audiences is None or viewer.user_id in answerers(session, row.industry)


def _industry(session: Session, user_id: int, asked: SearchRequest) -> str:
    chosen = asked.filters.get("industry")
    if chosen:
        return chosen[0]
    own = (
        sa.select(TaxonomyTerm.code)
        .join(UserIndustry, UserIndustry.term_id == TaxonomyTerm.id)
        .where(UserIndustry.user_id == user_id)
        .order_by(TaxonomyTerm.position)
        .limit(1)
    )
    return session.scalar(own) or ""


def _open_one(session: Session, folded: str, industry: str) -> KnowledgeRequest | None:
    return session.scalar(
        sa.select(KnowledgeRequest).where(
            KnowledgeRequest.folded == folded,
            KnowledgeRequest.industry == industry,
            KnowledgeRequest.state == RequestState.OPEN,
        )
    )


def _join(session: Session, row: KnowledgeRequest, user_id: int, now: dt.datetime) -> None:
    if session.get(RequestAsker, (row.id, user_id)) is None:
        session.add(RequestAsker(request_id=row.id, user_id=user_id, at=now))
        session.flush()


def _refuse_many(session: Session, user_id: int) -> None:
    count = sa.select(sa.func.count(KnowledgeRequest.id)).where(
        KnowledgeRequest.asker_id == user_id, KnowledgeRequest.state == RequestState.OPEN
    )
    if (session.scalar(count) or 0) >= MOST_OPEN:
        raise RequestError("many")
