"""One source file of the sample library: its front matter, checked, and its body."""

import datetime as dt
import functools
import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import opencc
import yaml

from samples.build import codes

FIRST_DAY, LAST_DAY = dt.date(2025, 10, 1), dt.date(2026, 11, 30)
LISTS: Mapping[str, tuple[frozenset[str], int]] = {
    "industry": (codes.INDUSTRIES, 9),
    "work_type": (codes.WORK_TYPES, 2),
    "stage": (codes.STAGES, 3),
    "product": (codes.PRODUCTS, 3),
}
CHOICES: Mapping[str, Collection[object]] = {
    "kind": codes.KINDS,
    "library": codes.LIBRARIES,
    "author": codes.AUTHORS,
    "visibility": codes.VISIBILITIES,
}
REQUIRED = ("file", "title", *LISTS, *CHOICES, "date")
_FRONT_MATTER = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


class SourceError(ValueError):
    """A source cannot be built; the message starts with the file's name and says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A checked source; ``digest`` is the SHA-256 of its bytes in hexadecimal."""

    slug: str
    file: str
    title: str
    industry: tuple[str, ...]
    work_type: tuple[str, ...]
    stage: tuple[str, ...]
    kind: str
    product: tuple[str, ...]
    library: str
    author: str
    date: dt.date
    visibility: str
    encoding: str
    template: bool
    body: str
    digest: str

    @property
    def format(self) -> str:
        """The extension of the built file, without the dot."""
        return self.file.rpartition(".")[2]

    @property
    def path(self) -> str:
        """Where the built file goes, relative to the folder of the manifest."""
        return f"library/{self.industry[0]}/{self.file}"

    @property
    def author_name(self) -> str:
        """The author's Chinese name."""
        return codes.AUTHORS[self.author]

    @property
    def traditional(self) -> bool:
        """Whether the body is written in Traditional Chinese."""
        return is_traditional(self.body)

    @property
    def created(self) -> dt.datetime:
        """The moment (UTC, naive as the file formats want it) that stands in file properties."""
        return dt.datetime.combine(self.date, dt.time(1, 30))


@functools.cache
def _to_simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def is_traditional(text: str) -> bool:
    """Whether more than a tenth of the characters change when converted to Simplified."""
    converted = _to_simplified().convert(text)
    changed = sum(1 for a, b in zip(text, converted, strict=False) if a != b)
    return changed * 10 > len(text)


def read_source(path: Path) -> Source:
    """Read and check one source; :class:`SourceError` says what is wrong with it."""
    data = path.read_bytes()
    name = f"{path.parent.name}/{path.name}"
    try:
        match = _FRONT_MATTER.fullmatch(data.decode())
        fields = yaml.safe_load(match[1]) if match else None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise SourceError(f"{name}: {error}") from error
    if match is None or not isinstance(fields, dict):
        raise SourceError(f"{name}: front matter between two lines of --- is missing")
    problems = list(_problems(fields, path))
    if problems:
        raise SourceError("\n".join(f"{name}: {problem}" for problem in problems))
    values: dict[str, Any] = {
        key: tuple(value) if key in LISTS else value for key, value in fields.items()
    }
    values.setdefault("encoding", "utf-8")
    values.setdefault("template", False)
    body = match[2].strip() + "\n"
    return Source(slug=path.stem, body=body, digest=hashlib.sha256(data).hexdigest(), **values)


def _problems(fields: Mapping[str, object], path: Path) -> Iterable[str]:
    missing = [key for key in REQUIRED if not fields.get(key)]
    unknown = sorted(set(fields) - {*REQUIRED, "encoding", "template"})
    if missing or unknown:
        yield f"missing fields {missing}, unknown fields {unknown}"
        return
    for key, (known, most) in LISTS.items():
        yield from _list_problems(key, fields[key], known, most)
    for key, choices in CHOICES.items():
        if fields[key] not in choices:
            yield f"{key} is {fields[key]!r}, not one of {sorted(map(str, choices))}"
    yield from _name_problems(fields, path)
    date = fields["date"]
    if type(date) is not dt.date or not FIRST_DAY <= date <= LAST_DAY:
        yield f"date is {date!r}, not a day from {FIRST_DAY} to {LAST_DAY}"


def _list_problems(key: str, value: object, known: frozenset[str], most: int) -> Iterable[str]:
    if not isinstance(value, list) or len(set(map(str, value))) != len(value):
        yield f"{key} is not a list of different codes"
    elif len(value) > most:
        yield f"{key} has {len(value)} codes, at most {most} are allowed"
    elif not set(value) <= known:
        yield f"{key} has {sorted(set(value) - known)}, known are {sorted(known)}"


def _name_problems(fields: Mapping[str, object], path: Path) -> Iterable[str]:
    file, title = str(fields["file"]), str(fields["title"])
    extension = file.rpartition(".")[2]
    industries = fields["industry"]
    if not _SLUG.fullmatch(path.stem):
        yield "the slug is not lower-case words joined by hyphens"
    if not isinstance(industries, list) or path.parent.name != industries[0]:
        yield f"the folder {path.parent.name} is not the first industry"
    if extension not in codes.FORMATS:
        yield f"file ends in {extension!r}, not one of {sorted(codes.FORMATS)}"
    if _FORBIDDEN.search(file) or len(file) > 80:
        yield "file is not a plain name of at most 80 characters"
    if not isinstance(fields["title"], str) or len(title) > 100:
        yield "title is not a text of at most 100 characters"
    encoding = fields.get("encoding", "utf-8")
    if fields.get("template", False) and extension not in ("docx", "pptx"):
        yield "only a docx or a pptx is a template to be filled in"
    if encoding not in codes.ENCODINGS or (encoding != "utf-8" and extension != "txt"):
        yield f"encoding {encoding!r}: only a txt may have one of {sorted(codes.ENCODINGS)}"


def load_sources(folder: Path) -> tuple[Source, ...]:
    """All sources below a folder, by slug; one :class:`SourceError` lists every fault."""
    sources, faults = [], []
    for path in sorted(folder.glob("*/*.md")):
        try:
            sources.append(read_source(path))
        except SourceError as error:
            faults.append(str(error))
    for field in ("slug", "file", "title"):
        counts = Counter(str(getattr(source, field)) for source in sources)
        faults += [
            f"{source.industry[0]}/{source.slug}.md: {field} is used by more than one source"
            for source in sources
            if counts[str(getattr(source, field))] > 1
        ]
    if faults:
        raise SourceError("\n".join(faults))
    return tuple(sorted(sources, key=lambda source: source.slug))
