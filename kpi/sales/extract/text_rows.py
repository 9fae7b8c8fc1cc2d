"""The rows of a text file, streamed: every cell as text, and the line of the file on which each row begins.

pyarrow takes the rows apart, many at a time. It passes over rows with too many or too few cells, but tells their number,
so that they can be put back in their places. A line is counted for each row and each line break within its cells.
"""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from kpi.sales.extract.text_bytes import TextFeed
from kpi.sales.extract.text_shape import TextShape
from kpi.sales.source import SourceError

BLOCK = 1 << 20  # bytes that are taken apart at a time; pyarrow holds some thirty of them
_MOST_LINES = 200  # of one row: a quotation mark that is never closed swallows more
_BREAKS = re.compile(r"\r\n|\r|\n")
_FEED, _RETURN = re.compile(rb"\n"), re.compile(rb"\r")  # one letter each is found as fast as memory is read
_NO_END = "unexpected end of data"  # what the csv module says of a quotation mark that is not closed
_STRADDLING = "straddl"  # in the error of pyarrow about a row that is longer than a block


@dataclass(frozen=True, slots=True)
class _Ragged:
    """A row with too many or too few cells; `number` counts all rows from 0."""

    number: int
    cells: int
    text: str


@dataclass(slots=True)
class _Reading:
    """How far the reading has come: the `number` of the next row, from 0, and the `line` on which it begins."""

    name: str
    shape: TextShape
    line: int = 0
    number: int = 0
    last_breaks: int = 0  # within the last row
    ragged: deque[_Ragged] = field(default_factory=deque)

    def pass_over(self, row: arrow_csv.InvalidRow) -> str:
        self.ragged.append(_Ragged(row.number - 1, row.actual_columns, row.text))
        return "skip"

    def put_together(self, columns: Sequence[pa.Array], count: int) -> pa.RecordBatch:
        """The next rows, with those between and right behind them that were passed over."""
        breaks = self._breaks(columns)
        between: list[_Ragged] = []
        while self.ragged and self.ragged[0].number <= self.number + count + len(between):
            between.append(self.ragged.popleft())
        nothing = pa.nulls(count, pa.string())
        told: Sequence[pa.Array] = (nothing, nothing, *columns)
        if between:
            order = _order([one.number - self.number for one in between], count)
            other = self._taken_apart(between)
            told = [pa.concat_arrays(two).take(order) for two in zip(told, other, strict=True)]
            found = pa.array([len(_BREAKS.findall(one.text)) for one in between], pa.int64())
            breaks = pa.concat_arrays([breaks or _zeros(count), found]).take(order)
        self.number += len(told[0])
        return pa.record_batch([self._lines(len(told[0]), breaks), *told], schema=_schema(len(columns)))

    def check_end(self, tail: bytes) -> None:
        """Raises SourceError where the last row, of which `tail` is the end, ends in the middle of a cell."""
        if not self.shape.scan.quotes or not self.number:
            return
        lines = list(io.StringIO(tail.decode(errors="ignore"), newline=""))[-self.last_breaks - 1 :]
        try:
            list(csv.reader(lines, delimiter=self.shape.separator, strict=True))
        except csv.Error as error:
            if _NO_END in str(error):
                raise self.unclosed(self.line - self.last_breaks - 1) from error

    def broken(self, detail: str) -> SourceError:
        """Why the next row cannot be taken apart."""
        if _STRADDLING not in detail:
            return _changed(self.name)
        if self.shape.scan.quotes:
            return self.unclosed(self.line)
        return SourceError(
            "broken_text",
            f"{self.name}: found a line of more than {BLOCK >> 20} MiB, line {self.line:,}, wanted rows of a table. "
            "See that the file is a table with separators, or export it as .xlsx.",
        )

    def unclosed(self, line: int) -> SourceError:
        return SourceError(
            "broken_text",
            f"{self.name}: found a quotation mark in line {line:,} that is not closed, wanted cells in whole quotation "
            'marks, with a mark inside doubled (""). Correct that line, or export the table as .xlsx.',
        )

    def _breaks(self, columns: Sequence[pa.Array]) -> pa.Array | None:
        """How many line breaks there are within each row; None where there are none in any."""
        if not self.shape.scan.quotes:
            return None
        breaks = None
        for column in columns:
            if _may_break(column, returns=self.shape.scan.returns):
                found = _count_breaks(column, returns=self.shape.scan.returns)
                breaks = found if breaks is None else pc.add(breaks, found)
        return breaks

    def _lines(self, count: int, breaks: pa.Array | None) -> pa.Array:
        """On which line each row begins."""
        begun = self.line
        if not count:
            return pa.arange(begun, begun)
        if breaks is None:
            self.line, self.last_breaks = begun + count, 0
            return pa.arange(begun, self.line)
        behind = pc.add(pc.cumulative_sum(pc.add(breaks, 1)), begun)
        lines = pc.subtract(pc.subtract(behind, breaks), 1)
        if pc.max(breaks).as_py() > _MOST_LINES:
            raise self.unclosed(lines[pc.index(pc.greater(breaks, _MOST_LINES), True).as_py()].as_py())
        self.line, self.last_breaks = behind[-1].as_py(), breaks[-1].as_py()
        return lines

    def _taken_apart(self, rows: Sequence[_Ragged]) -> list[pa.Array]:
        """Their problems, their texts and their cells; the cells are empty where a row has a problem."""
        width = len(self.shape.headers)
        told = [_cells(row, self.shape.separator, width) for row in rows]
        problems = [None if cells else _problem(row, width) for row, cells in zip(rows, told, strict=True)]
        raws = [None if cells else row.text for row, cells in zip(rows, told, strict=True)]
        columns = [[cells[place] or None if cells else None for cells in told] for place in range(width)]
        return [pa.array(one, pa.string()) for one in (problems, raws, *columns)]


