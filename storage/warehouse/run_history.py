"""How long runs of the sales warehouse are remembered."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, union

from storage.etl_schema import etl_files, etl_rejects, etl_runs, warehouse_versions

KEPT_RUNS = 200


def prune(connection: Connection, keep: int = KEPT_RUNS) -> int:
    """Forget all but the newest runs, save those that something else rests on; how many were forgotten."""
    newest = select(etl_runs.c.id).order_by(etl_runs.c.id.desc()).offset(keep - 1).limit(1)
    oldest_kept = connection.execute(newest).scalar()
    if oldest_kept is None:
        return 0
    resting = union(*(select(table.c.run_id) for table in (etl_files, etl_rejects, warehouse_versions)))
    needed = set(connection.execute(resting).scalars())
    old = select(etl_runs.c.id).where(etl_runs.c.id < oldest_kept, etl_runs.c.active.is_(None))
    gone = [run_id for run_id in connection.execute(old).scalars() if run_id not in needed]
    for run_id in gone:
        connection.execute(delete(etl_runs).where(etl_runs.c.id == run_id))
    return len(gone)
