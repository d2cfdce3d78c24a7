"""Problems that readers report, and what becomes of them."""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal import notices
from portal.catalogue.documents import DocumentNotFound, documents_for
from portal.catalogue.plain_text import plain_text
from portal.catalogue.social import (
    Colleague,
    NotYours,
    act_alone,
    is_administrator,
    readers_among,
    require_readable,
    signed_in,
)
from portal.catalogue.types import DocumentSummary, Viewer
from portal.models import Document, NoticeKind, ProblemReport, Role, User
from portal.models.social import LONGEST_COMMENT

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """A report. ``closed_at`` is ``None`` while it is open; ``answer`` may be empty."""

    id: int
    document_id: int
    reporter: Colleague
    text: str
    at: dt.datetime
    answer: str
    closed_at: dt.datetime | None
    closed_by: str
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Problems:
    """The reports on a document that the viewer may read, and how many are open in all."""

    shown: tuple[Problem, ...]
    open: int


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the document that it is about, for lists over documents."""

    problem: Problem
    document: DocumentSummary


def report_problem(
    session: Session, viewer: Viewer, document_id: int, text: str, now: dt.datetime
) -> int:
    """Say what is wrong with a document; its steward and the administrators are told.

    The same report sent twice while it is open is one. Raises ``DocumentNotFound`` and
    ``TextRefused``.
    """
    require_readable(session, viewer, document_id)
    reporter_id = signed_in(viewer)
    plain = plain_text(text, "problem", LONGEST_COMMENT)
    act_alone(session, reporter_id)
    known = session.scalar(
        sa.select(ProblemReport.id).where(
            ProblemReport.document_id == document_id,
            ProblemReport.reporter_id == reporter_id,
            ProblemReport.text == plain,
            ProblemReport.closed_at.is_(None),
        )
    )
    if known is not None:
        return known
    report = ProblemReport(
        document_id=document_id, reporter_id=reporter_id, text=plain, at=now, answer=""
    )
    session.add(report)
    session.flush()
    administrators = session.scalars(
        sa.select(User.id).where(User.role == Role.ADMINISTRATOR, User.deactivated_at.is_(None))
    )
    steward = readers_among(session, {_steward(session, document_id)}, document_id)
    _post(session, NoticeKind.PROBLEM_REPORTED, {*administrators, *steward}, report, now)
    return report.id


def answer_problem(
    session: Session, viewer: Viewer, problem_id: int, answer: str, now: dt.datetime
) -> int:
    """Answer and close a report, as steward or administrator; return the document's number.

    Who reported it is told. A closed report keeps its first answer.
    """
    report = session.get(ProblemReport, problem_id, with_for_update=True)
    if report is None:
        raise DocumentNotFound(problem_id)
    require_readable(session, viewer, report.document_id)
    user_id = signed_in(viewer)
    if not is_administrator(viewer) and _steward(session, report.document_id) != user_id:
        raise NotYours
    plain = plain_text(answer, "answer", LONGEST_COMMENT)
    if report.closed_at is None:
        report.answer, report.closed_at, report.closed_by_id = plain, now, user_id
        readers = readers_among(session, {report.reporter_id}, report.document_id)
        _post(session, NoticeKind.PROBLEM_ANSWERED, readers, report, now)
    return report.document_id


def problems_of(session: Session, viewer: Viewer, document_id: int) -> Problems:
    """The reports on a document that the caller has found readable.

    Its steward and administrators read all of them, everyone else their own.
    """
    answers = is_administrator(viewer) or _steward(session, document_id) == viewer.user_id
    mine = sa.true() if answers else ProblemReport.reporter_id == viewer.user_id
    about = ProblemReport.document_id == document_id
    waiting = session.scalar(
        sa.select(sa.func.count(ProblemReport.id)).where(about, ProblemReport.closed_at.is_(None))
    )
    found = _problems(session, sa.and_(about, mine))
    return Problems(tuple(_view(row, may_answer=answers) for row in found), waiting or 0)


def problems_for(session: Session, viewer: Viewer, *, is_open: bool) -> list[Reported]:
    """The reports that the viewer answers for or has made, the newest first, at most 200."""
    user_id = signed_in(viewer)
    answers = sa.select(Document.id).where(_steward_column() == user_id)
    concerns = sa.or_(
        sa.true() if is_administrator(viewer) else sa.false(),
        ProblemReport.reporter_id == user_id,
        ProblemReport.document_id.in_(answers),
    )
    closed = ProblemReport.closed_at
    rows = _problems(
        session, sa.and_(concerns, closed.is_(None) if is_open else closed.is_not(None))
    )
    found = documents_for(session, viewer, list({row[0].document_id for row in rows}))
    mine = set(session.scalars(answers.where(Document.id.in_(found))))
    return [
        Reported(
            _view(row, may_answer=is_administrator(viewer) or row[0].document_id in mine),
            found[row[0].document_id],
        )
        for row in rows
        if row[0].document_id in found
    ]


_Row = sa.Row[ProblemReport, User, str | None]


def _problems(session: Session, which: sa.ColumnElement[bool]) -> list[_Row]:
    closer = aliased(User)
    return list(
        session.execute(
            sa.select(ProblemReport, User, closer.name)
            .join(User, User.id == ProblemReport.reporter_id)
            .outerjoin(closer, closer.id == ProblemReport.closed_by_id)
            .where(which)
            .order_by(ProblemReport.at.desc(), ProblemReport.id.desc())
            .limit(MOST_LISTED)
        )
    )


def _view(row: _Row, *, may_answer: bool) -> Problem:
    report, reporter, closed_by = row
    return Problem(
        id=report.id,
        document_id=report.document_id,
        reporter=Colleague(reporter.id, reporter.name, reporter.login),
        text=report.text,
        at=report.at,
        answer=report.answer,
        closed_at=report.closed_at,
        closed_by=closed_by or "",
        may_answer=may_answer and report.closed_at is None,
    )


def _steward_column() -> sa.ColumnElement[int]:
    return sa.func.coalesce(Document.steward_id, Document.author_id)


def _steward(session: Session, document_id: int) -> int:
    return session.scalars(sa.select(_steward_column()).where(Document.id == document_id)).one()


def _post(
    session: Session, kind: NoticeKind, people: set[int], report: ProblemReport, now: dt.datetime
) -> None:
    notices.post(
        session,
        kind,
        people,
        now,
        key=f"{kind}-{report.id}",
        document_id=report.document_id,
        actor_id=report.reporter_id if kind == NoticeKind.PROBLEM_REPORTED else report.closed_by_id,
        data={"problem_id": report.id},
    )
