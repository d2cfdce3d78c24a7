"""Webhooks against a receiver that listens: signed, retried, not doubled, stopped, and safe."""

import base64
import dataclasses
import datetime as dt
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer, publish
from portal.catalogue.lifecycle import change_status
from portal.catalogue.transitions import Action
from portal.db import utcnow
from portal.ingest import Filing
from portal.keys import secret_key
from portal.models import DeliveryState, Document, Notice, NoticeKind, Role, Visibility
from portal.models.webhooks import Webhook, WebhookDelivery, WebhookEvent
from portal.notices.webhook import AddressRefused
from portal.push import webhooks
from portal.push.outgoing import target_of
from portal.push.webhook_send import BACK_OFF, WebhooksSent, send_webhooks
from portal.push.webhooks import Subscription
from tests.conftest import Library
from tests.integration.receiver import Receiver

EVERYTHING = tuple(WebhookEvent)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class Desk:
    """A portal that may call its own machine, with an author and a clock of its own."""

    def __init__(self, library: Library) -> None:
        self.db = library.services.db
        self.library = library
        self.settings = dataclasses.replace(
            library.services.settings,
            private_webhooks=True,
            webhook_timeout=1,
            base_url="https://portal.lh.example.cn",
        )
        self.author = library.person("linruoxi", Role.INDUSTRY_MANAGER)
        self.administrator = library.person("guanliyuan", Role.ADMINISTRATOR)
        self.now = utcnow()

    def subscribe(self, address: str, **settled: Any) -> tuple[int, str]:
        wanted = Subscription("客户系统", address, settled.pop("events", EVERYTHING), **settled)
        with self.db.write() as session:
            return webhooks.add_webhook(
                session,
                secret_key(self.settings),
                wanted,
                self.library.services.taxonomy(),
                utcnow(),
                allow_private=True,
            )

    def publish(self, title: str, *, industry: str = "education", everyone: bool = True) -> int:
        visibility = Visibility.EVERYONE if everyone else Visibility.UNIT
        filing = Filing(self.author, {"industry": (industry,)}, visibility=visibility, title=title)
        outcome = self.library.put(
            f"# {title}\n\n{title}的正文。", f"{title}.md", filing, index=False
        )
        assert outcome.document_id is not None, outcome
        with self.db.write() as session:
            publish(session, outcome.document_id)
        return outcome.document_id

    def send(self, later: dt.timedelta = dt.timedelta()) -> WebhooksSent:
        self.now = max(self.now, utcnow()) + later
        return send_webhooks(self.settings, self.db, lambda: self.now)

    def deliveries(self) -> list[WebhookDelivery]:
        with self.db.read() as session:
            return list(session.scalars(sa.select(WebhookDelivery).order_by(WebhookDelivery.id)))


@pytest.fixture
def desk(library: Library) -> Desk:
    return Desk(library)


