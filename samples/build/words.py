"""The look and the fixed words of a built file, by kind and script."""

from dataclasses import dataclass

from samples.build.source import Source

TEAL, INK = "0B6E69", "1F2933"


@dataclass(frozen=True, slots=True)
class Look:
    """Colour (hexadecimal, no #), fonts by name and the words around the page numbers."""

    language: str
    colour: str
    body_font: str
    heading_font: str
    operator: str
    page_words: tuple[str, str, str]


def look(source: Source) -> Look:
    """Contracts are sober, the rest wears the operator's colour; fonts follow the script."""
    formal = source.kind == "contract"
    colour = INK if formal else TEAL
    if source.traditional:
        body, heading = ("新細明體", "微軟正黑體")
        return Look("zh-HK", colour, body, heading, "嶺海通信", ("第 ", " 頁，共 ", " 頁"))
    body, heading = ("宋体", "黑体") if formal else ("宋体", "微软雅黑")
    return Look("zh-CN", colour, body, heading, "岭海通信", ("第 ", " 页，共 ", " 页"))
