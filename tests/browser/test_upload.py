"""Uploading in a real browser: dragging files in, a broken line, correcting keys, no script."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from portal.jobs import uploads
from tests.browser.conftest import Reader, serving
from tests.web.stock import PASSWORD, Stock

pytestmark = pytest.mark.browser

TARGETS = (
    "main button:not(.unseen), main .option, main a.button, "
    "main input:not([type=hidden], .option input)"
)
SCRIPT = "# 南屿支行网点客户回访话术\n\n您好，想了解网点专线近一个月的使用情况。\n"
DROP = """([files, target]) => {
  const data = new DataTransfer();
  for (const [name, text] of files) data.items.add(new File([text], name, { lastModified: 1 }));
  for (const kind of ["dragover", "drop"]) {
    document.querySelector(target).dispatchEvent(
      new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture(scope="module")
def address(own_library: Stock) -> Iterator[str]:
    """A running portal of one's own: these tests put documents in."""
    uploads.classifier(own_library.services)
    with serving(own_library.services) as running:
        yield running


def sign_in(reader: Reader) -> Page:
    page = reader.open("/login")
    page.locator("main [name=login]").fill("zhoumin")
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main button").click()
    return reader.open("/upload")


def drop(page: Page, *files: tuple[str, str]) -> None:
    page.evaluate(DROP, [[list(file) for file in files], "#upload"])


def fits(page: Page) -> bool:
    """Nothing scrolls sideways, and fingers find what they can press."""
    width = page.evaluate("document.documentElement.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    small = [
        (target.inner_text(), box["height"])
        for target in page.locator(TARGETS).all()
        if target.is_visible() and (box := target.bounding_box()) and 1 < box["height"] < 43.5
    ]
    assert small == []
    return True


def test_several_files_are_dragged_in_and_keys_corrected(desk: Reader) -> None:
    page = sign_in(desk)
    drop(
        page,
        ("话术.md", SCRIPT + "第一份。"),
        ("空.md", ""),
        ("话术二.md", SCRIPT + "第二份。\n" * 30),
    )
    expect(page.locator(".sent.finished")).to_have_count(2)
    expect(page.locator(".sent.failed .sent-state")).to_contain_text("这个文件是空的")
    expect(page.locator("progress").first).to_have_attribute("aria-label", "话术.md")
    expect(page.locator("#upload-said")).to_have_text("话术二.md 草稿已就绪")
    desk.keep("upload-1280")
    page.get_by_role("link", name="去核对 南屿支行网点客户回访话术").first.click()
    finance = page.get_by_role("checkbox", name="金融保险")
    expect(finance).not_to_be_checked()
    page.get_by_role("button", name="采用全部建议").click()
    expect(finance).to_be_checked()
    expect(page.locator("#accepted")).to_contain_text("已采用全部建议")
    page.get_by_role("checkbox", name="教育").check()
    finance.uncheck()
    page.get_by_role("button", name="只保存草稿").click()
    expect(page.locator(".done")).to_have_text("草稿已保存。")
    expect(page.get_by_role("checkbox", name="教育")).to_be_checked()
    expect(finance).not_to_be_checked()
    desk.keep("draft-1280")
    complaints = [text for text in desk.complaints if "422" not in text]
    assert complaints == []  # the browser notes the refusal of the empty file


def test_on_a_phone_one_file_leads_straight_to_its_draft(phone: Reader) -> None:
    page = sign_in(phone)
    assert fits(page)
    drop(page, ("电话本.md", "# 校园宽带装机记录\n\n本周为学生宿舍装机四十二户。\n"))
    page.wait_for_url("**/edit")
    expect(page.locator("#title")).to_have_value("校园宽带装机记录")
    assert fits(page)
    phone.keep("draft-360")
    page.get_by_role("radio", name="操作手册").check()
    page.get_by_role("checkbox", name="教育").check()
    page.get_by_role("button", name="保存并提交审核").click()
    expect(page.locator(".done")).to_contain_text("已提交审核")
    assert phone.is_content()


def test_a_broken_line_costs_one_chunk_and_no_more(desk: Reader) -> None:
    page = sign_in(desk)
    broken: list[str] = []

    def cut(route: Route) -> None:
        if "offset=1048576" in route.request.url and not broken:
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    page.route("**/upload/parts/**", cut)
    drop(page, ("巡检.txt", "本次巡检覆盖云澜老城区的十二个机房，未见异常。\n" * 40_000))
    page.wait_for_url("**/edit", timeout=60_000)
    offsets = [url.partition("offset=")[2] for url in desk.requests if "offset=" in url]
    assert offsets[:3] == ["0", "1048576", "1048576"]
    assert len(broken) == 1


def test_without_script_one_file_at_a_time(scriptless: Reader, tmp_path: Path) -> None:
    page = sign_in(scriptless)
    file = tmp_path / "合同.md"
    file.write_text("# 金澜证券专线合同\n\n甲方租用乙方专线两条。\n", encoding="utf-8")
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="上传").click()
    expect(page.locator("#title")).to_have_value("金澜证券专线合同")
    page.get_by_role("button", name="采用全部建议").click()
    expect(page.locator(".done")).to_contain_text("已采用建议")
    expect(page.locator("#keywords")).not_to_have_value("")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_are_kept(browser: Browser, address: str, scheme: str) -> None:
    with browser.new_context(
        viewport={"width": 1280, "height": 860},
        locale="zh-CN",
        color_scheme="dark" if scheme == "dark" else "light",
    ) as context:
        reader = Reader(context, address)
        page = sign_in(reader)
        lines = "".join(f"第{n}步，检查第{n}号机柜的电源指示灯 {scheme}。\n" for n in range(40))
        drop(page, ("手册.txt", lines))
        page.wait_for_url("**/edit")
        reader.open("/upload")
        drop(page, ("手册.txt", lines.replace("第7号", "第70号")))
        page.wait_for_url("**/edit")
        expect(page.locator(".twin").first).to_be_visible()
        reader.keep(f"twins-1280-{scheme}")
        assert reader.is_content()
