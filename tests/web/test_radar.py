"""The gap radar, and maps that do not exist."""

import datetime as dt

import pytest
import sqlalchemy as sa

from portal.app import create_app
from portal.db import utcnow
from portal.models import Search, TaxonomyTerm, User
from portal.services import build_services
from tests.web.mapped import Map
from tests.web.stock import Stock
from tests.web.visitor import Visitor


@pytest.fixture
def map_(office: Stock) -> Map:
    return Map(office)


def test_an_unknown_code_leads_to_those_that_exist(map_: Map) -> None:
    visitor = map_.visitor("zhoumin")
    for address, title, link in (
        ("/map/nowhere", "没有这个行业的知识地图", "教育"),
        ("/map/教育", "没有这个行业的知识地图", "教育"),
        ("/map/education?stage=nowhere", "没有这个阶段", "商务谈判"),
    ):
        page = visitor.get(address)
        assert page.status == 404
        assert page.texts("h1") == [title]
        assert visitor.get(page.links(".codes a")[link]).status == 200


def test_a_retired_industry_has_no_map_any_more(map_: Map) -> None:
    with map_.services.db.write() as session:
        session.execute(
            sa.update(TaxonomyTerm)
            .where(TaxonomyTerm.code == "finance")
            .values(retired_at=utcnow())
        )
    map_.services.search.taxonomy._held = None
    # Another process's taxonomy; this one's is up to a second old.
    another_process = build_services(map_.services.settings)
    app = create_app(another_process.settings, another_process)
    visitor = Visitor(app).sign_in("heping")
    assert visitor.get("/map/finance").status == 404
    assert "还没有给您分配行业" in visitor.get("/").text
    assert "金融保险" not in visitor.get("/map").texts(".radar-row h2")
    another_process.db.dispose()


def test_the_radar_shows_all_industries_and_the_most_wanted_gap_first(map_: Map) -> None:
    with map_.services.db.write() as session:
        for number, login in enumerate(("zhoumin", "heping")):
            asker = session.scalar(sa.select(User.id).where(User.login == login))
            session.add(
                Search(
                    token=f"t{number}",
                    person=f"user-{asker}",
                    user_id=asker,
                    text="校园卡成功案例",
                    folded="校园卡成功案例",
                    filters={"industry": ["education"], "stage": ["needs"]},
                    industry="education",
                    hits=0,
                    relaxed=False,
                    substring=False,
                    took_ms=1.0,
                    at=utcnow() - dt.timedelta(days=1),
                    errand_at=utcnow(),
                )
            )
    page = map_.visitor("zhoumin").get("/map")
    assert len(page.all(".radar-row")) == 9
    name, address = next(iter(page.links(".gap-name").items()))
    assert name == "教育 · 需求挖掘 · 成功案例"
    assert address == f"/map/education?stage=needs#slot-{map_.slot('needs', 'case')}"
    assert "2 人次找过没找到" in page.texts(".gap-list li")[0]
    assert "校园卡成功案例" in page.texts(".wish-list li")[0]


def test_visitors_see_the_map_but_not_what_colleagues_searched_for(guest: Visitor) -> None:
    page = guest.get("/map")
    assert page.status == 200
    assert page.all(".wish-list") == []
    assert guest.get("/map/education").all("main form[method=post]") == []
