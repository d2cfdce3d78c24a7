"""Values of the audit log."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Act(StrEnum):
    """What was done. Codes are stable: they stand in exports and in the rows themselves.

    The steps of a document's life are ``document.`` and the code of the step; see
    :class:`portal.catalogue.transitions.Action` and :class:`portal.catalogue.transitions.Step`.
    """

    SIGN_IN = "sign-in"
    SIGN_IN_FAILED = "sign-in.failed"
    SIGN_OUT = "sign-out"

    ACCOUNT_ADDED = "account.added"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_DEACTIVATED = "account.deactivated"
    ACCOUNT_REACTIVATED = "account.reactivated"
    ACCOUNTS_IMPORTED = "account.imported"
    ACCOUNT_LOCKED = "account.locked"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - a code, not a password
    PASSWORD_RESET_ASKED = "password.reset-asked"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    SECOND_FACTOR_ON = "second-factor.on"
    SECOND_FACTOR_OFF = "second-factor.off"
    SESSION_REVOKED = "session.revoked"
    TOKEN_MADE = "token.made"  # noqa: S105
    TOKEN_REVOKED = "token.revoked"  # noqa: S105
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    FEED_ADDRESS_MADE = "feed-address.made"
    FEED_ADDRESS_REVOKED = "feed-address.revoked"

    DOCUMENT_SUBMIT = "document.submit"
    DOCUMENT_WITHDRAW = "document.withdraw"
    DOCUMENT_PUBLISH = "document.publish"
    DOCUMENT_RETURN = "document.return"
    DOCUMENT_ARCHIVE = "document.archive"
    DOCUMENT_SUPERSEDE = "document.supersede"
    DOCUMENT_RESTORE = "document.restore"
    DOCUMENT_NEW_VERSION = "document.new-version"
    DOCUMENT_PROPOSE_VERSION = "document.propose-version"
    DOCUMENT_ACCEPT_VERSION = "document.accept-version"
    DOCUMENT_RETURN_VERSION = "document.return-version"
    DOCUMENT_WITHDRAW_VERSION = "document.withdraw-version"
    DOCUMENT_RESTORE_VERSION = "document.restore-version"
    DOCUMENT_REASSIGN = "document.reassign"
    DOCUMENT_CONFIRM = "document.confirm"
    DOCUMENT_HAND_OVER = "document.hand-over"
    DOCUMENT_VISIBILITY = "document.visibility"
    DOCUMENT_DISCARD = "document.discard"
    DOCUMENT_TEMPLATE = "document.template"
    DOCUMENT_DOWNLOADED = "document.downloaded"

    SLOT_ADDED = "slot.added"
    SLOT_FILLED = "slot.filled"
    SLOT_REPLACED = "slot.replaced"
    SLOT_CONFIRMED = "slot.confirmed"
    SLOT_CLEARED = "slot.cleared"
    SLOT_RULE = "slot.rule"
    SLOT_RETIRED = "slot.retired"

    SYNONYMS_ADDED = "synonyms.added"
    SYNONYMS_REMOVED = "synonyms.removed"
    WORD_ADDED = "word.added"
    WORD_REMOVED = "word.removed"
    TAXONOMY_ADDED = "taxonomy.added"
    TAXONOMY_CHANGED = "taxonomy.changed"
    TAXONOMY_RETIRED = "taxonomy.retired"
    REVIEW_PERIODS = "review-periods.changed"
    INTAKE_RETRIED = "intake.retried"
    INTAKE_DISMISSED = "intake.dismissed"

    JOB_ASKED = "job.asked"
    JOB_PAUSED = "job.paused"
    JOB_RESUMED = "job.resumed"
    REINDEXED = "portal.reindexed"
    BACKED_UP = "portal.backed-up"
    RESTORED = "portal.restored"
    REPAIRED = "portal.repaired"
    AUDIT_EXPORTED = "audit.exported"


class Way(StrEnum):
    """How an act reached the portal."""

    WEB = "web"
    API = "api"
    COMMAND = "command"
    JOB = "job"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; a nobody (``id`` is ``None``) is a visitor, the command line or a job.

    ``role`` is only known while the person is at work, not of what was recorded.
    """

    id: int | None = None
    login: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """From where acts come that are done now: who, by which way, from which network address."""

    actor: Actor = Actor()
    way: Way = Way.COMMAND
    address: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act is about: a kind such as ``document`` and its number or code."""

    kind: str
    id: int | str


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log as people read it. ``details`` are values by name, without secrets."""

    number: int
    at: dt.datetime
    actor: Actor
    way: str
    address: str
    action: str
    subject: Subject | None
    details: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the last number and its hash. Number 0 is the empty log."""

    number: int
    hash: str
