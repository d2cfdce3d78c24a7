"""Many files at once: filed by folder names or by a list, and going on where they stopped."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.catalogue import Taxonomy, Viewer
from portal.db import utcnow
from portal.ingest import Filing, ingest_files
from portal.ingest.bulk import Found
from portal.ingest.failures import (
    Intake,
    list_failures,
    open_failures,
    retry,
    retryable,
    set_aside,
)
from portal.ingest.folders import KeyNames
from portal.models import Document, IntakeFailure, IntakeSource
from portal.search import SearchRequest
from portal.services import Services
from portal.upkeep import check, named_blobs
from tests.conftest import Library
from tests.integration.command import FILED, Command

KEYED = ("--work-type", "customer-sales", "--stage", "visit")


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def found(services: Services, text: str) -> dict[str, tuple[str, ...]]:
    page = services.search.search(SearchRequest(text), Viewer.operator())
    assert page.total == 1, text
    return dict(page.hits[0].document.keys)


@pytest.fixture
def taxonomy(services: Services) -> Taxonomy:
    return services.taxonomy()


# ---------- folder names ----------


@pytest.mark.parametrize(
    ("folders", "keys"),
    [
        (("教育", "客户销售", "方案整合"), ("education", "customer-sales", "solution")),
        (("EDUCATION", "Customer-Sales", "solution"), ("education", "customer-sales", "solution")),
        (("01 教育", "2.客户销售", "（３）方案整合"), ("education", "customer-sales", "solution")),
        (("资料", "2026 年", "教育"), ("education", None, None)),
        (("needs",), (None, None, None)),
        ((), (None, None, None)),
    ],
)
def test_folder_names_become_keys(
    taxonomy: Taxonomy, folders: tuple[str, ...], keys: tuple[str | None, ...]
) -> None:
    got = KeyNames(taxonomy).of_folders(folders)
    want = {
        facet: (code,)
        for facet, code in zip(("industry", "work_type", "stage"), keys, strict=True)
        if code
    }
    assert got == want


def test_a_folder_may_stand_for_several_keys(taxonomy: Taxonomy) -> None:
    got = KeyNames(taxonomy).of_folders(["教育、医疗卫生", "云与IDC"])
    assert got == {"industry": ("education", "healthcare"), "product": ("cloud",)}


def test_a_folder_tree_files_what_lies_in_it(
    portal: Command, services: Services, tmp_path: Path
) -> None:
    root = tmp_path / "资料"
    write(root, "教育/客户销售/方案整合/组网.md", "# 校园组网\n\n双路由互为备份。")
    write(root, "医疗卫生/客户销售/客户回访/回访.txt", "云影像回访\n\n专线使用正常。")
    write(root, "散放.txt", "没有归类的说明\n\n请补充行业。")
    done = portal("ingest", root, "--publish", "--json")
    assert done.code == 1
    assert [row["code"] for row in done.json["failed"]] == ["missing_keys"]
    assert "缺少行业、工作类型、业务阶段" in done.json["failed"][0]["message"]
    keys = found(services, "双路由")
    assert (keys["industry"], keys["stage"]) == (("education",), ("solution",))
    assert found(services, "云影像")["industry"] == ("healthcare",)


def test_options_go_before_folder_names(
    portal: Command, services: Services, tmp_path: Path
) -> None:
    write(tmp_path, "教育/客户销售/组网.md", "# 校园组网\n\n双路由互为备份。")
    options = ("--industry", "finance", "--stage", "visit")
    assert portal("ingest", tmp_path / "教育", *options).code == 0
    keys = found(services, "双路由")
    assert (keys["industry"], keys["work_type"]) == (("finance",), ("customer-sales",))


# ---------- the list ----------

LIST = """路径,标题,作者,行业,工作类型,阶段,类型,可见范围
组网.md,校园组网方案（定稿）,liujie,教育、医疗卫生,客户销售,solution,proposal,本单位
资费/宽带.txt,,,教育,资费制定,商务谈判,,
没有.txt,,,教育,客户销售,客户拜访,,
../外面.txt,,,教育,客户销售,客户拜访,,
组网.md,,,教育,客户销售,客户拜访,,
话术.txt,,nobody,教育,客户销售,客户拜访,,
说明.txt,,,旅游,客户销售,客户拜访,,
手册.txt,,,教育,客户销售,客户拜访,,秘密
,,,教育,客户销售,客户拜访,,
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_list_files_each_file_and_names_each_bad_row(
    portal: Command, services: Services, library: Library, tmp_path: Path, encoding: str
) -> None:
    library.person("liujie", unit="yunlan")
    root = tmp_path / "资料"
    write(tmp_path, "外面.txt", "不该收录的文件")
    write(root, "组网.md", "# 校园组网\n\n双路由互为备份。")
    write(root, "资费/宽带.txt", "校园宽带资费说明\n\n宿舍宽带按学年计费。")
    for name in ("话术.txt", "说明.txt", "手册.txt", "没列出.txt"):
        write(root, name, f"{name}的内容\n\n专线使用正常。")
    listed = tmp_path / "清单.csv"
    listed.write_bytes(LIST.encode(encoding))
    done = portal("ingest", root, "--manifest", listed, "--publish", "--json")
    assert done.code == 1
    assert sorted(row["title"] for row in done.json["added"]) == [
        "校园宽带资费说明",
        "校园组网方案（定稿）",
    ]
    said = [row["message"] for row in done.json["failed"]]
    assert [message.split("：")[0] for message in said] == [
        f"清单第 {line} 行" for line in (4, 5, 6, 7, 8, 9, 10)
    ]
    for message, part in zip(
        said,
        ("没有文件", "不在这个文件夹", "两次", "nobody", "旅游", "秘密", "没有写路径"),
        strict=True,
    ):
        assert part in message
    hit = services.search.search(SearchRequest("双路由"), Viewer.operator()).hits[0].document
    assert (hit.author_login, hit.visibility) == ("liujie", "unit")
    assert hit.keys["industry"] == ("education", "healthcare")


