"""What colleagues say of documents, over HTTP."""

import pytest
from flask import Flask

from portal.app import create_app
from portal.catalogue.activity import hotness
from tests.web.stock import Stock
from tests.web.visitor import Answer, Visitor

TARIFF, FLOOR = "校园宽带资费表.xlsx", "专线底价授权.md"


@pytest.fixture
def app(office: Stock) -> Flask:
    return create_app(office.services.settings, office.services)


@pytest.fixture
def lin(app: Flask) -> Visitor:
    """林若溪, who wrote the tariff sheet."""
    return Visitor(app).sign_in("linruoxi")


@pytest.fixture
def zhou(app: Flask) -> Visitor:
    return Visitor(app).sign_in("zhoumin")


@pytest.fixture
def he(app: Flask) -> Visitor:
    """何平 of another branch, who may not read the floor prices."""
    return Visitor(app).sign_in("heping")


def page(visitor: Visitor, office: Stock, name: str = TARIFF) -> Answer:
    return visitor.get(f"/documents/{office.ids[name]}")


def say(visitor: Visitor, office: Stock, what: str, name: str = TARIFF, **form: str) -> Answer:
    return visitor.submit(f"/documents/{office.ids[name]}/{what}", **form)


def test_a_favourite_is_set_counted_listed_and_taken_back(
    zhou: Visitor, lin: Visitor, office: Stock
) -> None:
    answer = say(zhou, office, "favourite", wanted="yes")
    assert (answer.status, answer.location) == (303, f"/documents/{office.ids[TARIFF]}#opinions")
    assert page(zhou, office).texts(".toggle[aria-pressed=true]") == ["已收藏1"]
    assert page(lin, office).texts(".toggle[name=wanted]") == ["加入收藏1"]
    assert list(zhou.get("/favourites").links(".kept a")) == ["校园宽带与学生套餐资费表"]
    back = say(zhou, office, "favourite", wanted="no", next="/favourites")
    assert back.location == "/favourites"
    assert zhou.get("/favourites").texts(".empty h2") == ["还没有收藏"]


def test_a_favourite_and_a_use_make_the_document_hotter(zhou: Visitor, office: Stock) -> None:
    say(zhou, office, "favourite", wanted="yes")
    say(zhou, office, "uses", customer="云澜一中", outcome="won")
    with office.services.db.read() as session:
        assert office.ids[TARIFF] in hotness(session)


def test_one_vote_each_that_can_be_changed(zhou: Visitor, he: Visitor, office: Stock) -> None:
    say(zhou, office, "vote", vote="useful")
    say(he, office, "vote", vote="useful")
    say(he, office, "vote", vote="not-useful")
    assert page(he, office).texts(".toggle[name=vote]") == ["有用1", "没用1"]
    say(he, office, "vote", vote="none")
    assert page(he, office).texts(".toggle[name=vote]") == ["有用1", "没用"]
    assert say(he, office, "vote", vote="五星").status == 400


def test_a_comment_is_shown_as_it_was_typed(zhou: Visitor, lin: Visitor, office: Stock) -> None:
    text = "<b>第一行</b>\n@linruoxi 看 <script>alert(1)</script> & 好 😀"
    answer = say(zhou, office, "comments", comment=text)
    assert answer.location.startswith(f"/documents/{office.ids[TARIFF]}#comment-")
    shown = page(lin, office)
    assert shown.texts(".comment .said-text") == [" ".join(text.split())]
    assert shown.texts(".comment .call") == ["@linruoxi"]
    assert "<script>alert" not in shown.html


def test_one_edits_and_deletes_ones_own_comment_only(
    zhou: Visitor, he: Visitor, office: Stock
) -> None:
    number = say(zhou, office, "comments", comment="写错了").location.rpartition("-")[2]
    assert page(he, office).all(".comment form") == []
    assert he.submit(f"/comments/{number}/edit", comment="替你改").status == 403
    assert he.submit(f"/comments/{number}/delete").status == 403
    zhou.submit(f"/comments/{number}/edit", comment="写对了")
    assert page(he, office).texts(".comment .said-text") == ["写对了"]
    assert "改过" in page(he, office).texts(".comment-head")[0]
    zhou.submit(f"/comments/{number}/delete")
    assert page(he, office).all(".comment") == []


def test_what_an_administrator_deletes_leaves_a_line(
    app: Flask, zhou: Visitor, office: Stock
) -> None:
    number = say(zhou, office, "comments", comment="转发抽奖").location.rpartition("-")[2]
    Visitor(app).sign_in("guanliyuan").submit(f"/comments/{number}/delete")
    assert page(zhou, office).texts(".comment") == ["这条评论已由管理员删除。"]


