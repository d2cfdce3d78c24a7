"""A portal in which documents are hidden in every way there is, and all that strangers can ask."""

import dataclasses
import datetime as dt
import io
import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import docx
import sqlalchemy as sa

from portal.accounts import add_user
from portal.app import create_app
from portal.catalogue import Viewer
from portal.catalogue.comments import add_comment
from portal.catalogue.drafts import DraftDetails, mark_template, save_draft
from portal.catalogue.lifecycle import change_status
from portal.catalogue.revisions import withdraw_version
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest import Filing, Limits, Outcome, Revision, ingest
from portal.jobs import JOBS, catch_up
from portal.models import Delivery, Notice, Role, User, Visibility
from portal.push.channels import Mail
from portal.push.letters import WRITERS
from tests.web.stock import PASSWORD_HASH, Stock
from tests.web.traces import SAMPLES, addresses_of, plain, without_chance
from tests.web.visitor import Visitor

NOW = dt.datetime(2026, 11, 2, 2, tzinfo=dt.UTC)
KEYS = {"industry": ("finance",), "kind": ("template",), "stage": ("follow-up",)}
# An outsider among the managers is told of these every night, if there is anything to be told.
TOLD_KEYS = {**KEYS, "industry": ("finance", "healthcare")}
PLANTED = {
    "unit": ("赤霄协议", "chixiao", "cxxy"),
    "author": ("玄圃协议", "xuanpu", "xpxy"),
    "draft": ("璇玑协议", "xuanji", "xjxy"),
    "in-review": ("沧溟协议", "cangming", "cmxy"),
    "returned": ("昆吾协议", "kunwu", "kwxy"),
    "archived": ("扶桑协议", "fusang", "fsxy"),
    "closed": ("青丘协议", "qingqiu", "qqxy"),
    "superseded": ("汤谷协议", "tanggu", "tgxy"),
    "proposed": ("蓬壶协议", "penghu", "phxy"),
    "withdrawn": ("瀛洲协议", "yingzhou", "yzxy"),
}
"""A word that occurs nowhere else for each way of being hidden; its sound, and its initials."""
VERSIONS = ("proposed", "withdrawn")
VISIBILITY = {
    "unit": Visibility.UNIT,
    "author": Visibility.AUTHOR,
    "superseded": Visibility.UNIT,
}
OUT = ("unit", "author", "archived", "closed", "superseded")
SLIPS = ("赤宵协议", "玄普协议", "沧明协议")
PEOPLE = (
    ("account", Role.ACCOUNT_MANAGER, "nanyu", ("finance",)),
    ("product", Role.PRODUCT_MANAGER, "nanyu", ("finance",)),
    ("business", Role.BUSINESS_MANAGER, "nanyu", ()),
    ("industry", Role.INDUSTRY_MANAGER, "nanyu", ("healthcare", "education")),
    ("insider", Role.ACCOUNT_MANAGER, "yunlan", ()),
    ("reviewer", Role.INDUSTRY_MANAGER, "yunlan", ("finance",)),
)
OUTSIDERS = ("account", "product", "business", "industry")
EVERYBODY = ("visitor", "stranger", *OUTSIDERS)
LISTS_MADE = ("newest", "hottest", "slots", "signatures")
TOLD = ("recommended", "alerts", "digest", "notices", "statistics")
QUESTIONS = (
    "/search?q={}",
    "/search?q=%22{}%22&industry=finance",
    "/api/v1/search?q={}&sort=newest",
    "/suggest?q={}",
    "/suggest/opensearch?q={}",
)
SOUNDS = ("/search?q={}", "/suggest?q={}")
LISTS = (
    "/?industry=finance&stage=follow-up",
    "/search?q=网点专线",
    "/search?industry=finance&sort=hottest",
    "/search?q=作者:周敏",
    "/api/v1/search?industry=finance",
    "/api/v1/documents?industry=finance",
    "/suggest?q=网点",
    "/map/finance",
    "/feeds/industry/finance.rss",
    "/lists/hottest?industry=finance",
    "/lists/newest?industry=finance",
)


