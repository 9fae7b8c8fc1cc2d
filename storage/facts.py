"""Immutable Parquet snapshots of cleaned facts, one a load: written aside, then named by a committed row."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

from storage.rollups import SUFFIX, rollup_of

KEPT_LOADS = 5  # committed loads of a source whose facts stay on disk, and can be put back
STRAY_AGE = timedelta(hours=1)  # longer than any load: what nobody named by then is of a load that died


def adopt(staged: Path, folder: Path, name: str) -> str:
    """Move a finished file, after its roll-up if it has one, below the snapshot folder and make both durable.

    Returns the name to put into the row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{name}.parquet"
    for source, place in ((rollup_of(staged), rollup_of(target)), (staged, target)):
        if source == staged or source.exists():
            make_durable(source)
            source.replace(place)
    make_durable(folder)
    return target.name


def sweep(folder: Path, referenced: set[str], now: float) -> list[str]:
    """Remove snapshots that no load refers to and that are older than any running load, and roll-ups with them.

    `now` is in seconds since 1970.
    """
    strays = [
        path
        for path in sorted([*folder.glob("*.parquet"), *folder.glob(f"*{SUFFIX}")])
        if path.with_suffix(".parquet").name not in referenced
        and now - path.stat().st_mtime > STRAY_AGE.total_seconds()
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return [path.name for path in strays]


def sweep_staging(folder: Path, now: float) -> list[str]:
    """Remove the folders of loads that died before they could do it themselves; `now` in seconds since 1970."""
    strays = [
        path for path in sorted(folder.glob("*")) if now - path.stat().st_mtime > STRAY_AGE.total_seconds()
    ]
    for path in strays:
        shutil.rmtree(path, ignore_errors=True)
    return [path.name for path in strays]


def make_durable(path: Path) -> None:
    """Have the file, or the names in the folder, written to the disk itself before this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
