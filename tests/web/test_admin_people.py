"""Administrators and people: finding, adding, changing, shutting out, importing, over HTTP."""

import io
import re

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from portal.accounts.people import Facts
from portal.accounts.roster import template
from portal.app import create_app
from portal.models import AuditEntry, User
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

PAGE = "/admin/people"
NEW = "台灯 三月 绿皮火车 江边"
FACTS = {"name": "赵磊", "role": "product-manager", "unit": "yunlan", "email": ""}


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def admin(app: Flask) -> Visitor:
    return Visitor(app).sign_in("guanliyuan")


def number(office: Stock, login: str = "heping") -> int:
    with office.services.db.read() as session:
        return session.scalars(sa.select(User.id).where(User.login == login)).one()


def facts(office: Stock, login: str = "heping") -> Facts:
    with office.services.db.read() as session:
        return Facts.of(session.scalars(sa.select(User).where(User.login == login)).one())


def logins(office: Stock) -> set[str]:
    with office.services.db.read() as session:
        return set(session.scalars(sa.select(User.login)))


def follow(app: Flask, page: Answer, login: str) -> Visitor:
    """Set a password with the link on a page, and sign in with it."""
    (address,) = re.findall(r"/password/new/[\w-]+", page.texts("code.secret")[0])
    visitor = Visitor(app)
    assert visitor.submit(address, new=NEW, again=NEW).status == 303
    return visitor.sign_in(login, NEW)


def test_it_works(admin: Visitor) -> None:
    page = admin.get(PAGE)
    assert page.status == 200
    assert "何平 heping" in page.text
    assert "/admin/people" in admin.get("/admin").links(".duties a").values()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=何", ["何平"]),
        ("text=HEPING", ["何平"]),
        ("role=administrator", ["管理员"]),
        ("unit=yunlan&state=active", ["周敏"]),
        ("state=inactive", []),
        ("text=%25", []),
        ("text=没有这个人", []),
    ],
)
def test_people_are_found(admin: Visitor, query: str, found: list[str]) -> None:
    page = admin.get(f"{PAGE}?{query}")
    assert page.status == 200
    assert page.texts(".listing tbody th a") == found


@pytest.mark.parametrize("query", ["page=0", "page=99", "page=x"])
def test_a_page_that_is_none_is_not_found(admin: Visitor, query: str) -> None:
    assert admin.get(f"{PAGE}?{query}").status == 404


