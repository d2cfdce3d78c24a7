"""Deliveries: each once, tried again with patience, and no one's trouble is everyone's."""

import dataclasses
import datetime as dt
import email.utils
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import Settings
from portal.models import Channel, Delivery, DeliveryState, User
from portal.push.channels import ChatMessage, Mail, send_chat
from portal.push.errors import PushError
from portal.push.ledger import (
    BACK_OFF,
    KEPT_WAITING,
    ChatLetter,
    Letter,
    Sent,
    enqueue,
    ledger_status,
    send_due,
)
from portal.push.letters import message_id
from portal.services import Services
from tests.conftest import Library
from tests.integration.post_office import PostOffice, post_office, silent_server

NIGHT = dt.datetime(2026, 11, 21, 18, tzinfo=dt.UTC)


@pytest.fixture
def mail() -> Iterator[PostOffice]:
    with post_office() as office:
        yield office


def with_mail(settings: Settings, port: int, timeout: int = 20) -> Settings:
    return dataclasses.replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_from="portal@lingnan.example",
        smtp_timeout=timeout,
    )


class Desk:
    """Colleagues with mail addresses, and a ledger for them."""

    def __init__(self, library: Library, people: int) -> None:
        self.services: Services = library.services
        self.settings = library.services.settings
        self.now = NIGHT
        self.people = [library.person(f"jingli{number:03}") for number in range(people)]
        with self.services.db.write() as session:
            for user in session.scalars(sa.select(User).where(User.id.in_(self.people))):
                user.email = f"{user.login}@lingnan.example"

    def ask(self, key: str = "digest-2026-11-22", channel: Channel = Channel.MAIL) -> None:
        with self.services.db.write() as session:
            for person in self.people:
                enqueue(session, key, person, channel, "digest", {"issue": 1}, self.now)

    def send(self, settings: Settings | None = None) -> Sent:
        used = settings or self.settings
        return send_due(used, self.services.db, {"digest": self.write}, lambda: self.now)

    def write(self, session: Session, settings: Settings, delivery: Delivery) -> Letter | None:
        person = session.get_one(User, delivery.user_id)
        if delivery.channel == Channel.CHAT:
            return ChatLetter("json://127.0.0.1:1/", ChatMessage("简报", "一份新资料"))
        return Mail(
            person.email or "",
            "十一月二十二日简报",
            "一份值得一看的资料",
            "<p>一份值得一看的资料</p>",
            message_id(settings, delivery),
            delivery.created_at,
        )

    def states(self) -> list[str]:
        with self.services.db.read() as session:
            return list(session.scalars(sa.select(Delivery.state).order_by(Delivery.id)))

    def row(self, number: int = 0) -> Delivery:
        with self.services.db.read() as session:
            return session.scalars(sa.select(Delivery).order_by(Delivery.id)).all()[number]


def test_everyone_gets_one_and_a_second_run_sends_nothing(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 5)
    desk.settings = with_mail(desk.settings, mail.port)
    for _ in range(3):
        desk.ask()
        desk.send()
    assert sorted(mail.recipients) == [f"jingli{number:03}@lingnan.example" for number in range(5)]
    assert set(desk.states()) == {DeliveryState.SENT}
    assert mail.mails[0]["Subject"] == "十一月二十二日简报"
    assert mail.mails[0]["Date"].datetime == NIGHT


def test_without_a_mail_server_nothing_is_tried_and_the_status_says_so(library: Library) -> None:
    desk = Desk(library, 2)
    desk.ask()
    assert desk.send() == Sent()
    assert set(desk.states()) == {DeliveryState.WAITING}
    with desk.services.db.read() as session:
        status = ledger_status(desk.settings, session, NIGHT - dt.timedelta(days=1))
    assert (status.mail_configured, status.waiting) == (False, 2)


