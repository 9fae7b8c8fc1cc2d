"""The rows of a Parquet file, streamed, with every cell as text; a row's line is its number, from 1."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kpi.sales.extract.cell_text import number_text
from kpi.sales.extract.columns import Headed
from kpi.sales.extract.header_row import read_headers
from kpi.sales.extract.roles import Named, find_role, no_sales_table
from kpi.sales.source import Note, SourceError

_BATCH, _SAMPLE = 65_536, 2_000
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")
_LONG = 16  # letters: with more of them a number may have more digits than count
_ODD = "[eE]|^-0$"
_BROKEN = (pa.ArrowException, OSError, ValueError, ArithmeticError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class ParquetShape:
    """`places` are the columns of the file that are taken, one for each header."""

    places: tuple[int, ...]
    headers: tuple[str, ...]
    named: Named
    rows: int
    notes: tuple[Note, ...] = ()


def read_parquet_shape(path: Path, name: str, names: Collection[str]) -> ParquetShape:
    """Which columns the file has; raises SourceError where it is damaged, or lists nothing that is wanted."""
    try:
        with pq.ParquetFile(path) as file:
            fields = list(file.schema_arrow)
            left = {place: reason for place, field in enumerate(fields) if (reason := _left_out(field))}
            places = tuple(place for place in range(len(fields)) if place not in left)
            first = next(file.iter_batches(batch_size=_SAMPLE), None)
            sample = [_texts(first.column(place)).to_pylist() if first else [] for place in places]
            count = file.metadata.num_rows
    except _BROKEN as error:
        raise _damaged(name, error) from error
    headers = read_headers([fields[place].name for place in places])
    named = find_role(Headed(headers, [[cell or "" for cell in cells] for cells in sample]), names)
    if named is None:
        raise no_sales_table(name, headers)
    notes = [
        Note(name, "", fields[place].name, reason, "the column was left out", count)
        for place, reason in left.items()
    ]
    return ParquetShape(places, headers, named, count, tuple(notes))


def parquet_batches(path: Path, name: str, places: Collection[int]) -> Iterator[pa.RecordBatch]:
    """The rows as `kpi.sales.source.RawTable` has them; raises SourceError where the file is damaged."""
    line = 1
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH):
                nothing = pa.nulls(batch.num_rows, pa.string())
                cells = {f"c{at}": _texts(batch.column(place)) for at, place in enumerate(places)}
                lines = pa.array(range(line, line + batch.num_rows), pa.int64())
                line += batch.num_rows
                yield pa.record_batch({"line": lines, "problem": nothing, "raw": nothing, **cells})
    except _BROKEN as error:
        raise _damaged(name, error) from error


def _left_out(field: pa.Field) -> str:
    """Why a column does not fit into a table of texts; empty where it does."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if _ROW_NUMBERS.fullmatch(field.name):
        return "it numbers the rows of the program that wrote the file"
    if pa.types.is_nested(kind):
        return "its cells hold several values each"
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "its cells hold bytes, neither text nor numbers"
    return ""


def _texts(cells: pa.Array) -> pa.Array:
    """The cells as text, null where they are empty or no number."""
    if isinstance(cells, pa.ExtensionArray):
        cells = cells.storage
    if pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_decode()
    kind = cells.type
    if pa.types.is_timestamp(kind):
        local = pc.local_timestamp(cells) if kind.tz else cells
        moments = local.cast(pa.timestamp("s"), safe=False).cast(pa.string())
        return pc.replace_substring_regex(moments, " 00:00:00$", "")
    if pa.types.is_floating(kind):
        return _rounded(pc.if_else(pc.is_nan(cells), None, cells), lambda number: number_text(float(number)))
    if pa.types.is_decimal(kind):
        return _rounded(cells, lambda number: f"{number:f}")
    texts = cells.cast(pa.string())
    texts = pc.replace_substring(texts, "\0", "\ufffd")
    return pc.if_else(pc.equal(texts, ""), None, texts)


def _rounded(numbers: pa.Array, written: Callable[[Any], str]) -> pa.Array:
    """Most numbers are written well as they are; those with exponents or too many digits one by one."""
    texts = numbers.cast(pa.string())
    long = pc.greater(pc.utf8_length(texts), _LONG) if pa.types.is_floating(numbers.type) else None
    odd = pc.match_substring_regex(texts, _ODD)
    odd = pc.fill_null(pc.or_(odd, long) if long is not None else odd, False)
    if not pc.any(odd).as_py():
        return texts
    mended = [written(number) for number in numbers.filter(odd).to_pylist()]
    return pc.replace_with_mask(texts, odd, pa.array(mended, pa.string()))


def _damaged(name: str, error: Exception) -> SourceError:
    return SourceError(
        "incomplete",
        f"{name}: found a Parquet file that is incomplete or damaged ({error}), wanted a whole one. Write it again.",
    )
