"""A real mail server on loopback that keeps what it gets, and refuses or hangs when told to."""

import email
import email.policy
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class PostOffice:
    """What arrived, in order. ``refused`` maps a recipient to the answer that it gets.

    ``on_mail`` is called with each mail that is taken, before the sender gets its answer.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refused: dict[str, str] = {}
        self.answer = "250 OK"
        self.on_mail: Callable[[], None] = lambda: None
        self.port = 0

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if self.answer.startswith("250"):
            self.mails.append(
                email.message_from_bytes(envelope.content, policy=email.policy.default)
            )
            self.recipients += envelope.rcpt_tos
            self.on_mail()
        return self.answer


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A mail server that runs while the context lasts."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=_free_port())
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop(no_assert=True)


@contextmanager
def silent_server() -> Iterator[int]:
    """A server that takes connections and never says a word; its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                return

        thread = threading.Thread(target=accept)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()
            for each in held:
                each.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
