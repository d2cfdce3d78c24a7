"""Suggestions, corrections and similar documents over a real index."""

import pytest
import sqlalchemy as sa

from portal.catalogue import Viewer
from portal.db import utcnow
from portal.ingest import Filing
from portal.jobs import catch_up
from portal.models import Document, OutboxEntry, Visibility
from portal.search.suggest import NameSource, Suggester
from tests.conftest import Library

EVERYONE = Viewer.anonymous()
OPERATOR = Viewer.operator()


@pytest.fixture
def author(library: Library) -> int:
    return library.person("linruoxi")


def put(library: Library, author: int, title: str, text: str, **more: object) -> int:
    """Publish a Markdown file for everyone unless told otherwise; return its number."""
    filing = Filing(author_id=author, keys={}, publish=True, title=title, **more)  # type: ignore[arg-type]
    outcome = library.put(f"# {title}\n\n{text}\n", f"{title}.md", filing)
    assert outcome.document_id is not None
    return outcome.document_id


def suggested(library: Library, typed: str, viewer: Viewer = EVERYONE) -> list[str]:
    return [each.text for each in library.services.search.suggest(typed, viewer)]


def meant(library: Library, typed: str, viewer: Viewer = EVERYONE) -> str | None:
    return library.services.search.did_you_mean(typed, viewer)


def asked(library: Library, typed: str, questions: list[tuple[str, int]]) -> list[tuple[str, str]]:
    """What is suggested where colleagues have asked before."""
    found = Suggester(NameSource()).suggest(
        library.services.search.snapshot(), typed, EVERYONE.audiences, questions
    )
    return [(each.kind, each.text) for each in found]


def test_what_begins_so_comes_before_what_holds_it_and_the_newest_first(
    library: Library, author: int
) -> None:
    put(library, author, "智慧校园整体方案", "面向中小学。")
    put(library, author, "校园宽带资费表", "学年价。")
    put(library, author, "校园视频监控合同", "双方约定。")
    assert suggested(library, "校园") == ["校园视频监控合同", "校园宽带资费表", "智慧校园整体方案"]
    assert suggested(library, "xy") == ["校园视频监控合同", "校园宽带资费表", "智慧校园整体方案"]


def test_a_new_document_is_suggested_as_soon_as_it_is_indexed(
    library: Library, author: int
) -> None:
    put(library, author, "云主机资费", "按月计费。")
    assert suggested(library, "云主机") == ["云主机资费"]
    put(library, author, "云主机操作手册", "登录控制台。")
    assert suggested(library, "云主机") == ["云主机操作手册", "云主机资费"]


def test_a_document_that_is_gone_is_suggested_no_more(library: Library, author: int) -> None:
    gone = put(library, author, "云桌面试用报告", "试用四周。")
    assert suggested(library, "yzm") == ["云桌面试用报告"]
    with library.services.db.write() as session:
        session.execute(
            sa.update(Document).where(Document.id == gone).values(visibility=Visibility.AUTHOR)
        )
        session.add(OutboxEntry(document_id=gone, created_at=utcnow()))
    catch_up(library.services)
    assert suggested(library, "yzm") == []
    assert suggested(library, "yzm", OPERATOR) == ["云桌面试用报告"]


def test_every_piece_that_is_typed_must_begin_a_word(library: Library, author: int) -> None:
    put(library, author, "平安校园视频监控方案", "校门与食堂。")
    put(library, author, "平安乡村视频联网方案", "村口。")
    assert suggested(library, "方案 校园") == ["平安校园视频监控方案"]
    assert suggested(library, "pa xc") == ["平安乡村视频联网方案"]
    assert suggested(library, "平安 jk") == ["平安校园视频监控方案"]


def test_traditional_characters_and_wide_letters_find_the_same(
    library: Library, author: int
) -> None:
    put(library, author, "網絡切片資費說明", "按切片計費。")
    assert suggested(library, "网络切片") == ["網絡切片資費說明"]
    assert suggested(library, "ＷＬＱＰ") == ["網絡切片資費說明"]


def test_equal_headings_are_suggested_once(library: Library, author: int) -> None:
    for name in ("甲校", "乙校", "丙校"):
        text = "## 一、建设背景\n\n略。\n\n## 二、建设内容\n\n略。"
        put(library, author, f"{name}回访记录", text)
    assert suggested(library, "建设") == ["一、建设背景", "二、建设内容"]


def test_past_questions_come_first_the_most_frequent_leading(library: Library, author: int) -> None:
    put(library, author, "校园宽带资费表", "校园宽带资费与校园专线资费。")
    questions = [("校园专线资费", 9), ("校园宽带资费", 4), ("医院专线", 2)]
    assert asked(library, "xiaoyuan", questions) == [
        ("query", "校园专线资费"),
        ("query", "校园宽带资费"),
        ("title", "校园宽带资费表"),
    ]


