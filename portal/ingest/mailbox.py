"""A mailbox whose attachments come in as drafts of whoever sent them.

A message is dealt with in this order: every attachment is in, or written down as a failure; the
message is written down; it is marked as read. Killed in between, the next round meets the message
again, recognises attachments by their bytes and messages by their Message-ID, and doubles nothing.
"""

import contextlib
import imaplib
import ipaddress
import re
import ssl
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.accounts.mail_addresses import person_by_address
from portal.db import utcnow
from portal.ingest.failures import Arrival, Intake, record_failure, take_in
from portal.ingest.letters import Letter, letter_key, read_letter
from portal.ingest.pipeline import Filing, Outcome
from portal.ingest.types import MIB
from portal.models import IntakeSource, MailedIn

TIMEOUT_SECONDS = 30.0
# Base64 and line breaks make an attachment longer by 37 %; the rest is room for the text.
_WIRE_SHARE = 1.4
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_NOBODY = 0


class MailboxError(Exception):
    """The mailbox cannot be reached or read; the message is a Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mailbox is. Without ``tls`` the host has to be this machine itself."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    tls: bool = True


def take_in_mail(intake: Intake, mailbox: Mailbox) -> Mapping[str, int]:
    """Take in what the unread messages bring; return counts. Raises MailboxError."""
    counts: Counter[str] = Counter(messages=0, added=0, duplicate=0, failed=0)
    try:
        with _connection(mailbox) as imap:
            for uid in _unread(imap):
                counts.update(_deal_with(intake, imap, uid))
                counts["messages"] += 1
                _checked(imap.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)"))
    except (OSError, imaplib.IMAP4.error, UnicodeError) as error:
        # imaplib takes names and passwords in ASCII only.
        raise MailboxError(f"收件邮箱 {mailbox.user}@{mailbox.host} 没有读成：{error}") from error
    return counts


@contextlib.contextmanager
def _connection(mailbox: Mailbox) -> Iterator[imaplib.IMAP4]:
    if mailbox.tls:
        context = ssl.create_default_context()
        imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
            mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_SECONDS
        )
    elif _is_this_machine(mailbox.host):
        imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_SECONDS)
    else:
        raise MailboxError("不加密只能连接本机的邮箱，请打开 PORTAL_MAIL_TLS。")
    try:
        imap.login(mailbox.user, mailbox.password)
        _checked(imap.select(f'"{mailbox.folder}"'))
        yield imap
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            imap.logout()


def _is_this_machine(host: str) -> bool:
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def _unread(imap: imaplib.IMAP4) -> list[str]:
    (found,) = _checked(imap.uid("SEARCH", "UNSEEN", "UNDELETED"))
    return found.decode("ascii").split() if isinstance(found, bytes) else []


def _checked(answer: tuple[str, Sequence[object]]) -> Sequence[object]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"{status}: {data!r}")
    return data


def _deal_with(intake: Intake, imap: imaplib.IMAP4, uid: str) -> Counter[str]:
    longest = int(intake.limits.max_bytes * _WIRE_SHARE) + MIB
    (head,) = _checked(imap.uid("FETCH", uid, "(RFC822.SIZE)"))[:1] or [b""]
    size = _SIZE.search(head) if isinstance(head, bytes) else None
    if size is not None and int(size[1]) > longest:
        return _refuse(
            intake,
            f"uid {uid}",
            "",
            f"邮件超过 {longest // MIB} MB，没有收录。请发件人拆分后再发。",
        )
    parts = _checked(imap.uid("FETCH", uid, "(BODY.PEEK[])"))
    raw = next((part[1] for part in parts if isinstance(part, tuple)), b"")
    try:
        letter = read_letter(raw)
    except ValueError:
        return _refuse(intake, letter_key(raw), "", "邮件的格式无法识别，没有收录。请发件人重发。")
    return deal_with_letter(intake, letter)


def deal_with_letter(intake: Intake, letter: Letter) -> Counter[str]:
    """Take in a letter's attachments as drafts of its sender, once; return counts."""
    with intake.db.read() as session:
        if session.scalar(sa.select(MailedIn.id).where(MailedIn.key == letter.key)) is not None:
            return Counter()
        person = person_by_address(session, letter.sender) if letter.sender else None
    if person is None or person.deactivated_at is not None:
        # One row for all mails of a stranger: nobody can flood the list.
        counts = _refuse(
            intake,
            f"sender {letter.sender}",
            _origin(letter),
            f"发件人 {letter.sender or '（无法识别）'} 没有登记，邮件没有收录。"
            "请先登记这位同事的邮箱，再请对方重发。",
        )
    elif not letter.attachments:
        counts = _refuse(
            intake, letter.key, _origin(letter), "邮件里没有附件，没有可收录的文件。请发件人重发。"
        )
    else:
        counts = _attachments(intake, letter, person.id)
    _write_down(intake, letter, counts)
    return counts


def _attachments(intake: Intake, letter: Letter, author_id: int) -> Counter[str]:
    # With several attachments the subject names none of them.
    title = letter.subject if len(letter.attachments) == 1 else ""
    counts: Counter[str] = Counter()
    for number, attachment in enumerate(letter.attachments, 1):
        arrival = Arrival(
            IntakeSource.MAIL,
            f"{letter.key} {number}",
            _origin(letter),
            attachment.name,
            Filing(author_id, title=title),
        )
        counts[take_in(intake, arrival, attachment.data).status] += 1
    return counts


def _refuse(intake: Intake, place: str, origin: str, why: str) -> Counter[str]:
    arrival = Arrival(IntakeSource.MAIL, place, origin, origin or "邮件", Filing(_NOBODY))
    outcome = Outcome(arrival.name, "failed", code="mail", message=why)
    record_failure(intake, arrival, outcome)
    return Counter(failed=1)


def _write_down(intake: Intake, letter: Letter, counts: Mapping[str, int]) -> None:
    row = MailedIn(
        key=letter.key,
        sender=letter.sender[:254],
        subject=letter.subject,
        added=counts.get("added", 0),
        failed=counts.get("failed", 0),
        at=utcnow(),
    )
    # Another process that dealt with the same message meanwhile is no error.
    with contextlib.suppress(IntegrityError), intake.db.write() as session:
        session.add(row)


def _origin(letter: Letter) -> str:
    return f"{letter.sender}：{letter.subject}" if letter.subject else letter.sender
