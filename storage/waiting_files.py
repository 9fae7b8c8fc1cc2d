"""Files that were refused for want of something that is not in them, or cancelled, and are read again when that is there,
or wanted after all.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from storage.schema import loads, sources


def read_again(connection: Connection, dataset: str, code: str) -> None:
    """Have the service read the files of the dataset once more whose latest refusal bears that code."""
    latest = select(func.max(loads.c.id)).group_by(loads.c.source_id)
    refused = select(loads.c.source_id).where(loads.c.id.in_(latest), loads.c.error_code == code)
    waiting = (sources.c.dataset == dataset) & sources.c.id.in_(refused)
    connection.execute(update(sources).where(waiting).values(read_again=True))


def ask_for(connection: Connection, source_id: int) -> None:
    """Have the service read the file once more as it lies there."""
    connection.execute(update(sources).where(sources.c.id == source_id).values(read_again=True))
