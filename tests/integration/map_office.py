"""An office with a knowledge map, for tests of slots."""

import datetime as dt

import sqlalchemy as sa

from portal.accounts import add_user
from portal.catalogue import Viewer, load_taxonomy
from portal.catalogue.knowledge_map import SlotView, map_of, slot_of
from portal.catalogue.slot_cards import SlotCard, cards_of
from portal.catalogue.slot_duties import keep_slots
from portal.catalogue.slots import (
    SlotEvent,
    fill_slot,
    history_of,
)
from portal.ingest import Filing
from portal.models import (
    Document,
    Role,
    Version,
    Visibility,
)
from tests.conftest import Library

DAY = dt.timedelta(days=1)
MARCH = dt.datetime(2026, 3, 2, 1, tzinfo=dt.UTC)
TARIFF = ("education", "negotiation", "tariff")


class Office:
    """林若溪 manages education; 周敏 is an account manager of the branch; 何平 manages finance."""

    def __init__(self, library: Library) -> None:
        self.library, self.db = library, library.services.db
        people = (
            ("linruoxi", Role.INDUSTRY_MANAGER, ("education",)),
            ("heping", Role.INDUSTRY_MANAGER, ("finance",)),
            ("zhoumin", Role.ACCOUNT_MANAGER, ("education",)),
            ("guanliyuan", Role.ADMINISTRATOR, ()),
        )
        with self.db.write() as session:
            self.people = {
                login: add_user(
                    session, login=login, name=login, role=role, unit="hq", industries=industries
                ).id
                for login, role, industries in people
            }
        self.count = 0

    def document(
        self,
        title: str,
        keys: tuple[str, str, str] = TARIFF,
        published: dt.datetime = MARCH,
        visibility: Visibility = Visibility.EVERYONE,
    ) -> int:
        industry, stage, kind = keys
        self.count += 1
        outcome = self.library.put(
            f"# {title}\n\n正文第 {self.count} 份。",
            f"{self.count}.md",
            Filing(
                author_id=self.people["zhoumin"],
                keys={"industry": (industry,), "stage": (stage,), "kind": (kind,)},
                publish=True,
                visibility=visibility,
                published_at=published,
            ),
            index=False,
        )
        assert outcome.document_id is not None
        return outcome.document_id

    def slot_id(self, keys: tuple[str, str, str] = TARIFF) -> int:
        with self.db.read() as session:
            maps = map_of(session, load_taxonomy(session), keys[0], MARCH)
        return next(s.id for s in maps.slots if (s.stage, s.kind) == keys[1:])

    def fill(
        self,
        document: int,
        now: dt.datetime = MARCH,
        seen: int | None = None,
        who: str = "linruoxi",
    ) -> None:
        with self.db.write() as session:
            fill_slot(session, self.slot_id(), document, self.people[who], now, seen=seen)

    def see(self, now: dt.datetime = MARCH) -> SlotView:
        with self.db.read() as session:
            return slot_of(session, self.slot_id(), now)

    def card(self, now: dt.datetime = MARCH) -> SlotCard:
        with self.db.read() as session:
            return cards_of(session, Viewer.anonymous(), [slot_of(session, self.slot_id(), now)])[0]

    def history(self) -> list[SlotEvent]:
        with self.db.read() as session:
            return history_of(session, Viewer.anonymous(), self.slot_id())

    def proposed(self) -> list[str]:
        return [each.document.title for each in self.card().candidates]

    def keep(self, now: dt.datetime) -> tuple[int, int]:
        return keep_slots(self.db, self.library.services.taxonomy(), now)

    def change(self, document_id: int, **values: object) -> None:
        with self.db.write() as session:
            session.execute(sa.update(Document).where(Document.id == document_id).values(**values))

    def new_version(self, document_id: int, at: dt.datetime) -> None:
        with self.db.write() as session:
            session.add(
                Version(
                    document_id=document_id,
                    number=2,
                    file_name="资费表.md",
                    format="md",
                    media_type="text/markdown",
                    size=1,
                    sha256=f"{document_id:064}",
                    notices=[],
                    created_at=at,
                )
            )
        self.change(document_id, current_number=2)
