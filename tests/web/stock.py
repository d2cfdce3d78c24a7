"""A small library of real files, taken in through the real pipeline and the real indexer."""

import dataclasses
import datetime as dt
import io
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import argon2
import docx
import openpyxl
import pptx
import sqlalchemy as sa

from config import Settings
from portal.accounts import add_user
from portal.ingest.pipeline import Filing, ingest
from portal.ingest.types import Limits
from portal.models import Document, Role, Visibility
from portal.recommend import refresh_newest
from portal.services import Services, build_services
from tests.databases import Databases
from tools import catalogues

PASSWORD = "岭海-通信-2026-秋"
# The same algorithm at a cost that hundreds of sign-ins can bear.
PASSWORD_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
SECRET = "a key that is used in tests only, never outside"
FOLLOW_UPS = 25


@dataclass(frozen=True, slots=True)
class File:
    """A file and how it is filed."""

    name: str
    data: bytes
    author: str = "linruoxi"
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    publish: bool = True
    visibility: Visibility = Visibility.EVERYONE
    title: str = ""


@dataclass(frozen=True, slots=True)
class Stock:
    """The services over the library, and the numbers of its documents by file name."""

    services: Services
    ids: Mapping[str, int]


def build_stock(folder: Path, databases: Databases) -> Stock:
    """Make a data folder with people, documents, index and lists."""
    address = databases.migrated(folder)
    services = build_services(Settings(data_dir=folder, secret_key=SECRET, database_url=address))
    authors = _people(services)
    ids = {}
    taxonomy = services.taxonomy()
    for day, file in enumerate(FILES, 1):
        filing = Filing(
            author_id=authors[file.author],
            keys=file.keys,
            publish=file.publish,
            visibility=file.visibility,
            title=file.title,
            published_at=dt.datetime(2026, 9, 1, 1, 30, tzinfo=dt.UTC) + dt.timedelta(days=day),
        )
        outcome = ingest(
            services.db, services.blobs, taxonomy, file.data, file.name, filing, Limits()
        )
        assert outcome.status == "added", outcome
        assert outcome.document_id is not None
        ids[file.name] = outcome.document_id
    with services.db.write() as session:
        # The clock of the day on which the tests run makes nothing here overdue.
        due = dt.datetime(2999, 1, 1, tzinfo=dt.UTC)
        session.execute(sa.update(Document).values(review_due_at=due))
    refresh_newest(services.db)
    with services.search.store.writing():
        services.indexer().rebuild()
    return Stock(services, ids)


@contextmanager
def copy_of(stock: Stock, folder: Path, databases: Databases) -> Iterator[Stock]:
    """The same library again, which may be changed; nobody has the one that is copied open."""
    shutil.copytree(stock.services.settings.data_dir, folder, dirs_exist_ok=True)
    address = databases.copied(stock.services.settings, folder)
    services = build_services(
        dataclasses.replace(stock.services.settings, data_dir=folder, database_url=address)
    )
    yield Stock(services, stock.ids)
    services.db.dispose()


def compile_translations() -> None:
    """Do what `make setup` does for the catalogues, where it has not been done."""
    changed = catalogues.source().stat().st_mtime
    if not all(made.exists() and made.stat().st_mtime >= changed for made in catalogues.compiled()):
        catalogues.build()


def _people(services: Services) -> dict[str, int]:
    with services.db.write() as session:
        people = [
            add_user(
                session,
                login=login,
                name=name,
                role=role,
                unit=unit,
                is_demo=True,
            )
            for login, name, role, unit in (
                ("linruoxi", "林若溪", Role.INDUSTRY_MANAGER, "hq"),
                ("zhoumin", "周敏", Role.ACCOUNT_MANAGER, "yunlan"),
                ("heping", "何平", Role.ACCOUNT_MANAGER, "nanyu"),
                ("guanliyuan", "管理员", Role.ADMINISTRATOR, "hq"),
            )
        ]
        for person in people:
            person.password_hash = PASSWORD_HASH
            # Whoever comes for the first time is met by the tour, which has tests of its own.
            person.toured_at = person.created_at
        return {person.login: person.id for person in people}


