"""Colours that carry text are readable in both themes (WCAG 2.2 AA)."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "portal/web/static"
THEMES = (STATIC / "tokens.css", STATIC / "dark.css")
TEXT_ON = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink-soft", "ground"),
    ("ink-soft", "surface"),
    ("ink-soft", "sunken"),
    ("accent", "ground"),
    ("accent", "surface"),
    ("accent", "accent-tint"),
    ("accent-hover", "ground"),
    ("on-accent", "accent"),
    ("on-accent", "accent-hover"),
    ("on-mark", "mark"),
    ("good", "surface"),
    ("good", "good-tint"),
    ("warn", "surface"),
    ("warn", "warn-tint"),
    ("bad", "surface"),
    ("bad", "bad-tint"),
]
EDGES_ON = [("line-strong", "ground"), ("line-strong", "surface"), ("accent", "surface")]


def themes() -> dict[str, dict[str, str]]:
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", sheet.read_text(encoding="utf-8")))
        for sheet in THEMES
    )
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    bright, dim = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dim + 0.05)


def test_the_dark_theme_redefines_every_colour() -> None:
    names = re.compile(r"--([\w-]+): (?:#|.*rgb)")
    light, dark = (set(names.findall(sheet.read_text(encoding="utf-8"))) for sheet in THEMES)
    assert light == dark


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT_ON)
def test_text_is_readable(theme: str, text: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES_ON)
def test_edges_of_fields_and_focus_are_visible(theme: str, edge: str, ground: str) -> None:
    colours = themes()[theme]
    assert contrast(colours[edge], colours[ground]) >= 3


def test_colours_are_named_in_one_place_only() -> None:
    for sheet in STATIC.glob("*.css"):
        if sheet not in THEMES:
            assert not re.search(r"#[0-9a-f]{3,8}\b|rgba?\(", sheet.read_text(encoding="utf-8"))
