"""How the sheets of a load begin, for whoever wants to see what was found; read only when somebody looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Connection, insert, select

from kpi.report import SheetPreview, preview_from
from storage.progress_schema import load_previews


def keep_previews(connection: Connection, load_id: int, previews: Sequence[SheetPreview]) -> None:
    """Write them down with the load; nothing where there are none."""
    if previews:
        plain = [asdict(one) for one in previews]
        connection.execute(insert(load_previews).values(load_id=load_id, previews=plain))


def previews_of(connection: Connection, load_id: int) -> list[SheetPreview]:
    """In the order of the file's sheets; none of a load that was recorded before previews were kept."""
    kept = select(load_previews.c.previews).where(load_previews.c.load_id == load_id)
    found = connection.execute(kept).scalar()
    return [preview_from(one) for one in found or ()]
