"""Office Open XML packages: a zip of XML parts, opened with every limit on."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import IO, TypeAlias
from urllib.parse import unquote

from lxml import etree

from portal.ingest.errors import Corrupt, Encrypted, TooLarge
from portal.ingest.types import Limits

Element: TypeAlias = etree._Element

_CHUNK = 1024 * 1024
_ENCRYPTED_FLAG = 0x1


def open_zip(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The archive, once what it claims to unpack to is found to be within ``limits``.

    Raises Corrupt, Encrypted, TooLarge.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Corrupt from error
    entries = archive.infolist()
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise Encrypted
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > limits.ratio_floor and unpacked > limits.max_ratio * len(data)
    if is_bomb or unpacked > limits.max_unpacked or len(entries) > limits.max_entries:
        raise TooLarge("文件解压后过大，疑似压缩炸弹，未予收录。如确为正常文件，请拆分后再上传。")
    return archive


class Package:
    """The parts of one Office file, by name, and the relations between them.

    Matching is by local name everywhere, so that the strict variant of the standard, which
    differs from the common one in its namespaces only, reads the same.
    """

    def __init__(self, data: bytes, limits: Limits) -> None:
        self._archive = open_zip(data, limits)
        self._limits = limits
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def xml(self, part: str) -> Element | None:
        """The root of a part, or None where there is no such part. Raises Corrupt, TooLarge."""
        data = self._read(part)
        return None if data is None else parse_xml(data)

    def stream(self, part: str) -> IO[bytes] | None:
        """A part opened for reading in pieces, or None where there is no such part."""
        name = self._names.get(part.lower())
        return None if name is None else self._archive.open(name)

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Relations of ``part`` by id: the kind ("image", "chart"...) and the target.

        Targets are names of parts, except those outside of the package, which stay as written.
        """
        folder, base = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        if root is None:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rsplit("/", 1)[-1],
                _target(relation, folder),
            )
            for relation in children(root, "Relationship")
        }

    def related(self, part: str, kind: str) -> list[str]:
        """Names of the parts that ``part`` relates to as ``kind``, in file order."""
        return [target for found, target in self.relations(part).values() if found == kind]

    def main_part(self, default: str) -> str:
        """The part that the package opens with."""
        return next(iter(self.related("", "officeDocument")), default)

    def core_title(self) -> str:
        """The title in the document's properties, or ""."""
        for part in [*self.related("", "core-properties"), "docProps/core.xml"]:
            root = self.xml(part)
            if root is not None:
                return next((text_of(e) for e in descendants(root, "title")), "")
        return ""

    def _read(self, part: str) -> bytes | None:
        name = self._names.get(part.lower())
        if name is None:
            return None
        if self._archive.getinfo(name).file_size > self._limits.max_xml_part:
            raise TooLarge("文件正文过大，请拆分成几个文件后再上传。")
        return self._archive.read(name)


def parse_xml(data: bytes) -> Element:
    """The root of an XML part, with entities, DTDs and the network off.

    Raises Corrupt for a part that declares a DTD, which no Office program writes.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True, huge_tree=False,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise Corrupt from error
    if has_doctype(root):
        raise Corrupt
    return root


def has_doctype(element: Element) -> bool:
    """Whether the element's document declares a DTD."""
    return element.getroottree().docinfo.internalDTD is not None


def local(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""


def children(element: Element, name: str) -> Iterator[Element]:
    """Child elements called ``name`` in any namespace."""
    return element.iterchildren(f"{{*}}{name}")


def child(element: Element | None, name: str) -> Element | None:
    """The first child called ``name``, or None."""
    return None if element is None else next(children(element, name), None)


def descendants(element: Element, *names: str) -> Iterator[Element]:
    """Elements below ``element`` with one of ``names``, in document order."""
    return element.iterdescendants(*(f"{{*}}{name}" for name in names))


def attribute(element: Element | None, name: str) -> str:
    """An attribute's value, whatever its namespace, or ""."""
    if element is None:
        return ""
    for key, value in element.attrib.items():
        if str(key).rsplit("}", 1)[-1] == name:
            return str(value)
    return ""


def text_of(element: Element) -> str:
    """All character data in ``element``."""
    return "".join(str(piece) for piece in element.itertext())


def _target(relation: Element, folder: str) -> str:
    target = relation.get("Target", "")
    if relation.get("TargetMode") == "External":
        return target
    return posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
