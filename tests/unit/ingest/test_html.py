"""Web pages: the words of the page, without what surrounds them."""

import pytest

from portal.ingest.errors import NoText, TooLarge
from portal.ingest.extract import extract
from portal.ingest.types import Extraction, Place


def extract_page(markup: str, encoding: str = "utf-8", name: str = "a.html") -> Extraction:
    return extract(markup.encode(encoding), name)


def text_of(markup: str) -> str:
    return "\n".join(section.text for section in extract_page(markup).sections)


def test_headings_start_sections_and_keep_their_ids() -> None:
    got = extract_page(
        "<html><head><title>岭海通信 - 通知</title></head><body><h1>资费调整通知</h1>"
        "<p>各分公司：</p><h2 id='price'>一、<b>价格</b></h2>"
        "<p>每月<em>九十九</em>元。</p></body></html>"
    )
    assert (got.format, got.title) == ("html", "资费调整通知")
    assert [(s.place, s.text) for s in got.sections] == [
        (Place("heading", 1, "资费调整通知"), "各分公司："),
        (Place("heading", 2, "一、价格", anchor="price"), "每月九十九元。"),
    ]


def test_scripts_styles_navigation_and_forms_are_left_out() -> None:
    assert (
        text_of(
            "<body><header>岭海通信</header><nav>首页 产品</nav><script>var 脚本=1</script>"
            "<style>.样式{}</style><div role='navigation'>面包屑</div><main><p>正文一段。</p>"
            "<form><select><option>选项</option></select><input value='输入'>"
            "<button>提交</button></form>"
            "</main><aside>相关推荐</aside><footer>版权所有</footer></body>"
        )
        == "正文一段。"
    )


def test_hidden_parts_are_left_out() -> None:
    assert (
        text_of(
            "<div><p hidden>甲</p><p style='display: none'>乙</p><p aria-hidden='true'>丙</p>"
            "<!-- 注释 --><p>看得见</p></div>"
        )
        == "看得见"
    )


def test_a_header_that_holds_the_title_is_part_of_the_page() -> None:
    got = extract_page("<article><header><h1>成功案例</h1><p>作者：吴强</p></header>正文</article>")
    assert got.sections[0].text == "作者：吴强\n正文"


def test_a_page_that_is_navigation_only_still_says_something() -> None:
    assert text_of("<html><nav><a>产品目录</a></nav></html>") == "产品目录"


def test_tables_are_rows() -> None:
    assert (
        text_of(
            "<table><caption>资费</caption><tr><th>带宽</th><th>月租</th></tr>"
            "<tr><td>100M</td><td><p>1200</p><p>元</p></td></tr></table>"
        )
        == "资费\n带宽 | 月租\n100M | 1200 元"
    )


def test_a_table_that_lays_out_the_page_is_read_as_blocks() -> None:
    assert (
        text_of(
            "<table><tr><td>左栏<table><tr><td>甲</td><td>乙</td></tr></table></td>"
            "<td>右栏</td></tr></table>"
        )
        == "左栏\n甲 | 乙\n右栏"
    )


def test_paragraphs_breaks_and_entities_read_as_on_the_page() -> None:
    assert text_of("<p>第一行<br>第二&nbsp;行 &lt;5G&gt;</p><ul><li>甲</li><li>乙</li></ul>") == (
        "第一行\n第二 行 <5G>\n甲\n乙"
    )


@pytest.mark.parametrize(
    ("markup", "encoding"),
    [
        ("<html><body><p>请在工单系统登记处理结果</p></body></html>", "gb18030"),
        ("<html><body><p>請於本週五前回覆測試結果</p></body></html>", "big5"),
        ("<html><meta charset='utf-8'><p>声明的编码并不属实</p></html>", "gb18030"),
        ("<html><meta charset='gb2312'><p>專線月租費享有優惠折扣</p></html>", "big5"),
        ("<html><meta charset='gbk'><p>声明是另一种编码</p></html>", "utf-8"),
        ("<html><p>没有声明的双字节编码</p></html>", "utf-16-le"),
    ],
)
def test_the_encoding_is_found_whether_declared_or_not_and_whatever_is_declared(
    markup: str, encoding: str
) -> None:
    words = markup.split("<p>")[1].split("</p>")[0]
    assert extract_page(markup, encoding).sections[0].text == words


def test_the_title_falls_back_on_the_head_and_then_on_the_name() -> None:
    assert extract_page("<html><title>回访话术</title><p>您好。</p></html>").title == "回访话术"
    assert extract_page("<p>您好，这里是岭海通信。</p>", name="话术.html").title == "话术"


def test_a_page_nested_five_thousand_deep_is_read() -> None:
    assert text_of("<div>" * 5_000 + "到底了") == "到底了"


def test_a_page_nested_beyond_reason_is_refused_at_once() -> None:
    with pytest.raises(TooLarge, match="嵌套过深"):
        extract_page("<div>" * 100_000 + "到底了")


def test_a_page_of_scripts_only_has_no_text() -> None:
    with pytest.raises(NoText):
        extract_page("<html><script>render()</script><body></body></html>")
