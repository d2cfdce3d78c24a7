"""What each role's home page shows, gathered in one session."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import url_for
from sqlalchemy.orm import Session

from portal.catalogue import DocumentSummary
from portal.catalogue.attention import Attention, attention
from portal.catalogue.gaps import Wish
from portal.catalogue.knowledge_map import IndustryMap, SlotView, all_maps
from portal.catalogue.own_documents import Kept, kept_documents
from portal.catalogue.review import own_unpublished
from portal.catalogue.slot_state import SlotState
from portal.db import utcnow
from portal.models import Role
from portal.push.digest_pages import IssueLine, line_on
from portal.recommend.lists import lists_for
from portal.recommend.types import Lists
from portal.search.querystatistics import LogSummary, summarise
from portal.search.wanted import wishes_since
from portal.statistics import find_times
from portal.web.context import services
from portal.web.knowledge_map import MapView, map_view, most_urgent
from portal.web.language import language
from portal.web.messages import gettext, ngettext
from portal.web.pager import Link
from portal.web.viewer import Person
from portal.web.waiting import what_waits

WEEK = dt.timedelta(days=7)
DRAFTS_SHOWN = 5
LISTED = 5
KEPT_SHOWN = 20
WISHES_SHOWN = 6
PRODUCT_KINDS = frozenset({"product", "tariff", "brochure"})


@dataclass(frozen=True, slots=True)
class Task:
    """Something that waits for the person: how many, of what, and where it is done."""

    count: int
    words: str
    url: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Today:
    """The sentence that a home page opens with, and its one button."""

    tasks: tuple[Task, ...]
    button: Link


@dataclass(frozen=True, slots=True)
class IndustryHome:
    """The home of who works in industries; ``view`` is ``None`` for who has none."""

    today: Today
    view: MapView | None
    lists: Lists
    drafts: list[DocumentSummary]
    switch: list[Link]
    digest: IssueLine | None


class Gap(NamedTuple):
    """A slot that misses a document; ``stage`` and ``kind`` are codes."""

    id: int
    stage: str
    kind: str
    state: SlotState


@dataclass(frozen=True, slots=True)
class ProductHome:
    """The home of who keeps product documents; ``gaps`` are the slots, by industry, that miss
    such a document."""

    today: Today
    kept: list[Kept]
    gaps: list[tuple[str, list[Gap]]]
    drafts: list[DocumentSummary]
    lists: Lists


@dataclass(frozen=True, slots=True)
class OverviewHome:
    """The home of who looks after the whole: the map's coverage and the last week's searches.

    ``coverage`` says for each industry how many of its slots are in each state. ``find_seconds``
    is the median time to find in the newest of the last two weeks that has one.
    """

    today: Today
    coverage: list[tuple[str, Mapping[SlotState, int]]]
    searches: LogSummary
    find_seconds: float | None
    wishes: list[Wish]
    attention: Attention
    lists: Lists


def industry_home(session: Session, person: Person, industry: str, stage: str) -> IndustryHome:
    """The map of one of the person's industries, the lists beside it, and what waits."""
    taxonomy, now = services().taxonomy(), utcnow()
    maps = all_maps(session, taxonomy, person.industries, now)
    chosen = next((each for each in maps if each.industry == industry), maps[0] if maps else None)
    drafts = own_unpublished(session, person.viewer)
    switch = [
        Link(
            taxonomy.name("industry", each.industry, language()),
            url_for("front.home", industry=each.industry),
            each is chosen,
        )
        for each in maps
    ]
    view = None
    if chosen is not None:
        address = url_for("front.home", industry=chosen.industry) + "&stage="
        view = map_view(session, chosen, stage, switch, address)
    return IndustryHome(
        today=_today(
            _reviews(),
            _asked(),
            *(_due(maps) if person.role == Role.INDUSTRY_MANAGER else ()),
            _unread(),
            *(_drafts(drafts) if person.role != Role.INDUSTRY_MANAGER else ()),
            idle=_gap_link(maps) if person.role == Role.INDUSTRY_MANAGER else _search_link(),
        ),
        view=view,
        lists=lists_for(session, person.viewer, chosen.industry if chosen else "", LISTED),
        drafts=drafts[:DRAFTS_SHOWN],
        switch=switch,
        digest=line_on(session, person.viewer.user_id or 0, _day(now)),
    )


def product_home(session: Session, person: Person) -> ProductHome:
    """What the person keeps, when it is to be checked, and which product documents are missing."""
    taxonomy, now = services().taxonomy(), utcnow()
    kept = kept_documents(session, person.viewer, KEPT_SHOWN)
    maps = all_maps(session, taxonomy, taxonomy.codes("industry"), now)
    drafts = own_unpublished(session, person.viewer)
    overdue = sum(each.document.is_overdue for each in kept)
    words = ngettext("份资料该核对了", "份资料该核对了", overdue)
    return ProductHome(
        today=_today(
            Task(overdue, words, "#kept", urgent=True),
            _unread(),
            *_drafts(drafts),
            idle=Link(gettext("看看地图上缺什么"), "#gaps"),
        ),
        kept=kept,
        gaps=[(each.industry, missing) for each in maps if (missing := _missing(each))],
        drafts=drafts[:DRAFTS_SHOWN],
        lists=lists_for(session, person.viewer, length=LISTED),
    )


