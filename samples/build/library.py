"""Builds all files of the library, the manifest and the record of what was built from what."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from samples.build import write_docx, write_html, write_pdf, write_pptx, write_text, write_xlsx
from samples.build.source import Source, load_sources

Writer = Callable[[Source], bytes]
_WRITERS: Mapping[str, Writer] = {
    "docx": write_docx.write,
    "pptx": write_pptx.write,
    "xlsx": write_xlsx.write,
    "html": write_html.write,
    "md": write_text.write,
    "txt": write_text.write,
}
_KEYS = ("title", "industry", "work_type", "stage", "kind", "product", "library", "author")


@dataclass(frozen=True, slots=True)
class Library:
    """The places of a sample library below ``root``."""

    root: Path

    @property
    def sources(self) -> Path:
        """The folder of the Markdown sources."""
        return self.root / "sources"

    @property
    def files(self) -> Path:
        """The folder of the built files."""
        return self.root / "library"

    @property
    def manifest(self) -> Path:
        """What the first run reads: a list of documents."""
        return self.root / "manifest.json"

    @property
    def record(self) -> Path:
        """For each built path the SHA-256 of its source and of the file."""
        return self.files / "digests.json"

    def load_record(self) -> dict[str, dict[str, str]]:
        """The record of the last build, empty before the first."""
        if not self.record.exists():
            return {}
        loaded: dict[str, dict[str, str]] = json.loads(self.record.read_text("utf-8"))
        return loaded


def build(
    library: Library, *, reprint: bool, progress: Callable[[Sequence[Source]], Iterable[Source]]
) -> list[Source]:
    """Build every file, remove those without a source, write the manifest; returns the sources.

    A PDF whose source and bytes are those of the last build stays unless ``reprint``: another
    version of chromium writes other bytes. ``progress`` wraps the sources and yields them.
    Raises :class:`SourceError` before anything is written when a source is faulty.
    """
    sources = list(load_sources(library.sources))
    before = {} if reprint else library.load_record()
    record: dict[str, dict[str, str]] = {}
    with ExitStack() as stack:
        press = _Press(stack)
        for source in progress(sources):
            target = library.root / source.path
            if source.format != "pdf" or not _is_current(source, target, before):
                data = press.write(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
            record[source.path] = {"source": source.digest, "file": _digest(target)}
    _remove_strays(library, record)
    _write_json(library.record, dict(sorted(record.items())))
    _write_json(library.manifest, [entry(source) for source in sources])
    return sources


class _Press:
    """Writes any format; chromium starts with the first PDF."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack = stack
        self.print_pdf: Writer | None = None

    def write(self, source: Source) -> bytes:
        if source.format != "pdf":
            return _WRITERS[source.format](source)
        if self.print_pdf is None:
            page = self.stack.enter_context(write_pdf.printer())
            self.print_pdf = lambda one: write_pdf.write(one, page)
        return self.print_pdf(source)


def _is_current(source: Source, target: Path, before: Mapping[str, Mapping[str, str]]) -> bool:
    known = before.get(source.path)
    if known is None or known["source"] != source.digest or not target.exists():
        return False
    return known["file"] == _digest(target)


def entry(source: Source) -> dict[str, object]:
    """The manifest's entry of a document; ``path`` is relative to the manifest's folder."""
    facts: dict[str, object] = {key: getattr(source, key) for key in _KEYS}
    facts |= {"published": source.date.isoformat(), "visibility": source.visibility}
    if source.template:
        facts["template"] = True
    return {"path": source.path, **facts}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _remove_strays(library: Library, record: Mapping[str, object]) -> None:
    for path in sorted(library.files.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(library.root).as_posix() not in record:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
