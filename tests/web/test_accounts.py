"""Signing in and out."""

import pytest

from tests.web.visitor import Visitor

WRONG = "登录名或密码不正确，请检查后再试。"


def test_a_colleague_signs_in_and_reads(stranger: Visitor) -> None:
    stranger.sign_in("linruoxi")
    page = stranger.get("/search?q=校园")
    assert page.status == 200
    assert page.texts(".who-unit") == ["林若溪 · 省公司"]


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("linruoxi", "wrong password"),
        ("nobody", "岭海-通信-2026-秋"),
        ("", ""),
        ("linruoxi", ""),
        ("linruoxi\x00", "x"),
        ("林" * 500, "x" * 5000),
        ("' OR 1=1 --", "x"),
    ],
)
def test_whatever_is_wrong_the_page_says_the_same(
    stranger: Visitor, login: str, password: str
) -> None:
    answer = stranger.submit("/login", login=login, password=password)
    assert answer.status == 422
    assert answer.texts("[role=alert]") == [WRONG]
    assert stranger.get("/").status == 303


def test_a_wrong_password_is_not_sent_back(stranger: Visitor) -> None:
    answer = stranger.submit("/login", login="linruoxi", password="secret-guess")
    assert "secret-guess" not in answer.html
    assert answer.all("input[name=login]")[0].attributes["value"] == "linruoxi"


def test_signing_in_leads_on_to_where_the_person_was_going(stranger: Visitor) -> None:
    to_login = stranger.get("/search?q=校园&stage=solution").location
    page = stranger.get(to_login)
    wanted = page.all("main input[name=next]")[0].attributes["value"] or ""
    answer = stranger.submit("/login", login="linruoxi", password="岭海-通信-2026-秋", next=wanted)
    assert stranger.get(answer.location).texts(".found .chip") == ["阶段：方案整合"]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/\n/evil.example",
        "javascript:alert(1)",
        " https://evil.example",
        "evil",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(stranger: Visitor, target: str) -> None:
    answer = stranger.submit("/login", login="linruoxi", password="岭海-通信-2026-秋", next=target)
    assert answer.status == 303
    assert answer.location == "/"


def test_the_session_is_a_new_one_after_signing_in(stranger: Visitor) -> None:
    token = stranger.token()
    stranger.sign_in("linruoxi")
    assert stranger.token() != token
    assert stranger.post("/logout", csrf_token=token).status == 400


def test_signing_out_ends_reading(manager: Visitor) -> None:
    assert manager.submit("/logout").location == "/"
    assert manager.get("/").location == "/login?next=/"


def test_signing_out_needs_the_form_and_its_token(manager: Visitor) -> None:
    assert manager.get("/logout").status == 405
    refused = manager.post("/logout")
    assert refused.status == 400
    assert "什么都没有提交" in refused.text
    assert manager.get("/").status == 200


def test_someone_already_signed_in_is_led_on(manager: Visitor) -> None:
    assert manager.get("/login").location == "/"


def test_the_session_cookie_is_out_of_reach_of_scripts(stranger: Visitor) -> None:
    cookie = stranger.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_a_forged_session_reads_nothing(stranger: Visitor) -> None:
    stranger.client.set_cookie("portal_session", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb")
    assert stranger.get("/").status == 303