def test_one_bad_address_among_many_harms_only_itself(library: Library, mail: PostOffice) -> None:
    desk = Desk(library, 40)
    mail.refused["jingli007@lingnan.example"] = "550 5.1.1 没有这个用户"
    with desk.services.db.write() as session:
        session.get_one(User, desk.people[9]).email = "两个 地址@lingnan.example"
    desk.ask()
    sent = desk.send(with_mail(desk.settings, mail.port))
    assert (sent.sent, sent.failed) == (38, 2)
    assert "550" in desk.row(7).last_error
    assert desk.row(9).state == DeliveryState.FAILED
    assert len(mail.mails) == 38


def test_a_full_mailbox_is_tried_again_with_growing_pauses(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 1)
    desk.ask()
    settings = with_mail(desk.settings, mail.port)
    mail.refused["jingli000@lingnan.example"] = "452 4.2.2 邮箱已满"
    for pause in BACK_OFF:
        assert desk.send(settings).waiting == 1
        assert desk.row().next_try_at == desk.now + pause
        assert desk.send(settings) == Sent()
        desk.now += pause
    mail.refused.clear()
    assert desk.send(settings).sent == 1
    assert desk.row().attempts == len(BACK_OFF) + 1


def test_after_the_last_pause_it_is_given_up(library: Library, mail: PostOffice) -> None:
    desk = Desk(library, 1)
    desk.ask()
    mail.refused["jingli000@lingnan.example"] = "452 4.2.2 邮箱已满"
    for pause in (*BACK_OFF, dt.timedelta()):
        desk.send(with_mail(desk.settings, mail.port))
        desk.now += pause
    assert desk.row().state == DeliveryState.FAILED


def test_a_server_that_refuses_stops_the_run_and_nothing_is_lost(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 6)
    desk.ask()
    sent = desk.send(with_mail(desk.settings, 1))  # nobody listens there
    assert sent == Sent(waiting=1)
    assert desk.states() == [DeliveryState.WAITING] * 6
    assert [desk.row(number).attempts for number in range(6)] == [1, 0, 0, 0, 0, 0]
    desk.now += BACK_OFF[0]
    assert desk.send(with_mail(desk.settings, mail.port)).sent == 6


def test_a_server_that_hangs_is_left_after_the_time_that_is_set(library: Library) -> None:
    desk = Desk(library, 3)
    desk.ask()
    with silent_server() as port:
        sent = desk.send(with_mail(desk.settings, port, timeout=1))
    assert sent == Sent(waiting=1)
    assert "timed out" in desk.row().last_error.lower()


def test_a_mail_that_the_server_dislikes_does_not_end_the_line(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 3)
    desk.ask()
    mail.answer = "554 5.7.1 内容被拒收"
    assert desk.send(with_mail(desk.settings, mail.port)).failed == 3


def test_what_was_claimed_by_a_process_that_died_is_sent_under_the_same_name(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 2)
    desk.ask()
    with desk.services.db.write() as session:
        session.execute(sa.update(Delivery).values(state=DeliveryState.SENDING, attempts=1))
    settings = with_mail(desk.settings, mail.port)
    expected = {f"<{message_id(settings, desk.row(number))}>" for number in range(2)}
    assert desk.send(settings).sent == 2
    assert {found["Message-ID"] for found in mail.mails} == expected


def test_a_chat_message_that_may_have_gone_out_is_not_sent_again(library: Library) -> None:
    desk = Desk(library, 1)
    desk.ask(channel=Channel.CHAT)
    with desk.services.db.write() as session:
        session.execute(sa.update(Delivery).values(state=DeliveryState.SENDING, attempts=1))
    assert desk.send() == Sent()
    assert desk.row().state == DeliveryState.FAILED
    assert "不再发送" in desk.row().last_error


def test_a_chat_robot_that_is_down_waits_and_the_mail_goes(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 2)
    desk.ask(channel=Channel.CHAT)
    desk.ask()
    sent = desk.send(with_mail(desk.settings, mail.port))
    assert (sent.sent, sent.waiting) == (2, 2)


