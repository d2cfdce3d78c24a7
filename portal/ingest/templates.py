"""Templates: the blanks of a Word or PowerPoint file, and a copy with the blanks filled in.

A blank is written ``{{客户名称}}``. A template is a hostile file like any other, so blanks are
replaced as plain text and nothing in the file is ever evaluated: a template language, sandboxed or
not, would let a file loop for ever or ask for attributes. Office cuts a paragraph's text into runs
wherever it likes; a blank is found across them and takes the form of its first character.
"""

import datetime as dt
import io
import itertools
import re
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from portal.catalogue import DocumentNotFound, DocumentView, Taxonomy, Viewer, document_for
from portal.catalogue.drafts import leaflet_for
from portal.db import Database
from portal.ingest.blobs import BlobStore
from portal.ingest.ooxml import Element, local, open_zip, parse_xml
from portal.ingest.pipeline import Filing, Outcome, ingest
from portal.ingest.types import Limits

LONGEST_VALUE = 300
MOST_BLANKS = 60
_BLANK = re.compile(r"\{\{\s*([^{}\n]{1,40}?)\s*\}\}")
_PARTS = re.compile(
    r"word/(document|header[0-9]*|footer[0-9]*|footnotes|endnotes)\.xml"
    r"|ppt/(slides|notesSlides)/[^/]+\.xml",
    re.IGNORECASE,
)
_PROPERTIES = "docprops/core.xml"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Template:
    """A template with the names of its blanks in the order of the text."""

    document: DocumentView
    blanks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """What a colleague asks for: the copy's title, and what goes into each blank.

    A blank without a value stays as it is, to be filled in later. ``by`` is the colleague's name,
    which goes into the file's properties with ``now``.
    """

    title: str
    values: Mapping[str, str]
    author_id: int
    by: str
    now: dt.datetime


def template_for(
    db: Database, blobs: BlobStore, viewer: Viewer, document_id: int, limits: Limits
) -> Template:
    """A template that the viewer may read.

    Raises :class:`portal.catalogue.DocumentNotFound`, also for a document that is no template.
    """
    with db.read() as session:
        document = document_for(session, viewer, document_id)
        if not leaflet_for(session, viewer, document_id).is_template:
            raise DocumentNotFound(document_id)
    return Template(document, blanks(blobs.path(document.sha256).read_bytes(), limits))


def copy_template(
    db: Database,
    blobs: BlobStore,
    taxonomy: Taxonomy,
    template: Template,
    copy: Copy,
    limits: Limits,
) -> Outcome:
    """Take a filled-in copy in as a draft that has the template's keys and remembers it."""
    document = template.document
    data = fill(blobs.path(document.sha256).read_bytes(), copy, limits)
    keys = {
        facet: tuple(code for code in codes if code in taxonomy.codes(facet))
        for facet, codes in document.summary.keys.items()
    }
    # The copy is a document for a customer, whatever kind the template is filed under.
    keys["kind"] = tuple(code for code in keys.get("kind", ()) if code != "template")
    filing = Filing(
        author_id=copy.author_id, keys=keys, title=copy.title, template_id=document.summary.id
    )
    name = f"{copy.title}.{document.summary.format}"
    return ingest(db, blobs, taxonomy, data, name, filing, limits)


def blanks(data: bytes, limits: Limits) -> tuple[str, ...]:
    """The names of a file's blanks, each once, at most 60.

    Raises what :func:`portal.ingest.ooxml.open_zip` does.
    """
    found: dict[str, None] = {}
    with open_zip(data, limits) as archive:
        for name in _parts(archive, limits):
            for paragraph in _paragraphs(parse_xml(archive.read(name))):
                text = "".join(node.text or "" for node in paragraph)
                found |= dict.fromkeys(_BLANK.findall(text))
    return tuple(itertools.islice(found, MOST_BLANKS))


def fill(data: bytes, copy: Copy, limits: Limits) -> bytes:
    """A copy of the file with its blanks filled in; every other part stays byte for byte."""
    values = {name: clean_value(value) for name, value in copy.values.items()}
    values = {name: value for name, value in values.items() if value}
    target = io.BytesIO()
    with open_zip(data, limits) as archive, zipfile.ZipFile(target, "w") as written:
        filled = set(_parts(archive, limits))
        for entry in archive.infolist():
            content = archive.read(entry)
            if entry.filename in filled:
                content = _filled(content, values)
            elif entry.filename.lower() == _PROPERTIES:
                content = _signed(content, copy)
            # Its own time: two colleagues' copies with the same words are two documents.
            made = zipfile.ZipInfo(entry.filename, copy.now.timetuple()[:6])
            made.external_attr, made.compress_type = entry.external_attr, zipfile.ZIP_DEFLATED
            written.writestr(made, content)
    return target.getvalue()


def clean_value(value: str) -> str:
    """A value in one line without characters that XML or a reader could stumble over."""
    kept = "".join(
        " " if char.isspace() else char
        for char in value
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(kept.split())[:LONGEST_VALUE]


def _parts(archive: zipfile.ZipFile, limits: Limits) -> list[str]:
    names = [
        entry.filename
        for entry in archive.infolist()
        if _PARTS.fullmatch(entry.filename) and entry.file_size <= limits.max_xml_part
    ]
    # Slide 10 comes after slide 9.
    return sorted(names, key=lambda name: [int(n) for n in re.findall("[0-9]+", name)])


def _paragraphs(root: Element) -> Iterator[list[Element]]:
    """The text nodes of each paragraph; a text box's paragraphs stand apart from the one around."""
    for paragraph in root.iter("{*}p"):
        nodes = [
            node
            for node in paragraph.iterdescendants("{*}t")
            if next((up for up in node.iterancestors("{*}p")), None) is paragraph
        ]
        if nodes:
            yield nodes


def _filled(content: bytes, values: Mapping[str, str]) -> bytes:
    root = parse_xml(content)
    changed = [_fill_paragraph(nodes, values) for nodes in _paragraphs(root)]
    return _written(root) if any(changed) else content


def _fill_paragraph(nodes: list[Element], values: Mapping[str, str]) -> bool:
    texts = [node.text or "" for node in nodes]
    matches = [m for m in _BLANK.finditer("".join(texts)) if m[1] in values]
    starts = list(itertools.accumulate(map(len, texts), initial=0))
    # From the end, so that earlier places stay where they are.
    for match in reversed(matches):
        for place in range(len(texts) - 1, -1, -1):
            low = max(match.start() - starts[place], 0)
            high = min(match.end() - starts[place], starts[place + 1] - starts[place])
            if low >= high:
                continue
            is_first = match.start() >= starts[place]
            text = texts[place]
            texts[place] = text[:low] + (values[match[1]] if is_first else "") + text[high:]
    for node, text in zip(nodes, texts, strict=True):
        if node.text != text and (node.text or text):
            node.text = text
            if "wordprocessingml" in str(node.tag):
                node.set(_SPACE, "preserve")
    return bool(matches)


def _signed(content: bytes, copy: Copy) -> bytes:
    root = parse_xml(content)
    said = {
        "title": clean_value(copy.title),
        "lastModifiedBy": clean_value(copy.by),
        "modified": copy.now.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    for element in root.iter():
        if local(element) in said:
            element.text = said[local(element)]
    return _written(root)


def _written(root: Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
