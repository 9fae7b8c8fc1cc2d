"""Where a cluster sees files of ours: in their own folder, at another path on a shared mount, or copied to a store.

Snapshots lie in one folder; the Parquet of the sales warehouse in a folder beside it, in one folder a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pyarrow import fs

from storage.engines.contract import EngineUnavailableError

STRAY_AGE = timedelta(hours=1)
VERSION = re.compile(r"v\d+-[0-9a-f]+")  # how the folders of the warehouse's versions are named
CUT_SHORT = re.compile(r"\.[0-9a-f]{32}")  # how a copy is named until it is whole
OURS = re.compile(
    rf"[0-9a-f]{{16}}-[0-9a-f]{{32}}\.parquet|{CUT_SHORT.pattern}"
)  # how loads and copies name what they write
PASSWORD = re.compile("://[^/@ ]*:[^/@ ]*@")
PATTERN = re.compile(r"([\[\]{}*?\\])")  # what Hadoop takes for a pattern in a path


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """The files in and below `folder` as the cluster sees them; none of them ever changes.

    `seen_at` is empty where it sees the same folder, a path where that folder is mounted elsewhere, and a URI such as
    `s3a://bucket/kpi` or `file:///mnt/kpi` where files have to be copied first.
    """

    folder: Path
    seen_at: str = ""

    def beside(self, folder: Path) -> SharedFolder:
        """Another folder of the same home: the cluster sees it beside this one, and copies go below the same address."""
        if not self.seen_at:
            return SharedFolder(folder)
        base = self.seen_at.rstrip("/")
        return SharedFolder(folder, f"{base if self._is_uri else Path(base).parent}/{folder.name}")

    def address_of(self, path: Path) -> str:
        """Where the cluster reads the file."""
        base = self.seen_at if self._is_uri else f"file://{self.seen_at or self.folder}"
        scheme, _, path_there = f"{base.rstrip('/')}/{self._name(path)}".partition("://")
        return f"{scheme}://" + PATTERN.sub(r"\\\1", path_there)

    def bring(self, paths: Sequence[Path]) -> None:
        """Copy what is not there yet, each under its name in one step; EngineUnavailableError where that cannot be."""
        if not self._is_uri:
            return
        with self._said("the snapshots cannot be copied to"):
            for folder in sorted({path.parent for path in paths}):
                self._bring(folder, [path for path in paths if path.parent == folder])

    def _bring(self, folder: Path, paths: Sequence[Path]) -> None:
        store, base = self._store(self._name(folder))
        there = {one.base_name: one.size for one in store.get_file_info(_all_in(base))}
        for path in paths:
            if there.get(path.name) != path.stat().st_size:
                aside = f"{base}/.{uuid4().hex}"
                fs.copy_files(str(path), aside, fs.LocalFileSystem(), store)
                store.move(aside, f"{base}/{path.name}")

    def tidy(self, at: datetime) -> None:
        """Remove the copies of snapshots that are no more, and those cut short; nothing that others named."""
        if not self._is_uri:
            return
        with self._said("there is no tidying in"):
            store, base = self._store()
            for one in store.get_file_info(_all_in(base)):
                ours = OURS.fullmatch(one.base_name) and not (self.folder / one.base_name).exists()
                if ours and one.mtime is not None and one.mtime < at - STRAY_AGE:
                    store.delete_file(one.path)

    def tidy_versions(self, at: datetime) -> None:
        """Remove the copies of the warehouse's versions that are no more, and those cut short."""
        if not self._is_uri:
            return
        with self._said("there is no tidying in"):
            store, base = self._store()
            for one in store.get_file_info(_all_in(base, recursive=True)):
                version = one.path.removeprefix(f"{base}/").partition("/")[0]
                gone = VERSION.fullmatch(version) and not (self.folder / version).exists()
                if (
                    (gone or CUT_SHORT.fullmatch(one.base_name))
                    and one.is_file
                    and one.mtime is not None
                    and one.mtime < at - STRAY_AGE
                ):
                    store.delete_file(one.path)

    @contextmanager
    def _said(self, what: str) -> Iterator[None]:
        """Any failure in one line, without what may be a password in the address."""
        try:
            yield
        except (OSError, ValueError) as error:
            said = f"KPI_ENGINE_SNAPSHOTS: {what} {self.seen_at}: {str(error).partition(chr(10))[0][:300]}"
            raise EngineUnavailableError(PASSWORD.sub("://***@", said)) from None

    @property
    def _is_uri(self) -> bool:
        return "://" in self.seen_at

    def _name(self, path: Path) -> str:
        """Below the folder, with forward slashes; empty for the folder itself."""
        return path.relative_to(self.folder).as_posix() if path != self.folder else ""

    def _store(self, below: str = "") -> tuple[fs.FileSystem, str]:
        """Arrow calls s3 what Hadoop calls s3a."""
        store, base = fs.FileSystem.from_uri(re.sub("^s3[an]://", "s3://", self.seen_at.rstrip("/")))
        base = f"{base}/{below}" if below else base
        store.create_dir(base, recursive=True)
        return store, base


def _all_in(base: str, *, recursive: bool = False) -> fs.FileSelector:
    return fs.FileSelector(base, allow_not_found=True, recursive=recursive)
