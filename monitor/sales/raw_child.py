"""The child that reads one workbook of sales, bounded as the one that reads KPIs: it parses what a stranger made.

    python -m monitor.sales.raw_child < request.json

Leaves one Parquet file of text cells for each table in the folder it is given, and `tables.json`; exits with 0, with
NO_MEMORY where it ran into its limit.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from monitor.reader_child import NO_MEMORY, limit_itself, presentable

TABLES = "tables.json"


def main() -> None:
    """Reads the request from stdin and answers it."""
    for unneeded in (
        "pandas",
        "numpy",
    ):  # pyarrow would import them at its first array, in a fifth of a second
        sys.modules[unneeded] = None  # type: ignore[assignment]
    gc.disable()  # millions of cells and no cycles
    request = json.load(sys.stdin)
    limit_itself(request["memory_bytes"], request["cpu_seconds"])
    try:
        _read(request)
    except MemoryError:
        os._exit(NO_MEMORY)
    os._exit(0)  # tidying up millions of cells would take longer than it helps


def _read(request: Mapping[str, Any]) -> None:
    from kpi.reading.book import read_book  # noqa: PLC0415 -- inside the limits, as all that follows
    from kpi.reading.limits import Limits  # noqa: PLC0415
    from kpi.reading.refused import Refused  # noqa: PLC0415
    from kpi.sales.extract.sheet_table import LeftSheet, read_sheet  # noqa: PLC0415

    out, name = Path(request["out"]), request["name"]
    tables: list[dict[str, Any]] = []
    left: list[dict[str, Any]] = []
    answer: dict[str, Any] = {"tables": tables, "left": left}
    try:
        data = Path(request["path"]).read_bytes()
        for sheet in read_book(data, name, Limits(**request["limits"])):
            found = read_sheet(sheet, name)
            if isinstance(found, LeftSheet):
                left.append(asdict(found))
                continue
            tables.append(
                {
                    "sheet": found.sheet,
                    "role": found.named.role,
                    "fields": found.named.fields,
                    "headers": found.headers,
                    "typed": found.typed,
                    "rows": found.rows.num_rows,
                    "notes": [asdict(note) for note in found.notes],
                }
            )
            _write(found.rows, out / f"{len(tables) - 1}.parquet")
    except Refused as refused:
        answer = {"refusal": {"code": refused.code, "message": refused.message}}
    (out / TABLES).write_text(json.dumps(presentable(answer)), encoding="utf-8")


def _write(rows: Any, path: Path) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415

    pq.write_table(rows, path, compression="zstd", compression_level=1)


if __name__ == "__main__":
    main()
