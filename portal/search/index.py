"""The index on disk: numbered folders beside each other and a pointer to the live one.

``index/CURRENT`` names the live folder. A rebuild writes the next folder and then moves the
pointer in one step, so that readers see the old index or the new one and never half of either.
An index that cannot be opened is never deleted: a new one is built beside it.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from portal.search.schema import index_version, make_schema
from portal.text import Segmenter, segmenter

_POINTER = "CURRENT"
_VERSION = "VERSION"
_WORDS = "WORDS"
_COMMIT = re.compile(r"_MAIN_([0-9]+)\.toc\Z")


class IndexUnavailable(Exception):
    """There is no readable index yet, or it was written with other rules than this release's."""


class IndexBusy(Exception):
    """Another process holds the right to write the index."""


@dataclass(frozen=True, slots=True)
class IndexFolder:
    """One generation of the index."""

    path: Path

    @property
    def version(self) -> str:
        """The rules it was written with; empty where they are unknown."""
        try:
            return (self.path / _VERSION).read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""

    @property
    def born(self) -> int:
        """When it was begun, in nanoseconds: after a loss another one may have the same name."""
        return (self.path / _VERSION).stat().st_mtime_ns

    @property
    def segmenter(self) -> Segmenter:
        """The words that this index was written with, and that questions to it are cut by."""
        text = (self.path / _WORDS).read_text(encoding="utf-8")
        return segmenter(tuple(text.splitlines()))

    @property
    def is_readable(self) -> bool:
        """Whether this release reads what is written there."""
        return bool(self.version) and self.version == index_version(self.segmenter)

    def generation(self) -> int:
        """The number of the newest commit, read from the folder's listing alone; -1 for none."""
        names = (_COMMIT.match(name) for name in os.listdir(self.path))
        return max((int(name[1]) for name in names if name), default=-1)

    def open(self) -> FileIndex:
        """Open it; any of Whoosh's own errors means that it is damaged."""
        return FileStorage(str(self.path)).open_index()


class IndexStore:
    """The folder that holds all generations of the index."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def live(self) -> IndexFolder | None:
        """The generation that the pointer names, or ``None`` before the first one."""
        try:
            name = (self.root / _POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return None
        return IndexFolder(self.root / name)

    def create(self, words: Segmenter) -> IndexFolder:
        """Make an empty generation beside the live one; :meth:`swap` makes it live."""
        self.root.mkdir(parents=True, exist_ok=True)
        numbers = [int(path.name) for path in self.root.iterdir() if path.name.isdigit()]
        folder = IndexFolder(self.root / f"{max(numbers, default=0) + 1:06d}")
        folder.path.mkdir()
        FileStorage(str(folder.path)).create_index(make_schema())
        (folder.path / _VERSION).write_text(index_version(words), encoding="utf-8")
        (folder.path / _WORDS).write_text("\n".join(words.words), encoding="utf-8")
        sync_folder(folder.path)
        return folder

    def swap(self, folder: IndexFolder, *, keep_old: bool) -> None:
        """Make a generation live. Readers that hold the old one open go on reading it."""
        old = self.live()
        temporary = self.root / f"{_POINTER}.new"
        temporary.write_text(folder.path.name, encoding="utf-8")
        _sync(temporary)
        temporary.replace(self.root / _POINTER)
        _sync(self.root)
        if old is not None and not keep_old and old.path != folder.path:
            shutil.rmtree(old.path, ignore_errors=True)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the right to write; :class:`IndexBusy` at once when another process has it.

        The lock is the operating system's and falls with its process, even after a kill -9.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(str(self.root / "WRITER"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise IndexBusy from None
        try:
            yield
        finally:
            lock.release()


def sync_folder(folder: Path, since: float = 0.0) -> None:
    """Force to disk the folder and the files in it that changed since a time (epoch seconds)."""
    for path in folder.iterdir():
        try:
            if path.stat().st_mtime >= since:
                _sync(path)
        except FileNotFoundError:
            continue  # a temporary file of Whoosh that went while we looked
    _sync(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
