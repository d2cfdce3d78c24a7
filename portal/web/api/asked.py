"""What programs send, read strictly: what is misspelt or misplaced is named, never ignored."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from flask import request

from portal.search import MAX_PAGE_SIZE, BadRequest
from portal.web import addresses
from portal.web.messages import gettext
from portal.web.problems import Problem

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def known_parameters(*known: str) -> None:
    """Refuse an address with any other parameter.

    A program must not believe that a misspelt filter narrowed its answer.
    """
    for name in request.args:
        if name not in known:
            names = "、".join(known) or gettext("无")
            raise BadRequest(gettext("没有这个参数。可用的参数：%(names)s", names=names), name)


def limit_of(default: int) -> int:
    """How many a page shall hold."""
    limit = addresses.page_number(request.args.get("limit") or str(default))
    if limit is None or limit > MAX_PAGE_SIZE:
        raise BadRequest(gettext("每页条数应在 1 到 %(most)s 之间。", most=MAX_PAGE_SIZE), "limit")
    return limit


def number_of(name: str) -> int | None:
    """A whole number from 1 in the address, or ``None`` where there is none."""
    text = request.args.get(name)
    if not text:
        return None
    number = addresses.page_number(text)
    if number is None:
        raise BadRequest(gettext("“%(name)s”应是从 1 开始的整数。", name=name), name)
    return number


def moment_of(name: str) -> dt.datetime | None:
    """A time in the address, or ``None`` where there is none."""
    text = request.args.get(name)
    if not text:
        return None
    try:
        # A plus sign in an address that was not escaped arrives as a space.
        moment = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        example = "2026-01-31T08:00:00Z"
        raise BadRequest(gettext("时间要带时区，例如 %(example)s。", example=example), name)
    return moment


class Body:
    """A JSON object that was sent, whose members are taken one by one."""

    def __init__(self, *known: str, optional: bool = False) -> None:
        self._members = self._read(optional)
        for name in self._members:
            if name not in known:
                names = "、".join(known)
                raise _wrong(gettext("没有这一项。可用的项：%(names)s", names=names), name)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def text(self, name: str, default: str | None = None) -> str:
        """A text; without a default it has to be there."""
        value = self._members.get(name, default)
        if not isinstance(value, str):
            raise _wrong(gettext("“%(name)s”应是一段文字。", name=name), name)
        return value

    def number(self, name: str) -> int:
        """A whole number from 1 that is some row's."""
        value = self._members.get(name)
        if not is_number(value):
            raise _wrong(gettext("“%(name)s”应是从 1 开始的整数。", name=name), name)
        return value

    def choice(self, name: str, choices: tuple[str, ...], default: str | None = None) -> str:
        """One of several words."""
        value = self._members.get(name, default)
        if value not in choices:
            names = "、".join(choices)
            raise _wrong(
                gettext("“%(name)s”应是其中之一：%(names)s。", name=name, names=names), name
            )
        return str(value)

    def truth(self, name: str, default: bool) -> bool:
        """Yes or no."""
        value = self._members.get(name, default)
        if not isinstance(value, bool):
            raise _wrong(gettext("“%(name)s”应是 true 或 false。", name=name), name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """Several texts, each once."""
        value = self._members.get(name)
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(gettext("“%(name)s”应是一组文字。", name=name), name)
        return tuple(dict.fromkeys(value))

    def objects(self, name: str) -> tuple[Mapping[str, Any], ...]:
        """Several objects; none where the member is left out."""
        value = self._members.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise _wrong(gettext("“%(name)s”应是一组对象。", name=name), name)
        return tuple(value)

    def _read(self, optional: bool) -> dict[str, Any]:
        if optional and not request.get_data():
            return {}
        if not request.is_json:
            raise Problem(
                "unsupported-media-type",
                gettext("请以 JSON 发送，Content-Type 为 application/json。"),
            )
        value = request.get_json(silent=True)
        if not isinstance(value, dict):
            raise Problem("bad-request", gettext("内容应是一个 JSON 对象。"))
        # Half a character and NUL are legal in JSON and in no database.
        if any(_UNSTORABLE.search(each) for each in _texts(value)):
            raise Problem("bad-request", gettext("内容里有不能保存的字符。"))
        return value


def is_number(value: object) -> TypeGuard[int]:
    """Whether a value of JSON can be a row's number."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 2**31 - 1


def _texts(value: object) -> Iterator[str]:
    """Every text in a value of JSON, names of members included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.items():
            yield from _texts(list(each))
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _wrong(sentence: str, name: str) -> Problem:
    return Problem("invalid", sentence, field=name)
