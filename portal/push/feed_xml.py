"""Feeds as RSS 2.0 and Atom (RFC 4287), and lists of feeds as OPML 2.0."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from feedgen.feed import FeedGenerator
from lxml import etree

from portal.push.sanitise import one_line, paragraph, plain

PORTAL = "知识门户"
LANGUAGE = "zh-CN"
_ATOM = "{http://www.w3.org/2005/Atom}"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry; ``size`` is in bytes."""

    url: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A document in a feed. Texts are as they are in the library; rendering makes them safe.

    ``categories`` are (code, facet). ``published`` and ``updated`` are the document's own times.
    """

    id: str
    url: str
    title: str
    summary: str
    author: str
    categories: tuple[tuple[str, str], ...]
    published: dt.datetime
    updated: dt.datetime
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says about itself."""

    id: str
    title: str
    page_url: str
    feed_url: str
    updated: dt.datetime


@dataclass(frozen=True, slots=True)
class Outline:
    """A feed in a list of feeds."""

    title: str
    feed_url: str
    page_url: str


def render(head: FeedHead, entries: Iterable[Entry], form: str) -> bytes:
    """The feed as UTF-8: ``form`` is rss or atom."""
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(one_line(head.title))
    feed.subtitle(f"{one_line(head.title)} · {PORTAL}")
    feed.author(name=PORTAL)
    feed.language(LANGUAGE)
    feed.generator(PORTAL)
    feed.docs("https://www.rssboard.org/rss-specification")
    feed.updated(head.updated)
    feed.lastBuildDate(head.updated)
    # In this order: RSS takes the last one for the channel's own page.
    media_type = f"application/{form}+xml"
    feed.link(href=head.feed_url, rel="self", type=media_type)
    feed.link(href=head.page_url, rel="alternate", type="text/html")
    listed = list(entries)
    for entry in listed:
        _add(feed, entry, form)
    return bytes(feed.rss_str()) if form == "rss" else _atom(feed, listed)


def _atom(feed: FeedGenerator, entries: list[Entry]) -> bytes:
    # feedgen 1.0 forgets what an entry's link is: a file would pass for a second page.
    root = etree.fromstring(feed.atom_str(), etree.XMLParser(resolve_entities=False))
    for element, entry in zip(root.iterfind(f"{_ATOM}entry"), entries, strict=True):
        for link in element.iterfind(f"{_ATOM}link"):
            file = entry.enclosure
            if file is not None and link.get("href") == file.url:
                link.set("rel", "enclosure")
                link.set("type", file.media_type)
                link.set("length", str(file.size))
            else:
                link.set("rel", "alternate")
                link.set("type", "text/html")
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True))


def _add(feed: FeedGenerator, entry: Entry, form: str) -> None:
    item = feed.add_entry(order="append")
    item.id(entry.id)
    # feedgen would say that the name is an address to open.
    item.guid(entry.id, permalink=False)
    item.title(one_line(entry.title) or entry.id)
    item.link(href=entry.url, rel="alternate", type="text/html")
    item.published(entry.published)
    item.updated(entry.updated)
    item.author(name=one_line(entry.author) or PORTAL)
    for code, facet in entry.categories:
        item.category(term=code, scheme=facet) if form == "rss" else item.category(term=code)
    if form == "rss":
        item.description(paragraph(entry.summary))
    else:
        item.summary(plain(entry.summary))
    if entry.enclosure is not None:
        file = entry.enclosure
        item.enclosure(file.url, str(file.size), file.media_type)


def opml(title: str, outlines: Iterable[Outline]) -> bytes:
    """A list of feeds that feed readers take in, as UTF-8."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = one_line(title)
    body = etree.SubElement(root, "body")
    for outline in outlines:
        name = one_line(outline.title)
        etree.SubElement(
            body,
            "outline",
            type="rss",
            text=name,
            title=name,
            xmlUrl=outline.feed_url,
            htmlUrl=outline.page_url,
        )
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))
