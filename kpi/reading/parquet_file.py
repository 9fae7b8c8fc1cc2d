"""Parquet files, as data tools write them: one sheet, its first row the names of the columns."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from kpi.reading.cells import BLANK, Cell, CellError, Note, RawSheet
from kpi.reading.container import too_large, too_wide
from kpi.reading.formats import cut_off
from kpi.reading.limits import MIB, Limits
from kpi.report import Effect

_BATCH = 65_536
_EXACT = 2**53  # whole numbers beyond have no float of their own
_ROW_NUMBERS = re.compile(r"__index_level_\d+__")


def read_parquet(data: bytes, name: str, limits: Limits) -> RawSheet:
    """The one sheet of the file, named after it; raises Refused where it is damaged or too large to unpack."""
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _check(file, limits)
        return _sheet(file, PurePath(name).stem)
    except MemoryError:  # Arrow's own is one of its errors, too, but says nothing about the file
        raise
    except (pa.ArrowException, OSError, ValueError, ArithmeticError, NotImplementedError) as error:
        raise cut_off(str(error)) from error


def _check(file: pq.ParquetFile, limits: Limits) -> None:
    """By what the file says about itself; where that is a lie, the memory limit of the process holds."""
    about = file.metadata
    if about.num_rows * about.num_columns > limits.cells or about.num_columns > limits.columns:
        raise too_wide(about.num_rows, about.num_columns, limits)
    unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    if unpacked > limits.total_bytes:
        raise too_large(
            f"{unpacked // MIB:,} MiB of data when unpacked", f"at most {limits.total_bytes // MIB:,} MiB"
        )


def _sheet(file: pq.ParquetFile, name: str) -> RawSheet:
    columns: list[list[Cell]] = []
    notes: list[Note] = []
    for field in file.schema_arrow:
        if (reason := _left_out(field)) is not None:
            note = (reason, "the column was left out", Effect.LEFT_OUT)
            notes.append(Note(0, len(columns), f"the column {field.name}", *note))
            continue
        if pa.types.is_timestamp(field.type) and field.type.tz:
            found = f"the column {field.name} in the time zone {field.type.tz}"
            notes.append(
                Note(0, len(columns), found, "a cell has no time zone", "read as the local time there")
            )
        cells: list[Cell] = [field.name]
        for chunk in _chunks(file, field.name):
            cells.extend(_cells(chunk))
        columns.append(cells)
    return RawSheet(name, columns, notes=tuple(notes))


def _left_out(field: pa.Field) -> str | None:
    """Why a column does not fit into a sheet."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if _ROW_NUMBERS.fullmatch(field.name):
        return "it numbers the rows of the program that wrote the file"
    if pa.types.is_nested(kind):
        return f"its cells hold several values each ({kind})"[:200]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return "its cells hold bytes, neither text nor numbers"
    return None


def _chunks(file: pq.ParquetFile, name: str) -> Iterator[pa.Array]:
    for batch in file.iter_batches(batch_size=_BATCH, columns=[name]):
        yield from (
            column for column, field in zip(batch.columns, batch.schema, strict=True) if field.name == name
        )


def _cells(chunk: pa.Array) -> Sequence[Cell]:
    """One batch of a column as cells."""
    if isinstance(chunk, pa.ExtensionArray):
        chunk = chunk.storage
    convert = next((convert for fits, convert in _CONVERSIONS if fits(chunk.type)), _plain)
    return convert(chunk)


def _texts(chunk: pa.Array) -> Sequence[Cell]:
    """A text that occurs often is one object, however many rows hold it."""
    return _members(chunk.cast(pa.large_string()).dictionary_encode())


def _members(chunk: pa.DictionaryArray) -> Sequence[Cell]:
    members = _cells(chunk.dictionary) if not _is_text(chunk.dictionary.type) else _plain(chunk.dictionary)
    return [BLANK if place is None else members[place] for place in chunk.indices.to_pylist()]


def _moments(chunk: pa.Array) -> Sequence[Cell]:
    moments = chunk.cast(pa.timestamp("us", chunk.type.tz), safe=False).to_pylist()
    return [BLANK if moment is None else moment.replace(tzinfo=None) for moment in moments]


def _times(chunk: pa.Array) -> Sequence[Cell]:
    return _plain(chunk.cast(pa.time64("us"), safe=False))


def _durations(chunk: pa.Array) -> Sequence[Cell]:
    return _plain(chunk.cast(pa.duration("us"), safe=False))


def _numbers(chunk: pa.Array) -> Sequence[Cell]:
    return [_number(value) for value in chunk.cast(pa.float64()).to_pylist()]


def _whole(chunk: pa.Array) -> Sequence[Cell]:
    """As the numbers of a sheet; where one of them would be rounded, as texts: so large are identifiers."""
    extent = pc.min_max(chunk)
    least, most = extent["min"].as_py(), extent["max"].as_py()
    if least is None:
        return [BLANK] * len(chunk)
    exact = least >= -_EXACT and most <= _EXACT
    return [BLANK if value is None else float(value) if exact else str(value) for value in chunk.to_pylist()]


def _number(value: float | None) -> Cell:
    if value is None or math.isnan(value):
        return BLANK
    return value if math.isfinite(value) else CellError("infinity")


def _plain(chunk: pa.Array) -> list[Any]:
    return [BLANK if value is None else value for value in chunk.to_pylist()]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


_CONVERSIONS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], Sequence[Cell]]], ...] = (
    (_is_text, _texts),
    (pa.types.is_dictionary, _members),
    (pa.types.is_integer, _whole),
    (pa.types.is_decimal, _numbers),
    (pa.types.is_floating, _numbers),
    (pa.types.is_timestamp, _moments),
    (pa.types.is_time, _times),
    (pa.types.is_duration, _durations),
)
