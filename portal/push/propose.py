"""A document that came later and answers an open request is proposed to those who were asked."""

import datetime as dt
import logging
from collections.abc import Collection

import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.models import KnowledgeRequest, NoticeKind, RequestState, User
from portal.notices import post
from portal.push.matches import matching_published
from portal.push.requests import answerers, request_of
from portal.search import IndexUnavailable, SearchError
from portal.services import Services

_log = logging.getLogger(__name__)


def propose_answers(services: Services, changed: Collection[int] | None, now: dt.datetime) -> int:
    """Hold what changed (``None``: everything) against the open requests; return how many fit.

    The question is asked on behalf of whoever asked it: what that person may not read is no answer.
    """
    if changed is not None and not changed:
        return 0
    with services.db.read() as session:
        rows = list(
            session.scalars(
                sa.select(KnowledgeRequest).where(
                    KnowledgeRequest.state == RequestState.OPEN,
                    KnowledgeRequest.proposed_document_id.is_(None),
                )
            )
        )
        people = {
            user.id: Viewer.of(user)
            for user in session.scalars(
                sa.select(User).where(User.id.in_({row.asker_id for row in rows}))
            )
        }
    return sum(_propose(services, row, people[row.asker_id], changed, now) for row in rows)


def _propose(
    services: Services,
    row: KnowledgeRequest,
    asker: Viewer,
    changed: Collection[int] | None,
    now: dt.datetime,
) -> bool:
    try:
        found = matching_published(services, request_of(row), asker, changed)
    except IndexUnavailable:
        raise
    except SearchError as error:
        _log.info("request %d cannot be asked again: %s", row.id, type(error).__name__)
        return False
    if not found:
        return False
    with services.db.write() as session:
        request = session.get_one(KnowledgeRequest, row.id)
        if request.state != RequestState.OPEN:
            return False
        request.proposed_document_id = max(found)
        post(
            session,
            NoticeKind.REQUEST_ASKED,
            answerers(session, request.industry),
            now,
            key=f"request-{row.id}-proposed",
            document_id=max(found),
            data={"request": row.id, "text": row.text, "proposed": True},
        )
    return True
