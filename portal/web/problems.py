"""What programs are told when something cannot be done: problem details as in RFC 9457."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Response

from portal.web.messages import LazyText, lazy_gettext

MEDIA_TYPE = "application/problem+json"
# Where each kind is explained; portal/web/api_page.py shows that page.
EXPLAINED_AT = "/api#problem-"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem: its status, and in a few words what it is."""

    status: int
    title: LazyText


KINDS: Mapping[str, Kind] = {
    "bad-request": Kind(400, lazy_gettext("看不懂这个请求")),
    "sign-in": Kind(401, lazy_gettext("请先登录")),
    "invalid-token": Kind(401, lazy_gettext("令牌不能用")),
    "insufficient-scope": Kind(403, lazy_gettext("令牌没有这项权限")),
    "forbidden": Kind(403, lazy_gettext("您没有权限这样做")),
    "not-found": Kind(404, lazy_gettext("没有找到")),
    "method-not-allowed": Kind(405, lazy_gettext("这个地址不能这样使用")),
    "duplicate": Kind(409, lazy_gettext("门户里已经有相同的文件")),
    "conflict": Kind(409, lazy_gettext("资料现在不能这样做")),
    "too-large": Kind(413, lazy_gettext("提交的内容太大了")),
    "unsupported-media-type": Kind(415, lazy_gettext("不是这里能收的格式")),
    "unreadable-file": Kind(422, lazy_gettext("文件没有收录")),
    "invalid": Kind(422, lazy_gettext("填写的内容不合要求")),
    "rate-limited": Kind(429, lazy_gettext("请求太频繁了")),
    "server-error": Kind(500, lazy_gettext("出错了，是我们的问题")),
    "unavailable": Kind(503, lazy_gettext("暂时办不到，请稍后再试")),
}


class Problem(Exception):
    """An answer that is not the one asked for.

    ``kind`` is one of :data:`KINDS`; ``detail`` is a sentence for the person in charge; ``field``
    the parameter or member that is wrong; ``status`` stands in for the kind's own; ``more`` are
    further members of the answer.
    """

    def __init__(
        self,
        kind: str,
        detail: str,
        *,
        field: str | None = None,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(kind)
        self.kind, self.detail, self.field = kind, detail, field
        self.status = status or KINDS[kind].status
        self.headers = headers or {}
        self.more = more


def problem_answer(problem: Problem) -> Response:
    """The answer as a program gets it."""
    body = {
        "type": f"{EXPLAINED_AT}{problem.kind}",
        "title": str(KINDS[problem.kind].title),
        "status": problem.status,
        "detail": problem.detail,
        "field": problem.field,
        **problem.more,
    }
    text = json.dumps(body, ensure_ascii=False)
    return Response(text, problem.status, dict(problem.headers), mimetype=MEDIA_TYPE)


def slug_of(status: int) -> str:
    """The kind of problem that a status alone stands for."""
    for slug, kind in KINDS.items():
        if kind.status == status:
            return slug
    return "bad-request" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server-error"