def test_a_person_is_added_and_sets_a_password_with_the_link(
    app: Flask, admin: Visitor, office: Stock
) -> None:
    page = admin.submit(f"{PAGE}/new", login="zhaolei", industries="education", **FACTS)
    assert page.status == 200, page.text
    assert "只显示这一次" in page.text
    assert facts(office, "zhaolei").industries == ("education",)
    visitor = follow(app, page, "zhaolei")
    assert visitor.get("/").texts(".who-unit") == ["赵磊 · 云澜分公司"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"login": "heping"}, "已被使用"),
        ({"login": "赵 磊"}, "不含空格"),
        ({"login": ""}, "登录名应为"),
        ({"name": " "}, "姓名应为"),
        ({"unit": "atlantis"}, "atlantis"),
        ({"email": "不是邮箱"}, "不是邮箱地址"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(
    admin: Visitor, office: Stock, changed: dict[str, str], words: str
) -> None:
    before = logins(office)
    page = admin.submit(f"{PAGE}/new", **{"login": "zhaolei", **FACTS, **changed})
    assert page.status == 422
    assert words in page.texts("[role=alert]")[0]
    kept = {"login": "zhaolei", **FACTS, **changed}["login"]
    assert page.all("#login")[0].attributes["value"] == kept
    assert logins(office) == before


def test_a_person_is_changed_and_the_change_is_written_down(admin: Visitor, office: Stock) -> None:
    address = f"{PAGE}/{number(office)}"
    given = {**FACTS, "name": "何平", "email": "HePing@lh.example.cn"}
    assert admin.submit(address, **given).status == 303
    assert admin.get(address).texts(".done") == ["已保存。"]
    assert facts(office).email == "heping@lh.example.cn"
    assert facts(office).unit == "yunlan"
    with office.services.db.read() as session:
        told = session.scalars(
            sa.select(AuditEntry.details).where(AuditEntry.action == "account.changed")
        ).all()
    assert any("product-manager" in each for each in told)


def test_deactivating_shuts_out_at_once_and_can_be_undone(
    app: Flask, admin: Visitor, office: Stock
) -> None:
    he = Visitor(app).sign_in("heping")
    admin.submit(f"{PAGE}/{number(office)}/deactivate")
    assert he.get("/").status == 303
    assert Visitor(app).submit("/login", login="heping", password=NEW).status == 422
    assert admin.get(f"{PAGE}?state=inactive").texts(".listing tbody th a") == ["何平"]
    admin.submit(f"{PAGE}/{number(office)}/reactivate")
    assert Visitor(app).sign_in("heping")


def test_nobody_shuts_out_themselves_or_the_last_administrator(
    admin: Visitor, office: Stock
) -> None:
    mine = f"{PAGE}/{number(office, 'guanliyuan')}"
    admin.submit(f"{mine}/deactivate")
    assert "不能停用自己" in admin.get(mine).texts("[role=alert]")[0]
    refused = admin.submit(mine, **FACTS)
    assert refused.status == 422
    assert facts(office, "guanliyuan").name == "管理员"
    assert admin.get("/admin").status == 200


def test_sessions_are_ended_and_a_link_given(app: Flask, admin: Visitor, office: Stock) -> None:
    he = Visitor(app).sign_in("heping")
    address = f"{PAGE}/{number(office)}"
    admin.submit(f"{address}/sign-out")
    assert he.get("/").status == 303
    follow(app, admin.submit(f"{address}/link"), "heping")


def test_a_lost_phone_is_helped(app: Flask, admin: Visitor, office: Stock) -> None:
    he = Visitor(app).sign_in("heping")
    (secret,) = he.get("/settings/account/two-step").texts("code.secret")
    he.submit("/settings/account/two-step", code=pyotp.TOTP(secret).now())
    admin.submit(f"{PAGE}/{number(office)}/two-step")
    assert Visitor(app).sign_in("heping")


@pytest.mark.parametrize("part", ["", "/link", "/deactivate", "/reactivate", "/two-step"])
def test_only_administrators_do_this(app: Flask, office: Stock, part: str) -> None:
    he = Visitor(app).sign_in("heping")
    assert he.submit(f"{PAGE}/{number(office, 'zhoumin')}{part}", **FACTS).status == 403
    assert facts(office, "zhoumin").name == "周敏"


def test_nobody_is_not_found(admin: Visitor) -> None:
    assert admin.get(f"{PAGE}/2147483647").status == 404
    assert admin.submit(f"{PAGE}/2147483647/deactivate").status == 404


HEAD = "登录名,姓名,角色,单位,行业,邮箱\n"
GOOD = HEAD + (
    "zhaolei,赵磊,客户经理,云澜分公司,教育、医疗卫生,zhaolei@lh.example.cn\n\n"
    "qianwen,钱文,product-manager,hq,,\n"
)


def send(admin: Visitor, data: bytes) -> Answer:
    """Upload a file; return what the page says of it."""
    with admin.client.post(
        f"{PAGE}/import",
        data={"csrf_token": admin.token(), "file": (io.BytesIO(data), "people.csv")},
    ) as response:
        return Answer(response.status_code, response.headers, response.get_data())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_shown_first_and_then_added(
    app: Flask, admin: Visitor, office: Stock, encoding: str
) -> None:
    before = logins(office)
    page = send(admin, GOOD.encode(encoding))
    assert page.status == 200, page.text
    assert page.texts(".listing tbody th") == ["赵磊", "钱文"]
    assert logins(office) == before, "looking writes nothing"
    text = page.all("textarea")[0].text()
    done = admin.submit(f"{PAGE}/import/add", text=text)
    assert done.status == 200, done.text
    assert logins(office) == before | {"zhaolei", "qianwen"}
    assert facts(office, "zhaolei").industries == ("education", "healthcare")
    assert len(done.texts("code.secret")) == 2
    assert admin.submit(f"{PAGE}/import/add", text=text).status == 422, "once is enough"


def test_what_is_wrong_is_said_by_line_and_nothing_written(admin: Visitor, office: Stock) -> None:
    before = logins(office)
    page = send(
        admin,
        (
            GOOD + "heping,何平,客户经理,hq,,\n"
            "zhaolei,赵雷,客户经理,hq,,\n"
            "lisi,李四,总经理,hq,,\n"
            "wangwu,王五,客户经理,atlantis,,\n"
            "wuliu,吴六,客户经理,hq,钓鱼,\n"
            "zhengqi,,客户经理,hq,,郑七\n"
        ).encode(),
    )
    assert page.status == 422
    said = page.texts(".faults li")
    assert [each.split()[1] for each in said] == ["5", "6", "7", "8", "9", "10"]
    assert [
        word in line
        for word, line in zip(
            ["heping", "第 2 行", "总经理", "atlantis", "钓鱼", "姓名"], said, strict=True
        )
    ] == [True] * 6
    assert page.all("textarea") == []
    assert logins(office) == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "没有人员"),
        (HEAD.encode(), "没有人员"),
        ("姓名,单位\n赵磊,hq\n".encode(), "登录名、角色"),
        (b'login,name\n"zhaolei', "CSV"),
        (b"\x00\xff\xfe\x00" * 50, "缺少这些列名"),
        (HEAD.encode() + b"x" * 300_000, "太大"),
    ],
)
def test_a_file_that_is_none_says_what_to_do(admin: Visitor, data: bytes, words: str) -> None:
    page = send(admin, data)
    assert page.status == 422
    assert words in page.texts("[role=alert]")[0]


def test_the_template_can_be_filled_in(admin: Visitor) -> None:
    answer = admin.get(f"{PAGE}/import/template.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=people.csv"
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert answer.data.decode() == template()
    assert send(admin, answer.data).status == 200
