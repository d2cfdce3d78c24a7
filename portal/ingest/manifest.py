"""A list of files in CSV that says of each how it is to be filed."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from portal.catalogue import Taxonomy
from portal.ingest.decode import decode
from portal.ingest.folders import KeyNames, split_names
from portal.ingest.pipeline import Filing
from portal.models import FACETS, Visibility

_COLUMNS = {
    "path": ("path", "file", "路径", "文件", "文件名"),
    "title": ("title", "标题"),
    "author": ("author", "作者", "登录名"),
    "visibility": ("visibility", "可见范围"),
    "industry": ("industry", "行业"),
    "work_type": ("work_type", "work-type", "工作类型"),
    "stage": ("stage", "阶段", "业务阶段"),
    "kind": ("kind", "文档类型", "类型"),
    "product": ("product", "产品", "产品类别"),
    "library": ("library", "知识库", "四库"),
}
_VISIBILITIES = {
    "everyone": Visibility.EVERYONE,
    "所有人": Visibility.EVERYONE,
    "unit": Visibility.UNIT,
    "本单位": Visibility.UNIT,
    "author": Visibility.AUTHOR,
    "仅作者": Visibility.AUTHOR,
}
_NAMES = {column: names[1] if column != "path" else "路径" for column, names in _COLUMNS.items()}


class ManifestError(ValueError):
    """The list as a whole cannot be used; the message is a Chinese sentence."""


class _BadRow(Exception):
    """What is wrong with a row."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the list: the file and its filing, or in ``problem`` what is wrong with the row."""

    path: Path
    filing: Filing
    problem: str = ""


def read_manifest(
    data: bytes, folder: Path, taxonomy: Taxonomy, people: Mapping[str, int], default: Filing
) -> list[Listed]:
    """The rows of a list, whose paths are relative to ``folder``.

    Columns may be named in English or Chinese, values be codes or names, several with 、 between.
    An empty cell leaves what ``default`` says. ``people`` maps logins to users. A bad row becomes a
    problem that names its line. Raises ManifestError where there is no column of paths.
    """
    text, _encoding = decode(data)
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    columns = _columns(next(reader, []))
    names, seen, listed = KeyNames(taxonomy), set[Path](), list[Listed]()
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        row = {name: cells[place].strip() for name, place in columns.items() if place < len(cells)}
        path = folder / row.get("path", "")
        try:
            path = _path(row.get("path", ""), folder)
            if path in seen:
                raise _BadRow(f"“{row['path']}”在清单里出现了两次")
            seen.add(path)
            listed.append(Listed(path, _filing(row, names, taxonomy, people, default)))
        except _BadRow as error:
            message = f"清单第 {reader.line_num} 行：{error}。"
            listed.append(Listed(path, default, message))
    return listed


def _columns(header: list[str]) -> dict[str, int]:
    wanted = {name: column for column, names in _COLUMNS.items() for name in names}
    columns = {
        wanted[cell.strip().lower()]: place
        for place, cell in enumerate(header)
        if cell.strip().lower() in wanted
    }
    if "path" not in columns:
        raise ManifestError(
            "清单的第一行要有“path”（或“路径”）这一列，写明每个文件相对文件夹的位置。"
        )
    return columns


def _path(written: str, folder: Path) -> Path:
    if not written:
        raise _BadRow("没有写路径")
    parts = PurePosixPath(written.replace("\\", "/"))
    path = folder / parts
    # A list is data: it must not reach files outside of the folder it was given with.
    if parts.is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        raise _BadRow(f"“{written}”不在这个文件夹里")
    if not path.is_file():
        raise _BadRow(f"没有文件“{written}”")
    return path


def _filing(
    row: Mapping[str, str],
    names: KeyNames,
    taxonomy: Taxonomy,
    people: Mapping[str, int],
    default: Filing,
) -> Filing:
    keys = dict(default.keys)
    for facet in FACETS:
        if row.get(facet):
            keys[facet] = _codes(row[facet], facet, names, taxonomy)
    visibility = default.visibility
    if written := row.get("visibility"):
        if written.lower() not in _VISIBILITIES:
            raise _BadRow(f"不认识可见范围“{written}”，可以写 everyone、unit 或 author")
        visibility = _VISIBILITIES[written.lower()]
    author = default.author_id
    if login := row.get("author"):
        if login not in people:
            raise _BadRow(f"没有登录名为“{login}”的用户")
        author = people[login]
    title = row.get("title") or default.title
    return replace(default, author_id=author, keys=keys, visibility=visibility, title=title)


def _codes(written: str, facet: str, names: KeyNames, taxonomy: Taxonomy) -> tuple[str, ...]:
    codes = []
    for name in split_names(written):
        code = names.code(facet, name)
        if code is None:
            valid = "、".join(taxonomy.codes(facet))
            raise _BadRow(f"{_NAMES[facet]}“{name}”不存在，可以写：{valid}")
        codes.append(code)
    return tuple(dict.fromkeys(codes))