def _tariff_workbook() -> bytes:
    workbook = openpyxl.Workbook()
    dormitory = workbook.active
    assert dormitory is not None
    dormitory.title = "宿舍宽带"
    for row in (
        ("产品", "下行速率", "学年价", "备注"),
        ("校园宽带 100M", "100M", "360 元", "叠加学生套餐减免 60 元"),
        ("校园宽带 300M", "300M", "480 元", "仅限本科宿舍"),
    ):
        dormitory.append(row)
    school = workbook.create_sheet("学校侧资费")
    school.append(("项目", "月租", "说明"))
    school.append(("出口专线 1G", "5200 元", "双路由加收三成"))
    return _saved(workbook)


def _campus_deck() -> bytes:
    deck = pptx.Presentation()
    for title, body in (
        ("智慧校园整体方案", "面向中小学的整体方案模板"),
        ("网络层设计", "校园宽带出口双链路，资费引用资费表当前版本"),
        ("平安校园", "校门与食堂的视频监控，统一接入教育局平台"),
    ):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text = body
    return _saved(deck)


def _proposal() -> bytes:
    document = docx.Document()
    document.add_heading("区县教育局平安校园建议书", 0)
    for heading, text in (
        ("一、建设背景", "全县 12 所学校的监控录像保存时间不足三十天。"),
        ("二、组网方案", "每校一条 100M 宽带接入，汇聚到教育局机房。"),
        ("三、资费测算", "按三年合约期折算，单校月均费用 286 元。"),
    ):
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    return _saved(document)


def _saved(file: object) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)  # type: ignore[attr-defined]  # three libraries, one method
    return buffer.getvalue()


def _follow_up(number: int) -> File:
    text = f"第 {number} 号网点客户回访话术\n\n您好，想了解网点专线近一个月的使用情况。"
    return File(
        f"回访话术{number:02}.txt",
        text.encode(),
        author="heping",
        keys={"industry": ("finance",), "stage": ("follow-up",), "kind": ("template",)},
    )


def _long_log() -> bytes:
    parts = (f"# 第 {number} 次巡检\n\n第 {number} 次巡检未见异常。\n" for number in range(1, 451))
    return "\n".join(parts).encode()


FILES = (
    File(
        "校园宽带资费表.xlsx",
        _tariff_workbook(),
        keys={
            "industry": ("education",),
            "stage": ("solution", "negotiation"),
            "kind": ("tariff",),
            "product": ("line",),
        },
        title="校园宽带与学生套餐资费表",
    ),
    File(
        "智慧校园整体方案.pptx",
        _campus_deck(),
        keys={"industry": ("education",), "stage": ("solution",), "kind": ("template",)},
    ),
    File(
        "平安校园建议书.docx",
        _proposal(),
        author="zhoumin",
        keys={"industry": ("education",), "stage": ("presentation",), "kind": ("proposal",)},
    ),
    File(
        "云影像合同范本.md",
        "# 云影像专线服务合同范本\n\n## 服务内容\n\n甲方租用乙方云影像专线。\n".encode(),
        keys={"industry": ("healthcare",), "stage": ("contract",), "kind": ("contract",)},
    ),
    File(
        "专线底价授权.md",
        "# 云澜专线底价授权\n\n专线底价仅供云澜分公司内部使用。\n".encode(),
        author="zhoumin",
        keys={"industry": ("government",), "kind": ("tariff",)},
        visibility=Visibility.UNIT,
    ),
    File(
        "组网草稿.md",
        "# 网点组网建议书草稿\n\n这是还没有写完的组网建议书。\n".encode(),
        keys={"industry": ("finance",), "kind": ("proposal",)},
        publish=False,
    ),
    File(
        "面谈记录.md",
        "# 客户面谈个人记录\n\n只有自己看的面谈记录。\n".encode(),
        author="zhoumin",
        visibility=Visibility.AUTHOR,
    ),
    File(
        'bad"name\r\nX-Evil: 1;<b>.md',
        "# 页面安全检查样例\n\n正文里有 `<img src=x onerror=alert(1)>` 和 &amp; 字样。\n".encode(),
        title='<script>alert("标题")</script>安全样例',
    ),
    File("巡检记录.md", _long_log(), title="机房巡检记录"),
    *(_follow_up(number) for number in range(1, FOLLOW_UPS + 1)),
)
