"""The knowledge map as people see it: what each stage of an industry needs, and how it stands.

Only a published document that everyone may read can stand in a slot: the map is the same for all
who look at it, and so are its counts. A document that was withdrawn leaves its slot empty.
"""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.catalogue.slot_state import EMPTY, Content, Rule, SlotState, Standing, standing
from portal.catalogue.taxonomy import Taxonomy
from portal.models import Document, Slot, Status, TaxonomyTerm, User, Version, Visibility

_INDUSTRY, _STAGE, _KIND = (aliased(TaxonomyTerm) for _ in range(3))
_SOURCE, _SOURCE_VERSION = aliased(Document), aliased(Version)
OPEN = (Document.status == Status.PUBLISHED) & (Document.visibility == Visibility.EVERYONE)
"""The documents that may stand in a slot."""


class SlotNotFound(LookupError):
    """There is no such slot, or it is no longer needed."""


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot as the map shows it; ``industry``, ``stage`` and ``kind`` are codes.

    ``document_id`` is ``None`` for an empty slot; ``vacated`` says that a document stood there
    which may no longer be shown. ``changed_at`` is when the document's content last changed,
    ``checked_at`` when somebody last vouched for it. ``source_id`` is the document whose changes
    it follows, ``steward`` and ``steward_login`` whoever looks after it, else empty.
    """

    id: int
    industry: str
    stage: str
    kind: str
    standing: Standing
    document_id: int | None
    vacated: bool
    changed_at: dt.datetime | None
    checked_at: dt.datetime | None
    refresh_days: int | None
    source_id: int | None
    steward: str
    steward_login: str

    @property
    def state(self) -> SlotState:
        """The state alone."""
        return self.standing.state


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage and its slots, the most important kind first."""

    code: str
    phase: str
    slots: tuple[SlotView, ...]


@dataclass(frozen=True, slots=True)
class IndustryMap:
    """The map of one industry: every stage in order, also those that need nothing."""

    industry: str
    stages: tuple[StageView, ...]

    @property
    def slots(self) -> tuple[SlotView, ...]:
        """All slots in the order of the stages."""
        return tuple(slot for stage in self.stages for slot in stage.slots)

    def stage(self, code: str) -> StageView:
        """One stage; :class:`KeyError` if there is none of that code."""
        for stage in self.stages:
            if stage.code == code:
                return stage
        raise KeyError(code)

    def counts(self, phase: str = "") -> Mapping[SlotState, int]:
        """How many slots are in each state, in one phase or in all."""
        found = Counter(
            slot.state for each in self.stages if phase in ("", each.phase) for slot in each.slots
        )
        return {state: found[state] for state in SlotState}


def map_of(session: Session, taxonomy: Taxonomy, industry: str, now: dt.datetime) -> IndustryMap:
    """The map of an industry; :class:`portal.catalogue.TaxonomyError` for an unknown code."""
    taxonomy.term("industry", industry)
    return all_maps(session, taxonomy, (industry,), now)[0]


def all_maps(
    session: Session, taxonomy: Taxonomy, industries: Collection[str], now: dt.datetime
) -> list[IndustryMap]:
    """The maps of several industries, in the order of the taxonomy, by one query."""
    slots = _views(session, _OF_INDUSTRIES, list(industries), now)
    by_stage: dict[tuple[str, str], list[SlotView]] = {}
    for slot in slots:
        by_stage.setdefault((slot.industry, slot.stage), []).append(slot)
    return [
        IndustryMap(
            industry.code,
            tuple(
                StageView(
                    stage.code, stage.phase, tuple(by_stage.get((industry.code, stage.code), ()))
                )
                for stage in taxonomy.terms.get("stage", ())
            ),
        )
        for industry in taxonomy.terms.get("industry", ())
        if industry.code in industries
    ]


def slot_of(session: Session, slot_id: int, now: dt.datetime) -> SlotView:
    """One slot; :class:`SlotNotFound` if there is none or it is no longer needed."""
    for slot in _views(session, _BY_ID, slot_id, now):
        return slot
    raise SlotNotFound(slot_id)