def test_a_list_without_paths_is_refused_as_a_whole(portal: Command, tmp_path: Path) -> None:
    listed = write(tmp_path, "清单.csv", "标题,行业\n方案,教育\n")
    done = portal("ingest", tmp_path, "--manifest", listed)
    assert (done.code, "路径" in done.err) == (2, True)
    two = portal("ingest", tmp_path, tmp_path, "--manifest", listed)
    assert (two.code, "一个文件夹" in two.err) == (2, True)


# ---------- going on ----------


def test_an_interrupted_intake_goes_on_where_it_stopped(
    services: Services, library: Library, tmp_path: Path
) -> None:
    paths = [write(tmp_path, f"{n}.txt", f"第{n}号网点\n\n专线正常。") for n in range(6)]
    filing = Filing(library.person("liujie"))

    def run() -> list[str]:
        files = [Found(path) for path in paths]
        outcomes = ingest_files(
            *(services.db, services.blobs, services.taxonomy(), files),
            lambda _path: filing,
            services.limits,
        )
        statuses: list[str] = []
        for outcome in outcomes:
            statuses.append(outcome.status)
            if len(statuses) == stop:
                break
        return statuses

    stop = 3
    assert run() == ["added"] * 3
    stop = 6
    assert run() == ["duplicate"] * 3 + ["added"] * 3


# ---------- failures ----------


def intake(services: Services) -> Intake:
    return Intake(services.db, services.blobs, services.taxonomy(), services.limits)


def failures(services: Services, *, is_open: bool = True) -> list[tuple[str, str]]:
    with services.db.read() as session:
        rows, total = list_failures(session, is_open=is_open, offset=0, limit=50)
    assert total == len(rows)
    return [(row.name, row.message) for row in rows]


def test_what_fails_is_listed_once_and_crossed_off_when_it_is_in(
    portal: Command, services: Services, tmp_path: Path
) -> None:
    bad = tmp_path / "资料" / "方案.docx"
    bad.parent.mkdir()
    bad.write_bytes(b"PK\x03\x04 broken")
    for _ in range(2):
        assert portal("ingest", bad.parent, *FILED).code == 1
    assert [name for name, _message in failures(services)] == ["方案.docx"]
    bad.write_text("# 组网方案\n\n双路由互为备份。", encoding="utf-8")
    assert portal("ingest", bad.parent, *FILED).code == 0
    assert failures(services) == []
    assert [name for name, _ in failures(services, is_open=False)] == ["方案.docx"]


def test_a_failure_is_tried_again_from_the_kept_original(
    services: Services, library: Library, tmp_path: Path
) -> None:
    path = write(tmp_path, "书.md", "# 长文\n\n" + "专线使用正常。\n" * 50)
    filing = Filing(library.person("liujie"), {"industry": ("education",)}, title="长文档")
    small = Intake(services.db, services.blobs, services.taxonomy(), services.limits)
    slow = services.limits.__class__(max_seconds=0.0)
    outcomes = list(
        ingest_files(
            *(services.db, services.blobs, services.taxonomy(), [Found(path)]),
            lambda _path: filing,
            slow,
            IntakeSource.FOLDER,
        )
    )
    assert [outcome.code for outcome in outcomes] == ["too_slow"]
    path.unlink()
    with services.db.read() as session:
        (failure,) = retryable(session)
        assert len(named_blobs(session)) == 1
    again = retry(small, failure)
    assert again is not None
    assert (again.status, again.title) == ("added", "长文档")
    with services.db.read() as session:
        document = session.scalars(sa.select(Document)).one()
        assert (document.author_id, [term.code for term in document.terms]) == (
            filing.author_id,
            ["education"],
        )
        assert session.scalars(sa.select(IntakeFailure)).one().document_id == document.id
    assert retry(small, failure) is None
    assert failures(services) == []
    assert [item.kind for item in check(services)] in ([], ["index-unavailable"])


def test_a_failure_may_be_set_aside(portal: Command, services: Services, tmp_path: Path) -> None:
    (tmp_path / "空.docx").write_bytes(b"")
    portal("ingest", tmp_path / "空.docx", *FILED)
    with services.db.write() as session:
        assert open_failures(session) == 1
        number = session.scalars(sa.select(IntakeFailure.id)).one()
        assert retryable(session) == []
        assert set_aside(session, number, utcnow())
        assert not set_aside(session, number, utcnow())
    assert failures(services) == []
