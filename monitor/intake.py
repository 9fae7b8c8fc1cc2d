"""What the service does with a file of the inbox: wait until it is whole, skip what is known, else process it."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from kpi.report import Status
from monitor.pipeline import Job, Loaded, Road, place, process
from monitor.progress import Told, tell_nobody
from monitor.undo import is_another_file
from monitor.watcher import signature
from storage import loads, undos
from storage.engines.contract import EngineUnavailableError
from storage.loads import Load, Source
from storage.progress import CANCELLED

PATIENCE = 20.0  # seconds of stillness after which a broken container is no longer thought to be half written
SETTLED = (Status.REJECTED, Status.REVIEW)  # answers that the same bytes would only get again

log = logging.getLogger(__name__)


def take(
    road: Road,
    path: Path,
    at: datetime,
    later: Callable[[], str] = lambda: "",
    told: Told = tell_nobody,
) -> bool:
    """Load the file if it needs it. False: it cannot be read yet, and the source says why it waits.

    `later` and `told`: as of a `Job`.
    """
    dataset, key = place(road, path)
    try:
        seen = signature(path)
        if seen is None:
            return True  # gone again; what replaces it will be seen
        if not _whole(path) and abs(at.timestamp() - seen.mtime_ns / 1e9) < PATIENCE:
            wait(road, path, "it is still being written", at)
            return False
        source = _find(road, dataset, key)
        if source is not None and _is_done_with(road, source, path):
            return True
        accept = source.accept if source else False
        loaded = process(road, Job(path, "watch", dataset, accept=accept, later=later, told=told), at)
    except EngineUnavailableError as error:
        log.warning("%s waits: %s", path.name, error)
        wait(road, path, str(error), at)
        return False
    except OSError as error:
        wait(road, path, f"it cannot be read: {error.strerror or type(error).__name__}", at)
        return False
    _log(loaded)
    return True


def accepted(road: Road) -> list[Path]:
    """Files to read once more: their best guesses were accepted, or what was said about their layout has changed."""
    with road.database.read() as connection:
        return [Path(source.path) for source in loads.list_sources(connection) if source.read_again]


def wait(road: Road, path: Path, reason: str, at: datetime) -> None:
    """Say on the file's source why it is not loaded yet."""
    dataset, key = place(road, path)
    with road.database.begin() as connection:
        source = loads.ensure_source(connection, dataset, key, path.name, str(path.absolute()))
        loads.mark_waiting(connection, source.id, reason, at)


def _find(road: Road, dataset: str, key: str) -> Source | None:
    with road.database.read() as connection:
        return loads.find_source(connection, dataset, key)


def _is_done_with(road: Road, source: Source, path: Path) -> bool:
    return _was_undone(road, source, path) or (not source.read_again and _answered(road, source, path))


def _was_undone(road: Road, source: Source, path: Path) -> bool:
    """Whether a person took these bytes back, and they lie there since: put there anew, they are loaded anew."""
    with road.database.read() as connection:
        undone = undos.taken_back(connection, source.id)
    mark = undone.get(_sha256(path)) if undone else None
    return mark is not None and not is_another_file(path, mark)


def _answered(road: Road, source: Source, path: Path) -> bool:
    """Whether there is nothing new in these bytes, so that a restart does not read them again: they got the latest
    answer, or they are an earlier version that lies beside the one that took its place (finance.xls, finance.xlsx).
    """
    with road.database.read() as connection:
        latest = loads.latest_load(connection, source.id)
    replaced = source.path != str(path.absolute()) and Path(source.path).exists()
    settled = latest is not None and latest.status in SETTLED and not replaced
    if not (settled or replaced):
        return False
    sha256 = _sha256(path)
    if settled:
        return latest is not None and sha256 == latest.sha256 and not _came_again(latest, path)
    with road.database.read() as connection:
        return loads.was_committed(connection, source.id, sha256)


def _came_again(load: Load, path: Path) -> bool:
    """Whether a file whose loading was cancelled was put there anew since: then somebody wants it after all."""
    if load.error is None or load.error.code != CANCELLED:
        return False
    found = path.stat()
    return max(found.st_mtime, found.st_ctime) > load.at.timestamp()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _whole(path: Path) -> bool:
    """Whether a zip container has its end. Other formats carry no such mark; an empty file is never whole."""
    with path.open("rb") as file:
        start = file.read(4)
    return bool(start) and (not start.startswith(b"PK") or zipfile.is_zipfile(path))


def _log(loaded: Loaded) -> None:
    rows = loaded.report.rows
    log.info(
        "%s %s into %s version %s: %d rows read, %d loaded, %d rejected, %d set aside, in %.2f s",
        loaded.source, loaded.status.value, loaded.dataset, loaded.version,
        rows.read, rows.loaded, rows.rejected, rows.set_aside, loaded.seconds,
    )  # fmt: skip
