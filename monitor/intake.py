"""What the service does with a file of the inbox: wait until it is whole, skip what is known, else process it."""

from __future__ import annotations

import hashlib
import logging
import zipfile
from datetime import datetime
from pathlib import Path

from kpi.report import Status
from monitor.pipeline import Job, Loaded, Road, process
from monitor.watcher import signature
from storage import loads
from storage.inbox import dataset_name, snake_case
from storage.loads import Source

PATIENCE = 20.0  # seconds of stillness after which a broken container is no longer thought to be half written
SETTLED = (Status.REJECTED, Status.REVIEW)  # answers that the same bytes would only get again

log = logging.getLogger(__name__)


def take(road: Road, path: Path, at: datetime) -> bool:
    """Load the file if it needs it. False: it cannot be read yet, and the source says why it waits."""
    dataset = dataset_name(path, road.folders.inbox)
    try:
        seen = signature(path)
        if seen is None:
            return True  # gone again; what replaces it will be seen
        if not _whole(path) and at.timestamp() - seen.mtime_ns / 1e9 < PATIENCE:
            _wait(road, path, dataset, "it is still being written", at)
            return False
        source = _find(road, path, dataset)
        if source is not None and not source.accept and _answered(road, source, path):
            return True
        loaded = process(road, Job(path, "watch", dataset, accept=source.accept if source else False), at)
    except OSError as error:
        _wait(road, path, dataset, f"it cannot be opened: {error.strerror or error}", at)
        return False
    _log(loaded)
    return True


def accepted(road: Road) -> list[Path]:
    """Files in review whose best guesses a person has accepted."""
    with road.database.read() as connection:
        return [Path(source.path) for source in loads.list_sources(connection) if source.accept]


def _find(road: Road, path: Path, dataset: str) -> Source | None:
    with road.database.read() as connection:
        return loads.find_source(connection, dataset, snake_case(path.stem))


def _answered(road: Road, source: Source, path: Path) -> bool:
    """Whether the latest answer was to these very bytes and still stands, so that a restart does not read them again."""
    with road.database.read() as connection:
        latest = loads.latest_load(connection, source.id)
    if latest is None or latest.status not in SETTLED or latest.path != str(path.absolute()):
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == latest.sha256


def _whole(path: Path) -> bool:
    """Whether a zip container has its end. Other formats carry no such mark; an empty file is never whole."""
    with path.open("rb") as file:
        start = file.read(4)
    return bool(start) and (not start.startswith(b"PK") or zipfile.is_zipfile(path))


def _wait(road: Road, path: Path, dataset: str, reason: str, at: datetime) -> None:
    with road.database.begin() as connection:
        source = loads.ensure_source(
            connection, dataset, snake_case(path.stem), path.name, str(path.absolute())
        )
        loads.mark_waiting(connection, source.id, reason, at)


def _log(loaded: Loaded) -> None:
    rows = loaded.report.rows
    log.info(
        "%s %s into %s version %s: %d rows read, %d loaded, %d rejected, %d set aside, in %.2f s",
        loaded.source, loaded.status.value, loaded.dataset, loaded.version,
        rows.read, rows.loaded, rows.rejected, rows.set_aside, loaded.seconds,
    )  # fmt: skip
