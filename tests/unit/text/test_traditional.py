"""Traditional Chinese as people in Taiwan write it, made of the Simplified of the source."""

import pytest

from portal.text import traditional


@pytest.mark.parametrize(
    ("simplified", "expected"),
    [
        ("搜索资料，登录后下载文件。", "搜尋資料，登入後下載檔案。"),
        ("审核通过，已发布。", "審核通過，已發布。"),
        ("您没有权限打开这个链接。", "您沒有權限開啟這個連結。"),
        ("%(num)s 天后到期", "%(num)s 天後到期"),
        ("没有这种类型", "沒有這種類型"),
        ("用户的账号和邮箱", "使用者的帳號和信箱"),
        ("这台设备上的后台任务", "這台裝置上的後台任務"),
        ("“阶段”没有代码 visit", "「階段」沒有代碼 visit"),
        ("可以用来生成客户端代码。", "可以用來生成用戶端程式碼。"),
        ("接口令牌和参数", "介面權杖和參數"),
        ("先上传并发布新的资料", "先上傳並發布新的資料"),
        ("传上来先是只有您能看到的草稿", "傳上來先是只有您能看到的草稿"),
        ("请清理数据目录", "請清理資料目錄"),
        ("刷新规则", "更新規則"),
        ("请返回上一页，刷新后再试一次。", "請返回上一頁，重新整理後再試一次。"),
        ("对象", "對象"),
        ("内容应是一个 JSON 对象。", "內容應是一個 JSON 物件。"),
        ("审计日志", "稽核日誌"),
        ("每日简报", "每日快報"),
        ("旧版 PowerPoint 演示文稿（ppt）", "舊版 PowerPoint 簡報（ppt）"),
        ("幻灯片 12", "投影片 12"),
        ("最近 26 周", "最近 26 週"),
        ("@周敏", "@周敏"),
    ],
)
def test_sentences_are_said_as_in_taiwan(simplified: str, expected: str) -> None:
    assert traditional.sentence(simplified) == expected


def test_names_keep_their_words_so_that_a_search_finds_them() -> None:
    assert traditional.name("视频监控合同范本") == "視頻監控合同範本"
