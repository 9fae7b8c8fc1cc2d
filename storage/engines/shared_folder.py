"""Where a cluster sees the snapshots: in their own folder, at another path on a shared mount, or copied to a store."""

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
OURS = re.compile(
    r"[0-9a-f]{16}-[0-9a-f]{32}\.parquet|\.[0-9a-f]{32}"
)  # how loads and copies name what they write
PASSWORD = re.compile("://[^/@ ]*:[^/@ ]*@")
PATTERN = re.compile(r"([\[\]{}*?\\])")  # what Hadoop takes for a pattern in a path


@dataclass(frozen=True, slots=True)
class SharedFolder:
    """The snapshots of `folder` as the cluster sees them.

    `seen_at` is empty where it sees the same folder, a path where that folder is mounted elsewhere, and a URI such as
    `s3a://bucket/kpi` or `file:///mnt/kpi` where snapshots have to be copied first.
    """

    folder: Path
    seen_at: str = ""

    def address_of(self, snapshot: Path) -> str:
        """Where the cluster reads the snapshot."""
        base = self.seen_at if self._is_uri else f"file://{self.seen_at or self.folder}"
        scheme, _, path = f"{base.rstrip('/')}/{snapshot.name}".partition("://")
        return f"{scheme}://" + PATTERN.sub(r"\\\1", path)

    def bring(self, snapshots: Sequence[Path]) -> None:
        """Copy what is not there yet, each under its name in one step; EngineUnavailableError where that cannot be."""
        if not self._is_uri:
            return
        with self._said("the snapshots cannot be copied to"):
            store, base = self._store()
            there = {one.base_name: one.size for one in store.get_file_info(_all_in(base))}
            for snapshot in snapshots:
                if there.get(snapshot.name) != snapshot.stat().st_size:
                    aside = f"{base}/.{uuid4().hex}"
                    fs.copy_files(str(snapshot), aside, fs.LocalFileSystem(), store)
                    store.move(aside, f"{base}/{snapshot.name}")

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

    def _store(self) -> tuple[fs.FileSystem, str]:
        """Arrow calls s3 what Hadoop calls s3a."""
        store, base = fs.FileSystem.from_uri(re.sub("^s3[an]://", "s3://", self.seen_at.rstrip("/")))
        store.create_dir(base, recursive=True)
        return store, base


def _all_in(base: str) -> fs.FileSelector:
    return fs.FileSelector(base, allow_not_found=True)
