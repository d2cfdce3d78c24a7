"""The ways out: mail over SMTP, and chat robots over apprise. Nothing here knows the database."""

import datetime as dt
import email.utils
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, quote, urlsplit

import apprise

from config import Settings
from portal.push.errors import ChannelDown, NotConfigured, PushError, Refused
from portal.push.sanitise import one_line

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
SENDER_NAME = "知识门户"
_END = b".\r\n"
_ROBOTS = {
    "oapi.dingtalk.com": "dingtalk",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
}
_CHAT_SCHEMES = frozenset({"wecombot", "dingtalk", "feishu", "lark", "json", "jsons"})


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person.

    ``message_id`` is without angle brackets; the same mail has the same one however often it is
    sent, so that a receiver that gets it twice can drop one. ``date`` is an aware time.
    ``unsubscribe_url`` takes a POST and needs no sign-in (RFC 8058); empty where there is nothing
    to unsubscribe from, as in a reset of a password.
    """

    to: str
    subject: str
    text: str
    html: str
    message_id: str
    date: dt.datetime
    unsubscribe_url: str = ""
    sender_name: str = SENDER_NAME


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A short message to a chat robot: a title, and plain text that may hold addresses."""

    title: str
    text: str


def mail_configured(settings: Settings) -> bool:
    """Whether the portal can send mail at all."""
    return bool(settings.smtp_host and (settings.smtp_from or settings.smtp_user))


def mail_domain(settings: Settings) -> str:
    """The name that message numbers end with."""
    return urlsplit(settings.public_url).hostname or "localhost"


def send_mail(settings: Settings, mail: Mail) -> None:
    """Send one mail. Raises like :meth:`Mailer.send`."""
    with Mailer(settings) as mailer:
        mailer.send(mail)


class Mailer:
    """A mail server's line, opened at the first mail and kept for the following ones."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line: _Line | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def send(self, mail: Mail, on_handed: Callable[[], None] | None = None) -> None:
        """Send a mail and return when the server has taken it.

        ``on_handed`` is called immediately before the few bytes that end the mail: before that the
        server drops what it has, after that it has a whole mail, whatever becomes of this process.

        Raises :class:`NotConfigured` without a mail server, :class:`Refused` where this address or
        this mail is not taken, and :class:`ChannelDown` where the server refuses to talk or does
        not answer in time.
        """
        message = compose(self._settings, mail)
        try:
            line = self._open()
            line.on_handed = on_handed
            line.send_message(message, to_addrs=[mail.to])
        except smtplib.SMTPRecipientsRefused as error:
            code, reason = next(iter(error.recipients.values()))
            self._reset()
            raise _refused(code, reason) from error
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            self._reset()
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise ChannelDown(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Hang up. Safe to repeat."""
        line, self._line = self._line, None
        if line is not None:
            try:
                line.quit()
            except (smtplib.SMTPException, OSError):
                line.close()

    def _open(self) -> "_Line":
        if self._line is None:
            if not mail_configured(self._settings):
                raise NotConfigured("PORTAL_SMTP_HOST / PORTAL_SMTP_FROM")
            self._line = _connect(self._settings)
        return self._line

    def _reset(self) -> None:
        # The next mail starts anew on the same line; a line that is gone is opened again.
        try:
            if self._line is not None:
                self._line.rset()
        except (smtplib.SMTPException, OSError):
            self.close()


class _Line(smtplib.SMTP):
    """Tells when of a mail only the end is missing, the line with a full stop alone.

    Without that line a server throws the mail away, and with it the mail is the server's.
    """

    on_handed: Callable[[], None] | None = None

    def send(self, s: Any) -> None:
        # Commands are text; a mail is bytes, from its first to its last.
        if not isinstance(s, bytes) or self.on_handed is None:
            super().send(s)
            return
        super().send(s[: -len(_END)])
        self.on_handed()
        super().send(s[-len(_END) :])


class _TlsLine(_Line, smtplib.SMTP_SSL):
    """The same within TLS from the first byte on."""


def _connect(settings: Settings) -> _Line:
    kind = _TlsLine if settings.smtp_security == "tls" else _Line
    line = kind(
        settings.smtp_host,
        settings.smtp_port,
        local_hostname=mail_domain(settings),
        timeout=settings.smtp_timeout,
    )
    try:
        # The end of a mail is a packet of its own, which is not to wait for an acknowledgement.
        if line.sock is not None:
            line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if settings.smtp_security == "starttls":
            line.starttls(context=ssl.create_default_context())
        if settings.smtp_user:
            line.login(settings.smtp_user, settings.smtp_password)
    except BaseException:
        line.close()
        raise
    return line


def compose(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as it travels: plain text and HTML. Raises :class:`Refused` for a bad address."""
    message = EmailMessage(policy=SMTP)
    try:
        if not _ADDRESS.fullmatch(mail.to):
            raise ValueError(mail.to)
        mail.to.encode("ascii")
        message["To"] = Address(addr_spec=mail.to)
    except (ValueError, IndexError, AttributeError, MessageError) as error:
        raise Refused(f"不是邮件地址：{one_line(mail.to)[:80]!r}", permanent=True) from error
    sender = settings.smtp_from or settings.smtp_user
    message["From"] = Address(mail.sender_name, addr_spec=sender)
    message["Subject"] = one_line(mail.subject)
    message["Date"] = email.utils.format_datetime(mail.date)
    message["Message-ID"] = f"<{mail.message_id}>"
    # Machines that answer mails leave this one alone (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="base64")
    if mail.html:
        message.add_alternative(mail.html, subtype="html", cte="base64")
    return message


def _refused(code: int, reason: bytes | str) -> Refused:
    said = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
    return Refused(f"{code} {one_line(said)}"[:300], permanent=500 <= code < 600)


def send_chat(settings: Settings, address: str, message: ChatMessage) -> None:
    """Send to a chat robot. Raises :class:`Refused` for an address that is no robot's.

    Raises :class:`PushError` when it was not taken: apprise does not say whether the service or
    the address is to blame.
    """
    robot = apprise.Apprise()
    if not robot.add(_with_timeout(robot_address(address), settings.smtp_timeout)):
        raise Refused("不是可用的机器人地址", permanent=True)
    if not robot.notify(title=one_line(message.title), body=message.text, body_format="text"):
        raise PushError("机器人没有收下消息")


def robot_address(address: str) -> str:
    """The address in apprise's form. Raises :class:`Refused` for one that is no robot's.

    What WeCom, DingTalk and Feishu show their users is taken as it stands; any other ``https``
    address gets JSON.
    """
    parts = urlsplit(address.strip())
    if parts.scheme in _CHAT_SCHEMES:
        return address.strip()
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise Refused("不是可用的机器人地址", permanent=True)
    if parts.hostname == "qyapi.weixin.qq.com":
        return f"wecombot://{quote(parse_qs(parts.query).get('key', [''])[0])}"
    if parts.hostname in _ROBOTS:
        token = parse_qs(parts.query).get("access_token", [parts.path.rsplit("/", 1)[-1]])[0]
        return f"{_ROBOTS[parts.hostname]}://{quote(token)}"
    rest = address.strip().partition("://")[2]
    return f"{'jsons' if parts.scheme == 'https' else 'json'}://{rest}"


def _with_timeout(address: str, seconds: int) -> str:
    joint = "&" if "?" in address else "?"
    return f"{address}{joint}cto={seconds}&rto={seconds}"
