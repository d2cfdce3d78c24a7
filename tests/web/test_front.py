"""The front page."""

from tests.web.visitor import Visitor, within


def test_it_is_a_search_box_first(guest: Visitor) -> None:
    page = guest.get("/")
    assert page.status == 200
    form = page.all("main form[role=search]")[0]
    assert form.attributes["action"] == "/search"
    assert len(page.all("#q")) == 1


def test_every_industry_and_stage_leads_into_search(guest: Visitor) -> None:
    tiles = guest.get("/").links(".tile")
    assert len(tiles) == 9 + 16
    assert tiles["医疗卫生"] == "/search?industry=healthcare"
    assert tiles["合同签订"] == "/search?stage=contract"
    assert guest.get(tiles["合同签订"]).texts(".hit h2") == ["云影像专线服务合同范本"]


def test_stages_stand_under_their_phase_in_order(guest: Visitor) -> None:
    phases = guest.get("/").all(".phase")
    assert [within(phase, "h3").text() for phase in phases] == ["售前", "售中", "售后"]
    assert [tile.text() for tile in phases[1].css(".tile")] == [
        "工单提交",
        "数据制作",
        "业务测试",
        "业务试用",
        "正式商用",
    ]


def test_the_newest_documents_lead_to_their_pages(guest: Visitor) -> None:
    newest = guest.get("/").links(".ranked a")
    assert next(iter(newest)) == "第 25 号网点客户回访话术"
    assert guest.get(newest["第 25 号网点客户回访话术"]).status == 200


def test_a_portal_without_documents_says_so_honestly(empty: Visitor) -> None:
    page = empty.get("/")
    assert page.status == 200
    assert "这里还没有内容" in page.text
    assert page.all(".ranked") == []


def test_searching_before_the_first_indexing_is_not_an_error_of_the_person(empty: Visitor) -> None:
    page = empty.get("/search?q=校园")
    assert page.status == 503
    assert page.headers["Retry-After"] == "60"
    assert "搜索还没有准备好" in page.text
