"""Upgrading: from nothing, from any release, again; and never onto a newer database."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from config import Settings
from portal.catalogue import load_taxonomy
from portal.db import Database
from portal.migrate import (
    DatabaseTooNew,
    NotMigrated,
    _config,
    differences,
    is_current,
    require_current,
    upgrade,
)
from portal.models import Document, TaxonomyTerm, Unit
from tests.databases import Databases

TAXONOMY = {
    "industry": "党政军 公安政法 教育 医疗卫生 金融保险 交通物流 农业农村 制造能源 商贸服务",
    "work_type": "客户销售 产品开发 资费制定 营销策划 行业信息化活动 重要活动",
    "stage": (
        "客户拜访 需求挖掘 方案整合 方案呈现 商务谈判 合同签订 "
        "工单提交 数据制作 业务测试 业务试用 正式商用 "
        "客户回访 关系维护 投诉处理 业务变更 系统维护"
    ),
    "kind": "模板 项目建议书 资费方案 产品文档 宣传单 成功案例 合同范本 操作手册 行业动态",
    "product": "语音 专线宽带 物联网 行业短彩信 云与IDC 移动办公 视频监控 系统集成",
    "library": "客户需求库 信息专家库 解决方案库 合作伙伴库",
    "phase": "售前 售中 售后",
}
CODES = {
    "industry": (
        "government public-safety education healthcare finance "
        "transport agriculture manufacturing commerce"
    ),
    "work_type": (
        "customer-sales product-development tariff-design "
        "marketing-planning industry-event key-event"
    ),
    "stage": (
        "visit needs solution presentation negotiation contract "
        "order provisioning testing trial launch "
        "follow-up relationship complaint change maintenance"
    ),
    "kind": "template proposal tariff product brochure case contract manual news",
    "product": "voice line iot messaging cloud office video integration",
    "library": "needs experts solutions partners",
}
STAGES_OF_PHASE = {"pre-sale": 6, "delivery": 5, "after-sale": 5}


@pytest.fixture
def empty(tmp_path: Path, databases: Databases) -> Iterator[Database]:
    """A database without a table."""
    settings = Settings(data_dir=tmp_path, database_url=databases.empty(tmp_path))
    db = Database(settings.resolved_database_url)
    yield db
    db.dispose()


def terms(db: Database) -> int:
    with db.read() as session:
        return session.scalar(sa.select(sa.func.count(TaxonomyTerm.id))) or 0


def test_an_empty_database_is_brought_up_to_the_models(empty: Database) -> None:
    assert not is_current(empty)
    upgrade(empty)
    assert is_current(empty)
    assert differences(empty) == []


def test_upgrading_again_changes_nothing(empty: Database) -> None:
    upgrade(empty)
    before = terms(empty)
    upgrade(empty)
    require_current(empty)
    assert terms(empty) == before


def test_the_first_release_is_upgraded_with_its_data(empty: Database) -> None:
    config = _config()
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with empty.write() as session:
        session.add(Unit(code="linhai", zh="临海分公司", en="Linhai branch"))
    assert not is_current(empty)
    upgrade(empty)
    with empty.read() as session:
        assert session.scalar(sa.select(Unit.zh).where(Unit.code == "linhai")) == "临海分公司"
        assert session.scalar(sa.select(Unit.zh).where(Unit.code == "hq")) == "省公司"


def test_programs_do_not_start_on_a_database_that_is_not_migrated(empty: Database) -> None:
    with pytest.raises(NotMigrated, match="portal init"):
        require_current(empty)


def test_a_newer_database_is_refused_and_left_alone(empty: Database) -> None:
    upgrade(empty)
    with empty.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    before = terms(empty)
    with pytest.raises(DatabaseTooNew, match="9999"):
        upgrade(empty)
    with pytest.raises(DatabaseTooNew, match="9999"):
        require_current(empty)
    assert terms(empty) == before


def test_three_who_upgrade_at_once_do_not_hurt_each_other(empty: Database) -> None:
    program = (
        "import sys; from portal.db import Database; from portal.migrate import upgrade;"
        "upgrade(Database(sys.argv[1]))"
    )
    url = empty.url.render_as_string(hide_password=False)
    started = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(3)]
    assert [process.wait(60) for process in started] == [0, 0, 0]
    assert is_current(empty)
    assert terms(empty) == 9 + 6 + 16 + 9 + 8 + 4 + 3


@pytest.mark.parametrize("facet", list(TAXONOMY))
def test_the_taxonomy_is_complete_and_in_order(empty: Database, facet: str) -> None:
    upgrade(empty)
    with empty.read() as session:
        taxonomy = load_taxonomy(session)
    assert [term.zh for term in taxonomy.terms[facet]] == TAXONOMY[facet].split()
    assert all(term.en for term in taxonomy.terms[facet])
    if facet in CODES:
        assert taxonomy.codes(facet) == tuple(CODES[facet].split())


def test_every_stage_belongs_to_its_phase(empty: Database) -> None:
    upgrade(empty)
    with empty.read() as session:
        stages = load_taxonomy(session).terms["stage"]
    phases = [stage.phase for stage in stages]
    expected = [phase for phase, count in STAGES_OF_PHASE.items() for _ in range(count)]
    assert phases == expected


def test_documents_of_the_second_release_are_kept_and_nobody_has_used_them(empty: Database) -> None:
    config = _config()
    with empty.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            sa.text(
                "INSERT INTO users (id, login, name, password_hash, role, unit_id, is_demo, "
                "created_at) VALUES (1, 'linruoxi', '林若溪', '', 'industry-manager', 1, FALSE, "
                "'2026-11-01 00:00:00')"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO documents (id, title, status, visibility, author_id, unit_id, "
                "created_at) VALUES (1, '校园宽带资费表', 'published', 'everyone', 1, 1, "
                "'2026-11-01 00:00:00')"
            )
        )
    upgrade(empty)
    with empty.read() as session:
        document = session.get(Document, 1)
    assert document is not None
    assert (document.title, document.hot) == ("校园宽带资费表", None)
    assert differences(empty) == []
