"""What the portal refuses before any page looks at it: hosts, proxies, sizes, haste."""

import dataclasses
import io
import logging
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.app import create_app
from portal.models import AuditEntry
from portal.web.addresses import safe_path
from portal.web.downloads import download_name, name_download
from portal.web.reports import FROM_ONE_ADDRESS
from portal.web.sizes import FORM, MOST_FIELDS, MOST_QUERY
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

HOST = "zhishi.lh.example.cn"


def at(stock: Stock, **changes: Any) -> Visitor:
    """A guest of the portal with other settings."""
    settings = dataclasses.replace(stock.services.settings, anonymous_reading=True, **changes)
    return Visitor(create_app(settings, dataclasses.replace(stock.services, settings=settings)))


@pytest.mark.parametrize("host", [HOST, f"{HOST}:8443", f"a.b.{HOST}", "localhost", "[::1]:8000"])
def test_the_portal_answers_to_its_names(stock: Stock, host: str) -> None:
    visitor = at(stock, allowed_hosts=(HOST, f".{HOST}"))
    assert visitor.get("/login", {"Host": host}).status == 200


@pytest.mark.parametrize(
    "host", ["evil.example", f"{HOST}.evil.example", f"evil{HOST}", f"x@{HOST}", "10.1.2.3", ""]
)
def test_another_host_is_refused_in_words_and_not_repeated(stock: Stock, host: str) -> None:
    visitor = at(stock, base_url=f"https://{HOST}")
    page = visitor.get("/login", {"Host": host})
    assert page.status == 400
    assert page.texts("h1") == ["这个地址不是知识门户的地址"]
    assert f"请从 https://{HOST} 进入。" in page.text
    assert "evil" not in page.html
    assert visitor.get("/healthz", {"Host": host or "10.1.2.3"}).status == 200


def test_without_a_name_of_its_own_every_name_will_do(guest: Visitor) -> None:
    assert guest.get("/", {"Host": "10.1.2.3:8000"}).status == 200


FORWARDED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": HOST,
}


@pytest.mark.parametrize(
    ("proxies", "address", "root"),
    [(0, "127.0.0.1", "http://localhost"), (1, "198.51.100.7", f"https://{HOST}")],
)
def test_proxies_are_believed_when_they_are_configured(
    office: Stock, proxies: int, address: str, root: str
) -> None:
    visitor = at(office, trusted_proxies=proxies)
    assert f'"{root}/opensearch.xml"' in visitor.get("/opensearch.xml", FORWARDED).html
    form = {"login": "linruoxi", "password": "不对的密码", "csrf_token": visitor.token()}
    visitor.ask("POST", "/login", form, FORWARDED | {"Referer": f"{root}/login"})
    with office.services.db.read() as session:
        assert session.scalars(select(AuditEntry.address)).all()[-1] == address


@pytest.mark.parametrize("believed", [0, 1])
def test_figures_for_this_machine_alone_are_not_given_through_a_proxy(
    stock: Stock, believed: int
) -> None:
    visitor = at(stock, trusted_proxies=believed)
    assert visitor.get("/metrics").status == 200
    assert visitor.get("/metrics", {"X-Forwarded-For": "127.0.0.1"}).status == 404


def test_an_address_may_be_long_but_not_endless(guest: Visitor) -> None:
    assert guest.get("/search?q=" + "x" * 2 * MOST_QUERY).status == 200
    page = guest.get("/help?q=" + "x" * MOST_QUERY)
    assert page.status == 414
    assert page.texts("h1") == ["地址太长了"]
    told = guest.get("/api/v1/documents?q=" + "x" * MOST_QUERY)
    assert (told.status, told.headers["Content-Type"]) == (414, "application/problem+json")


def sent(visitor: Visitor, address: str, form: dict[str, Any]) -> Answer:
    with visitor.client.post(address, data=form, content_type="multipart/form-data") as reply:
        return Answer(reply.status_code, reply.headers, reply.get_data())