def overview_home(session: Session, person: Person) -> OverviewHome:
    """The whole portal at a glance, for business managers and administrators."""
    taxonomy, now = services().taxonomy(), utcnow()
    maps = all_maps(session, taxonomy, taxonomy.codes("industry"), now)
    wishes = wishes_since(session, now - WEEK)
    found = attention(session) if person.is_administrator else Attention((), 0)
    return OverviewHome(
        today=_today(
            *_trouble(found),
            _reviews(),
            _unread(),
            idle=_overview_link(person),
        ),
        coverage=[(each.industry, each.counts()) for each in maps],
        searches=summarise(session, now - WEEK),
        find_seconds=_find_seconds(session, now),
        wishes=wishes[:WISHES_SHOWN] if person.is_administrator else [],
        attention=found,
        lists=lists_for(session, person.viewer, length=LISTED),
    )


def _find_seconds(session: Session, now: dt.datetime) -> float | None:
    weeks = find_times(session, now.astimezone(services().settings.timezone).date(), 2)
    return next((week.median for week in reversed(weeks) if week.finds), None)


def _missing(found: IndustryMap) -> list[Gap]:
    wanting = (SlotState.EMPTY, SlotState.OVERDUE)
    return [
        Gap(slot.id, slot.stage, slot.kind, slot.state)
        for slot in found.slots
        if slot.kind in PRODUCT_KINDS and slot.state in wanting
    ]


def _today(*tasks: Task, idle: Link) -> Today:
    waiting = tuple(task for task in tasks if task.count)
    return Today(waiting, Link(gettext("去处理"), waiting[0].url) if waiting else idle)


def _reviews() -> Task:
    count = what_waits().reviews
    words = ngettext("份上传待您审核", "份上传待您审核", count)
    return Task(count, words, url_for("review.queue"))


def _asked() -> Task:
    count = what_waits().requests
    return Task(count, ngettext("条同事求助", "条同事求助", count), url_for("requests.show"))


def _day(now: dt.datetime) -> dt.date:
    return now.astimezone(services().settings.timezone).date()


def _unread() -> Task:
    count = what_waits().notices
    return Task(count, ngettext("条未读通知", "条未读通知", count), url_for("notices.show"))


def _due(maps: list[IndustryMap]) -> tuple[Task, ...]:
    """What is due and what is overdue on all maps, each leading to the first such stage."""
    words = {
        SlotState.OVERDUE: lambda num: ngettext("个模板位已过期", "个模板位已过期", num),
        SlotState.DUE: lambda num: ngettext("个模板位将到期", "个模板位将到期", num),
    }
    return tuple(
        Task(len(slots), words[state](len(slots)), _slot_url(slots[0]), urgent=True)
        for state in words
        if (slots := [slot for each in maps for slot in each.slots if slot.state is state])
    )


def _drafts(drafts: list[DocumentSummary]) -> tuple[Task, ...]:
    returned = sum(each.status == "returned" for each in drafts)
    return (Task(returned, ngettext("份资料退回给您", "份资料退回给您", returned), "#drafts"),)


def _trouble(found: Attention) -> tuple[Task, ...]:
    jobs, problems = len(found.failing_jobs), found.problems
    waiting = ngettext("个问题待答复", "个问题待答复", problems)
    return (
        Task(jobs, ngettext("个任务出错", "个任务出错", jobs), "#attention", urgent=True),
        Task(problems, waiting, url_for("social.problem_list")),
    )


def _gap_link(maps: list[IndustryMap]) -> Link:
    for each in maps:
        stage = most_urgent(each)
        if any(slot.state is SlotState.EMPTY for slot in stage.slots):
            return Link(gettext("补一处空缺"), _home_url(each.industry, stage.code))
    return Link(gettext("看全部行业"), url_for("knowledge_map.radar"))


def _search_link() -> Link:
    return Link(gettext("搜资料"), url_for("search.results"))


def _overview_link(person: Person) -> Link:
    if person.is_administrator:
        return Link(gettext("进入管理"), url_for("admin.home"))
    return Link(gettext("看统计"), url_for("statistics.show"))


def _slot_url(slot: SlotView) -> str:
    return f"{_home_url(slot.industry, slot.stage)}#slot-{slot.id}"


def _home_url(industry: str, stage: str) -> str:
    return url_for("front.home", industry=industry, stage=stage)
