"""What a row's hash is made of. Pure, and written down so that others can compute it too.

The hash is the SHA-256, in lower-case hexadecimal, of one JSON array in UTF-8 without white space:
number, time, actor's number, actor's login, way, address, action, subject's kind, subject's
number, details, and the hash of the row before. The time is ISO 8601 in UTC with six decimals
(``2026-11-28T02:20:00.000000Z``); details are the text of a JSON object with sorted names.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import Any

GENESIS = "0" * 64
"""What stands for the row before the first."""


def canonical_details(details: Mapping[str, Any]) -> str:
    """The one text of a mapping; raises ``TypeError`` for what JSON has no form for."""
    text = json.dumps(dict(details), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair, which JSON may carry and no database takes, becomes a question mark.
    return text.encode("utf-8", "replace").decode()


def row_hash(
    *,
    number: int,
    at: dt.datetime,
    actor_id: int | None,
    actor_login: str,
    way: str,
    address: str,
    action: str,
    subject_kind: str,
    subject_id: str,
    details: str,
    previous_hash: str,
) -> str:
    """The hash of a row; ``at`` is aware."""
    moment = at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = [number, moment, actor_id, actor_login, way, address, action]
    fields += [subject_kind, subject_id, details, previous_hash]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
