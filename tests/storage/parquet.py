"""Snapshots as the reading child leaves them, a row a line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

Row = tuple[str, int, date, str | None, float]  # sheet, row, date, region, revenue
NAMES = ("_sheet", "_row", "date", "region", "revenue")
TYPES = (pa.string(), pa.int32(), pa.date32(), pa.string(), pa.float64())


def written(path: Path, *rows: Row) -> Path:
    columns = list(zip(*rows, strict=True)) or [()] * len(NAMES)
    arrays = [pa.array(cells, kind) for cells, kind in zip(columns, TYPES, strict=True)]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(dict(zip(NAMES, arrays, strict=True))), path)
    return path
