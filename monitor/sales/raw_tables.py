"""The files of a source of sales, and the tables in each: the first stage of a run of the warehouse.

Text and Parquet are streamed in this process, so that their size does not matter. Workbooks are read by a sandboxed
child, which leaves their cells as text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from kpi.reading.formats import Format, sniff
from kpi.reading.refused import Refused
from kpi.sales.extract.choice import LEFT_OUT, SUMS, sums_among
from kpi.sales.extract.columns import Headed
from kpi.sales.extract.full_names import with_full_names
from kpi.sales.extract.parquet_rows import parquet_batches, read_parquet_shape
from kpi.sales.extract.roles import Named, columns_of, no_sales_table
from kpi.sales.extract.text_rows import text_batches
from kpi.sales.extract.text_shape import read_shape
from kpi.sales.source import Note, RawTable, Role, SourceError, SourceFile
from monitor.sales.raw_child import TABLES
from monitor.sandbox import SandboxLimits, run_child

SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".parquet"})
MOST_FILES = 10_000
LONGEST_NAME = 255  # as `etl_files.name` holds it
_BLOCK = 1 << 20
_HEAD = 1 << 16
_CONTAINERS = (b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")  # what only the child takes a second look at
_LOG = "raw.log"
_MOST_SHOWN = 8


def find_files(source: Path) -> list[tuple[Path, SourceFile]]:
    """The files of a folder and the folders below it, or the one file, sorted by name; none where it is empty.

    Hidden and temporary files, those of other suffixes, and all links are passed over. Raises SourceError where there
    is no such folder, where it has more files than a source may have, and where one cannot be read or kept by its name.
    """
    if source.is_file():
        return [(source, _described(source, source.name))]
    if not source.is_dir():
        raise SourceError(
            "no_source",
            f"{source}: found neither a folder nor a file, wanted one with customers, products and sales.",
        )
    found: list[tuple[str, Path]] = []
    for path in _below(source):
        found.append((path.relative_to(source).as_posix(), path))
        if len(found) > MOST_FILES:
            problem = f"{source}: found more than {MOST_FILES:,} files, wanted at most as many."
            raise SourceError("too_many_files", f"{problem} Take old files out, or put them together.")
    return [(path, _described(path, name)) for name, path in sorted(found)]


def raw_tables(path: Path, file: SourceFile, aside: Path, limits: SandboxLimits) -> list[RawTable]:
    """The tables of one file, at least one; what is left out of it is among the notes of the first.

    `aside` is an existing, empty folder of the caller's own, which must stand as long as the tables are read. Raises
    SourceError where the file cannot be read, or has no table that is wanted.
    """
    try:
        return [with_full_names(table) for table in _tables(path, file, aside, limits)]
    except Refused as refused:
        raise SourceError(refused.code, f"{file.name}: {refused.message}") from refused
    except OSError as error:
        raise _unreadable(file.name, error) from error


def _tables(path: Path, file: SourceFile, aside: Path, limits: SandboxLimits) -> list[RawTable]:
    match _kind(path):
        case Format.TEXT:
            return [_text_table(path, file)]
        case Format.PARQUET:
            return [_parquet_table(path, file)]
        case _:
            return _book_tables(path, file, aside, limits)


def _below(folder: Path) -> Iterator[Path]:
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(str(folder), error) from error
    for path in entries:
        if path.name.startswith((".", "~")) or path.is_symlink():
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.is_file() and path.suffix.lower() in SUFFIXES:
            yield path


def _described(path: Path, name: str) -> SourceFile:
    _check_name(name)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
            return SourceFile(name, digest.hexdigest(), file.tell())
    except OSError as error:
        raise _unreadable(name, error) from error


def _check_name(name: str) -> None:
    """Databases keep names as text, and only so much of it."""
    try:
        name.encode()
    except UnicodeEncodeError:
        shown = name.encode("utf-8", "backslashreplace").decode()
        raise SourceError(
            "file_name",
            f"{shown}: found a name that is not UTF-8, wanted one that is. Rename it and run again.",
        ) from None
    if len(name) > LONGEST_NAME:
        problem = f"found a name of {len(name)} characters with its folders, wanted at most {LONGEST_NAME}"
        raise SourceError("file_name", f"{name}: {problem}. Rename it and run again.")


def _unreadable(name: str, error: OSError) -> SourceError:
    reason = error.strerror or type(error).__name__
    return SourceError(
        "unreadable", f"{name}: it cannot be read ({reason}), wanted files that this program may read."
    )


def _kind(path: Path) -> Format:
    """The family of the file by its first bytes; for every workbook ZIP, the child looks closer."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return Format.ZIP if head.startswith(_CONTAINERS) else sniff(head)