def open_documents(session: Session, ids: Iterable[int]) -> dict[int, dt.datetime]:
    """Those of the documents that may stand in a slot, and when their content last changed.

    That is the publication, or the upload of the current version where it came later.
    """
    rows = session.execute(
        sa.select(Document.id, Document.published_at, Version.number, Version.created_at)
        .join(Version, content_version())
        .where(Document.id.in_(list(ids)), OPEN)
    )
    return {row.id: changed_at(row.published_at, row.number, row.created_at) for row in rows}


def content_version() -> sa.ColumnElement[bool]:
    """The condition that joins a document with its current version."""
    return (Version.document_id == Document.id) & (Version.number == Document.current_number)


def changed_at(
    published_at: dt.datetime | None, number: int, uploaded_at: dt.datetime
) -> dt.datetime:
    """When a document's content last changed.

    A first version counts from publication: what is taken in today may have been published long
    ago.
    """
    if published_at is None:
        return uploaded_at
    return published_at if number == 1 else max(published_at, uploaded_at)


def _views(
    session: Session, rows: sa.Select[*tuple[Any, ...]], wanted: object, now: dt.datetime
) -> list[SlotView]:
    return [_view(row, now) for row in session.execute(rows, {"wanted": wanted})]


def _rows() -> sa.Select[*tuple[Any, ...]]:
    in_use = [each.retired_at.is_(None) for each in (Slot, _INDUSTRY, _STAGE, _KIND)]
    source = (_SOURCE.id == Slot.source_document_id) & _open(_SOURCE)
    source_version = (_SOURCE_VERSION.document_id == _SOURCE.id) & (
        _SOURCE_VERSION.number == _SOURCE.current_number
    )
    return (
        sa.select(
            Slot.id,
            _INDUSTRY.code.label("industry"),
            _STAGE.code.label("stage"),
            _KIND.code.label("kind"),
            Slot.document_id.label("stored"),
            Slot.checked_at,
            Slot.refresh_days,
            User.name.label("steward"),
            User.login.label("steward_login"),
            Document.id.label("document_id"),
            Document.published_at,
            Version.number,
            Version.created_at,
            _SOURCE.id.label("source_id"),
            _SOURCE.published_at.label("source_published_at"),
            _SOURCE_VERSION.number.label("source_number"),
            _SOURCE_VERSION.created_at.label("source_created_at"),
        )
        .join(_INDUSTRY, _INDUSTRY.id == Slot.industry_id)
        .join(_STAGE, _STAGE.id == Slot.stage_id)
        .join(_KIND, _KIND.id == Slot.kind_id)
        .outerjoin(Document, (Document.id == Slot.document_id) & OPEN)
        .outerjoin(Version, content_version())
        .outerjoin(_SOURCE, source)
        .outerjoin(_SOURCE_VERSION, source_version)
        .outerjoin(User, User.id == Slot.steward_id)
        .where(*in_use)
        .order_by(_INDUSTRY.position, _STAGE.position, Slot.id)
    )


def _open(document: type[Document]) -> sa.ColumnElement[bool]:
    return (document.status == Status.PUBLISHED) & (document.visibility == Visibility.EVERYONE)


# Every home page asks this: the statements are built once.
_OF_INDUSTRIES = _rows().where(_INDUSTRY.code.in_(sa.bindparam("wanted", expanding=True)))
_BY_ID = _rows().where(Slot.id == sa.bindparam("wanted"))


def _view(row: Any, now: dt.datetime) -> SlotView:
    changed, stands = None, EMPTY
    if row.document_id is not None:
        changed = changed_at(row.published_at, row.number, row.created_at)
        content = Content(changed, row.checked_at or changed)
        stands = standing(content, Rule(row.refresh_days, _source_changed_at(row)), now)
    return SlotView(
        id=row.id,
        industry=row.industry,
        stage=row.stage,
        kind=row.kind,
        standing=stands,
        document_id=row.document_id,
        vacated=row.stored is not None and row.document_id is None,
        changed_at=changed,
        checked_at=row.checked_at if changed is not None else None,
        refresh_days=row.refresh_days,
        source_id=row.source_id,
        steward=row.steward or "",
        steward_login=row.steward_login or "",
    )


def _source_changed_at(row: Any) -> dt.datetime | None:
    if row.source_id is None:
        return None
    return changed_at(row.source_published_at, row.source_number, row.source_created_at)
