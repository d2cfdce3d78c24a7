"""In which language a text is written, as far as a browser that shows or reads it must know."""

import functools
import unicodedata

from portal.text.normalise import fold

_LOOKED_AT = 400
_HAN = "CJK UNIFIED"


@functools.lru_cache(maxsize=4096)
def language_tag(text: str) -> str:
    """The HTML ``lang`` value of a text: ``zh-CN``, ``zh-Hant`` or ``en``, or empty for none.

    One Han character in five letters makes a text Chinese: names of products are Latin. It is
    traditional when it holds characters that simplified Chinese writes otherwise.
    """
    letters = [each for each in text[:_LOOKED_AT] if each.isalpha()]
    han = [each for each in letters if unicodedata.name(each, "").startswith(_HAN)]
    if not letters:
        return ""
    if 5 * len(han) < len(letters):
        return "en" if all(each.isascii() for each in letters if each not in han) else ""
    changed = sum(fold(each) != each for each in han)
    return "zh-Hant" if 8 * changed > len(han) else "zh-CN"
