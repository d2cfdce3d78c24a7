"""Simplified Chinese for readers of traditional Chinese, by OpenCC's tables."""

import functools
import re

import opencc

# What readers in Taiwan would stumble over in what OpenCC makes of our sentences, in the order of
# mending: characters, words, then words that mean something else here.
_MENDED = {
    "臺": "台",
    "天后": "天後",
    "看錶": "看表",
    "號里": "號裡",
    "本里": "本裡",
    "併發布": "並發布",
    "是隻有": "是只有",
    "按周": "按週",
    "四周有": "四週有",
    "公佈": "公布",
    "釋出": "發布",
    "稽核": "審核",
    "審計": "稽核",
    "許可權": "權限",
    "型別": "類型",
    "搜索": "搜尋",
    "賬號": "帳號",
    "郵箱": "信箱",
    "發件人": "寄件人",
    "引數": "參數",
    "數據": "資料",
    "文本": "文字",
    "二進位制": "二進位",
    "畫素": "像素",
    "幻燈片": "投影片",
    "令牌": "權杖",
    "渠道": "管道",
    "響應": "回應",
    "打印": "列印",
    "添加": "新增",
    "保存": "儲存",
    "演示": "示範",
    "崗位": "職務",
    "壓縮包": "壓縮檔",
    "群機器人": "群組機器人",
    "群訊息": "群組訊息",
    "群裡": "群組裡",
    "二維碼": "QR 碼",
    "兩步驗證": "兩步驟驗證",
    "讀屏軟體": "螢幕閱讀器",
    "按回車": "按 Enter ",
    "程式碼": "代碼",
    "客戶端代碼": "用戶端程式碼",
    "物件的編號": "對象的編號",
    "重新整理規則": "更新規則",
    "重新整理週期": "更新週期",
    "按時間重新整理": "按時間更新",
    "簡報": "快報",
    "PowerPoint 快報": "PowerPoint 簡報",
    "“": "「",
    "”": "」",
}
# Messages of one word, which says too little for a table.
_ALONE = {"物件": "對象", "周": "週"}
_WEEKS = re.compile(r"(?<=\d )周")
_NAMES_KEPT = 4096


def sentence(text: str) -> str:
    """Words of the interface as people in Taiwan write them: 登录 becomes 登入, 文件 檔案."""
    converted: str = _converter("s2twp").convert(text)
    for odd, usual in _MENDED.items():
        converted = converted.replace(odd, usual)
    return _WEEKS.sub("週", _ALONE.get(converted, converted))


@functools.lru_cache(_NAMES_KEPT)
def name(text: str) -> str:
    """A name with other characters and the same words: a search for it must find it."""
    converted: str = _converter("s2tw").convert(text)
    return converted


@functools.cache
def _converter(table: str) -> opencc.OpenCC:
    return opencc.OpenCC(table)