def text_batches(
    path: Path, name: str, shape: TextShape, size: int, block: int = BLOCK
) -> Iterator[pa.RecordBatch]:
    """The rows as `kpi.sales.source.RawTable` has them.

    Raises SourceError where a quotation mark is not closed, with its line, and where the file is no longer the one of
    that size which was looked at.
    """
    if path.stat().st_size != size:
        raise _changed(name)
    feed = TextFeed(path, shape.scan, shape.start)
    reading = _Reading(name, shape, shape.first_line)
    try:
        for batch in _parsed(feed, shape, reading, block):
            if batch.num_rows or reading.ragged:
                yield reading.put_together(batch.columns, batch.num_rows)
        if reading.ragged:
            yield reading.put_together([pa.nulls(0, pa.string())] * len(shape.headers), 0)
        reading.check_end(feed.tail)
    except (pa.ArrowInvalid, UnicodeDecodeError) as error:
        raise reading.broken(str(error)) from error
    finally:
        feed.close()


def _parsed(feed: TextFeed, shape: TextShape, reading: _Reading, block: int) -> Iterator[pa.RecordBatch]:
    names = [f"c{place}" for place in range(len(shape.headers))]
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
    )
    parse = arrow_csv.ParseOptions(
        delimiter=shape.separator,
        newlines_in_values=shape.scan.quotes,
        ignore_empty_lines=False,
        invalid_row_handler=reading.pass_over,
    )
    # Several threads would not know the numbers of rows.
    read = arrow_csv.ReadOptions(column_names=names, block_size=block, use_threads=False)
    if feed.is_at_end():
        return
    with arrow_csv.open_csv(pa.PythonFile(feed, mode="r"), read, parse, convert) as reader:
        yield from reader


def _cells(row: _Ragged, separator: str, width: int) -> list[str] | None:
    """The cells of a row that has all, and beyond them empty ones only, or none at all; None where it has a problem."""
    try:
        cells = next(csv.reader(io.StringIO(row.text, newline=""), delimiter=separator), [])
    except csv.Error:
        return None
    if any(cell.strip() for cell in cells[width:]) or (len(cells) < width and any(map(str.strip, cells))):
        return None
    return ([cell for cell in cells if cell.strip()] and cells[:width]) or [""] * width


def _problem(row: _Ragged, width: int) -> str:
    count = f"{row.cells:,} cell{'s' if row.cells != 1 else ''} in place of {width:,}"
    lines = len(_BREAKS.findall(row.text)) + 1
    return count if lines == 1 else f"{count}, over {lines:,} lines: a quotation mark may not be closed"


def _may_break(column: pa.Array, *, returns: bool) -> bool:
    """Whether any cell of the column, or of the array that it is a part of, holds a line break."""
    if (letters := column.buffers()[2]) is None:
        return False
    view = memoryview(letters)
    return bool(_FEED.search(view) or (returns and _RETURN.search(view)))


def _count_breaks(column: pa.Array, *, returns: bool) -> pa.Array:
    found = pc.count_substring(column, "\n")
    if returns:
        pairs = pc.count_substring(column, "\r\n")
        found = pc.subtract(pc.add(found, pc.count_substring(column, "\r")), pairs)
    return pc.fill_null(found, 0).cast(pa.int64())


def _order(places: Sequence[int], count: int) -> pa.Array:
    """Where each row comes from: of `count` rows, and others behind them, which belong at those places of the whole."""
    pieces, done = [], 0
    for other, place in enumerate(places):
        pieces += [pa.arange(done, place - other), pa.array([count + other], pa.int64())]
        done = place - other
    return pa.concat_arrays([*pieces, pa.arange(done, count)])


def _zeros(count: int) -> pa.Array:
    return pa.repeat(pa.scalar(0, pa.int64()), count)


def _schema(width: int) -> pa.Schema:
    """As `kpi.sales.source.RawTable` says."""
    texts = [
        ("problem", pa.string()),
        ("raw", pa.string()),
        *((f"c{at}", pa.string()) for at in range(width)),
    ]
    return pa.schema([("line", pa.int64()), *texts])


def _changed(name: str) -> SourceError:
    return SourceError(
        "changed_meanwhile",
        f"{name}: found another file than the one that was looked at a moment ago, wanted one that nobody writes to. "
        "Run it again when the file is finished.",
    )
