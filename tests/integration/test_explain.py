"""What `portal explain` says is what the engine did."""

import json
import subprocess
import sys

import pytest

from portal.accounts import find_user
from portal.catalogue import Viewer
from portal.ingest import Filing
from portal.models import Visibility
from portal.search import SearchRequest
from portal.search.explain import Explanation, Obstacle
from portal.services import Services
from tests.conftest import Library
from tests.integration.command import environment

QUESTIONS = (
    "校园 宽带 资费",
    "智慧医院 专线 组网方案",
    "5G专线",
    "项目建议书",
    '"项目建议书" 教育',
    "title:方案 政务云",
    "校園寬頻資費",
    "集客 专线",
    "方案 OR 建议书 -过期",
    "行业短信怎么收费？",
    "宽带 完全没有的词语组合 资费",
    "的",
    "iot 平台",
)


def explained(services: Services, text: str, document: int, **rest: object) -> Explanation:
    request = SearchRequest(text, **rest)  # type: ignore[arg-type]  # names of its fields
    return services.search.explain(request, Viewer.operator(), document)


@pytest.mark.parametrize("text", QUESTIONS)
def test_the_parts_add_up_to_the_score_of_the_list(samples: Services, text: str) -> None:
    found = samples.search.search(SearchRequest(text, page_size=100), Viewer.operator())
    assert found.hits != ()
    for rank, hit in enumerate(found.hits, 1):
        if rank in (1, 2, 3, 10, 49, 50, 51, found.total):
            why = explained(samples, text, hit.document.id)
            assert why.score == pytest.approx(hit.score, abs=1e-4), (rank, hit.title)
            assert (why.rank, why.total) == (rank, found.total)
            assert why.section == hit.place.ordinal
            assert why.obstacles == ()


def test_every_part_is_what_its_numbers_say(samples: Services) -> None:
    text = "校园 宽带 资费"
    hit = samples.search.search(SearchRequest(text), Viewer.operator()).hits[0]
    why = explained(samples, text, hit.document.id)
    assert {term.word for term in why.terms} >= {"宽带", "资费"}
    for term in why.terms:
        assert term.contribution == pytest.approx(term.idf * term.impact)
        assert sum(term.frequencies.values()) > 0
        assert term.document_frequency > 0
    assert why.grams[0].contribution >= why.grams[-1].contribution > 0
    assert all(gram.count > 0 and gram.gram in "校园宽带资费" for gram in why.grams)
    assert why.first_stage + why.second_stage == pytest.approx(why.score)


def test_a_word_in_the_title_is_counted_there(library: Library, services: Services) -> None:
    author = library.person("liujie")
    outcome = library.put(
        "# 专线资费\n\n专线月租与专线时延。\n", "a.md", Filing(author, publish=True)
    )
    assert outcome.document_id is not None
    (term,) = explained(services, "专线", outcome.document_id).terms
    assert term.frequencies["title"] == 1
    assert term.frequencies["body"] >= 2


@pytest.fixture
def shelf(library: Library) -> dict[str, int]:
    """Three documents that say the same and differ in who may read them and how they are filed."""
    author = library.person("liujie", unit="yunlan")
    library.person("heping", unit="nanyu")
    text = "云影像专线合同，{}专用，月租三千元。"
    filings = {
        "公开": Filing(author, {"industry": ("healthcare",)}, publish=True),
        "本单位": Filing(author, publish=True, visibility=Visibility.UNIT),
        "草稿": Filing(author),
    }
    ids = {}
    for name, filing in filings.items():
        outcome = library.put(text.format(name), f"{name}.txt", filing)
        assert outcome.document_id is not None
        ids[name] = outcome.document_id
    return ids


def viewer(services: Services, login: str) -> Viewer:
    with services.db.read() as session:
        user = find_user(session, login)
        assert user is not None
        return Viewer.of(user)


