"""The bytes of one file to its sheets: the door of this package."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.reading.calamine_book import read_calamine
from kpi.reading.cells import RawSheet
from kpi.reading.container import open_container, too_large
from kpi.reading.formats import Format, sniff
from kpi.reading.limits import MIB, Limits
from kpi.reading.text_table import read_text
from kpi.reading.xls_book import read_xls


def read_book(data: bytes, name: str, limits: Limits) -> Iterator[RawSheet]:
    """The sheets one after another, so that only one lies in memory; `name` is used only to name the sheet of a text.

    Raises Refused at the first thing that must not be read on.
    """
    check_size(len(data), limits)
    kind = sniff(data)
    if kind is Format.ZIP:
        yield from read_calamine(data, open_container(data, limits), limits)
    elif kind is Format.XLS:
        yield from read_xls(data, limits)
    else:
        yield read_text(data, name, limits)


def check_size(size: int, limits: Limits) -> None:
    """Refuses a file by its length alone."""
    if size > limits.file_bytes:
        raise too_large(f"a file of {size // MIB:,} MiB", f"at most {limits.file_bytes // MIB:,} MiB")
