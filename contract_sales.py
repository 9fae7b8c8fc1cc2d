"""The JSON about the sales warehouse that outsiders rely on, the same from the command line and from REST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from contract import Json
from kpi.sales.source import Reject
from storage.warehouse.files import HeldFile
from storage.warehouse.runs import Run
from storage.warehouse.versions import WarehouseVersion


def run_json(run: Run) -> Json:
    """One run; `tables`, `ledger` and `notes` are empty until it has ended, `error` is null where nothing went wrong."""
    progress = run.progress
    return {
        "run": run.id,
        "status": run.status.value,
        "version": run.version,
        "tables": tables_json(run.rows),
        "ledger": {label: asdict(ledger) for label, ledger in run.ledger.items()},
        "seconds": round(run.seconds, 3),
        "notes": [asdict(note) for note in run.notes],
        "error": asdict(run.error) if run.error else None,
        "origin": run.origin,
        "source": run.source,
        "mode": run.mode.value,
        "asked_at": run.asked_at.isoformat(),
        "started_at": _moment(run.started_at),
        "ended_at": _moment(run.ended_at),
        "progress": {
            "phase": progress.phase.value,
            "rows": progress.done,
            "total": progress.total,
            "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left, 1),
        },
    }


def warehouse_json(version: WarehouseVersion | None, files: list[HeldFile]) -> Json:
    """What the warehouse holds; `version` is 0, and the days null, before the first run."""
    if version is None:
        return {"version": 0, "run": None, "at": None, "first_day": None, "last_day": None, "options": None,
                "tables": {}, "files": []}  # fmt: skip
    return {
        "version": version.version,
        "run": version.run_id,
        "at": version.at.isoformat(),
        "first_day": version.first_day.isoformat(),
        "last_day": version.last_day.isoformat(),
        "options": version.options,
        "tables": tables_json(version.rows),
        "files": [_file_json(one) for one in files],
    }


def tables_json(rows: Mapping[str, int]) -> Json:
    return {name: {"rows": count} for name, count in rows.items()}


def reject_json(reject: Reject) -> Json:
    return asdict(reject)


def _file_json(held: HeldFile) -> Json:
    tables = [
        {"sheet": table.sheet, "role": table.role.value, "rows": asdict(table.ledger)}
        for table in held.tables
    ]
    return {
        "id": held.file.id,
        "name": held.file.name,
        "sha256": held.file.sha256,
        "size": held.file.size,
        "tables": tables,
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
