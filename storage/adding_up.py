"""The making of a roll-up (`storage.rollups`): one pass over a snapshot, where it is worth it."""

# ruff: noqa: S608 - what is put together here are the names of columns, quoted; never the text of a cell

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from kpi.report import FactField, Kind
from storage.engines.contract import Budget
from storage.engines.on_duckdb import duckdb_over, quoted
from storage.rollups import DIMENSIONS, rollup_of

LEAST_ROWS = 50_000  # of facts; fewer are added up as quickly as a roll-up is found
LEAST_SAVED = 10  # facts for each row that a dimension takes; else adding up facts is nearly as quick
MOST_MEMBERS = 200
MOST_ROWS = 300_000  # of all dimensions together: they are held in memory while they are added up
MOST_DIMENSIONS = 8  # the first ones of the file; each costs as much as the sums themselves


def write_rollup(snapshot: Path, fields: Sequence[FactField], budget: Budget = Budget()) -> Path | None:  # noqa: B008 - frozen
    """Add up the snapshot of these fields into a file beside it; None, and no file, where it is not worth it."""
    rows = pq.read_metadata(snapshot).num_rows
    if rows < LEAST_ROWS:
        return None
    with duckdb_over({"facts": snapshot}, budget) as connection:
        dimensions = _worth_it(
            connection, rows, [field.name for field in fields if field.kind is Kind.DIMENSION]
        )
        if dimensions is None:
            return None
        measures = [field.name for field in fields if field.kind is Kind.MEASURE]
        table = _added_up(connection, dimensions, measures)
    named = table.replace_schema_metadata({DIMENSIONS: "\n".join(dimensions)})
    target = rollup_of(snapshot)
    pq.write_table(named, target, compression="zstd", use_dictionary=["_dimension", "_member"])
    return target


def _worth_it(connection: duckdb.DuckDBPyConnection, rows: int, names: Sequence[str]) -> list[str] | None:
    """The dimensions that are small enough, in their order; None where even the sums of days are not worth it."""
    counted = ", ".join(f"approx_count_distinct({quoted(name)})" for name in ("date", *names))
    ((days, *members),) = connection.execute(f"SELECT {counted} FROM facts").fetchall()
    if days * LEAST_SAVED > rows:
        return None
    chosen: list[str] = []
    left = MOST_ROWS
    for name, count in zip(names, members, strict=True):
        taken = days * count
        if count <= MOST_MEMBERS and taken * LEAST_SAVED <= rows and taken <= left:
            chosen.append(name)
            left -= taken
    return chosen[:MOST_DIMENSIONS]


def _added_up(
    connection: duckdb.DuckDBPyConnection, dimensions: Sequence[str], measures: Sequence[str]
) -> pa.Table:
    """All rows of the roll-up, from one pass over the facts."""
    named = [quoted(name) for name in dimensions]
    whose, member = (
        " ".join(f"WHEN grouping({name}) = 0 THEN {this}" for name, this in zip(named, values, strict=True))
        for values in (["?"] * len(named), named)
    )
    labels = f"CASE {whose} ELSE '' END, CASE {member} END" if named else "'', CAST(NULL AS VARCHAR)"
    sums = "".join(f", sum({quoted(name)}) AS {quoted(name)}" for name in measures)
    sets = ", ".join(["(date)", *(f"(date, {name})" for name in named)])
    found = connection.sql(
        f"""
        SELECT * FROM (
            SELECT {labels}, date, count(*){sums} FROM facts GROUP BY GROUPING SETS ({sets})
        ) AS added (_dimension, _member, date, _rows) ORDER BY _dimension, _member, date
        """,
        params=list(dimensions),
    )
    return found.to_arrow_table()
