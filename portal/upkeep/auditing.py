"""Anchoring the audit log outside the database, and verifying it against what was anchored."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from config import SettingsError
from portal import audit
from portal.audit import Anchor, AuditFilter, Entry, Head, Verdict
from portal.db import utcnow
from portal.keys import secret_key
from portal.models import AuditEntry
from portal.permissions import Permission, demand
from portal.services import Services


class AuditBroken(RuntimeError):
    """The log does not hold what it held; the message is a Chinese sentence."""


def anchor_audit(services: Services) -> Head:
    """Write the chain's end beside the database, unless it stands there already; return it.

    Raises :class:`AuditBroken` where the last anchor no longer fits the log: nothing that was
    rewritten is signed. Raises :class:`~config.SettingsError` without a secret key.
    """
    folder, secret = services.settings.data_dir, secret_key(services.settings)
    with services.db.read() as session:
        end = audit.head(session)
        signed = [each.head for each in audit.read_anchors(folder, secret) if each.is_signed]
        if signed:
            hash_now = session.scalar(
                sa.select(AuditEntry.hash).where(AuditEntry.number == signed[-1].number)
            )
            if hash_now != signed[-1].hash:
                raise AuditBroken(
                    f"审计日志第 {signed[-1].number} 行与锚点不符，请立即运行 portal audit verify。"
                )
    audit.write_anchor(folder, secret, end, utcnow())
    return end


def verify_audit(services: Services, kept: tuple[Head, ...] = ()) -> Verdict:
    """Verify the whole log, against the anchor file and heads that somebody kept elsewhere.

    Without a secret key the anchor file cannot be judged and is left out.
    """
    anchors = [Anchor(head, "别处记下", is_signed=True) for head in kept]
    try:
        secret = secret_key(services.settings)
        # Before the rows: an anchor that is written meanwhile may be of a row not seen here.
        anchors += audit.read_anchors(services.settings.data_dir, secret)
    except SettingsError:
        pass
    with services.db.read() as session:
        return audit.verify(session, anchors)


def audit_rows(
    session: Session, wanted: AuditFilter, offset: int, limit: int
) -> tuple[list[Entry], int]:
    """Some of the log's rows, the latest first, and how many are wanted; for administrators.

    Raises :class:`portal.permissions.NotAllowed`.
    """
    demand(Permission.ADMINISTER)
    return audit.find(session, wanted, offset, limit)


def whole_audit(session: Session, wanted: AuditFilter) -> Iterator[Entry]:
    """All wanted rows in their order; for administrators.

    Raises :class:`portal.permissions.NotAllowed`.
    """
    demand(Permission.ADMINISTER)
    return audit.each_entry(session, wanted)


def verify_or_raise(services: Services) -> Verdict:
    """Verify the whole log; raises :class:`AuditBroken` with the first faults."""
    verdict = verify_audit(services)
    if verdict.faults:
        raise AuditBroken("".join(fault.message for fault in verdict.faults[:3]))
    return verdict
