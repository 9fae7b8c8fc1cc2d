"""One pass over the XML of a sheet for what the reader throws away: error cells and formulas without a result.

The pass is a byte search; regular expressions run only in blocks where the search found something. Written
against: `<c r="D14" t="e"><v>#DIV/0!</v></c>` and `<c r="D15"><f>1200/4</f><v/></c>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from kpi.reading.cells import UNCALCULATED, CellError, column_number
from kpi.reading.limits import Limits
from kpi.reading.refused import Refused, refusal

_BLOCK = 1 << 18
_TAIL = 1 << 16
_DIMENSION = re.compile(rb"<dimension\b[^>]*\bref=[\"']([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?[\"']")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):worksheet\b")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]+)([0-9]+)[\"']")
_FILLED = re.compile(rb"<c\s[^>]*?\br=[\"']([A-Z]+)([0-9]+)[\"'][^>]*(?<!/)>")
_ERROR = re.compile(rb"""<c\b(?=[^>]*\st=["']e["'])([^>]*)>(?:(?!</c>).)*?<v[^>]*>([^<]*)</v>""", re.DOTALL)
_FORMULA = re.compile(rb"<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)\s*(<v\s*/>|<v(?:\s[^>]*)?>\s*</v>)?\s*</c>")
_TEXT_RESULT = re.compile(rb"\st=[\"']str[\"']")


@dataclass(slots=True)
class SheetScan:
    """What one pass found: flaws by (row, column) from 0, and the farthest filled cell where it was looked for."""

    flaws: dict[tuple[int, int], CellError] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0


def declared_extent(head: bytes) -> tuple[int, int] | None:
    """Last row and column from 0 that the sheet itself declares, None where it declares none."""
    found = _DIMENSION.search(head)
    if found is None or found[3] is None:
        return None
    return int(found[4]) - 1, column_number(found[3].decode())


def scan_sheet(part: IO[bytes], limits: Limits, *, measure: bool) -> SheetScan:
    """The flaws of one sheet. `measure` also finds the farthest filled cell, at several times the cost."""
    scan = SheetScan()
    for block in _blocks(part):
        # One byte is found ten times faster than two, and most sheets have hardly an `e` or an `f` in them.
        if b"e" in block and (b't="e"' in block or b"t='e'" in block):
            _errors(block, scan)
        if b"f" in block and b"<f" in block:
            _formulas(block, scan)
        if measure:
            _extent(block, scan)
        if len(scan.flaws) > limits.flaws:
            raise _too_many(limits)
    return scan


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    """The XML in blocks that end behind a cell, without the prefix that some programs put before every name."""
    tail = b""
    prefix = b""
    while chunk := part.read(_BLOCK):
        block = tail + chunk
        if not tail and (found := _PREFIX.search(block)):
            prefix = found[1] + b":"
        if prefix:
            block = block.replace(b"<" + prefix, b"<").replace(b"</" + prefix, b"</")
        cut = block.rfind(b"</c>") + 4
        if cut < 4:  # noqa: PLR2004 -- rfind found nothing
            cut = max(len(block) - _TAIL, 0)
        tail = block[cut:]
        yield block[:cut]
    if tail:
        yield tail


def _errors(block: bytes, scan: SheetScan) -> None:
    for found in _ERROR.finditer(block):
        scan.flaws[_place(found[1])] = CellError(found[2].decode("utf-8", "replace"))


def _formulas(block: bytes, scan: SheetScan) -> None:
    for found in _FORMULA.finditer(block):
        start = block.rfind(b"<c", 0, found.start())
        cell = block[start : found.start()]
        if not (found[1] and _TEXT_RESULT.search(cell)):  # a text result may be empty: ="" is stored so
            scan.flaws.setdefault(_place(cell), UNCALCULATED)


def _place(cell: bytes) -> tuple[int, int]:
    found = _REFERENCE.search(cell)
    if found is None:
        raise refusal(
            "unusual_workbook",
            "an error or an uncalculated formula in a cell without an address",
            "cells with addresses, as spreadsheet programs write them",
            "Open it in Excel, save it again and load that file.",
        )
    return int(found[2]) - 1, column_number(found[1].decode())


def _extent(block: bytes, scan: SheetScan) -> None:
    cells = _FILLED.findall(block)
    if cells:
        scan.last_row = max(scan.last_row, max(int(row) for _, row in cells) - 1)
        columns = {column for column, _ in cells}
        scan.last_column = max(scan.last_column, *(column_number(column.decode()) for column in columns))


def _too_many(limits: Limits) -> Refused:
    return refusal(
        "not_calculated",
        f"more than {limits.flaws:,} cells that hold an error or a formula without a stored result",
        "a workbook with its values in it",
        "Open it in Excel, let it calculate, save it and load that file.",
    )
