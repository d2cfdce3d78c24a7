"""Whether a person has seen the tour of the home page."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import User


def mark_toured(session: Session, user_id: int, now: dt.datetime) -> None:
    """Note that the person has seen the tour; the first time counts."""
    session.execute(
        sa.update(User).where(User.id == user_id, User.toured_at.is_(None)).values(toured_at=now)
    )
