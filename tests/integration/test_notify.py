"""Notices by mail and chat: asked for once, at the right time, and only while they are true."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from config import Settings
from portal.accounts import keep_language
from portal.catalogue import Viewer
from portal.catalogue.comments import add_comment, delete_comment
from portal.ingest import Filing
from portal.models import Channel, Delivery, Document, NoticeKind, User, Visibility
from portal.notices import inbox
from portal.notices import settings as reach
from portal.notices.unsubscribe import Stop, read_token
from portal.push.channels import Mail
from portal.push.ledger import ChatLetter, send_due
from portal.push.letters import WRITERS, write_notice
from portal.push.notify import ask_for_notices
from tests.conftest import Library
from tests.integration.post_office import post_office

# Noon in Shanghai.
NOW = dt.datetime(2026, 11, 20, 4, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


class Post:
    """An author with a mail address, whose document colleagues comment on."""

    def __init__(self, library: Library) -> None:
        self.db = library.services.db
        self.author = library.person("linruoxi", name="林若溪")
        self.colleague = library.person("zhoumin", name="周敏")
        filing = Filing(author_id=self.author, keys={}, publish=True)
        outcome = library.put("# 校园宽带资费\n\n正文", "资费.md", filing, index=False)
        self.document = outcome.document_id or 0
        self.settings: Settings = dataclasses.replace(
            library.services.settings,
            smtp_host="127.0.0.1",
            smtp_from="portal@example.cn",
            secret_key="a key that is used in tests only, never outside",
        )
        with self.db.write() as session:
            session.get_one(User, self.author).email = "linruoxi@example.cn"

    def comment(self, text: str = "@林若溪 第 3 页的价格旧了", at: dt.datetime = NOW) -> int:
        with self.db.write() as session:
            viewer = Viewer.of(session.get_one(User, self.colleague))
            return add_comment(session, viewer, self.document, text, at).comment_id

    def ask(self, now: dt.datetime = NOW) -> int:
        with self.db.write() as session:
            return ask_for_notices(session, self.settings, now)

    def deliveries(self) -> list[Delivery]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

    def letter(self) -> Mail | ChatLetter | None:
        (delivery,) = self.deliveries()
        with self.db.read() as session:
            return write_notice(session, self.settings, delivery)


@pytest.fixture
def post(library: Library) -> Post:
    return Post(library)


def test_a_call_is_mailed_with_what_was_said_and_a_link_that_stops_it(post: Post) -> None:
    post.comment()
    assert post.ask() == 1
    letter = post.letter()
    assert isinstance(letter, Mail)
    assert letter.to == "linruoxi@example.cn"
    assert letter.subject == "周敏在《校园宽带资费》的评论里叫您来看。"
    assert "第 3 页的价格旧了" in letter.text
    assert "/unsubscribe/" in letter.unsubscribe_url
    assert letter.unsubscribe_url in letter.html


def test_a_mail_speaks_its_readers_language(post: Post) -> None:
    with post.db.write() as session:
        keep_language(session, post.author, "en")
    post.comment()
    post.ask()
    letter = post.letter()
    assert isinstance(letter, Mail)
    assert letter.subject == "周敏 mentioned you in a comment on “校园宽带资费”."
    assert letter.sender_name == "Knowledge Portal"
    assert '<html lang="en">' in letter.html
    assert "Stop them here, without signing in." in letter.html


def test_running_again_asks_for_nothing_twice(post: Post) -> None:
    post.comment()
    assert [post.ask(), post.ask(NOW + MINUTE), post.ask(NOW + 2 * MINUTE)] == [1, 0, 0]


def test_what_a_person_does_not_want_by_mail_is_not_asked_for(post: Post) -> None:
    post.comment("价格旧了")  # a plain comment stays on the page by default
    assert post.ask() == 0


def test_quiet_hours_put_it_off_to_their_end(post: Post) -> None:
    with post.db.write() as session:
        reach.set_quiet_hours(session, post.author, dt.time(11, 0), dt.time(13, 30))
    post.comment()
    post.ask()
    (delivery,) = post.deliveries()
    assert delivery.next_try_at == NOW + 90 * MINUTE


def test_a_robot_is_told_too(post: Post) -> None:
    with post.db.write() as session:
        reach.set_chat_address(session, post.author, "wecombot://693a91f6")
        reach.choose(session, post.author, NoticeKind.MENTION, Channel.MAIL, False)
    post.comment()
    post.ask()
    letter = post.letter()
    assert isinstance(letter, ChatLetter)
    assert letter.address == "wecombot://693a91f6"
    assert "周敏" in letter.message.text


@pytest.mark.parametrize("change", ["read", "stopped", "withdrawn"])
def test_what_is_no_longer_true_is_not_sent(post: Post, change: str) -> None:
    post.comment()
    post.ask()
    with post.db.write() as session:
        if change == "read":
            inbox.mark_all_read(session, post.author, NOW, up_to=99)
        elif change == "stopped":
            reach.choose(session, post.author, NoticeKind.MENTION, Channel.MAIL, False)
        else:
            other = session.scalars(sa.select(User.id).where(User.login == "zhoumin")).one()
            session.execute(
                sa.update(Document).values(
                    visibility=Visibility.AUTHOR, author_id=other, steward_id=None
                )
            )
    assert post.letter() is None


def test_a_comment_deleted_meanwhile_is_not_quoted(post: Post) -> None:
    number = post.comment()
    post.ask()
    with post.db.write() as session:
        delete_comment(session, Viewer.of(session.get_one(User, post.colleague)), number, NOW)
    letter = post.letter()
    assert isinstance(letter, Mail)
    assert "价格旧了" not in letter.text + letter.html


def test_without_a_mail_server_nothing_waits_for_one(post: Post) -> None:
    post.settings = dataclasses.replace(post.settings, smtp_host="")
    post.comment()
    assert post.ask() == 0


def test_a_real_mail_server_gets_it_once_with_a_link_that_works(post: Post) -> None:
    with post_office() as office:
        post.settings = dataclasses.replace(post.settings, smtp_port=office.port)
        post.comment()
        for _each in range(2):
            post.ask()
            send_due(post.settings, post.db, WRITERS, lambda: NOW)
    (mail,) = office.mails
    assert mail["Subject"] == "周敏在《校园宽带资费》的评论里叫您来看。"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    parts = {part.get_content_type(): part.get_content() for part in mail.iter_parts()}
    assert all("第 3 页的价格旧了" in text for text in parts.values())
    assert set(parts) == {"text/plain", "text/html"}
    token = mail["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    assert read_token(post.settings.secret_key, token) == Stop(
        post.author, NoticeKind.MENTION, Channel.MAIL
    )
