"""What a mail says that brings documents: who sent it, its subject, and its attachments."""

import email
import email.policy
import hashlib
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses

_PREFIX = re.compile(r"^\s*(re|fw|fwd|回复|答复|转发|转)\s*[:：]\s*", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_LONGEST_SUBJECT = 300


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail. The name is data and may be anything."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail. ``key`` is the hash of its Message-ID, or of all of it where it has none.

    ``sender`` is the one address in From, in lower case, or "" where there is none or several.
    ``subject`` has lost its Re: and 转发：.
    """

    key: str
    sender: str
    subject: str
    attachments: tuple[Attachment, ...]


def read_letter(raw: bytes) -> Letter:
    """Read a mail as it came over the wire. Raises ``ValueError`` for what cannot be read."""
    try:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        return Letter(
            letter_key(raw, message),
            _sender(message),
            _subject(message),
            tuple(_attachments(message)),
        )
    except Exception as error:
        # The standard library raises all kinds of errors on hostile headers and nesting.
        raise ValueError("not a readable mail") from error


def letter_key(raw: bytes, message: EmailMessage | None = None) -> str:
    """What names a mail: the hash of its Message-ID, else of the whole."""
    identifier = "" if message is None else str(message.get("Message-ID", "")).strip()
    named = f"id:{identifier}".encode("utf-8", "replace") if identifier else b"raw:" + raw
    return hashlib.sha256(named).hexdigest()


def _sender(message: EmailMessage) -> str:
    addresses = [address for _name, address in getaddresses(map(str, message.get_all("From", [])))]
    sender = addresses[0].strip().lower() if len(addresses) == 1 else ""
    return sender if "@" in sender else ""


def _subject(message: EmailMessage) -> str:
    subject = _SPACES.sub(" ", str(message.get("Subject", ""))).strip()
    while (shorter := _PREFIX.sub("", subject)) != subject:
        subject = shorter
    return subject[:_LONGEST_SUBJECT]


def _attachments(message: EmailMessage) -> list[Attachment]:
    found = []
    for part in message.walk():
        if part.is_multipart():
            continue
        name, disposition = part.get_filename(), part.get_content_disposition()
        is_decoration = disposition == "inline" and part.get_content_maintype() == "image"
        if is_decoration or not (name or disposition == "attachment"):
            continue
        payload = part.get_payload(decode=True)
        data = payload if isinstance(payload, bytes) else b""
        found.append(Attachment(str(name or "附件"), data))
    return found