def test_while_one_process_sends_another_returns_at_once(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 1)
    desk.ask()
    settings = with_mail(desk.settings, mail.port)
    inner: list[Sent] = []

    def write(session: Session, used: Settings, delivery: Delivery) -> Letter | None:
        other = threading.Thread(target=lambda: inner.append(desk.send(settings)))
        other.start()
        other.join()
        return desk.write(session, used, delivery)

    sent = send_due(settings, desk.services.db, {"digest": write}, lambda: desk.now)
    assert (sent.sent, inner) == (1, [Sent(busy=True)])


def test_a_message_that_cannot_be_made_is_recorded_and_the_others_go(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 3)
    desk.ask()

    def write(session: Session, used: Settings, delivery: Delivery) -> Letter | None:
        if delivery.user_id == desk.people[1]:
            raise LookupError("简报不见了")
        return desk.write(session, used, delivery)

    settings = with_mail(desk.settings, mail.port)
    sent = send_due(settings, desk.services.db, {"digest": write}, lambda: desk.now)
    assert (sent.sent, sent.waiting) == (2, 1)
    assert desk.row(1).last_error == "简报不见了"


def test_nothing_left_to_say_is_withdrawn(library: Library, mail: PostOffice) -> None:
    desk = Desk(library, 1)
    desk.ask()
    settings = with_mail(desk.settings, mail.port)
    sent = send_due(settings, desk.services.db, {"digest": lambda *_: None}, lambda: desk.now)
    assert (sent.withdrawn, mail.mails) == (1, [])
    assert desk.row().state == DeliveryState.WITHDRAWN


def test_old_news_is_not_sent_when_the_server_comes_back(
    library: Library, mail: PostOffice
) -> None:
    desk = Desk(library, 1)
    desk.ask()
    desk.now += KEPT_WAITING + dt.timedelta(minutes=1)
    assert desk.send(with_mail(desk.settings, mail.port)) == Sent()
    assert desk.row().state == DeliveryState.FAILED


def test_quiet_hours_hold_a_message_back(library: Library, mail: PostOffice) -> None:
    desk = Desk(library, 1)
    settings = with_mail(desk.settings, mail.port)
    morning = NIGHT + dt.timedelta(hours=5)
    with desk.services.db.write() as session:
        person = desk.people[0]
        enqueue(session, "x", person, Channel.MAIL, "digest", {}, NIGHT, morning)
    assert desk.send(settings) == Sent()
    desk.now = morning
    assert desk.send(settings).sent == 1


class _Robot(BaseHTTPRequestHandler):
    answers: ClassVar[list[int]]
    got: ClassVar[list[bytes]]

    def do_POST(self) -> None:
        self.got.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.answers.pop(0))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def test_a_webhook_gets_the_message_and_its_500_is_an_error(settings: Settings) -> None:
    class Robot(_Robot):
        answers: ClassVar[list[int]] = [200, 500]
        got: ClassVar[list[bytes]] = []

    server = HTTPServer(("127.0.0.1", 0), Robot)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        address = f"json://127.0.0.1:{server.server_port}/"
        message = ChatMessage("简报", "一份新资料：校园宽带资费表")
        send_chat(settings, address, message)
        assert "校园宽带资费表" in Robot.got[0].decode("unicode_escape") or (
            "校园宽带资费表" in Robot.got[0].decode()
        )
        with pytest.raises(PushError):
            send_chat(settings, address, message)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_webhook_that_never_answers_is_left(settings: Settings) -> None:
    patient = dataclasses.replace(settings, smtp_timeout=1)
    with silent_server() as port, pytest.raises(PushError):
        send_chat(patient, f"json://127.0.0.1:{port}/", ChatMessage("简报", "一份新资料"))


def test_dates_in_mails_are_the_occasions_own(library: Library, mail: PostOffice) -> None:
    desk = Desk(library, 1)
    desk.ask()
    desk.now += dt.timedelta(hours=2)
    desk.send(with_mail(desk.settings, mail.port))
    assert email.utils.parsedate_to_datetime(str(mail.mails[0]["Date"])) == NIGHT
