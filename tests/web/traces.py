"""Answers as they are compared when nothing may give away what is hidden."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from portal.db import utcnow
from tests.web.visitor import Answer

SAMPLES: dict[str, Any] = {
    "day": f"{utcnow() + dt.timedelta(hours=8):%Y-%m-%d}",
    "industry": "finance",
    "code": "finance",
    "form": "atom",
    "name": "recommended",
    "step": "archive",
}
"""What stands in addresses."""
# Figures of the process, files, a secret that is made anew each time, and what reads a notice.
UNCOMPARED = {"health.metrics", "static", "offline.worker", "second_step.show", "notices.follow"}
CHANCE = (
    r'<input[^>]*name="csrf_token"[^>]*>',
    r"/(history|notices)/\d+",
    r'name="newest" value="\d+"',
    r"T\d\d:\d\d[\d:.+Z]*|\b\d\d:\d\d\b",
    r"[?&](amp;)?from=[\w.-]+",
    r"<!--.*?-->",
    r"/(p|search|unsubscribe|new)/[\w.-]{16,}",
    r"(不到 )?[\d.,]+\s*(毫秒|秒|ms)",
    r'"took_ms":\s*[\d.]+',
    r"<(updated|lastBuildDate|pubDate|published|id|guid)[^>]*>[^<]*<",
    r"<time [^>]*>[^<]*</time>|\d+\s*(分钟|小时|秒)?前|刚刚",
    r'value="[\w-]{16,}"',
)


def plain(answer: Answer) -> str:
    """Status, where it leads, and all text, without what differs from one answer to the next."""
    text = without_chance("".join(_texts(answer.data)))
    return f"{answer.status} {answer.headers.get('Location', '')}\n{text}"


def without_chance(text: str) -> str:
    """A text without times, tokens, and what else is made anew each time."""
    for pattern in CHANCE:
        text = re.sub(pattern, "", text, flags=re.DOTALL)
    return text


def _texts(data: bytes) -> Iterator[str]:
    if not data.startswith(b"PK"):
        yield data.decode(errors="replace")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        for name in sorted(packed.namelist()):
            if "docProps" not in name:
                yield packed.read(name).decode(errors="replace")


def address_of(app: Flask, rule: Rule, samples: dict[str, Any]) -> str:
    """An address of a rule; a part that has no sample is the number 1."""
    with app.test_request_context():
        values: dict[str, Any] = {each: samples.get(each, 1) for each in rule.arguments}
        return app.url_for(rule.endpoint, **values)


def addresses_of(app: Flask, samples: dict[str, Any]) -> list[str]:
    """The address of every page that can be compared, in order."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return [
        address_of(app, rule, samples)
        for rule in rules
        if "GET" in (rule.methods or ()) and rule.endpoint not in UNCOMPARED
    ]
