"""Requests to colleagues as people see them."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.catalogue import DocumentNotFound, DocumentSummary, Viewer
from portal.models import (
    KnowledgeRequest,
    RequestAsker,
    RequestState,
    Role,
    TaxonomyTerm,
    User,
    UserIndustry,
)
from portal.push.requests import may_answer, readable, request_of, searched_in_vain
from portal.search import SearchRequest

_LISTED = 100


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as the viewer may see it: documents only where the viewer may read them.

    ``askers`` counts the colleagues who pressed the button.
    """

    id: int
    text: str
    request: SearchRequest
    industry: str
    state: str
    asker: str
    askers: int
    created_at: dt.datetime
    due_on: dt.date
    is_late: bool
    may_answer: bool
    proposed: DocumentSummary | None
    answer: DocumentSummary | None
    answer_text: str
    answered_by: str
    answered_at: dt.datetime | None


def request_for(session: Session, viewer: Viewer, request_id: int, day: dt.date) -> RequestView:
    """A request, for those who may answer it or asked it; else :class:`DocumentNotFound`."""
    row = session.get(KnowledgeRequest, request_id)
    if row is None:
        raise DocumentNotFound(request_id)
    (view,) = _views(session, viewer, [row], day)
    if not view.may_answer and viewer.user_id not in searched_in_vain(session, row):
        raise DocumentNotFound(request_id)
    return view


def requests_for(session: Session, viewer: Viewer, day: dt.date, which: str) -> list[RequestView]:
    """The latest requests that wait for the viewer (``asked-of-me``) or are the viewer's own."""
    query = sa.select(KnowledgeRequest).limit(_LISTED)
    if which == "asked-of-me":
        query = query.where(
            KnowledgeRequest.state == RequestState.OPEN, _addressed(_manager(viewer))
        ).order_by(KnowledgeRequest.due_on, KnowledgeRequest.id)
    else:
        joined = sa.select(RequestAsker.request_id).where(RequestAsker.user_id == viewer.user_id)
        query = query.where(KnowledgeRequest.id.in_(joined)).order_by(
            KnowledgeRequest.created_at.desc(), KnowledgeRequest.id.desc()
        )
    return _views(session, viewer, list(session.scalars(query)), day)


def waiting_requests(session: Session, viewer: Viewer) -> int:
    """How many open requests wait for the viewer."""
    return session.scalar(requests_counted(_manager(viewer))) or 0


def requests_counted(manager: int | sa.BindParameter[int] | None) -> sa.Select[int]:
    """The query for the open requests that a manager may answer, or all where that is ``None``."""
    return sa.select(sa.func.count(KnowledgeRequest.id)).where(
        KnowledgeRequest.state == RequestState.OPEN, _addressed(manager)
    )


def _views(
    session: Session, viewer: Viewer, rows: list[KnowledgeRequest], day: dt.date
) -> list[RequestView]:
    ids = {row.answer_document_id for row in rows} | {row.proposed_document_id for row in rows}
    documents = readable(session, viewer, [each for each in ids if each is not None])
    people = {row.asker_id for row in rows} | {row.answered_by_id for row in rows}
    names = dict(session.execute(sa.select(User.id, User.name).where(User.id.in_(people))).all())
    askers = dict(
        session.execute(
            sa.select(RequestAsker.request_id, sa.func.count(RequestAsker.user_id))
            .where(RequestAsker.request_id.in_([row.id for row in rows]))
            .group_by(RequestAsker.request_id)
        ).all()
    )
    return [
        RequestView(
            id=row.id,
            text=row.text,
            request=request_of(row),
            industry=row.industry,
            state=row.state,
            asker=names[row.asker_id],
            askers=askers.get(row.id, 1),
            created_at=row.created_at,
            due_on=row.due_on,
            is_late=row.state == RequestState.OPEN and row.due_on < day,
            may_answer=may_answer(session, viewer, row),
            proposed=documents.get(row.proposed_document_id or 0),
            answer=documents.get(row.answer_document_id or 0),
            answer_text=row.answer_text,
            answered_by=names.get(row.answered_by_id or 0, ""),
            answered_at=row.answered_at,
        )
        for row in rows
    ]


def _manager(viewer: Viewer) -> int | None:
    """Whose requests the viewer sees: ``None`` for all. A visitor has the number of nobody."""
    return None if viewer.audiences is None else viewer.user_id or 0


def _addressed(manager: int | sa.BindParameter[int] | None) -> sa.ColumnElement[bool]:
    if manager is None:
        return sa.true()
    own = (
        sa.select(TaxonomyTerm.code)
        .join(UserIndustry, UserIndustry.term_id == TaxonomyTerm.id)
        .join(User, User.id == UserIndustry.user_id)
        .where(User.id == manager, User.role == Role.INDUSTRY_MANAGER)
    )
    return KnowledgeRequest.industry.in_(own)