def test_a_past_question_that_finds_nothing_for_this_reader_is_not_suggested(
    library: Library, author: int
) -> None:
    put(library, author, "专线底价授权", "底价仅供内部。", visibility=Visibility.AUTHOR)
    put(library, author, "专线资费", "公开的资费。")
    assert asked(library, "专线", [("专线底价", 9), ("专线资费", 2)]) == [
        ("query", "专线资费"),
        ("title", "专线资费"),
    ]


@pytest.mark.parametrize(
    ("typed", "correct"),
    [
        ("项目建意书", "项目建议书"),
        ("资废方案", "资费方案"),
        ("项建议书", "项目建议书"),
        ("项目项建议书", "项目建议书"),
        ("项目目建议书", "项目建议书"),
        ("方案资", "方案资费"),
        ("建项目议书", None),
        ("项目议建书", "项目建议书"),
        ("xiangmujianyishu", "项目建议书"),
        ("云影象专线", "云影像专线"),
        ("項目建意書", "项目建议书"),
        ("项目建意书 资费", "项目建议书 资费"),
        ('项目建意书 "资费方案"', '项目建议书 "资费方案"'),
        ("行业:教育 项目建意书", "行业:教育 项目建议书"),
        ("项目建意书 -合同", "项目建议书 -合同"),
        ("项目建议书", None),
        ("量子恐龙", None),
        ("", None),
    ],
)
def test_a_slip_is_mended(library: Library, author: int, typed: str, correct: str | None) -> None:
    put(library, author, "项目建议书与资费方案", "项目建议书附资费方案。")
    put(library, author, "云影像专线介绍", "云影像专线面向医院。")
    assert meant(library, typed) == correct


def test_a_correction_needs_a_document_that_the_reader_may_open(
    library: Library, author: int
) -> None:
    put(library, author, "专线底价授权", "专线底价仅供内部。", visibility=Visibility.AUTHOR)
    put(library, author, "专线介绍", "专线与价格。")
    assert meant(library, "专线抵价", OPERATOR) == "专线底价"
    assert meant(library, "专线抵价") is None
    assert meant(library, "zhuanxiandijia") is None


@pytest.mark.parametrize(
    "typed",
    [
        "\0",
        "\ud800",
        "校" * 5000,
        "a" * 199,
        '"""',
        "-",
        ":::",
        "OR OR",
        "😀",
        "建" * 199,
        "'''' a'b",
    ],
)
def test_any_text_gets_an_answer(library: Library, author: int, typed: str) -> None:
    put(library, author, "项目建议书", "建议。")
    assert meant(library, typed) is None
    assert library.services.search.suggest(typed, EVERYONE) is not None


def test_similar_documents_share_telling_words(library: Library, author: int) -> None:
    one = put(library, author, "小学平安校园建议书", "校门视频监控与一键报警，接入教育局平台。")
    other = put(library, author, "中学平安校园报价", "食堂视频监控、一键报警的报价，教育局平台。")
    put(library, author, "银行网点组网", "双路由专线，主备切换。")
    put(library, author, "茶叶溯源试用", "茶园传感器与溯源码。")
    found = library.services.search.similar(one, EVERYONE)
    assert [document.id for document in found] == [other]


def test_similar_documents_are_those_the_reader_may_open(library: Library, author: int) -> None:
    text = "校门视频监控与一键报警，接入教育局平台。"
    one = put(library, author, "平安校园建议书", text)
    hidden = put(library, author, "平安校园底价", text + "底价。", visibility=Visibility.AUTHOR)
    put(library, author, "银行网点组网", "双路由专线，主备切换。")
    search = library.services.search
    assert [document.id for document in search.similar(one, OPERATOR)] == [hidden]
    assert search.similar(one, EVERYONE) == []
    assert search.similar(hidden, EVERYONE) == []
    assert search.similar(10**6, EVERYONE) == []


@pytest.mark.parametrize("typed", ["关闭单", "关闭单工"])
def test_a_slip_that_broke_a_word_is_mended_by_what_stands_in_a_text(
    library: Library, author: int, typed: str
) -> None:
    put(library, author, "故障处理", "客户确认恢复后再关闭工单，并回访一次。")
    assert meant(library, typed) == "关闭工单"


def test_a_text_that_may_not_be_read_vouches_for_nothing(library: Library, author: int) -> None:
    put(
        library,
        author,
        "故障处理",
        "客户确认恢复后再关闭工单。",
        visibility=Visibility.AUTHOR,
    )
    assert meant(library, "关闭单") is None
