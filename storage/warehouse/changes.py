"""What differs between two versions of the warehouse, and how the live tables are brought from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from sqlalchemy import Connection, Table, bindparam, delete, update

from kpi.sales.star import KEYS
from storage.engines.contract import Budget
from storage.engines.on_duckdb import quoted
from storage.star_schema import STAR_TABLES
from storage.warehouse.bulk import insert_rows, refusals
from storage.warehouse.workshop import workshop

MANY = 0.2  # of the facts: so many differences are not even listed
AT_ONCE = 500  # keys a statement
PARKED = 1_000_000_000  # a version that no member reaches: where members wait whose ids change hands


@dataclass(frozen=True, slots=True)
class TableChanges:
    """Of one table: the keys of the rows that are gone, and as they are now the rows that are new and that changed."""

    gone: pa.Array[Any]
    new: pa.Table
    changed: pa.Table


@dataclass(frozen=True, slots=True)
class Changes:
    """From one version to the next, by key. `share`: how many rows of all four tables differ, of as many facts as
    there are. `tables` is None where they were too many to be listed.
    """

    share: float
    tables: Mapping[str, TableChanges] | None


def changes_between(before: Path, after: Path, budget: Budget, many: float = MANY) -> Changes:
    """Compare the Parquet of two versions, each in its folder; above the share `many` nothing is listed."""
    with workshop(after, budget, reads=[before, after]) as connection:
        for table in STAR_TABLES:
            for side, folder in (("before", before), ("after", after)):
                path = str(folder / f"{table.name}.parquet")
                connection.read_parquet(path).create_view(f"{side}_{table.name}")
            for name, text in _differences(table).items():
                connection.execute(f"CREATE TABLE {name}_{table.name} AS {text}")
        differ = sum(_count(connection, f"{name}_{table.name}") for table in STAR_TABLES for name in _WAYS)
        facts = max(_count(connection, "before_fact_sales"), _count(connection, "after_fact_sales"), 1)
        share = differ / facts
        if share > many:
            return Changes(share, None)
        return Changes(share, {table.name: _listed(connection, table) for table in STAR_TABLES})


def apply_changes(connection: Connection, changes: Changes) -> None:
    """Bring the live tables to the later version, in the caller's transaction, with every key and check in force.

    Raises `LoadError` where the database refuses, and `ValueError` where the changes were too many to be listed.
    """
    if changes.tables is None:
        raise ValueError(
            f"{changes.share:.0%} of the facts differ, which were not listed: build the tables anew"
        )
    *dimensions, facts = STAR_TABLES
    found = changes.tables
    with refusals(connection, facts):
        _delete(connection, facts, [*_keys(found, facts), *_changed_keys(found, facts)])
    for table in dimensions:
        with refusals(connection, table):
            _park(connection, table, found[table.name].changed)
            _delete(connection, table, _keys(found, table))
            insert_rows(connection, table, found[table.name].new.to_batches())
            _update(connection, table, found[table.name].changed)
    for rows in (found[facts.name].new, found[facts.name].changed):
        insert_rows(connection, facts, rows.to_batches())


_WAYS = ("gone", "new", "changed")


def _differences(table: Table) -> dict[str, str]:
    """Text of our own names only."""
    key, name = KEYS[table.name], table.name
    columns = ", ".join(f"a.{quoted(column.name)}" for column in table.columns)
    differ = " OR ".join(
        f"a.{quoted(column.name)} IS DISTINCT FROM b.{quoted(column.name)}"
        for column in table.columns
        if column.name != key
    )
    return {
        "gone": f"SELECT {key} FROM before_{name} ANTI JOIN after_{name} USING ({key})",  # noqa: S608
        "new": f"SELECT {columns} FROM after_{name} a ANTI JOIN before_{name} b USING ({key})",  # noqa: S608
        "changed": f"SELECT {columns} FROM after_{name} a JOIN before_{name} b USING ({key}) WHERE {differ}",  # noqa: S608
    }


def _count(connection: duckdb.DuckDBPyConnection, name: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0])  # noqa: S608 - our own names


def _listed(connection: duckdb.DuckDBPyConnection, table: Table) -> TableChanges:
    def rows(way: str) -> pa.Table:
        text = f"SELECT * FROM {way}_{table.name} ORDER BY {KEYS[table.name]}"  # noqa: S608 - our own names
        return connection.sql(text).to_arrow_table()

    return TableChanges(rows("gone").column(0).combine_chunks(), rows("new"), rows("changed"))


def _keys(found: Mapping[str, TableChanges], table: Table) -> list[int]:
    keys: list[int] = found[table.name].gone.to_pylist()
    return keys


def _changed_keys(found: Mapping[str, TableChanges], table: Table) -> list[int]:
    keys: list[int] = found[table.name].changed.column(KEYS[table.name]).to_pylist()
    return keys


def _delete(connection: Connection, table: Table, keys: list[int]) -> None:
    key = table.c[KEYS[table.name]]
    for begin in range(0, len(keys), AT_ONCE):
        connection.execute(delete(table).where(key.in_(keys[begin : begin + AT_ONCE])))


def _park(connection: Connection, table: Table, rows: pa.Table) -> None:
    """Move members out of each other's way: ids may change hands, and no two may have one even for a moment."""
    if "version" not in table.c:
        return
    key, keys = table.c[KEYS[table.name]], rows.column(KEYS[table.name]).to_pylist()
    for begin in range(0, len(keys), AT_ONCE):
        some = keys[begin : begin + AT_ONCE]
        connection.execute(update(table).where(key.in_(some)).values(version=key + PARKED))


def _update(connection: Connection, table: Table, rows: pa.Table) -> None:
    key = KEYS[table.name]
    others: dict[str, Any] = {
        column.name: bindparam(f"new_{column.name}") for column in table.columns if column.name != key
    }
    statement = update(table).where(table.c[key] == bindparam(f"new_{key}")).values(others)
    for batch in rows.to_batches(max_chunksize=10_000):
        values = [{f"new_{name}": cell for name, cell in row.items()} for row in batch.to_pylist()]
        connection.execute(statement, values)
