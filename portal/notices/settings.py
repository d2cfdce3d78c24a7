"""Which notices reach a person by which channel, and when they must wait."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.models import Channel, NoticeChoice, NoticeKind, Reach, Role, User

DIGEST = "digest"
"""The nightly digest: settled like a kind of notice, although it is not one."""

# What waits for this person to act, or answers this person; the rest is read in the page.
BY_DEFAULT = frozenset(
    {
        NoticeKind.REVIEW_ASKED,
        NoticeKind.RETURNED,
        NoticeKind.MENTION,
        NoticeKind.PROBLEM_REPORTED,
        NoticeKind.PROBLEM_ANSWERED,
        NoticeKind.REQUEST_ASKED,
        NoticeKind.REQUEST_ANSWERED,
        NoticeKind.JOB_FAILED,
        NoticeKind.WEBHOOK_STOPPED,
        # Each saved search says whether it tells at all, and how.
        NoticeKind.ALERT,
    }
)
_FOR_ADMINISTRATORS = (NoticeKind.JOB_FAILED, NoticeKind.WEBHOOK_STOPPED)
MIDNIGHT = dt.time(0, 0)


@dataclass(frozen=True, slots=True)
class ReachSettings:
    """What one person has settled; ``choices`` holds only what was chosen, by kind and channel.

    The quiet hours are times of day in the portal's time zone and may run over midnight; both are
    ``None`` where there are none. ``chat_address`` is a robot's address, or empty.
    """

    quiet_from: dt.time | None = None
    quiet_until: dt.time | None = None
    chat_address: str = ""
    choices: Mapping[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, reach: Reach | None, choices: Mapping[tuple[str, str], bool]) -> Self:
        """The settings that the rows of one person make."""
        if reach is None:
            return cls(choices=choices)
        return cls(reach.quiet_from, reach.quiet_until, reach.chat_address, choices)


def wants(settings: ReachSettings, kind: str, channel: Channel) -> bool:
    """Whether notices of a kind (or the digest) shall reach the person by a channel.

    Nothing is wanted by chat where there is no address.
    """
    if channel == Channel.CHAT and not settings.chat_address:
        return False
    return settings.choices.get((str(kind), channel.value), default_for(kind, channel))


def default_for(kind: str, channel: Channel) -> bool:
    """What holds for a person who has chosen nothing: the digest is for those who ask for it."""
    if channel == Channel.PAGE:
        return True
    return kind in BY_DEFAULT


def is_quiet(settings: ReachSettings, now: dt.datetime) -> bool:
    """Whether mail and chat must wait. ``now`` is in the portal's time zone.

    The first minute is quiet, the last is not; hours that end as they begin are none.
    """
    start, end = settings.quiet_from, settings.quiet_until
    if start is None or end is None:
        return False
    moment = now.time().replace(tzinfo=None)
    if start <= end:
        return start <= moment < end
    return moment >= start or moment < end


def quiet_until(settings: ReachSettings, now: dt.datetime) -> dt.datetime:
    """When a message may go out: now, or when the quiet hours end, in the zone of ``now``."""
    if not is_quiet(settings, now) or settings.quiet_until is None:
        return now
    day = now.date()
    if now.time().replace(tzinfo=None) >= settings.quiet_until:
        day += dt.timedelta(days=1)
    return dt.datetime.combine(day, settings.quiet_until, now.tzinfo)


def settings_of(session: Session, user_ids: Iterable[int]) -> dict[int, ReachSettings]:
    """The settings of people, also of those who have settled nothing."""
    ids = set(user_ids)
    reaches = {
        row.user_id: row for row in session.scalars(sa.select(Reach).where(Reach.user_id.in_(ids)))
    }
    choices: dict[int, dict[tuple[str, str], bool]] = {}
    for row in session.scalars(sa.select(NoticeChoice).where(NoticeChoice.user_id.in_(ids))):
        choices.setdefault(row.user_id, {})[row.kind, row.channel] = row.wanted
    return {each: ReachSettings.of(reaches.get(each), choices.get(each, {})) for each in ids}


def settings_for(session: Session, user_id: int) -> ReachSettings:
    """The settings of one person."""
    return settings_of(session, [user_id])[user_id]


def choose(session: Session, user_id: int, kind: str, channel: Channel, wanted: bool) -> None:
    """Keep a person's choice. ``ValueError`` for a kind that there is none of."""
    if kind not in kinds():
        raise ValueError(kind)
    session.merge(NoticeChoice(user_id=user_id, kind=kind, channel=channel, wanted=wanted))


def choose_all(session: Session, user_id: int, channel: Channel, wanted: bool) -> None:
    """Switch every kind of notice, and the digest, on or off for one channel."""
    for kind in kinds():
        choose(session, user_id, kind, channel, wanted)


def set_quiet_hours(
    session: Session, user_id: int, start: dt.time | None, end: dt.time | None
) -> None:
    """Keep quiet hours, or none where either time is missing."""
    reach = _reach(session, user_id)
    both = start is not None and end is not None and start != end
    reach.quiet_from, reach.quiet_until = (start, end) if both else (None, None)


def set_chat_address(session: Session, user_id: int, address: str) -> None:
    """Keep the chat robot's address, already checked; an empty one stops chat."""
    _reach(session, user_id).chat_address = address


def kinds() -> tuple[str, ...]:
    """Everything that a person settles a channel for: the kinds of notices, and the digest."""
    return (DIGEST, *(kind.value for kind in NoticeKind))


def kinds_for(role: str) -> tuple[str, ...]:
    """The kinds that can reach a person of this role."""
    admin_only = () if role == Role.ADMINISTRATOR else _FOR_ADMINISTRATORS
    return tuple(kind for kind in kinds() if kind not in admin_only)


def mail_address_of(session: Session, user_id: int) -> str:
    """Where mail to a person goes, or an empty text."""
    return session.scalar(sa.select(User.email).where(User.id == user_id)) or ""


def _reach(session: Session, user_id: int) -> Reach:
    reach = session.get(Reach, user_id)
    if reach is None:
        reach = Reach(user_id=user_id, chat_address="")
        session.add(reach)
    return reach
