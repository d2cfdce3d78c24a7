"""The languages in which the portal speaks: Simplified Chinese, made Traditional, and English.

The messages themselves are the Simplified Chinese; the catalogues of the other two are compiled by
``python -m tools.catalogues`` when the portal is installed.
"""

import datetime as dt
import functools
import gettext as catalogues
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import babel.dates

from portal.text import traditional

CATALOGUES = Path(__file__).parent / "web" / "translations"
_TRADITIONAL_REGIONS = frozenset({"hant", "tw", "hk", "mo"})


@dataclass(frozen=True, slots=True)
class Language:
    """A language: our code, its own name, the HTML ``lang`` value, and Babel's locale."""

    code: str
    name: str
    tag: str
    locale: str


SIMPLIFIED = Language("zh", "简体中文", "zh-CN", "zh")
TRADITIONAL = Language("zh-Hant", "繁體中文", "zh-Hant", "zh_Hant")
ENGLISH = Language("en", "English", "en", "en")
LANGUAGES = {each.code: each for each in (SIMPLIFIED, TRADITIONAL, ENGLISH)}


def language_of(code: str | None) -> Language:
    """The language of a code; Simplified Chinese for none and for one that is not known."""
    return LANGUAGES.get(code or "", SIMPLIFIED)


def preferred(tags: Iterable[str]) -> Language:
    """The first of a browser's languages that the portal speaks, else Simplified Chinese."""
    for tag in tags:
        primary, *rest = tag.lower().replace("_", "-").split("-")
        if primary == "en":
            return ENGLISH
        if primary == "zh":
            return TRADITIONAL if _TRADITIONAL_REGIONS & set(rest) else SIMPLIFIED
    return SIMPLIFIED


def name_in(code: str, zh: str, en: str) -> str:
    """A thing that has a Chinese and an English name, in the language of a code."""
    if code == ENGLISH.code:
        return en
    return traditional.name(zh) if code == TRADITIONAL.code else zh


class Tongue:
    """Messages and days in one language, for what is written without a request: mails, digests."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.catalogue = _catalogue(language.locale)

    def gettext(self, message: str, **values: object) -> str:
        """The message; ``values`` fill its places such as ``%(title)s``."""
        text = self.catalogue.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, num: int, **values: object) -> str:
        """The message for a number, which it may contain as ``%(num)s``."""
        return self.catalogue.ngettext(one, many, num) % {"num": num, **values}

    def day(self, day: dt.date, form: str) -> str:
        """A day as Babel's ``short`` to ``full``, or by a CLDR skeleton such as ``MMMMd``."""
        if form in ("short", "medium", "long", "full"):
            return babel.dates.format_date(day, form, locale=self.language.locale)
        return babel.dates.format_skeleton(form, day, locale=self.language.locale)

    def weekday(self, day: dt.date) -> str:
        """The day's name: 星期日, Sunday."""
        return babel.dates.format_date(day, "EEEE", locale=self.language.locale)

    def name(self, zh: str, en: str) -> str:
        """A thing that has a Chinese and an English name."""
        return name_in(self.language.code, zh, en)


@functools.cache
def tongue(code: str | None) -> Tongue:
    """The tongue of a person's language code; Simplified Chinese where nothing was chosen."""
    return Tongue(language_of(code))


def _catalogue(locale: str) -> catalogues.NullTranslations:
    return catalogues.translation("messages", CATALOGUES, [locale], fallback=True)
