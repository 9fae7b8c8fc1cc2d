"""The marked copy of a load: its original with every problem coloured and commented, made in a child process."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import tzinfo
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import uuid4

from sqlalchemy.exc import NoResultFound

from kpi.reading.refused import Refused
from kpi.report import FileReport
from monitor.marking_child import MARKED, REFUSAL
from monitor.pipeline import Road
from monitor.sandbox import run_child
from storage import loads, originals
from storage.loads import Load
from storage.originals import MarkedCopy, NotMarkedError

MACROS = ".xlsm"
MODULE = "monitor.marking_child"
_ONE_AT_A_TIME = Lock()  # a child may take gigabytes; people who click twice wait for the first


class NoSuchLoadError(NotMarkedError):
    """There is no load of that number."""


def marked_copy(road: Road, load_id: int, *, suffix: str = "", password: str = "") -> MarkedCopy:
    """Make the copy; an original with macros keeps them, unless `suffix` asks for .xlsx. Raises NotMarkedError.

    The `password` of a locked original is not kept, and its copy has no lock.
    """
    load, report = _reported(road, load_id)
    path = originals.find(road.folders.originals, load.sha256)
    if path is None:
        raise NotMarkedError(
            f"The file of load {load_id}, {load.source}, is kept no longer, so that there is nothing to mark. "
            "Its issues can still be listed as CSV."
        )
    macros = path.suffix == MACROS and suffix in ("", MACROS)
    made = MACROS if macros else ".xlsx"
    if suffix not in ("", made):
        raise NotMarkedError(
            f"Found a name ending in {suffix}, wanted one ending in {made}. Nothing was written."
        )
    with _ONE_AT_A_TIME, _folder(road.folders.staging) as out:
        request = {
            "path": str(path.resolve()),
            "name": load.source,
            "about": about(load, road.desk.zone),
            "report": report.to_dict(),
            "out": str(out.resolve()),
            "macros": macros,
            "password": password,
            "memory_bytes": road.limits.memory_bytes,
            "cpu_seconds": road.limits.seconds,
            "limits": asdict(road.limits.reading),
        }
        return MarkedCopy(f"{Path(load.source).stem} marked{made}", _made(road, load, request, out))


def about(load: Load, zone: tzinfo) -> str:
    """What the copy is a copy of, in one line."""
    version = f", version {load.version}" if load.version else ""
    at = load.at.astimezone(zone)
    return f"{load.source} into {load.dataset}, {load.status.value}{version}, load {load.id} of {at:%-d %B %Y %H:%M}"


def _reported(road: Road, load_id: int) -> tuple[Load, FileReport]:
    with road.database.read() as connection:
        try:
            load = loads.find_load(connection, load_id)
        except NoResultFound:
            raise NoSuchLoadError(f"There is no load {load_id}.") from None
        issues = tuple(loads.issues_of(connection, load_id, None))
    return load, replace(load.report, issues=issues)


def _made(road: Road, load: Load, request: dict[str, Any], out: Path) -> bytes:
    try:
        run_child(MODULE, request, out / "marking.log", road.limits)
    except Refused as refused:
        raise NotMarkedError(
            f"No marked copy of {load.source} could be made: {_found(refused.message)}. Its issues can be listed as CSV."
        ) from refused
    refusal = out / REFUSAL
    if refusal.exists():
        found = _found(json.loads(refusal.read_text(encoding="utf-8"))["message"])
        raise NotMarkedError(
            f"No marked copy of {load.source} can be made: {found}. Its issues can be listed as CSV."
        )
    return (out / MARKED).read_bytes()


def _found(message: str) -> str:
    """The first half of a refusal; the rest of it is advice about loading."""
    return message.partition(", wanted ")[0]


@contextmanager
def _folder(staging: Path) -> Iterator[Path]:
    out = staging / uuid4().hex
    out.mkdir(parents=True)
    try:
        yield out
    finally:
        shutil.rmtree(out, ignore_errors=True)
