"""The bytes of one file to its sheets: the door of this package."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.reading.calamine_book import read_calamine
from kpi.reading.cells import RawSheet
from kpi.reading.container import open_container, too_large
from kpi.reading.formats import Format, sniff
from kpi.reading.html_book import read_html, read_mhtml
from kpi.reading.limits import FILE, MIB, Limits
from kpi.reading.locked import locked, unlock
from kpi.reading.parquet_file import read_parquet
from kpi.reading.reach import Tell, tell_nobody
from kpi.reading.sheet_marks import Known
from kpi.reading.text_table import read_text
from kpi.reading.xls_book import read_xls, unlock_xls
from kpi.reading.xml_book import read_xml_book


def read_book(
    data: bytes,
    name: str,
    limits: Limits,
    password: str = "",
    known: Known | None = None,
    tell: Tell = tell_nobody,
) -> Iterator[RawSheet]:
    """The sheets one after another, so that only one lies in memory.

    `name` is used only to name the sheet of a file that has no names; `password` only where the file is locked.
    Sheets of an .xlsx whose mark is `known` come without their cells (`kpi.reading.sheet_marks`). `tell` hears how far
    the sheets of a workbook of cells are.
    Raises Refused at the first thing that must not be read on.
    """
    check_size(len(data), limits)
    if (kind := sniff(data)) is Format.LOCKED:
        data = unlock(data, password)
        check_size(len(data), limits)
        kind = sniff(data)
    match kind:
        case Format.ZIP:
            yield from read_calamine(data, open_container(data, limits), limits, known, tell)
        case Format.XLS:
            yield from read_xls(data, limits, password)
        case Format.HTML:
            yield from read_html(data, limits)
        case Format.MHTML:
            yield from read_mhtml(data, limits)
        case Format.XML:
            yield from read_xml_book(data, limits)
        case Format.PARQUET:
            yield read_parquet(data, name, limits)
        case Format.TEXT:
            yield read_text(data, name, limits)
        case Format.LOCKED:
            raise locked()


def without_lock(data: bytes, password: str) -> bytes:
    """The workbook without its lock, the same bytes where it has none; raises Refused where the password is wrong."""
    match sniff(data):
        case Format.LOCKED:
            return unlock(data, password)
        case Format.XLS:
            return unlock_xls(data, password)
        case _:
            return data


def check_size(size: int, limits: Limits) -> None:
    """Refuses a file by its length alone."""
    if size > limits.file_bytes:
        most = f"at most {limits.file_bytes // MIB:,} MiB ({FILE})"
        raise too_large(f"a file of {-(-size // MIB):,} MiB", most)
