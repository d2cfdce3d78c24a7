"""Notices by mail and chat: each that its person wants so is asked of the ledger once."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.models import Channel, Notice, NoticeKind, User
from portal.notices.settings import quiet_until, settings_of, wants
from portal.push.channels import mail_configured
from portal.push.ledger import enqueue
from portal.push.letters import NOTICE
from portal.push.marks import reached, set_reached

OVERLAP = dt.timedelta(minutes=5)
"""Looked at again, because transactions end in another order than they begin."""
_MARK = "notices"


def ask_for_notices(session: Session, settings: Settings, now: dt.datetime) -> int:
    """Ask for mails and chat messages of the notices since the last run; return how many.

    What falls into a person's quiet hours goes out when they end. The first run looks back five
    minutes only. Running it again asks for nothing twice.
    """
    since = (reached(session, _MARK) or now) - OVERLAP
    found = session.scalars(
        sa.select(Notice).where(Notice.at > since, Notice.read_at.is_(None)).order_by(Notice.id)
    ).all()
    people = {notice.user_id for notice in found}
    chosen = settings_of(session, people)
    mailed = _with_address(session, people) if mail_configured(settings) else set()
    local = now.astimezone(settings.timezone)
    asked = 0
    for notice in found:
        own = chosen[notice.user_id]
        for channel in _channels(notice, notice.user_id in mailed):
            if wants(own, notice.kind, channel):
                asked += enqueue(
                    session,
                    f"notice-{notice.id}",
                    notice.user_id,
                    channel,
                    NOTICE,
                    {"notice": notice.id},
                    now,
                    quiet_until(own, local).astimezone(dt.UTC),
                )
    set_reached(session, _MARK, now)
    return asked


def _channels(notice: Notice, has_address: bool) -> list[Channel]:
    # The mail of a saved search lists all that it found at once (portal/push/alerts.py).
    by_mail = has_address and notice.kind != NoticeKind.ALERT
    return [Channel.MAIL, Channel.CHAT] if by_mail else [Channel.CHAT]


def _with_address(session: Session, people: set[int]) -> set[int]:
    return set(
        session.scalars(sa.select(User.id).where(User.id.in_(people), User.email.is_not(None)))
    )