@pytest.mark.parametrize(
    ("text", "obstacle"),
    [
        ("云影像 行业:教育", Obstacle("industry", "education")),
        ("云影像 format:pdf year:2020", Obstacle("format", "pdf")),
        ("云影像 after:2099-01-01", Obstacle("after", "2099-01-01")),
        ("云影像 before:2001-01-01", Obstacle("before", "2001-01-01")),
        ("云影像 author:heping", Obstacle("authors", "heping")),
        ("云影像 title:资费", Obstacle("titles", "资费")),
        ('云影像 "专线资费"', Obstacle("phrases", "专线资费")),
        ("云影像 -月租", Obstacle("excluded", "月租")),
        ("云影像 草稿", Obstacle("word", "草稿")),
    ],
)
def test_what_keeps_a_document_out_is_named(
    services: Services, shelf: dict[str, int], text: str, obstacle: Obstacle
) -> None:
    why = explained(services, text, shelf["公开"])
    assert why.rank is None
    assert obstacle in why.obstacles
    assert why.second_stage == 0


def test_a_document_that_may_not_be_read_is_kept_out_by_permission(
    services: Services, shelf: dict[str, int]
) -> None:
    stranger, author = viewer(services, "heping"), viewer(services, "liujie")
    for name in ("本单位", "草稿"):
        request = SearchRequest("云影像")
        kept_out = services.search.explain(request, stranger, shelf[name])
        assert kept_out.obstacles == (Obstacle("permission", ""),)
        assert services.search.explain(request, author, shelf[name]).rank is not None


def test_a_document_that_is_not_in_the_index_is_said_so(
    library: Library, services: Services, shelf: dict[str, int]
) -> None:
    why = explained(services, "云影像", 99_999)
    assert why.obstacles == (Obstacle("index", "99999"),)
    assert why.score == 0


def test_a_missing_word_is_told_of_a_document_that_is_found(
    services: Services, shelf: dict[str, int]
) -> None:
    why = explained(services, "云影像 月租 量子", shelf["公开"])
    assert why.rank is not None
    assert why.missing != ()
    assert why.relaxed


def test_what_stands_literally_in_the_text_is_counted_apart(
    library: Library, services: Services
) -> None:
    author = library.person("liujie")
    outcome = library.put("岭海省移动资费说明。", "a.txt", Filing(author, publish=True))
    assert outcome.document_id is not None
    text = '"海省移"'
    found = services.search.search(SearchRequest(text), Viewer.operator())
    why = explained(services, text, outcome.document_id)
    assert why.exact == 3
    assert why.score == pytest.approx(found.hits[0].score, abs=1e-4)


def run(services: Services, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal", "explain", *arguments],
        env=environment(services.settings.data_dir, {"demo": "1"}) | {"COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_prints_the_parts_and_json(services: Services, shelf: dict[str, int]) -> None:
    shown = run(services, "云影像 专线", str(shelf["公开"]))
    assert shown.returncode == 0, shown.stderr
    for words in ("第一阶段", "第二阶段", "合计", "共 3 份"):
        assert words in shown.stdout
    printed = run(services, "云影像 专线", str(shelf["公开"]), "--json")
    body = json.loads(printed.stdout)
    parts = sum(term["contribution"] for term in body["terms"]) + body["exact"]
    assert parts + body["second_stage"] == pytest.approx(body["score"])
    assert ["专线"] in [words[:1] for words in body["query"]["words"]]


def test_the_command_says_why_a_reader_does_not_find_it(
    services: Services, shelf: dict[str, int]
) -> None:
    shown = run(services, "云影像", str(shelf["草稿"]), "--as", "heping")
    assert shown.returncode == 0, shown.stderr
    assert "没有阅读权限" in shown.stdout


def test_a_document_that_does_not_exist_is_one_sentence(services: Services) -> None:
    shown = run(services, "云影像", "4711")
    assert shown.returncode == 2
    assert shown.stderr.strip() == "portal: 没有编号为 4711 的文档。"
