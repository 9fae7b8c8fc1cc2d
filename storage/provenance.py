"""Which rows of which files a figure is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kpi.calculator import Executor
from kpi.periods.windows import DASH
from kpi.report import FactField
from kpi.statements.rows import Within, ranges_statement, rows_statement, sheets_statement
from kpi.values import UsedRows
from storage.engines.on_duckdb import duckdb_executor
from storage.loads import Load

MOST_RANGES = 10  # of one sheet that are named; the others are counted
READ, RANGED = 20_000, 1_000_000  # rows of a sheet that are read, or put into ranges, at a time


@dataclass(frozen=True, slots=True)
class SheetRows:
    """Rows of one sheet of one file, of which `rows` facts are meant; rows count as Excel does.

    `ranges` are the first unbroken ones, each with its first and its last row; `more` counts the others.
    """

    source: str
    sheet: str
    first_row: int
    last_row: int
    rows: int
    version: int | None
    load_id: int
    ranges: tuple[tuple[int, int], ...]
    more: int

    def in_words(self) -> str:
        """`5-17, 30, 41-44 and 3 more`, with true dashes."""
        said = (str(first) if first == last else f"{first}{DASH}{last}" for first, last in self.ranges)
        return ", ".join(said) + (f" and {self.more:,} more" if self.more else "")


def sheet_rows(held: Sequence[Load], folder: Path, used: UsedRows, at_once: int = RANGED) -> list[SheetRows]:
    """The rows that a value is made of, by file and sheet, of the loads that hold for it.

    They are looked at `at_once` rows of a sheet at a time, so that memory is bounded.
    """
    found: list[SheetRows] = []
    with _over(held, folder) as run:
        for load, path in _files(held, folder):
            for sheet, first, last, rows in run(sheets_statement(used, str(path))):
                within = Within(str(path), sheet, first, last)
                ranges, more = _ranges(run, used, _parts(within, at_once))
                ends = (load.source, sheet, first, last, rows, load.version, load.id)
                found.append(SheetRows(*ends, ranges, more))
    return found


def read_rows(
    held: Sequence[Load],
    folder: Path,
    used: UsedRows,
    fields: Sequence[FactField],
    found: Sequence[SheetRows],
) -> Iterator[tuple[Any, ...]]:
    """Each of the rows that were `found`: file, sheet, row, then the fields; so many at a time that memory is bounded."""
    paths = {load.id: str(path) for load, path in _files(held, folder)}
    with _over(held, folder) as run:
        for one in found:
            for part in _parts(Within(paths[one.load_id], one.sheet, one.first_row, one.last_row), READ):
                for row in run(rows_statement(used, part, fields)):
                    yield one.source, *row


def _ranges(
    run: Executor, used: UsedRows, parts: Iterable[Within]
) -> tuple[tuple[tuple[int, int], ...], int]:
    """The first unbroken ranges, and how many there are besides; put together where a part ends within one."""
    found: list[tuple[int, int]] = []
    count, before = 0, 0  # of all ranges; the last row so far
    for part in parts:
        rows = [(*row,) for row in run(ranges_statement(used, part, MOST_RANGES))]
        if not rows:
            continue
        (first, end, last, ranges), *_ = rows
        ends = [(begin, stop) for begin, stop, *_ in rows]
        if count and first == before + 1:  # it goes on where the part before ended
            if count == len(found):
                found[-1] = (found[-1][0], end)
            ends, ranges = ends[1:], ranges - 1
        if count == len(found):
            found += ends[: MOST_RANGES - len(found)]
        count, before = count + ranges, last
    return tuple(found), count - len(found)


def _parts(within: Within, size: int) -> Iterator[Within]:
    for first in range(within.first, within.last + 1, size):
        yield replace(within, first=first, last=min(first + size - 1, within.last))


def _over(held: Sequence[Load], folder: Path) -> AbstractContextManager[Executor]:
    return duckdb_executor([path for _, path in _files(held, folder)], [], named=True)


def _files(held: Sequence[Load], folder: Path) -> list[tuple[Load, Path]]:
    return [(load, folder / load.snapshot) for load in held if load.snapshot]
