"""The command line: what it prints for people, what for programs, and how it ends."""

from pathlib import Path

import click
import pytest

from portal.cli.main import cli
from tests.integration.command import FILED, Command

TARIFF = """# 校园宽带资费说明

## 宿舍宽带

宿舍宽带按学年计费，共三档。

## 学校侧

出口专线按月租。
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two good files, one twice, and a bad one."""
    folder = tmp_path / "教育"
    folder.mkdir()
    (folder / "资费.md").write_text(TARIFF, encoding="utf-8")
    (folder / "资费（副本）.md").write_text(TARIFF, encoding="utf-8")
    (folder / "回访.txt").write_text("客户回访话术\n\n您好，想了解专线情况。", encoding="utf-8")
    (folder / "空.docx").write_bytes(b"")
    return folder


def test_init_makes_a_portal_and_may_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = Command(tmp_path / "新门户", monkeypatch, capsys)
    for _ in range(2):
        done = portal("init")
        assert (done.code, done.out) == (0, f"Ready: {tmp_path}/新门户\n")
    assert portal("search", "校园", "--json").json["total"] == 0


def test_ingest_prints_a_summary_and_ends_with_one_where_something_failed(
    portal: Command, folder: Path
) -> None:
    done = portal("ingest", folder, *FILED, "--publish")
    assert done.code == 1
    assert "2 added, 1 duplicate, 1 failed, 4 files." in done.out
    assert "校园宽带资费说明" in done.out
    failed = [line for line in done.out.splitlines() if line.startswith("failed")]
    assert [("空.docx" in line, "空的" in line) for line in failed] == [(True, True)]


def test_ingest_ends_with_zero_where_nothing_failed(portal: Command, folder: Path) -> None:
    first = portal("ingest", folder / "资费.md", *FILED)
    assert (first.code, "1 added as drafts" in first.out) == (0, True)
    again = portal("ingest", folder / "资费.md", *FILED)
    assert (again.code, "1 duplicate" in again.out) == (0, True)


def test_ingest_prints_json_for_programs(portal: Command, folder: Path) -> None:
    answer = portal("ingest", folder, *FILED, "--kind", "tariff", "--json").json
    assert set(answer) == {"added", "duplicate", "failed", "files"}
    assert answer["files"] == 4
    assert [row["name"] for row in answer["added"]] == ["回访.txt", "资费.md"]
    assert answer["added"][1]["title"] == "校园宽带资费说明"
    assert answer["duplicate"][0]["document"] == answer["added"][1]["document"]
    assert answer["failed"][0]["code"] == "empty_file"


def test_what_went_in_can_be_found_when_ingest_returns(portal: Command, folder: Path) -> None:
    portal("ingest", folder, *FILED, "--kind", "tariff", "--product", "line", "--publish")
    hit = portal("search", "宿舍宽带", "--json").json["hits"][0]
    assert hit["title"] == "校园宽带资费说明"
    assert hit["place"] == {"kind": "heading", "number": 2, "label": "宿舍宽带", "section": 1}
    assert hit["industry"] == ["education"]
    assert hit["stage"] == ["visit", "solution"]
    assert (hit["kind"], hit["product"], hit["library"]) == (["tariff"], ["line"], [])
    assert (hit["status"], hit["format"], hit["author"]) == ("published", "md", "import")


def test_search_prints_json_for_programs(portal: Command, folder: Path) -> None:
    portal("ingest", folder, *FILED, "--publish")
    answer = portal("search", "专线", "--stage", "visit", "--limit", "1", "--json").json
    assert {"total", "took_ms", "facets", "hits", "page", "pages"} <= set(answer)
    assert (answer["total"], len(answer["hits"]), answer["pages"]) == (2, 1, 2)
    assert answer["facets"]["industry"] == {"education": 2}
    assert {"document", "title", "score", "place", "snippet", "work_type"} <= set(answer["hits"][0])
    second = portal("search", "专线", "--limit", "1", "--page", "2", "--json").json["hits"]
    assert second[0]["document"] != answer["hits"][0]["document"]


def test_search_prints_title_place_and_passage_for_people(portal: Command, folder: Path) -> None:
    portal("ingest", folder, *FILED, "--publish")
    done = portal("search", "宿舍宽带")
    assert done.code == 0
    assert "校园宽带资费说明" in done.out
    assert "[宿舍宽带]" in done.out
    assert "1 documents" in done.out


def test_search_as_a_person_shows_what_that_person_may_open(portal: Command, folder: Path) -> None:
    person = ("--role", "account-manager", "--unit", "yunlan", "--password", "岭海-通信-2026-秋")
    assert portal("user", "add", "liujie", "--name", "刘洁", *person).code == 0
    portal("ingest", folder / "资费.md", *FILED)
    assert portal("search", "宿舍", "--json").json["total"] == 1
    assert portal("search", "宿舍", "--as", "liujie", "--json").json["total"] == 0
    assert portal("search", "宿舍", "--as", "nobody").code == 2