def test_a_form_has_no_more_fields_than_any_page_needs(guest: Visitor) -> None:
    fields = {f"field{number}": "值" for number in range(MOST_FIELDS + 1)}
    page = sent(guest, "/language", {"csrf_token": guest.token(), **fields})
    assert page.status == 413
    assert page.texts("h1") == ["提交的内容太大了"]


def test_fields_beside_a_file_are_held_in_memory_and_limited(manager: Visitor) -> None:
    form = {"csrf_token": manager.token(), "note": "字" * 100_000}
    assert sent(manager, "/upload", form).status == 413


def test_whoever_is_not_signed_in_sends_no_files(guest: Visitor) -> None:
    form = {"csrf_token": guest.token(), "file": (io.BytesIO(b"x" * 2 * FORM), "大文件.txt")}
    answer = sent(guest, "/upload", form)
    assert answer.status in (303, 413)
    assert answer.status == 413 or answer.location.startswith("/login")


@pytest.mark.parametrize(
    "address", ["/search?q=宽带", "/api/v1/search?q=宽带", "/search?stage=solution"]
)
def test_one_person_searches_only_so_fast(office: Stock, address: str) -> None:
    visitor = at(office, searches_per_minute=3).sign_in("linruoxi")
    assert [visitor.get(address).status for _ in range(4)] == [200, 200, 200, 429]
    refused = visitor.get(address)
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "操作太频繁了" in refused.html
    assert visitor.get("/suggest?q=宽带").status == 200
    assert at(office, searches_per_minute=3).sign_in("zhoumin").get(address).status == 200


def test_visitors_at_one_address_share_tenfold(office: Stock) -> None:
    visitor = at(office, searches_per_minute=1)
    assert [visitor.get("/search?q=宽带").status for _ in range(11)] == [200] * 10 + [429]


def test_one_person_hands_in_only_so_many_files(office: Stock) -> None:
    visitor = at(office, uploads_per_hour=1).sign_in("linruoxi")
    token = visitor.token()
    form = {"csrf_token": token, "name": "回访.txt", "size": "10", "modified": "1"}
    asks = {"Accept": "application/json"}
    assert visitor.ask("POST", "/upload/parts", form, asks).status == 200
    refused = visitor.ask("POST", "/upload/parts", form, asks)
    assert refused.status == 429
    assert "这一步没有执行" in refused.html
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert sent(visitor, "/upload", {"csrf_token": token}).texts("h1") == ["操作太频繁了"]


