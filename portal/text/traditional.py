"""Simplified Chinese for readers of traditional Chinese, by OpenCC's tables."""

import functools

import opencc

# What OpenCC's tables make of our sentences that a reader would stumble over.
_MENDED = {
    "釋出": "發布",
    "稽核": "審核",
    "許可權": "權限",
    "型別": "類型",
    "搜索": "搜尋",
    "天后": "天後",
    "看錶": "看表",
    "號里": "號裡",
    "本里": "本裡",
}
_NAMES_KEPT = 4096


def sentence(text: str) -> str:
    """Words of the interface as people in Taiwan write them: 登录 becomes 登入, 文件 檔案."""
    converted: str = _converter("s2twp").convert(text)
    for odd, usual in _MENDED.items():
        converted = converted.replace(odd, usual)
    return converted


@functools.lru_cache(_NAMES_KEPT)
def name(text: str) -> str:
    """A name with other characters and the same words: a search for it must find it."""
    converted: str = _converter("s2tw").convert(text)
    return converted


@functools.cache
def _converter(table: str) -> opencc.OpenCC:
    return opencc.OpenCC(table)