class House:
    """A copy of the library with colleagues of every role who have not seen what is hidden."""

    def __init__(self, stock: Stock, planted: tuple[str, ...]) -> None:
        settings = dataclasses.replace(
            stock.services.settings, smtp_host="mail.lh.example", smtp_from="portal@lh.example"
        )
        opened = dataclasses.replace(settings, anonymous_reading=True)
        self.services = dataclasses.replace(stock.services, settings=opened)
        closed = dataclasses.replace(stock.services, settings=settings)
        self.app = create_app(opened, self.services)
        self.people = self._people()
        self.public = [stock.ids["回访话术01.txt"], stock.ids["回访话术02.txt"]]
        self.liked = stock.ids["平安校园建议书.docx"]
        self.visitors = {login: Visitor(self.app).sign_in(login) for login in self.people}
        self.visitors |= {
            "visitor": Visitor(self.app),
            "stranger": Visitor(create_app(settings, closed)),
        }
        self.feeds = {login: self._subscribe(login) for login in OUTSIDERS}
        self._publish("网点专线新政策")
        self.hidden = {way: self._plant(way) for way in planted}
        self._warm()
        if "closed" in planted:
            self.act("zhoumin", self.hidden["closed"], Action.ARCHIVE, PLANTED["closed"][0])
        self.settle(*LISTS_MADE, *TOLD)

    def _people(self) -> dict[str, int]:
        with self.services.db.write() as session:
            known = {user.login: user.id for user in session.scalars(sa.select(User))}
            for login, role, unit, industries in PEOPLE:
                user = add_user(
                    session, login=login, name=login, role=role, unit=unit, industries=industries
                )
                user.password_hash, user.toured_at = PASSWORD_HASH, user.created_at
                user.email = f"{login}@lh.example"
                session.flush()
                known[login] = user.id
        return known

    def _subscribe(self, login: str) -> str:
        """Let an outsider wait for what is hidden in every way; return the feed's address."""
        visitor = self.visitors[login]
        for word, way in (
            ("赤霄协议", "at-once"),
            ("网点专线", "at-once"),
            ("网点专线 月租", "mail"),
        ):
            visitor.submit("/saved", q=word, name=f"订阅{word}", ways=way)
        visitor.submit("/settings/channel", channel="mail.on")
        visitor.submit("/requests", q="玄圃协议", industry="finance")
        visitor.submit(f"/documents/{self.liked}/favourite", wanted="yes")
        made = visitor.submit("/feeds/address")
        assert made.status == 303
        found = re.search(r"/feeds/p/([\w.-]+)/", visitor.get("/feeds").html)
        return found[1] if found else ""

    def viewer(self, login: str) -> Viewer:
        with self.services.db.read() as session:
            return Viewer.of(session.get_one(User, self.people[login]))

    def put(self, data: bytes, filing: Filing, name: str) -> Outcome:
        """Take a file in without indexing it yet."""
        taxonomy = self.services.taxonomy()
        services = self.services
        return ingest(services.db, services.blobs, taxonomy, data, name, filing, Limits())

    def act(
        self, login: str, document: int, action: Action, comment: str, successor: int | None = None
    ) -> None:
        """Take a step of a document's life."""
        now, viewer = utcnow(), self.viewer(login)
        with self.services.db.write() as session:
            change_status(session, viewer, document, action, now, comment, successor_id=successor)

    def _publish(self, title: str) -> None:
        """Something that everybody is told of."""
        filing = Filing(self.people["heping"], TOLD_KEYS, True)
        text = f"# {title}\n\n网点专线的月租与折扣。"
        assert self.put(text.encode(), filing, f"{title}.md").status == "added"

    def _warm(self) -> None:
        """Have everything kept and remembered while what is closed later is still open."""
        self.settle(*LISTS_MADE)
        for login in EVERYBODY:
            for address in LISTS:
                self.visitors[login].get(address)

    def _plant(self, way: str) -> int:
        word, author = PLANTED[way][0], self.people["zhoumin"]
        if way in VERSIONS:
            return self._plant_version(way, word)
        visibility = VISIBILITY.get(way, Visibility.EVERYONE)
        is_out = way in OUT
        title, keys = f"{word}网点专线", TOLD_KEYS if is_out else KEYS
        filing = Filing(author, keys, is_out, visibility, title=title)
        document = self.put(file_about(word), filing, f"{word}.docx").document_id
        assert document is not None
        if not is_out:
            details = DraftDetails(title, word, (word,), KEYS, visibility)
            with self.services.db.write() as session:
                taxonomy = self.services.taxonomy()
                save_draft(session, self.viewer("zhoumin"), document, details, taxonomy, NOW)
        if way in ("in-review", "returned"):
            self.act("zhoumin", document, Action.SUBMIT, word)
        if way == "returned":
            self.act("reviewer", document, Action.RETURN, word)
        if way == "archived":
            self.act("zhoumin", document, Action.ARCHIVE, word)
        if way == "superseded":
            self.act("zhoumin", document, Action.SUPERSEDE, word, self.public[0])
        if way == "unit":
            self._use(document, word)
        return document

    def _plant_version(self, way: str, word: str) -> int:
        document = self.public[VERSIONS.index(way)]
        revision = Revision(document, self.viewer("heping"), word)
        filing = Filing(self.people["heping"], revision=revision)
        assert self.put(file_about(word), filing, f"{word}.docx").status == "added"
        if way == "withdrawn":
            with self.services.db.write() as session:
                withdraw_version(session, self.viewer("heping"), document, utcnow())
        return document

    def _use(self, document: int, word: str) -> None:
        """A colleague of the unit finds, reads and discusses it, and calls an outsider."""
        catch_up(self.services)
        colleague = self.visitors["insider"]
        assert colleague.get(f"/documents/{document}").status == 200
        for address, form in (
            ("favourite", {"wanted": "yes"}),
            ("uses", {"customer": f"{word}客户", "outcome": "won"}),
            ("problems", {"problem": f"{word}的价格不对"}),
        ):
            assert colleague.submit(f"/documents/{document}/{address}", **form).status == 303
        with self.services.db.write() as session:
            mark_template(session, self.viewer("reviewer"), document, is_template=True)
            add_comment(session, self.viewer("insider"), document, f"@account 看{word}", NOW)

    def settle(self, *jobs: str) -> None:
        """Let indexer and scheduler do what they do by themselves."""
        catch_up(self.services)
        for name in jobs:
            JOBS[name].run(self.services)

    def look(self, login: str, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
        """Every address that this person can ask for, and the answer without what chance makes."""
        for address in [*self._addresses(login), *LISTS]:
            yield address, plain(self.visitors[login].get(address))
        for word in words:
            for question in SOUNDS if word.isascii() else QUESTIONS:
                address = question.format(quote(word))
                yield address, plain(self.visitors[login].get(address))

    def _addresses(self, login: str) -> list[str]:
        each = [addresses_of(self.app, self.samples(login, number)) for number in self.public]
        return list(dict.fromkeys(itertools.chain.from_iterable(each)))

    def samples(self, login: str, document: int) -> dict[str, Any]:
        """What stands in addresses."""
        return {
            **SAMPLES,
            "document_id": document,
            "token": self.feeds.get(login, "none"),
            "number": 2,
        }

    def told(self, login: str) -> tuple[str, ...]:
        """Everything that this person is sent, as it is written when it goes out."""
        person = self.people[login]
        with self.services.db.read() as session:
            due = session.scalars(
                sa.select(Delivery).where(Delivery.user_id == person).order_by(Delivery.id)
            ).all()
            heard = session.scalars(
                sa.select(Notice).where(Notice.user_id == person).order_by(Notice.id)
            ).all()
            letters = [WRITERS[each.kind](session, self.services.settings, each) for each in due]
        mails = [each for each in letters if isinstance(each, Mail)]
        return (
            *(f"{each.kind} {each.document_id} {each.data}" for each in heard),
            *(without_chance(f"{each.subject}\n{each.text}\n{each.html}") for each in mails),
        )


def file_about(word: str) -> bytes:
    """A file that has the word wherever a file has words."""
    document, buffer = docx.Document(), io.BytesIO()
    document.core_properties.author = document.core_properties.keywords = word
    document.add_heading(f"{word}网点专线", 0)
    document.add_heading(f"{word}章", 1)
    document.add_paragraph(f"{word}的底价，致{{{{{word}客户}}}}。网点专线的月租与折扣。")
    document.save(buffer)
    return buffer.getvalue()