def _names(file: SourceFile) -> tuple[str, ...]:
    return (PurePosixPath(file.name).stem,)


def _text_table(path: Path, file: SourceFile) -> RawTable:
    shape = read_shape(path, file.name, _names(file))
    columns = columns_of(Headed(shape.headers, ()), shape.named.fields)
    return RawTable(
        file,
        "",
        shape.named.role,
        columns,
        partial(text_batches, path, file.name, shape, file.size),
        rows=shape.rows,
        notes=shape.notes(file.name),
    )


def _parquet_table(path: Path, file: SourceFile) -> RawTable:
    shape = read_parquet_shape(path, file.name, _names(file))
    columns = columns_of(Headed(shape.headers, ()), shape.named.fields)
    batches = partial(parquet_batches, path, file.name, shape.places)
    return RawTable(
        file, "", shape.named.role, columns, batches, typed=True, rows=shape.rows, notes=shape.notes
    )


def _book_tables(path: Path, file: SourceFile, aside: Path, limits: SandboxLimits) -> list[RawTable]:
    request = {
        "path": str(path.resolve()),
        "name": file.name,
        "out": str(aside.resolve()),
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.seconds,
        "limits": asdict(limits.reading),
    }
    try:
        run_child("monitor.sales.raw_child", request, aside / _LOG, limits)
    finally:
        (aside / _LOG).unlink(missing_ok=True)
    answer = json.loads((aside / TABLES).read_bytes())
    if "refusal" in answer:
        raise Refused(**answer["refusal"])
    tables = answer["tables"]
    if not tables:
        raise _nothing_in(file.name, answer["left"])
    sums = sorted(sums_among([Named(Role(one["role"]), tuple(one["fields"])) for one in tables]))
    taken = [place for place in range(len(tables)) if place not in sums]
    notes = [*_left_sheets(file.name, answer["left"])]
    notes += [
        Note(file.name, tables[place]["sheet"], "", SUMS, LEFT_OUT, tables[place]["rows"]) for place in sums
    ]
    return [
        _book_table(
            file, one, aside / f"{place}.parquet", alone=len(taken) == 1, notes=notes if not at else []
        )
        for at, (place, one) in enumerate((place, tables[place]) for place in taken)
    ]


def _book_table(
    file: SourceFile, told: Mapping[str, Any], path: Path, *, alone: bool, notes: Sequence[Note]
) -> RawTable:
    sheet = "" if alone else told["sheet"]
    columns = columns_of(Headed(told["headers"], ()), told["fields"])
    own = [Note(**{**note, "sheet": sheet}) for note in told["notes"]]
    role, batches = Role(told["role"]), partial(_stored, path)
    return RawTable(file, sheet, role, columns, batches, told["typed"], told["rows"], (*notes, *own))


def _stored(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as stored:
        yield from stored.iter_batches()


def _left_sheets(file: str, left: Sequence[Mapping[str, Any]]) -> Iterator[Note]:
    for sheet in left:
        found = (
            f" (columns: {', '.join(map(repr, sheet['headers'][:_MOST_SHOWN]))})" if sheet["headers"] else ""
        )
        yield Note(file, sheet["sheet"], "", f"{sheet['reason']}{found}", "the sheet was left out", 1)


def _nothing_in(file: str, left: Sequence[Mapping[str, Any]]) -> SourceError:
    """The refusal of a workbook none of whose sheets is wanted: by the columns of the one that has most."""
    widest = max(left, key=lambda sheet: len(sheet["headers"]), default=None)
    if widest is None or not widest["headers"]:
        return no_sales_table(file, ())
    return no_sales_table(f"{file}, sheet {widest['sheet']!r}", widest["headers"])