NAMES = [
    "校园 资费.xlsx",
    '引"号.docx',
    "换\r\n行.pdf",
    "../../etc/passwd",
    "倒\u202e‮fdp.exe",
    "；;=.md",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_downloads_stay_one_header_in_both_forms(closed: Flask, name: str) -> None:
    response = closed.response_class(b"")
    name_download(response, download_name(name, "md", 7), "document-7.md")
    header = response.headers["Content-Disposition"]
    assert header.isascii()
    assert re.fullmatch(
        r"attachment; filename=(\"[^\"\\\r\n]+\"|[\w.-]+)(; filename\*=UTF-8''[\w%!#$&+.^`|~-]+)?",
        header,
    )
    assert "/" not in header
    assert ("filename=document-7.md;" in header) is ("filename*" in header)


def test_a_download_runs_nothing_even_if_it_is_shown(guest: Visitor, stock: Stock) -> None:
    number = stock.ids["校园宽带资费表.xlsx"]
    for address in (f"/documents/{number}/original", f"/api/v1/documents/{number}/original"):
        headers = guest.get(address).headers
        assert f"filename=document-{number}.xlsx;" in headers["Content-Disposition"]
        policy = headers["Content-Security-Policy"]
        assert policy == "default-src 'none'; frame-ancestors 'none'; sandbox"
        assert headers["X-Content-Type-Options"] == "nosniff"


ELSEWHERE = [
    "//evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "evil.example",
    "/\u2028/evil.example",
    "",
]
INSIDE = ["/%2f/evil.example", "/%5cevil.example", "/%09/evil.example", "/search?q=//evil.example"]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_led_away_from_the_portal(closed: Flask, guest: Visitor, target: str) -> None:
    with closed.test_request_context():
        assert safe_path(target) == "/"
    assert guest.submit("/language", language="en", next=target).location == "/"


@pytest.mark.parametrize("target", INSIDE)
def test_what_only_looks_like_another_site_stays_a_path(guest: Visitor, target: str) -> None:
    assert guest.submit("/language", language="en", next=target).location == target


def test_every_cookie_is_held_to_https_and_kept_from_scripts(office: Stock) -> None:
    visitor = at(office, secure_cookies=True)
    page = visitor.ask("GET", "https://localhost/login")
    form = {
        "csrf_token": page.all("input[name=csrf_token]")[0].attributes["value"] or "",
        "login": "linruoxi",
        "password": "岭海-通信-2026-秋",
        "language": "en",
    }
    seen = set()
    for path in ("/language", "/login"):
        referer = {"Referer": "https://localhost/login"}
        answer = visitor.ask("POST", f"https://localhost{path}", form, referer)
        for cookie in answer.headers.getlist("Set-Cookie"):
            seen.add(cookie.partition("=")[0])
            assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
            assert "Domain" not in cookie
    assert seen == {"__Host-portal_session", "__Host-portal_device", "__Host-portal_language"}


OLD_REPORT = """{"csp-report": {"document-uri": "http://localhost/search?q=底价", "referrer": "",
 "violated-directive": "script-src-elem", "blocked-uri": "https://evil.example/x.js?a=1",
 "source-file": "inline", "original-policy": "default-src 'none'"}}"""
NEW_REPORT = """[{"type": "csp-violation", "body": {"documentURL": "http://localhost/password/9aF",
 "effectiveDirective": "img-src", "blockedURL": "inline", "sourceFile": "http://localhost/a.js"}},
 {"type": "csp-violation", "body": {"blockedURL": "chrome-extension://abc"}}, {"type": "other"}]"""


def report(visitor: Visitor, body: str, media_type: str = "application/csp-report") -> int:
    with visitor.client.post("/reports/csp", data=body, content_type=media_type) as reply:
        return reply.status_code


def test_what_browsers_report_leaves_a_line_without_addresses(
    office_visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "portal.web.reports"):
        assert report(office_visitor, OLD_REPORT) == 204
        assert report(office_visitor, NEW_REPORT, "application/reports+json") == 204
    assert caplog.messages == [
        "page against its policy: script-src-elem blocked https://evil.example on /search, "
        "by inline",
        "page against its policy: img-src blocked inline on -, by http://localhost",
    ]


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        ("{", "application/csp-report", 400),
        ("7", "application/csp-report", 400),
        ('{"csp-report": [1]}', "application/csp-report", 204),
        ("[" * 50_000, "application/reports+json", 400),
        ("[" * 70_000, "application/reports+json", 413),
        ("{}", "text/html", 415),
    ],
)
def test_made_up_reports_do_no_harm(
    office_visitor: Visitor, body: str, media_type: str, status: int
) -> None:
    assert report(office_visitor, body, media_type) == status


def test_reports_are_counted(office_visitor: Visitor) -> None:
    answers = [report(office_visitor, "{}") for _ in range(FROM_ONE_ADDRESS.amount + 1)]
    assert answers == [204] * FROM_ONE_ADDRESS.amount + [429]


def test_the_way_back_from_the_sign_in_page_fits_a_line(stranger: Visitor) -> None:
    short = stranger.get("/search?q=" + "校" * 100)
    long = stranger.get("/search?q=" + "校" * 700)
    assert short.location.startswith("/login?next=")
    assert long.location == "/login"
