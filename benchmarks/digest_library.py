"""A portal for the digests' benchmark: the sample library repeated, managers, what they read."""

import datetime as dt
import hashlib
import json
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from portal.db import utcnow
from portal.demo import SAMPLES
from portal.models import (
    FACETS,
    Channel,
    Document,
    DocumentTerm,
    EventKind,
    Facet,
    NoticeChoice,
    ReaderEvent,
    Role,
    TaxonomyTerm,
    Unit,
    User,
    UserIndustry,
    Version,
)
from portal.notices.settings import DIGEST
from portal.services import Services

DAYS = 60
EVENTS_EACH = 40


def fill_night(services: Services, managers: int, documents: int, chance: random.Random) -> None:
    """Fill an empty portal; all managers share one unit and have asked for the digest by mail."""
    entries = json.loads((SAMPLES / "manifest.json").read_text(encoding="utf-8"))
    now = utcnow()
    with services.db.write() as session:
        unit = session.scalars(sa.select(Unit.id).where(Unit.code == "hq")).one()
        terms = {
            (row.facet, row.code): row.id
            for row in session.scalars(sa.select(TaxonomyTerm))
            if row.facet in FACETS
        }
        session.execute(sa.insert(User), [_person(0, unit, now, Role.PRODUCT_MANAGER)])
        people = [_person(n, unit, now, Role.INDUSTRY_MANAGER) for n in range(1, managers + 1)]
        session.execute(sa.insert(User), people)
        industries = [key for facet, key in terms.items() if facet[0] == "industry"]
        session.execute(
            sa.insert(UserIndustry),
            [
                {"user_id": person["id"], "term_id": each}
                for person in people
                for each in chance.sample(industries, chance.randint(1, 3))
            ],
        )
        session.execute(
            sa.insert(NoticeChoice),
            [
                {"user_id": each["id"], "kind": DIGEST, "channel": Channel.MAIL, "wanted": True}
                for each in people
            ],
        )
        _documents(session.execute, entries, terms, documents, unit, now)
        events = _events([each["id"] for each in people], documents, now, chance)
        session.execute(sa.insert(ReaderEvent), events)


def _person(number: int, unit: int, now: dt.datetime, role: Role) -> dict[str, Any]:
    return {
        "id": number + 1,
        "login": f"person{number:05}",
        "name": f"同事{number:05}",
        "password_hash": "",
        "role": role,
        "unit_id": unit,
        "is_demo": True,
        "created_at": now,
        "email": f"person{number:05}@lingnan.example",
    }


def _documents(
    execute: Callable[..., Any],
    entries: list[dict[str, Any]],
    terms: Mapping[tuple[Facet, str], int],
    count: int,
    unit: int,
    now: dt.datetime,
) -> None:
    rows, versions, keys = [], [], []
    for number in range(1, count + 1):
        entry = entries[number % len(entries)]
        published = now - dt.timedelta(days=DAYS) * (number / count)
        rows.append(
            {
                "id": number,
                "title": f"{entry['title']}（{number}）",
                "status": "published",
                "visibility": "everyone",
                "author_id": 1,
                "unit_id": unit,
                "created_at": published,
                "published_at": published,
                "current_number": 1,
            }
        )
        versions.append(
            {
                "id": number,
                "document_id": number,
                "number": 1,
                "file_name": Path(entry["path"]).name,
                "format": Path(entry["path"]).suffix[1:],
                "media_type": "application/octet-stream",
                "size": 1,
                "sha256": hashlib.sha256(f"digest {number}".encode()).hexdigest(),
                "notices": [],
                "created_at": published,
            }
        )
        for facet in FACETS:
            value = entry[facet]
            codes = [value] if isinstance(value, str) else value
            keys += [{"document_id": number, "term_id": terms[facet, code]} for code in codes]
    execute(sa.insert(Document), rows)
    execute(sa.insert(Version), versions)
    execute(sa.insert(DocumentTerm), keys)


def _events(
    people: list[int], documents: int, now: dt.datetime, chance: random.Random
) -> list[dict[str, Any]]:
    """What the managers read in the last weeks: few documents by many, many by few."""
    found: dict[tuple[int, int, dt.date], dict[str, Any]] = {}
    for person in people:
        for _ in range(EVENTS_EACH):
            at = now - dt.timedelta(days=chance.uniform(0.1, 30))
            document = 1 + int((documents - 1) * chance.random() ** 3)
            found[person, document, at.date()] = {
                "document_id": document,
                "user_id": person,
                "kind": EventKind.VIEW,
                "day": at.date(),
                "at": at,
            }
    return list(found.values())
