"""What a feed must be: parsed without complaint, and in the form that its standard asks for."""

import email.utils
import re
from pathlib import Path
from typing import Any

import feedparser
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
_GRAMMAR = Path(__file__).with_name("atom.rng")
_CHANNEL = {"title", "link", "description", "docs", "generator", "language", "lastBuildDate"}
_ITEM = {"title", "link", "description", "guid", "category", "enclosure", "pubDate"}
_TAG = re.compile(r"tag:[0-9a-f]{16}\.portal\.invalid,\d{4}:\S+")


def parsed(body: bytes) -> Any:
    """The feed as a feed reader takes it; a malformed one is a failed assertion."""
    found = feedparser.parse(body)
    assert not found.bozo, found.get("bozo_exception")
    return found


def assert_valid(body: bytes) -> Any:
    """Check the feed against the rules of its form and return it parsed."""
    root = etree.fromstring(body)
    if root.tag == "rss":
        _assert_rss(root)
    else:
        _assert_atom(root)
    found = parsed(body)
    names = [entry.id for entry in found.entries]
    assert len(names) == len(set(names)), "an entry stands there twice"
    assert all(_TAG.fullmatch(name) for name in names), names
    return found


def _assert_atom(root: Any) -> None:
    grammar = etree.RelaxNG(etree.parse(str(_GRAMMAR)))
    assert grammar.validate(root), grammar.error_log
    assert [link.get("rel") for link in root.findall(f"{ATOM}link")].count("self") == 1
    for entry in root.findall(f"{ATOM}entry"):
        kinds = [
            (link.get("rel"), link.get("type"), link.get("hreflang"))
            for link in entry.findall(f"{ATOM}link")
        ]
        # RFC 4287, 4.1.2: no two alternates of the same type and language.
        assert len(kinds) == len(set(kinds)), kinds
        updated = entry.findtext(f"{ATOM}updated")
        assert updated >= entry.findtext(f"{ATOM}published")


def _assert_rss(root: Any) -> None:
    assert root.get("version") == "2.0"
    (channel,) = root
    own = [child for child in channel if isinstance(child.tag, str) and "}" not in child.tag]
    for name in ("title", "link", "description"):
        assert len(channel.findall(name)) == 1, name
    assert {child.tag for child in own} <= _CHANNEL | {"item"}
    _assert_date(channel.findtext("lastBuildDate"))
    assert channel.find(f"{ATOM}link").get("rel") == "self"
    for item in channel.findall("item"):
        assert {child.tag for child in item} <= _ITEM
        for name in ("title", "link", "description", "guid", "pubDate"):
            assert len(item.findall(name)) == 1, name
        # The name is no address that could be opened.
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.findtext("link").startswith(("http://", "https://"))
        _assert_date(item.findtext("pubDate"))
        for file in item.findall("enclosure"):
            assert set(file.attrib) == {"url", "length", "type"}
            assert file.get("length").isdigit()


def _assert_date(text: str) -> None:
    assert email.utils.parsedate_to_datetime(text).tzinfo is not None
