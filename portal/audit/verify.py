"""Finding what was altered, removed or put in another order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.audit.anchors import Anchor
from portal.audit.chain import GENESIS, row_hash
from portal.audit.log import head
from portal.audit.types import Head
from portal.models import AuditEntry

_BATCH = 1000

Kind = Literal["altered", "missing", "order", "end", "anchor", "unsigned"]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is not as it was recorded, at a row's number, as a Chinese sentence."""

    kind: Kind
    number: int
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: rows that were read, anchors that held, and every fault."""

    rows: int
    anchors: int
    end: Head
    faults: tuple[Fault, ...]


def verify(session: Session, anchors: list[Anchor]) -> Verdict:
    """Compute every hash anew and compare numbers, chain, head and anchors."""
    signed = [anchor for anchor in anchors if anchor.is_signed]
    anchored = {anchor.head.number for anchor in signed}
    faults: list[Fault] = []
    met: set[Head] = set()
    last = Head(0, GENESIS)
    rows = 0
    for row in _rows(session):
        rows += 1
        faults += _faults_of(row, last)
        last = Head(row.number, row.hash)
        if row.number in anchored:
            met.add(last)
    faults += _faults_at_the_end(last, head(session))
    broken = [_broken(anchor) for anchor in signed if anchor.head not in met]
    faults += broken
    strangers = len(anchors) - len(signed)
    if strangers:
        faults.append(Fault("unsigned", 0, _UNSIGNED.format(strangers)))
    return Verdict(rows, len(signed) - len(broken), last, tuple(faults))


_UNSIGNED = (
    "锚点文件里有 {} 行不是用现在的密钥签的：换过 PORTAL_SECRET_KEY，或者文件被改动过。"
    "换过密钥的话，核对无误后用 portal audit anchor --renew 重新开始锚点文件。"
)


def _rows(session: Session) -> Iterator[AuditEntry]:
    query = sa.select(AuditEntry).order_by(AuditEntry.number)
    with session.execute(query.execution_options(yield_per=_BATCH)) as rows:
        for batch in rows.scalars().partitions():
            yield from batch
            session.expunge_all()


def _faults_of(row: AuditEntry, before: Head) -> Iterator[Fault]:
    if row.number != before.number + 1:
        message = f"第 {before.number + 1} 到 {row.number - 1} 行不见了。"
        yield Fault("missing", before.number + 1, message)
    elif row.previous_hash != before.hash:
        yield Fault("order", row.number, f"第 {row.number} 行接不上前一行：有行被换过或改过。")
    if row.hash != _hash_of(row):
        yield Fault("altered", row.number, f"第 {row.number} 行的内容与记录时不同。")


def _hash_of(row: AuditEntry) -> str:
    return row_hash(
        number=row.number,
        at=row.at,
        actor_id=row.actor_id,
        actor_login=row.actor_login,
        way=row.way,
        address=row.address,
        action=row.action,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        details=row.details,
        previous_hash=row.previous_hash,
    )


def _faults_at_the_end(last: Head, recorded: Head) -> Iterator[Fault]:
    if last.number < recorded.number:
        message = f"末尾少了行：应到第 {recorded.number} 行，只到第 {last.number} 行。"
        yield Fault("end", last.number + 1, message)
    elif last != recorded:
        message = f"末尾与记下的不符：记下的是第 {recorded.number} 行 {recorded.hash[:12]}。"
        yield Fault("end", last.number, message)


def _broken(anchor: Anchor) -> Fault:
    return Fault(
        "anchor",
        anchor.head.number,
        f"{anchor.at} 的锚点（第 {anchor.head.number} 行）对不上：那时的记录被删去或重写过。",
    )
