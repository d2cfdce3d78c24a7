"""Compile the catalogues: English as translators wrote it, Traditional Chinese by OpenCC.

``make setup`` runs this. English has every message (``make check`` sees to that), so its catalogue
says which messages there are to convert.
"""

import os
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from portal.languages import CATALOGUES, ENGLISH, TRADITIONAL, Language
from portal.text import traditional


def source() -> Path:
    """The English translations, kept by hand."""
    return _folder(ENGLISH) / "messages.po"


def compiled() -> tuple[Path, ...]:
    """What is made of them."""
    return tuple(_folder(language) / "messages.mo" for language in (ENGLISH, TRADITIONAL))


def traditional_catalogue(english: Catalog) -> Catalog:
    """Every message of another catalogue in Traditional Chinese."""
    catalogue = Catalog(locale=TRADITIONAL.locale, domain="messages")
    for message in english:
        if message.id:
            forms = [message.id] if isinstance(message.id, str) else list(message.id)
            text = traditional.sentence(forms[0])
            # Chinese has one form for every number.
            catalogue.add(message.id, text if len(forms) == 1 else (text,))
    return catalogue


def build() -> None:
    """Write both compiled catalogues."""
    with source().open("rb") as file:
        english = read_po(file, locale=ENGLISH.locale)
    for target, catalogue in zip(
        compiled(), (english, traditional_catalogue(english)), strict=True
    ):
        target.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a portal that runs meanwhile may be reading it.
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as out:
            write_mo(out, catalogue)
        os.chmod(out.name, 0o644)
        os.replace(out.name, target)


def _folder(language: Language) -> Path:
    return CATALOGUES / language.locale / "LC_MESSAGES"


if __name__ == "__main__":
    build()
    sys.exit()
