"""Which files a bulk intake takes in, and how each is filed, before the first one is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from portal.catalogue import Taxonomy
from portal.ingest.bulk import Found, find_files
from portal.ingest.folders import KeyNames
from portal.ingest.manifest import read_manifest
from portal.ingest.pipeline import Filing

_REQUIRED = {"industry": "行业", "work_type": "工作类型", "stage": "业务阶段"}


@dataclass(frozen=True, slots=True)
class Planned:
    """A file, or why it cannot be taken in, and how it is to be filed."""

    found: Found
    filing: Filing


def plan_folders(paths: list[Path], taxonomy: Taxonomy, filing: Filing) -> list[Planned]:
    """The files at the paths; what ``filing`` leaves open, the names of their folders say."""
    names = KeyNames(taxonomy)
    planned = []
    for path in paths:
        for found in find_files([path]):
            keys = _keys(names, path, found.path)
            planned.append(_planned(found, replace(filing, keys={**keys, **filing.keys})))
    return planned


def plan_manifest(
    data: bytes, folder: Path, taxonomy: Taxonomy, people: Mapping[str, int], filing: Filing
) -> list[Planned]:
    """The files that a list names; what it and ``filing`` leave open, their folders say.

    Raises :class:`~portal.ingest.manifest.ManifestError`.
    """
    names = KeyNames(taxonomy)
    planned = []
    for row in read_manifest(data, folder, taxonomy, people, filing):
        found = Found(row.path, row.problem, "bad_row" if row.problem else "unreadable")
        keys = _keys(names, folder, row.path)
        planned.append(_planned(found, replace(row.filing, keys={**keys, **row.filing.keys})))
    return planned


def _keys(names: KeyNames, root: Path, path: Path) -> Mapping[str, tuple[str, ...]]:
    """The keys by folder names, the given folder's own among them."""
    absolute = root.absolute()
    start = absolute if root.is_dir() else absolute.parent
    inside = path.absolute().relative_to(start) if path.absolute().is_relative_to(start) else path
    return names.of_folders([start.name, *inside.parts[:-1]])


def _planned(found: Found, filing: Filing) -> Planned:
    missing = [name for facet, name in _REQUIRED.items() if not filing.keys.get(facet)]
    if missing and not found.problem:
        problem = f"缺少{'、'.join(missing)}。请用选项或清单给出，或把文件放进以此命名的文件夹。"
        found = Found(found.path, problem, "missing_keys")
    return Planned(found, filing)
