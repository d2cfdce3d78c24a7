"""What people sought in vain, as the gap radar counts it."""

from portal.search.wanted import shareable, wishes_since
from tests.conftest import Library
from tests.integration.desk import MONTH, Desk, after


def test_what_found_nothing_is_a_wish_of_its_industry(library: Library) -> None:
    desk = Desk(library)
    education = {"industry": ("education",), "stage": ("negotiation",)}
    desk.search("校园卡资费", hits=0, filters=education)
    desk.search("校园卡资费", hits=0, who="zhoumin", filters={"industry": ("education",)})
    desk.search("量子专线", hits=0, who="heping", filters={"industry": ("finance",)})
    desk.search("校园宽带", hits=3)
    with desk.services.db.read() as session:
        wishes = wishes_since(session, MONTH)
    assert [(wish.text, wish.industry, wish.people) for wish in wishes] == [
        ("校园卡资费", "education", 2),
        ("量子专线", "finance", 1),
    ]
    assert wishes[0].stages == frozenset({"negotiation"})
    assert wishes[0].kinds == frozenset({"tariff"})
    assert [wish.text for wish in shareable(wishes)] == ["校园卡资费"]


def test_one_person_s_question_is_counted_once_and_never_shown(library: Library) -> None:
    desk = Desk(library)
    for minute in range(0, 180, 40):
        desk.search("客户李某的合同", hits=0, at=after(minutes=minute))
    with desk.services.db.read() as session:
        wishes = wishes_since(session, MONTH)
    assert [wish.people for wish in wishes] == [1]
    assert shareable(wishes) == []


def test_what_was_sought_long_ago_is_forgotten(library: Library) -> None:
    desk = Desk(library)
    desk.search("寻呼机资费", hits=0, at=after(days=-40))
    with desk.services.db.read() as session:
        assert wishes_since(session, MONTH) == []
