"""Colleagues around one document, for tests of its life."""

import datetime as dt
import zoneinfo

import sqlalchemy as sa

from portal.accounts import add_user
from portal.catalogue import Viewer
from portal.catalogue.lifecycle import change_status, submit
from portal.catalogue.standing import standing
from portal.catalogue.transitions import Action
from portal.ingest import Filing, Outcome, Revision
from portal.models import Document, DocumentChange, EventKind, Notice, Role, User, Visibility
from portal.permissions import Part
from portal.recommend import record_event
from tests.conftest import Library

ZONE = zoneinfo.ZoneInfo("Asia/Shanghai")
# A Monday morning.
NOW = dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)
TEXT = "# 校园宽带资费\n\n宿舍宽带每月六十元。\n\n# 退订\n\n提前三十天通知。\n"
PEOPLE = (
    ("liujie", "刘洁", Role.ACCOUNT_MANAGER, "yunlan", ()),
    ("zhangqi", "张琪", Role.ACCOUNT_MANAGER, "yunlan", ()),
    ("heping", "何平", Role.ACCOUNT_MANAGER, "nanyu", ()),
    ("linwei", "林薇", Role.INDUSTRY_MANAGER, "hq", ("education", "healthcare")),
    ("chenhao", "陈浩", Role.INDUSTRY_MANAGER, "hq", ("government",)),
    ("admin", "管理员", Role.ADMINISTRATOR, "hq", ()),
)


class Cycle:
    """A library with an author, colleagues, two industry managers and an administrator."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.services = library.services
        self.now = NOW
        with self.services.db.write() as session:
            self.ids = {
                login: add_user(
                    session, login=login, name=name, role=role, unit=unit, industries=industries
                ).id
                for login, name, role, unit, industries in PEOPLE
            }

    def viewer(self, login: str) -> Viewer:
        with self.services.db.read() as session:
            return Viewer.of(session.get_one(User, self.ids[login]))

    def draft(
        self,
        author: str = "liujie",
        industry: str = "education",
        kind: str = "tariff",
        text: str = TEXT,
        visibility: Visibility = Visibility.EVERYONE,
        *,
        publish: bool = False,
        index: bool = False,
    ) -> int:
        keys = {"industry": (industry,) if industry else (), "kind": (kind,) if kind else ()}
        filing = Filing(self.ids[author], keys, publish, visibility, published_at=self.now)
        document_id = self.library.put(text, "资费.md", filing, index=index).document_id
        assert document_id is not None
        return document_id

    def act(self, login: str, document: int, action: Action, comment: str = "") -> None:
        with self.services.db.write() as session:
            change_status(session, self.viewer(login), document, action, self.now, comment)

    def submit(self, document: int, login: str = "liujie") -> str:
        """Hand in; return the reviewer's login, or nothing for the administrators."""
        with self.services.db.write() as session:
            chosen = submit(session, self.viewer(login), document, self.now)
        return {number: name for name, number in self.ids.items()}.get(chosen or 0, "")

    def revise(self, login: str, document: int, text: str, comment: str = "") -> Outcome:
        revision = Revision(document, self.viewer(login), comment)
        filing = Filing(self.ids[login], revision=revision)
        return self.library.put(text, "资费新版.md", filing, index=False)

    def download(self, login: str, document: int, at: dt.datetime | None = None) -> None:
        with self.services.db.write() as session:
            moment = (at or self.now).astimezone(ZONE)
            record_event(session, self.ids[login], document, EventKind.DOWNLOAD, moment)

    def document(self, number: int) -> Document:
        with self.services.db.read() as session:
            return session.get_one(Document, number)

    def parts(self, login: str, document: int) -> frozenset[Part]:
        with self.services.db.read() as session:
            return standing(session, self.viewer(login), document, change=False).parts

    def steps(self, document: int) -> list[tuple[str, str, int | None]]:
        """Every step of a document: action, status after it, and who took it."""
        with self.services.db.read() as session:
            rows = session.scalars(
                sa.select(DocumentChange)
                .where(DocumentChange.document_id == document)
                .order_by(DocumentChange.id)
            )
            return [(row.action, row.to_status, row.actor_id) for row in rows]

    def notices(self, login: str) -> list[tuple[str, dict[str, object]]]:
        """What one person was told: kind and data, in order."""
        with self.services.db.read() as session:
            rows = session.scalars(
                sa.select(Notice).where(Notice.user_id == self.ids[login]).order_by(Notice.id)
            )
            return [(row.kind, row.data) for row in rows]
