"""Making a night's digests: chosen, written as pages, noted together with what is to be sent.

A page is written before its row is committed. A run that dies in between leaves a page that
nobody was told of, and the next run writes it anew; what a row stands for is never touched again.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass

import filelock
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.catalogue import Taxonomy
from portal.db import utcnow
from portal.languages import tongue
from portal.models import (
    Channel,
    DigestIssue,
    DigestItem,
    SavedSearch,
    SavedSearchMatch,
    User,
)
from portal.notices.settings import DIGEST, quiet_until, settings_of, wants
from portal.push.channels import mail_configured
from portal.push.digest_pages import page_path, render_page, shown, write_page
from portal.push.digest_people import load_managers, manager_ids
from portal.push.digest_select import LONGEST_LOOK, WEEK, Manager, Night, choose, prepare_night
from portal.push.digest_types import Content
from portal.push.ledger import enqueue
from portal.services import Services

UNREAD_TO_SHRINK = 3
_BATCH = 100
_LOCK = "digests.lock"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Made:
    """What a night gave: pages made, managers with nothing to say, managers served before."""

    made: int = 0
    silent: int = 0
    kept: int = 0


class NotYet(ValueError):
    """A digest was asked for a day that has not come; the message says so."""


def make_digests(
    services: Services,
    day: dt.date,
    *,
    login: str = "",
    now: dt.datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> Made:
    """Make the digests of a day for every industry manager, or for the one with a login.

    Whoever has that day's digest keeps it as it is. ``LookupError`` for a login that gets no
    digests, :class:`NotYet` for a day to come.
    """
    zone = services.settings.timezone
    present = now or utcnow()
    if day > present.astimezone(zone).date():
        raise NotYet(f"{day} 还没有到，不能提前生成简报。")
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
    services.settings.data_dir.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(services.settings.data_dir / _LOCK):
        return _make(services, day, min(present, end), login, progress)


def _make(
    services: Services, day: dt.date, moment: dt.datetime, login: str, progress: Progress
) -> Made:
    taxonomy = services.taxonomy()
    with services.db.read() as session:
        ids = _people(session, login)
        have = set(session.scalars(sa.select(DigestIssue.user_id).where(DigestIssue.day == day)))
        night = prepare_night(session, taxonomy, moment, day)
    waiting = [each for each in ids if each not in have]
    made = 0
    for start in range(0, len(waiting), _BATCH):
        made += _make_batch(services, taxonomy, night, waiting[start : start + _BATCH])
        progress(min(start + _BATCH, len(waiting)), len(waiting))
    return Made(made, len(waiting) - made, len(ids) - len(waiting))


def _people(session: Session, login: str) -> list[int]:
    ids = manager_ids(session)
    if not login:
        return ids
    user_id = session.scalar(sa.select(User.id).where(User.login == login))
    if user_id not in ids:
        raise LookupError(f"没有登录名为 {login}、并且负责行业的行业经理。")
    return [user_id]


@dataclass(frozen=True, slots=True)
class _Draft:
    manager: Manager
    content: Content
    is_short: bool


def _make_batch(services: Services, taxonomy: Taxonomy, night: Night, ids: Collection[int]) -> int:
    settings = services.settings
    drafts = []
    with services.db.read() as session:
        earlier = _earlier(session, ids, night.day)
        since = {
            user_id: next((row.made_at for row in rows if not row.is_short), None)
            for user_id, rows in earlier.items()
        }
        starts = {key: value for key, value in since.items() if value is not None}
        floor = night.moment - LONGEST_LOOK
        starts = {key: max(value, floor) for key, value in starts.items()}
        for manager in load_managers(session, night, ids, starts):
            content = choose(session, night, manager)
            before = earlier.get(manager.id, [])
            if not _worth_saying(content, before, night):
                continue
            is_short = len(before) >= UNREAD_TO_SHRINK and not any(
                row.read_at for row in before[:UNREAD_TO_SHRINK]
            )
            issue = shown(session, manager.id, night.day, content, is_short)
            spoken = tongue(session.get_one(User, manager.id).language)
            page = render_page(issue, taxonomy, spoken)
            write_page(page_path(settings, night.day, manager.login), page)
            drafts.append(_Draft(manager, content, is_short))
    with services.db.write() as session:
        for draft in drafts:
            _note(session, night, draft)
        session.flush()
        _ask_to_send(session, settings, night, [draft.manager for draft in drafts])
    return len(drafts)


def _worth_saying(content: Content, before: list[DigestIssue], night: Night) -> bool:
    """Whether there is something new to say; what waits is said again only after a week."""
    if content.items:
        return True
    if not content.due:
        return False
    if not before or night.moment - before[0].made_at >= WEEK:
        return True
    return Content.from_json(before[0].content).due != content.due


def _note(session: Session, night: Night, draft: _Draft) -> None:
    issue = DigestIssue(
        user_id=draft.manager.id,
        day=night.day,
        made_at=night.moment,
        content=draft.content.as_json(),
        is_short=draft.is_short,
    )
    session.add(issue)
    session.flush()
    if draft.is_short:
        return  # a line names no document: what it counted is shown when the person reads again
    documents = [item.document_id for item in draft.content.items]
    session.add_all(
        DigestItem(user_id=draft.manager.id, document_id=each, issue_id=issue.id)
        for each in documents
    )
    own = sa.select(SavedSearch.id).where(SavedSearch.user_id == draft.manager.id)
    session.execute(
        sa.update(SavedSearchMatch)
        .where(
            SavedSearchMatch.saved_search_id.in_(own),
            SavedSearchMatch.document_id.in_(documents),
            SavedSearchMatch.told_at.is_(None),
        )
        .values(told_at=night.moment)
        .execution_options(synchronize_session=False)
    )


def _ask_to_send(
    session: Session, settings: Settings, night: Night, managers: Collection[Manager]
) -> None:
    """Note for the ledger who gets the digest by which channel: those who asked for it."""
    ids = [manager.id for manager in managers]
    reach = settings_of(session, ids)
    addresses = dict(session.execute(sa.select(User.id, User.email).where(User.id.in_(ids))).all())
    issues = {
        row.user_id: row.id
        for row in session.scalars(
            sa.select(DigestIssue).where(DigestIssue.day == night.day, DigestIssue.user_id.in_(ids))
        )
    }
    local = night.moment.astimezone(settings.timezone)
    for user_id in ids:
        own = reach[user_id]
        channels = []
        if mail_configured(settings) and addresses[user_id] and wants(own, DIGEST, Channel.MAIL):
            channels.append(Channel.MAIL)
        if wants(own, DIGEST, Channel.CHAT):
            channels.append(Channel.CHAT)
        for channel in channels:
            enqueue(
                session,
                f"digest-{night.day}",
                user_id,
                channel,
                DIGEST,
                {"issue": issues[user_id]},
                night.moment,
                quiet_until(own, local).astimezone(dt.UTC),
            )


def _earlier(session: Session, ids: Collection[int], day: dt.date) -> dict[int, list[DigestIssue]]:
    """The last issues of each person before a day, the latest first."""
    rank = (
        sa.func.row_number()
        .over(partition_by=DigestIssue.user_id, order_by=DigestIssue.day.desc())
        .label("rank")
    )
    ranked = (
        sa.select(DigestIssue.id, rank)
        .where(DigestIssue.user_id.in_(ids), DigestIssue.day < day)
        .subquery()
    )
    rows = session.scalars(
        sa.select(DigestIssue)
        .join(ranked, ranked.c.id == DigestIssue.id)
        .where(sa.or_(ranked.c.rank <= UNREAD_TO_SHRINK, DigestIssue.is_short.is_(False)))
        .where(ranked.c.rank <= _REMEMBERED)
        .order_by(DigestIssue.user_id, DigestIssue.day.desc())
    )
    found: dict[int, list[DigestIssue]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row)
    return found


_REMEMBERED = 30
