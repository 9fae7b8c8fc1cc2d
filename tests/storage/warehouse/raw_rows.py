"""Raw tables written by hand: a row a line, its cells parted by bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kpi.sales.options import Options
from kpi.sales.source import RawColumn, RawTable, Role, SourceFile, TypedTable
from storage.engines.contract import Budget
from storage.warehouse.typed import type_table

FILE = SourceFile("sales.csv", "0" * 64, 100)
LARGE = SourceFile("sales.csv", "0" * 64, 2**40)  # its rows are read anew for every question
DEFAULTS = Options()
BUDGET = Budget(memory="256MB", threads=2)
Cells = Sequence[str | None]


def raw_table(
    role: Role,
    columns: str,
    rows: Sequence[str | Cells],
    *,
    file: SourceFile = FILE,
    typed: bool = False,
    broken: Sequence[int] = (),
    batch: int = 1000,
) -> RawTable:
    """A table with the `columns` `Header=field, …`; rows begin in line 2, those with a `broken` line have a problem."""
    names = [name.strip().partition("=") for name in columns.split(",")]
    found = tuple(RawColumn(f"c{at}", header, field) for at, (header, _, field) in enumerate(names))
    cells = [row.split("|") if isinstance(row, str) else list(row) for row in rows]
    full = [[cell or None for cell in [*row, *[None] * len(found)][: len(found)]] for row in cells]

    def batches() -> Iterator[pa.RecordBatch]:
        for start in range(0, len(full), batch):
            yield _batch(full[start : start + batch], start + 2, len(found), broken)

    return RawTable(file, "", role, found, batches, typed=typed)


def _batch(rows: Sequence[Cells], first: int, width: int, broken: Sequence[int]) -> pa.RecordBatch:
    lines = range(first, first + len(rows))
    problems = ["too many cells" if line in broken else None for line in lines]
    texts = {f"c{at}": pa.array([row[at] for row in rows], pa.string()) for at in range(width)}
    return pa.record_batch(
        {
            "line": pa.array(lines, pa.int64()),
            "problem": pa.array(problems, pa.string()),
            "raw": pa.array([problem and "a;b;c" for problem in problems], pa.string()),
            **texts,
        }
    )


def typed(raw: RawTable, folder: Path, options: Options = DEFAULTS) -> TypedTable:
    return type_table(raw, options, folder / "typed", BUDGET, lambda _: None)


def loaded(table: TypedTable) -> list[dict[str, Any]]:
    """What was typed, by line, without the fields that are empty."""
    rows = pq.read_table(table.path).sort_by("line").to_pylist()
    return [{name: value for name, value in row.items() if value is not None} for row in rows]


def column(table: TypedTable, name: str) -> list[Any]:
    values: list[Any] = pq.read_table(table.path).sort_by("line").column(name).to_pylist()
    return values


def rejected(table: TypedTable) -> list[tuple[int, str, str]]:
    """Line, reason and found text of every rejected row."""
    return [(row["line"], row["reason"], row["found"]) for row in pq.read_table(table.rejects).to_pylist()]


def told(table: TypedTable) -> list[tuple[str, str, int, int]]:
    """Header, problem, count and first line of every note."""
    return [(note.header, note.problem, note.count, note.first_line) for note in table.notes]