def test_an_author_owns_what_is_taken_in_for_them(portal: Command, folder: Path) -> None:
    person = ("--role", "product-manager", "--password", "岭海-通信-2026-秋")
    portal("user", "add", "tangli", "--name", "唐莉", *person)
    portal("ingest", folder / "资费.md", *FILED, "--author", "tangli", "--visibility", "author")
    hit = portal("search", "宿舍", "--as", "tangli", "--json").json["hits"][0]
    assert (hit["author"], hit["status"]) == ("tangli", "draft")
    unknown = portal("ingest", folder / "回访.txt", *FILED, "--author", "nobody")
    assert (unknown.code, "nobody" in unknown.err) == (2, True)


def test_publishing_a_draft_makes_it_everyones(portal: Command, folder: Path) -> None:
    added = portal("ingest", folder / "资费.md", *FILED, "--json").json["added"]
    assert portal("publish", str(added[0]["document"])).code == 0
    assert portal("search", "宿舍", "--json").json["hits"][0]["status"] == "published"
    missing = portal("publish", "999")
    assert (missing.code, "999" in missing.err) == (2, True)


def test_reindex_builds_the_index_anew(portal: Command, folder: Path) -> None:
    portal("ingest", folder, *FILED)
    before = portal("search", "专线", "--json").json["hits"]
    done = portal("reindex")
    assert (done.code, done.out) == (0, "Indexed 2 documents.\n")
    assert portal("search", "专线", "--json").json["hits"] == before


@pytest.mark.parametrize("job", ["newest", "reconcile", "purge"])
def test_a_job_can_be_run_by_hand(portal: Command, folder: Path, job: str) -> None:
    portal("ingest", folder, *FILED, "--publish")
    assert portal("scheduler", "--once", job).code == 0


@pytest.mark.parametrize("option", ["--industry", "--work-type", "--stage", "--kind"])
def test_an_unknown_code_lists_the_valid_ones(portal: Command, folder: Path, option: str) -> None:
    portal("init")
    done = portal("ingest", folder, *FILED, option, "没有的")
    assert done.code == 2
    assert "没有的" in done.err
    assert {"--industry": "education", "--work-type": "tariff-design", "--stage": "visit",
            "--kind": "proposal"}[option] in done.err  # fmt: skip
    assert portal("search", "", "--json").json["total"] == 0


WRONG = (
    (("ingest", "x.txt", "--industry", "学校"), "education"),
    (("ingest", *FILED), "PATH"),
    (("search",), "QUERY"),
    (("search", "专线", "--industry", "学校"), "education"),
    (("search", "行业:学校"), "education"),
    (("search", "专线", "--limit", "0"), "--limit"),
    (("search", "专线", "--sort", "oldest"), "newest"),
    (("scheduler", "--once", "nothing"), "newest"),
    (
        ("user", "add", "a", "--name", "甲", "--role", "king", "--password", "岭海-通信-2026-秋"),
        "king",
    ),
    (("user", "add", "a", "--name", "甲", "--role", "administrator", "--password", "短"), "12"),
    (("publish", "甲"), "DOCUMENT"),
    (("fly",), "fly"),
)


@pytest.mark.parametrize(("arguments", "named"), WRONG)
def test_wrong_usage_ends_with_two_and_a_sentence(
    portal: Command, arguments: tuple[str, ...], named: str
) -> None:
    portal("init")
    done = portal(*arguments)
    assert done.code == 2
    assert named in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_before_init_every_command_says_to_run_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = Command(tmp_path / "nothing", monkeypatch, capsys)
    for arguments in (("search", "校园"), ("reindex",), ("indexer",), ("serve",)):
        done = portal(*arguments)
        assert (done.code, "portal init" in done.err) == (2, True)


def test_a_wrong_setting_is_one_sentence(portal: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_PROT", "8080")
    done = portal("search", "校园")
    assert done.code == 2
    assert "did you mean PORTAL_PORT" in done.err


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            found += _commands(command, (*path, name))
        else:
            found.append((*path, name))
    return found


@pytest.mark.parametrize("path", _commands(cli), ids=" ".join)
def test_every_command_has_help_with_an_example(portal: Command, path: tuple[str, ...]) -> None:
    done = portal(*path, "--help")
    assert done.code == 0
    assert "Example" in done.out
    assert f"portal {path[0]}" in done.out.split("Example")[1]


def test_help_and_version_need_no_portal(portal: Command) -> None:
    assert "First steps" in portal("--help").out
    assert portal("--version").code == 0
