"""One raw table to typed rows: evidence in one pass, then what is odd, then the rows themselves, all in the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from kpi.report import Ledger
from kpi.sales.options import Options
from kpi.sales.source import Note, RawTable, TypedTable
from kpi.sales.typing.evidence import Evidence, evidence_query, whole_query
from kpi.sales.typing.faults import as_csv, blamed, faults, header_parameters, reasons, sound, verdict
from kpi.sales.typing.fields import Kind
from kpi.sales.typing.notes import count_query, counts, note, stated
from kpi.sales.typing.values import typed_columns, valued
from kpi.sales.typing.ways import TextWay, Ways, fields_of
from storage.engines.contract import Budget
from storage.warehouse.cells import Cells
from storage.warehouse.odd_texts import settle_days, settle_figures
from storage.warehouse.workshop import workshop

TYPED, REJECTS = "typed.parquet", "rejects.parquet"
_FORMAT = "FORMAT parquet, COMPRESSION lz4_raw, PARQUET_VERSION v2"  # read once or twice and thrown away: speed counts

_REASONS = pa.schema([("fault", pa.int32()), ("header", pa.string()), ("reason", pa.string())])


def type_table(
    raw: RawTable, options: Options, into: Path, budget: Budget, progress: Callable[[int], None]
) -> TypedTable:
    """Write the rows that are sound by themselves and the others below `into`, and say where every row went.

    `progress` is told how many rows were read. Rows may lie in another order than in the file; `line` tells it.
    Raises `SourceError` where the order of days and months (`date_order`, `date_orders`, `date_years`), the decimal sign
    (`decimal_sign`) or the currency (`several_currencies`) of a column is open, and whatever reading the table raises.
    After any of them it can be called again with the same folder.
    """
    with workshop(into, budget, streams=True) as connection:
        cells = Cells(connection, raw, progress)
        cells.keep()
        evidence = _evidence(cells)
        ways, taken = _ways(cells, evidence, options)
        loaded = _write(cells, ways, into / TYPED)
        aside, rejected = _write_rejects(cells, ways, into / REJECTS, evidence.rows - loaded)
        notes = (*stated(raw, ways, evidence, taken), *_counted(cells, ways, evidence), *aside)
    return TypedTable(
        file=raw.file,
        sheet=raw.sheet,
        role=raw.role,
        path=into / TYPED,
        rejects=into / REJECTS,
        ledger=Ledger(evidence.rows, loaded, rejected, sum(one.count for one in aside)),
        columns=raw.columns,
        notes=(*raw.notes, *notes),
        days=ways.days.proved,
    )


def _evidence(cells: Cells) -> Evidence:
    query, names = evidence_query(cells.raw)
    rows, *found = _whole(cells.ask(query)[0])
    return Evidence(rows, dict(zip(names, found, strict=True)))


def _ways(cells: Cells, evidence: Evidence, options: Options) -> tuple[Ways, dict[str, str]]:
    """How the columns are read, with a table of odd texts for each that has some."""
    raw = cells.raw
    labels = {
        field: evidence.text(field, kind) for kind in (Kind.ID, Kind.LABEL) for field in fields_of(raw, kind)
    }
    ways, taken = settle_figures(
        cells, Ways(labels=_settle_ids(cells, labels), sure=evidence.sure()), evidence
    )
    return replace(ways, days=settle_days(cells, evidence, options.days)), taken


def _settle_ids(cells: Cells, labels: Mapping[str, TextWay]) -> dict[str, TextWay]:
    """Ids such as `17850.0` are whole numbers, unless other numbers stand beside them. Typed formats have no others."""
    whole = {field: place for field, place in fields_of(cells.raw, Kind.ID).items() if labels[field].whole}
    if not whole or cells.raw.typed:
        return dict(labels)
    others = _whole(cells.ask(whole_query(whole))[0])
    mixed = {field for field, found in zip(whole, others, strict=True) if found}
    return {field: replace(way, whole=way.whole and field not in mixed) for field, way in labels.items()}


def _write(cells: Cells, ways: Ways, path: Path) -> int:
    """Write the sound rows; how many there are."""
    rows = f"SELECT {typed_columns(cells.raw, ways)} FROM ({valued(cells.raw, ways)}) WHERE {sound(cells.raw, ways)}"  # noqa: S608 - our own names
    return _whole(cells.ask(f"COPY ({rows}) TO {_file(path)} ({_FORMAT})", _parameters(rows, cells.raw))[0])[
        0
    ]


def _write_rejects(cells: Cells, ways: Ways, path: Path, bad: int) -> tuple[list[Note], int]:
    """Write the rejected rows; notes about those that were set aside, and how many were rejected."""
    raw, connection = cells.raw, cells.connection
    connection.execute(
        "CREATE TEMP TABLE bad (line BIGINT, fault INTEGER, found VARCHAR, problem VARCHAR, raw VARCHAR)"
    )
    if bad:
        rows = f"SELECT *, {verdict(raw, ways)} AS fault FROM ({valued(raw, ways)}) WHERE NOT ({sound(raw, ways)})"  # noqa: S608 - our own names
        as_text = f"coalesce(raw, {as_csv(raw)})"
        query = f"INSERT INTO bad SELECT line, fault, {blamed(raw, ways)}, problem, {as_text} FROM ({rows})"  # noqa: S608 - our own names
        cells.ask(query, _parameters(query, raw))
    connection.from_arrow(pa.Table.from_pylist(reasons(raw, ways), _REASONS)).create("reasons")
    rejected = (
        "SELECT line, header, found, coalesce(nullif(reason, ''), problem) AS reason, raw "
        "FROM bad JOIN reasons USING (fault) ORDER BY line"
    )
    written = connection.execute(f"COPY ({rejected}) TO {_file(path)} ({_FORMAT})").fetchall()
    return _aside(connection, raw, ways), _whole(written[0])[0]


def _aside(connection: duckdb.DuckDBPyConnection, raw: RawTable, ways: Ways) -> list[Note]:
    found = connection.execute("SELECT fault, count(*), min(line) FROM bad GROUP BY fault ORDER BY fault")
    known = dict(enumerate(faults(raw, ways), 1))
    return [
        note(raw, "", known[fault].reason, "set aside", count, first)
        for fault, count, first in found.fetchall()
        if known[fault].aside
    ]


def _counted(cells: Cells, ways: Ways, evidence: Evidence) -> list[Note]:
    """Notes that need another look at the rows; none where the evidence rules them out."""
    raw = cells.raw
    asked = list(counts(raw, ways, evidence))
    if not asked:
        return []
    query = count_query(asked, valued(raw, ways), sound(raw, ways))
    found = cells.ask(query, _parameters(query, raw))[0]
    pairs = zip(asked, found[::2], found[1::2], strict=True)
    return [
        note(raw, one.field, one.problem, one.action, *_whole((count, first)))
        for one, count, first in pairs
        if count
    ]


def _parameters(query: str, raw: RawTable) -> dict[str, str]:
    """The headers as far as the query asks for them: the engine takes no more than it was told of."""
    return {name: text for name, text in header_parameters(raw).items() if f"${name}" in query}


def _whole(row: tuple[Any, ...]) -> list[int]:
    """Counts as numbers; of nothing but empty cells the engine counts nothing."""
    return [int(cell or 0) for cell in row]


def _file(path: Path) -> str:
    """A path of ours as `COPY` takes it, which takes no parameters there."""
    return "'" + str(path).replace("'", "''") + "'"