@pytest.mark.parametrize(
    ("what", "form", "kept"),
    [
        ("comments", {"comment": "字" * 2001}, "字" * 2001),
        ("uses", {"customer": "", "outcome": "won", "note": "改了第 3 页"}, "改了第 3 页"),
        ("problems", {"problem": "  "}, ""),
    ],
)
def test_what_cannot_be_kept_comes_back_with_what_was_typed(
    zhou: Visitor, office: Stock, what: str, form: dict[str, str], kept: str
) -> None:
    answer = say(zhou, office, what, **form)
    assert answer.status == 422
    assert answer.texts("h1") == ["还没有提交"]
    assert kept in "".join(node.text() for node in answer.all("textarea"))
    assert answer.all("form.wide-form")[0].attributes["action"] == (
        f"/documents/{office.ids[TARIFF]}/{what}"
    )


def test_a_use_says_for_whom_and_how_it_ended(zhou: Visitor, lin: Visitor, office: Stock) -> None:
    say(zhou, office, "uses", customer="云澜市第一中学", outcome="ongoing", note="按宿舍报的价")
    say(zhou, office, "uses", customer="云澜市第一中学", outcome="won", note="签了三年")
    shown = page(lin, office)
    assert shown.texts("#uses .said > li > p") == ["云澜市第一中学 赢单", "签了三年"]
    assert shown.texts(".opinion-links a")[0] == "1 位同事用过 · 赢单 1 个"
    assert say(zhou, office, "uses", customer="一中", outcome="也许").status == 400


def test_a_problem_reaches_its_author_who_answers(
    zhou: Visitor, lin: Visitor, he: Visitor, office: Stock
) -> None:
    say(zhou, office, "problems", problem="300M 的学年价已经调整")
    assert page(he, office).texts("#problems .said") == []
    assert page(he, office).texts(".opinion-links a")[2] == "1 个问题待处理"
    listed = lin.get("/problems")
    assert listed.links(".said > li > p a").keys() == {"校园宽带与学生套餐资费表"}
    action = listed.all(".said form")[0].attributes["action"]
    assert he.submit(f"{action}", answer="不是我的").status == 403
    assert lin.submit(f"{action}", answer="已经改好", next="/problems").location == "/problems"
    assert "已经改好" in page(zhou, office).texts("#problems .answer")[0]
    assert lin.get("/problems").texts(".empty h2") == ["没有待处理的问题"]
    assert "已经改好" in lin.get("/problems?list=closed").text


@pytest.mark.parametrize(
    ("what", "form"),
    [
        ("favourite", {"wanted": "yes"}),
        ("vote", {"vote": "useful"}),
        ("comments", {"comment": "底价多少？"}),
        ("uses", {"customer": "一中", "outcome": "won"}),
        ("problems", {"problem": "过期了"}),
    ],
)
def test_a_document_that_is_not_for_them_looks_like_none(
    he: Visitor, office: Stock, what: str, form: dict[str, str]
) -> None:
    hidden = say(he, office, what, FLOOR, **form)
    absent = he.submit(f"/documents/2147483647/{what}", **form)
    assert hidden.status == absent.status == 404
    assert hidden.texts("main") == absent.texts("main")


def test_a_comment_on_it_cannot_be_touched_either(
    zhou: Visitor, he: Visitor, office: Stock
) -> None:
    number = say(zhou, office, "comments", FLOOR, comment="八折封顶").location.rpartition("-")[2]
    use = say(zhou, office, "uses", FLOOR, customer="县医院", outcome="won")
    assert use.status == 303
    for address in (f"/comments/{number}/edit", f"/comments/{number}/delete", "/uses/1/remove"):
        assert he.submit(address, comment="改掉").status == 404


def test_a_call_on_it_tells_only_those_who_may_read(
    zhou: Visitor, he: Visitor, office: Stock
) -> None:
    answer = say(zhou, office, "comments", FLOOR, comment="@何平 八折封顶")
    assert "没有通知到“何平”" in zhou.get(answer.location).texts(".done")[0]
    assert he.get("/notices").texts(".empty h2") == ["还没有通知"]


@pytest.mark.parametrize("what", ["favourite", "vote", "comments", "uses", "problems"])
def test_nothing_is_changed_without_the_forms_token(
    zhou: Visitor, office: Stock, what: str
) -> None:
    form = {
        "wanted": "yes",
        "vote": "useful",
        "comment": "好",
        "customer": "一中",
        "outcome": "won",
        "problem": "旧",
    }
    assert zhou.post(f"/documents/{office.ids[TARIFF]}/{what}", **form).status == 400
    shown = page(zhou, office)
    assert shown.all(".said") == shown.all(".toggle[aria-pressed=true]") == []


def test_a_visitor_who_reads_without_signing_in_sees_nothing_of_it(
    guest: Visitor, stock: Stock
) -> None:
    shown = guest.get(f"/documents/{stock.ids[TARIFF]}")
    assert shown.all("#opinions, #comments, #uses, #problems") == []
    asked = guest.submit(f"/documents/{stock.ids[TARIFF]}/comments", comment="您好")
    assert (asked.status, asked.location.partition("?")[0]) == (303, "/login")
