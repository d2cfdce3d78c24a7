"""The page that explains the interface to people who write programs.

The reference is made from the OpenAPI file, so that it cannot say anything else.
"""

import functools
import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template
from flask.blueprints import BlueprintSetupState

from portal.web.api import DESCRIPTION
from portal.web.context import services
from portal.web.feeds import root
from portal.web.messages import LazyText, lazy_gettext
from portal.web.problems import KINDS

TITLES: Mapping[str, LazyText] = {
    "search": lazy_gettext("搜索"),
    "document_list": lazy_gettext("逐页列出资料"),
    "take_in": lazy_gettext("上传一份资料，成为草稿"),
    "document": lazy_gettext("一份资料的信息"),
    "change_draft": lazy_gettext("填写草稿"),
    "sections": lazy_gettext("资料的正文"),
    "versions": lazy_gettext("资料的各个版本"),
    "add_version": lazy_gettext("上传新版本"),
    "original": lazy_gettext("下载原件"),
    "version_original": lazy_gettext("下载某个版本的原件"),
    "proposals": lazy_gettext("草稿的建议"),
    "submit": lazy_gettext("提交审核"),
    "record": lazy_gettext("记录阅读、下载、收藏或使用"),
    "taxonomy": lazy_gettext("全部分类代码"),
    "description": lazy_gettext("OpenAPI 描述文件"),
}
MEANINGS: Mapping[str, LazyText] = {
    "q": lazy_gettext("要搜的词，写法和搜索框一样"),
    "industry": lazy_gettext("行业代码"),
    "work_type": lazy_gettext("工作类型代码"),
    "stage": lazy_gettext("阶段代码"),
    "library": lazy_gettext("四库代码"),
    "kind": lazy_gettext("资料类型代码；记录时是做了什么"),
    "product": lazy_gettext("产品类别代码"),
    "format": lazy_gettext("文件格式"),
    "year": lazy_gettext("发布年份"),
    "match": lazy_gettext("要有全部的词，还是大部分就行"),
    "sort": lazy_gettext("排序"),
    "page": lazy_gettext("第几页"),
    "limit": lazy_gettext("每页条数"),
    "cursor": lazy_gettext("从哪里接着列，照抄 next 里的"),
    "status": lazy_gettext("资料的状态"),
    "author": lazy_gettext("作者的登录名"),
    "published_after": lazy_gettext("在此之后发布的，时间要带时区"),
    "document_id": lazy_gettext("资料编号"),
    "number": lazy_gettext("版本号"),
    "file": lazy_gettext("文件"),
    "title": lazy_gettext("标题，不填就用文件里的"),
    "visibility": lazy_gettext("谁可以看"),
    "summary": lazy_gettext("摘要"),
    "keywords": lazy_gettext("关键词"),
    "comment": lazy_gettext("给审核人或读者的话"),
    "separate": lazy_gettext("与相近资料分开收录的理由"),
    "document": lazy_gettext("资料编号"),
    "keep": lazy_gettext("收藏还是取消收藏"),
    "customer": lazy_gettext("客户或项目"),
    "outcome": lazy_gettext("结果"),
    "note": lazy_gettext("说明"),
}

blueprint = Blueprint("api_page", __name__)


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, or a member of what is sent; ``choices`` are its values where they are few."""

    name: str
    kind: str
    choices: tuple[str, ...]
    default: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it; ``command`` does it with curl."""

    id: str
    method: str
    path: str
    scope: str
    values: tuple[Value, ...]
    statuses: tuple[str, ...]
    command: str


@blueprint.record_once
def _words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(API_TITLES=TITLES, API_MEANINGS=MEANINGS)


@blueprint.get("/api")
def show() -> str:
    """How to begin, every operation, and every kind of problem."""
    return render_template(
        "api.html",
        operations=operations(),
        problems=KINDS,
        root=root(),
        per_minute=services().settings.api_requests_per_minute,
    )


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Every operation, in the order of the OpenAPI file."""
    description = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return tuple(
        Operation(
            id=each["operationId"],
            method=method.upper(),
            path=path,
            scope=each["x-scope"],
            values=tuple(_values(description, each)),
            statuses=tuple(each["responses"]),
            command=_command(description, path, method, each),
        )
        for path, methods in description["paths"].items()
        for method, each in methods.items()
    )


def _values(description: Any, operation: Any) -> Iterator[Value]:
    for each in operation.get("parameters", ()):
        parameter = _resolved(description, each)
        yield _value(parameter["name"], parameter["schema"], parameter.get("required", False))
    for content in operation.get("requestBody", {}).get("content", {}).values():
        seen = set()
        schema = _resolved(description, content["schema"])
        for form in schema.get("oneOf", [schema]):
            for name, member in form["properties"].items():
                if name not in seen:
                    yield _value(name, member, name in form["required"])
                seen.add(name)


def _value(name: str, schema: Any, is_needed: bool) -> Value:
    inner = schema.get("items", schema)
    default = schema.get("default", "")
    shown = default if isinstance(default, str) else json.dumps(default, ensure_ascii=False)
    choices = tuple(inner.get("enum", ())) if name != "kind" else ()
    return Value(name, schema["type"], choices, shown, is_needed)


def _command(description: Any, path: str, method: str, operation: Any) -> str:
    """The operation as a line for a shell, with the examples of the description."""
    words = ["curl", "-H", '"Authorization: Bearer $TOKEN"']
    if method != "get":
        words += ["-X", method.upper()] if method != "post" else []
    query = []
    for each in operation.get("parameters", ()):
        parameter = _resolved(description, each)
        example = parameter.get("example")
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", str(example))
        elif parameter["name"] == "q":
            query.append(f"--data-urlencode {shlex.quote(f'q={example}')}")
    if query:
        words += ["-G", *query]
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        if media_type == "multipart/form-data":
            words += ["-F", "file=@方案.docx"]
            continue
        body = json.dumps(content["example"], ensure_ascii=False)
        words += ["-H", "'Content-Type: application/json'", "-d", shlex.quote(body)]
    if operation["operationId"].endswith("original"):
        words += ["-OJ"]
    return " ".join([*words, "$PORTAL" + path])


def _resolved(description: Any, value: Any) -> Any:
    while "$ref" in value:
        found = description
        for step in value["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        value = found
    return value