def verified(secret: str, headers: dict[str, str], body: bytes) -> Any:
    """What a message says, after its signature was checked as a receiver does."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    good = "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert good in headers["webhook-signature"].split(" ")
    return json.loads(body)


def test_it_works(desk: Desk, receiver: Receiver) -> None:
    _, secret = desk.subscribe(receiver.address)
    number = desk.publish("校园宽带资费方案")
    assert desk.send() == WebhooksSent(sent=1)
    assert desk.send() == WebhooksSent()
    ((headers, body),) = receiver.got
    said = verified(secret, headers, body)
    assert said["type"] == "document.published"
    assert said["data"]["title"] == "校园宽带资费方案"
    assert said["data"]["industry"] == ["education"]
    assert said["data"]["url"] == f"https://portal.lh.example.cn/documents/{number}"
    assert "正文" not in body.decode()


def test_each_step_is_told_with_what_takes_over(desk: Desk, receiver: Receiver) -> None:
    _, secret = desk.subscribe(receiver.address)
    old, new = desk.publish("老方案"), desk.publish("新方案")
    viewer = Viewer(None, desk.administrator)
    with desk.db.write() as session:
        change_status(session, viewer, old, Action.SUPERSEDE, utcnow(), successor_id=new)
        change_status(session, viewer, new, Action.ARCHIVE, utcnow())
    desk.send()
    told = [verified(secret, *each) for each in receiver.got]
    assert [each["type"].removeprefix("document.") for each in told] == [
        "published",
        "published",
        "superseded",
        "archived",
    ]
    assert told[2]["data"]["superseded_by"] == new


@pytest.mark.parametrize("failure", [500, 302, 429])
def test_a_message_that_is_not_taken_is_sent_again_under_its_name(
    desk: Desk, receiver: Receiver, failure: int
) -> None:
    desk.subscribe(receiver.address)
    desk.publish("校园宽带资费方案")
    receiver.answers = [failure, failure, 200]
    assert desk.send() == WebhooksSent(waiting=1)
    assert desk.send() == WebhooksSent()
    assert desk.send(BACK_OFF[0]) == WebhooksSent(waiting=1)
    assert desk.send(BACK_OFF[1]) == WebhooksSent(sent=1)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    (row,) = desk.deliveries()
    assert (row.state, row.attempts, row.answer) == (DeliveryState.SENT, 3, "HTTP 200")


def test_a_receiver_that_is_not_there_loses_nothing(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address)
    receiver.shutdown()
    receiver.socket.close()
    desk.publish("校园宽带资费方案")
    assert desk.send() == WebhooksSent(waiting=1)
    (row,) = desk.deliveries()
    assert "refused" in row.answer.lower()


def test_a_receiver_that_takes_the_call_and_says_nothing_is_left(desk: Desk) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk.subscribe(f"http://127.0.0.1:{silent.getsockname()[1]}/hook")
        desk.publish("校园宽带资费方案")
        assert desk.send() == WebhooksSent(waiting=1)
    (row,) = desk.deliveries()
    assert "timed out" in row.answer.lower()


def test_what_a_dead_process_had_claimed_is_sent(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address)
    desk.publish("校园宽带资费方案")
    with desk.db.write() as session:
        session.execute(sa.update(WebhookDelivery).values(state=DeliveryState.SENDING))
    assert desk.send() == WebhooksSent(sent=1)


def test_a_publication_that_is_rolled_back_is_told_to_nobody(
    desk: Desk, receiver: Receiver
) -> None:
    desk.subscribe(receiver.address)
    filing = Filing(desk.author, {"industry": ("education",)})
    number = desk.library.put("# 方案\n\n正文。", "方案.md", filing, index=False).document_id
    assert number is not None
    with desk.db.write() as session:
        publish(session, number)
        assert session.scalar(sa.select(sa.func.count(WebhookDelivery.id))) == 1
        session.rollback()
    assert desk.deliveries() == []


def test_only_what_the_subscription_may_and_wants_to_see(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address, industries=("education",))
    desk.publish("政务方案", industry="government")
    desk.publish("内部底价", everyone=False)
    desk.publish("校园方案")
    assert [row.data["title"] for row in desk.deliveries()] == ["校园方案"]
    desk.subscribe(receiver.address, with_restricted=True, events=(WebhookEvent.PUBLISHED,))
    desk.publish("另一份内部底价", everyone=False)
    assert [row.data["title"] for row in desk.deliveries()] == ["校园方案", "另一份内部底价"]


def test_what_was_withheld_meanwhile_is_not_sent(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address)
    number = desk.publish("校园方案")
    with desk.db.write() as session:
        session.get_one(Document, number).visibility = Visibility.AUTHOR
    assert desk.send() == WebhooksSent(withdrawn=1)
    assert receiver.got == []


def test_a_new_secret_and_the_old_one_both_hold_for_a_day(desk: Desk, receiver: Receiver) -> None:
    number, old = desk.subscribe(receiver.address)
    with desk.db.write() as session:
        new = webhooks.renew_secret(session, secret_key(desk.settings), number, utcnow())
        webhooks.ask_for_test(session, number, utcnow())
    desk.send()
    for secret in (old, new):
        assert verified(secret, *receiver.got[0])["type"] == webhooks.TEST
    with desk.db.write() as session:
        webhooks.ask_for_test(session, number, utcnow())
    desk.send(webhooks.BOTH_VALID)
    verified(new, *receiver.got[1])
    with pytest.raises(AssertionError):
        verified(old, *receiver.got[1])


def test_a_webhook_that_never_answers_is_stopped_and_administrators_are_told(
    desk: Desk, receiver: Receiver
) -> None:
    number, _ = desk.subscribe(receiver.address)
    desk.publish("校园方案")
    receiver.answers = [500]
    desk.send()
    assert desk.send(dt.timedelta(days=5)).stopped == 1
    with desk.db.read() as session:
        assert session.get_one(Webhook, number).stopped_why == "failures"
        asked = sa.select(Notice.user_id).where(Notice.kind == NoticeKind.WEBHOOK_STOPPED)
        assert session.scalars(asked).all() == [desk.administrator]
    assert desk.send(dt.timedelta(days=1)) == WebhooksSent()
    receiver.answers = [200]
    with desk.db.write() as session:
        webhooks.start_webhook(session, number, desk.now)
    assert desk.send() == WebhooksSent(sent=1)


def test_a_receiver_that_asks_for_no_more_gets_no_more(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address)
    desk.publish("校园方案")
    receiver.answers = [410]
    assert desk.send().stopped == 1


def test_a_message_of_the_ledger_can_be_sent_again(desk: Desk, receiver: Receiver) -> None:
    number, _ = desk.subscribe(receiver.address)
    desk.publish("校园方案")
    desk.send()
    with desk.db.write() as session:
        webhooks.send_again(session, number, webhooks.ledger(session, number)[0].id, utcnow())
    assert desk.send() == WebhooksSent(sent=1)
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("https://127.0.0.1/hook", "private"),
        ("https://[::1]/hook", "private"),
        ("https://[::ffff:10.0.0.1]/hook", "private"),
        ("https://169.254.169.254/latest", "private"),
        ("http://127.0.0.1/hook", "scheme"),
        ("ftp://127.0.0.1/hook", "scheme"),
        ("https://a:b@203.0.114.7/hook", "form"),
        ("https://203.0.114.7:99999/", "form"),
        ("https://203.0.114.7/a b", "form"),
    ],
)
def test_addresses_inside_the_network_are_not_called(address: str, reason: str) -> None:
    with pytest.raises(AddressRefused) as refused:
        target_of(address, allow_private=False)
    assert refused.value.reason == reason


def test_an_address_is_looked_at_again_before_each_call(desk: Desk, receiver: Receiver) -> None:
    desk.subscribe(receiver.address)
    desk.publish("校园方案")
    desk.settings = dataclasses.replace(desk.settings, private_webhooks=False)
    assert desk.send() == WebhooksSent(waiting=1)
    assert receiver.got == []
