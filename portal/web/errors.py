"""Every error a person can meet, as a page that says what happened and what to do next."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import Headers
from werkzeug.exceptions import Forbidden, HTTPException, NotFound
from werkzeug.wrappers import Response

from portal.catalogue import DocumentNotFound
from portal.catalogue.social import NotYours
from portal.db import is_busy
from portal.monitor.logs import request_id
from portal.permissions import NotAllowed
from portal.search import BadRequest, IndexUnavailable
from portal.services import Services
from portal.web.access import is_program
from portal.web.context import services
from portal.web.hosts import ForeignHost
from portal.web.language import speak_without_asking
from portal.web.messages import gettext
from portal.web.problems import Problem, problem_answer, slug_of
from portal.web.sentences import said
from portal.web.shedding import TooBusy
from portal.web.wording import FACET_NAMES, Code, codes_of

LONGEST_ECHO = 40
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate")

Body = str | Response
Answer = tuple[Body, int] | tuple[Body, int, list[tuple[str, str]] | Headers] | HTTPException


@dataclass(frozen=True, slots=True)
class UnknownCodes:
    """Codes of an address that a facet does not have, and those it has."""

    facet: str
    name: str
    wrong: tuple[str, ...]
    valid: tuple[Code, ...]


def init_app(app: Flask, _services: Services) -> None:
    """Map errors to pages; the only place that does."""
    app.register_error_handler(Problem, problem_answer)
    app.register_error_handler(BadRequest, _bad_search)
    app.register_error_handler(IndexUnavailable, _no_index)
    app.register_error_handler(DocumentNotFound, _not_found)
    app.register_error_handler(NotYours, _not_allowed)
    app.register_error_handler(NotAllowed, _not_allowed)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(ForeignHost, _foreign_host)
    app.register_error_handler(TooBusy, _too_busy)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(sa.exc.OperationalError, _database_error)
    app.register_error_handler(500, _server_error)


def _bad_search(error: BadRequest) -> Answer:
    if _for_program():
        return problem_answer(Problem("bad-request", said(str(error)), field=error.field)), 400
    unknown = _unknown_codes()
    message = "" if unknown else said(str(error))
    return render_template("bad_search.html", message=message, unknown=unknown), 400


def _unknown_codes() -> list[UnknownCodes]:
    taxonomy = services().taxonomy()
    found = []
    for facet in FACET_NAMES:
        valid = codes_of(taxonomy, facet)
        codes = {each.code for each in valid}
        # Years are not listed: what is wrong with one is in the error's own sentence.
        asked = filter(None, request.args.getlist(facet)) if codes else ()
        wrong = [code for code in asked if code not in codes]
        if wrong:
            shown = tuple(code[:LONGEST_ECHO] for code in dict.fromkeys(wrong))
            found.append(UnknownCodes(facet, str(FACET_NAMES[facet]), shown, valid))
    return found


def _no_index(_error: IndexUnavailable) -> Answer:
    title = gettext("搜索还没有准备好")
    advice = gettext("索引正在建立，资料都在。请过几分钟再试；如果一直这样，请告诉管理员。")
    return *_page(503, title, advice), [("Retry-After", "60")]


def _database_error(error: sa.exc.OperationalError) -> Answer:
    if not is_busy(error):
        raise error  # into the log with its trace, and to the page of a failure
    speak_without_asking()
    title = gettext("现在太忙了，没有保存")
    advice = gettext("别的写入占住了数据库，您这一步什么都没有改动。请过几秒再试一次。")
    return *_page(503, title, advice), [("Retry-After", "5")]


def _too_busy(error: TooBusy) -> Answer:
    speak_without_asking()
    title = gettext("现在访问的人太多")
    advice = gettext("排队太久，这次没有打开页面。已保存的内容不受影响，请过几秒再试。")
    headers = Headers([each for each in error.get_headers() if each[0] in KEPT_HEADERS])
    return *_page(503, title, advice, alone=True), headers


def _not_found(_error: DocumentNotFound) -> Answer:
    return _http_error(NotFound())


def _not_allowed(_error: Exception) -> Answer:
    return _http_error(Forbidden())


def _stale_form(_error: HTTPException) -> Answer:
    title = gettext("这个页面放得太久了")
    advice = gettext("表单的安全标记已失效，什么都没有提交。请返回上一页，刷新后再试一次。")
    return _page(400, title, advice)


def _foreign_host(_error: ForeignHost) -> Answer:
    title = gettext("这个地址不是知识门户的地址")
    address = services().settings.base_url
    if address:
        return _page(400, title, gettext("请从 %(address)s 进入。", address=address))
    return _page(400, title, gettext("请用管理员公布的地址进入。"))


def _http_error(error: HTTPException) -> Answer:
    if error.code is None or error.code < 400:
        return error
    title, advice = _words(error.code)
    # As Headers, which may hold one name twice: there are several ways to sign in.
    kept = Headers([each for each in error.get_headers() if each[0] in KEPT_HEADERS])
    return *_page(error.code, title, advice), kept


def _server_error(_error: Exception) -> Answer:
    # This page must stand when the database does not: it shows nothing about the reader.
    speak_without_asking()
    return _page(500, *_words(500), alone=True)


def _for_program() -> bool:
    # Scripts of the pages say that they want JSON.
    wants_json = request.accept_mimetypes.best == "application/json"
    return wants_json or is_program() or request.path.startswith("/api/")


def _page(code: int, title: str, advice: str, *, alone: bool = False) -> tuple[Body, int]:
    """An error as a page, or as a program wants it; ``alone`` asks nothing about the reader."""
    if _for_program():
        return problem_answer(Problem(slug_of(code), f"{title}。{advice}", status=code)), code
    # What is written down in the log under that number helps only where it is our fault.
    number = request_id() if code >= 500 else ""
    shown = {"title": title, "advice": advice, "number": number, "alone": alone}
    return render_template("error.html", code=code, **shown), code


def _words(code: int) -> tuple[str, str]:
    words = {
        400: (gettext("看不懂这个请求"), gettext("地址或表单的内容不完整。请返回上一页再试。")),
        401: (gettext("请先登录"), gettext("这里的资料只有登录的同事可以查找。")),
        403: (gettext("您没有权限这样做"), gettext("如果工作需要，请联系管理员开通。")),
        404: (
            gettext("没有找到这个页面"),
            gettext("它可能已被移走，或者您没有阅读权限。试试搜索您要找的内容。"),
        ),
        405: (gettext("这个地址不能这样使用"), gettext("请从首页重新进入。")),
        413: (gettext("提交的内容太大了"), gettext("什么都没有保存。请减少内容后再提交。")),
        414: (
            gettext("地址太长了"),
            gettext("问题或条件太多，一次查不了。请减少一些文字或条件再试。"),
        ),
        415: (gettext("不是这里能收的格式"), gettext("什么都没有保存。请换一种格式再提交。")),
        429: (
            gettext("操作太频繁了"),
            gettext("这一步没有执行，已保存的内容不受影响。请过一会儿再试。"),
        ),
        500: (
            gettext("出错了，是我们的问题"),
            gettext("已保存的内容不会丢失。请稍后再试；如果一直这样，请把下面的编号告诉管理员。"),
        ),
    }
    other = 400 if code < 500 else 500
    return words.get(code, words[other])
