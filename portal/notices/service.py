"""Posting notices."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Notice, NoticeKind


def post(
    session: Session,
    kind: NoticeKind,
    user_ids: Iterable[int],
    now: dt.datetime,
    *,
    key: str,
    document_id: int | None = None,
    actor_id: int | None = None,
    data: Mapping[str, Any] | None = None,
) -> int:
    """Tell people something within the caller's transaction; return how many are told anew.

    Whoever did it (``actor_id``) is not told. ``key`` names the occasion: a person who was told of
    it before is not told again, so a job may post the same notices twice.
    """
    people = set(user_ids) - {actor_id}
    told = set(
        session.scalars(
            sa.select(Notice.user_id).where(Notice.key == key, Notice.user_id.in_(people))
        )
    )
    session.add_all(
        Notice(
            user_id=user_id,
            kind=kind,
            key=key,
            document_id=document_id,
            actor_id=actor_id,
            data=dict(data or {}),
            at=now,
        )
        for user_id in sorted(people - told)
    )
    return len(people - told)
