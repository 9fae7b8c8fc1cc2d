"""The records of a binary workbook (.xlsb): its list of sheets, and what the reader throws away on each of them.

A record is its kind (one or two bytes, seven bits each), its size (up to four bytes, seven bits each) and its content.
A cell is its column (4 bytes), its style and flags (4 bytes) and its value; the row comes once, before its cells.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import IO

from kpi.reading.cells import CellError, Merge
from kpi.reading.formats import cut_off
from kpi.reading.limits import MIB, Limits
from kpi.reading.refused import refusal
from kpi.reading.sheet_scan import SheetScan, too_many_flaws

_BLOCK = 1 << 20
_LARGEST_RECORD = 16 * MIB
_ROW, _CELL_ERROR, _FORMULA_ERROR, _RICH_TEXT = 0, 3, 11, 62
_CELLS = frozenset({*range(1, 12), _RICH_TEXT})
_SHORT_CELLS = range(12, 20)
_COLUMNS, _MERGED, _FILTERED_COLUMN = 60, 176, 163
_SHEET, _BOOK_PROPERTIES = 156, 153
_HIDDEN_ROW = 0x10
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
# A run of cells that hold a number, a text, a truth value or nothing: skipped at the speed of a byte search.
# The group is the last of them.
_PLAIN = re.compile(rb"(?:([\x02\x07]\x0c.{12}|\x05\x10.{16}|\x01\x08.{8}|\x04\x09.{9}))++", re.DOTALL)


def list_sheets(book: bytes) -> tuple[list[tuple[str, str, bool]], bool]:
    """Name, relation and whether it is hidden of each sheet, in order; and whether days are counted from 1904."""
    sheets, days_1904 = [], False
    for kind, content in _records(book):
        if kind == _SHEET:
            state = _number(content, 0)
            relation, after = _text(content, 8)
            name, _ = _text(content, after)
            sheets.append((name, relation, state != 0))
        elif kind == _BOOK_PROPERTIES:
            days_1904 = bool(_number(content, 0) & 1)
    return sheets, days_1904


def scan_binary_sheet(part: IO[bytes], limits: Limits) -> SheetScan:
    """Errors, texts that the reader leaves out, merged ranges, what is hidden, and the farthest cell."""
    scan, held, row = SheetScan(), b"", 0
    while chunk := part.read(_BLOCK):
        held += chunk
        at = 0
        while True:
            if (run := _PLAIN.match(held, at)) is not None:
                _reach(scan, row, _number(run[1], 2))
                at = run.end()
            found = _record(held, at)
            if found is None:
                break
            kind, start, at = found
            content = held[start:at]
            if kind == _ROW:
                row = _start_row(content, scan)
            else:
                _take(kind, content, row, scan)
        held = held[at:]
        if len(scan.flaws) > limits.flaws:
            raise too_many_flaws(limits)
    if held:
        raise cut_off("a sheet ends within a record")
    return scan


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        found = _record(data, at)
        if found is None:
            raise cut_off("the list of sheets ends within a record")
        kind, start, at = found
        yield kind, data[start:at]


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, start and end of the record at that place; None where the bytes end before it does."""
    kind, behind = _varint(data, at, 2)
    size, start = _varint(data, behind, 4)
    if size > _LARGEST_RECORD:
        raise cut_off("a record of impossible length")
    return (kind, start, start + size) if behind > at and behind < start <= len(data) - size else None


def _varint(data: bytes, at: int, longest: int) -> tuple[int, int]:
    """The number and where it ends: nowhere, that is at its start, where the bytes end before it does."""
    number = 0
    for place, byte in enumerate(data[at : at + longest]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80 or place == longest - 1:  # noqa: PLR2004 -- the highest bit says that more bytes follow
            return number, at + place + 1
    return 0, at


def _start_row(content: bytes, scan: SheetScan) -> int:
    row = _number(content, 0)
    if len(content) > 11 and content[11] & _HIDDEN_ROW:  # noqa: PLR2004 -- behind row, style, height and a byte
        scan.hide_row(row)
    return row


def _take(kind: int, content: bytes, row: int, scan: SheetScan) -> None:
    if kind in _CELLS:
        column = _number(content, 0)
        _reach(scan, row, column)
        if kind in (_CELL_ERROR, _FORMULA_ERROR):
            scan.flaws[row, column] = CellError(_ERRORS.get(_byte(content, 8), "#ERROR"))
        elif kind == _RICH_TEXT:
            scan.texts[row, column] = _text(content, 9)[0]
    elif kind in _SHORT_CELLS:
        raise refusal(
            "unusual_workbook",
            "cells in a form that spreadsheet programs do not save",
            "cells as Excel writes them",
            "Open it in Excel, save it again and load that file.",
        )
    elif kind == _COLUMNS and _number(content, 16) & 1:
        scan.hidden_columns.append((_number(content, 0), _number(content, 4)))
    elif kind == _MERGED:
        top, bottom, left, right = (_number(content, at) for at in (0, 4, 8, 12))
        scan.merges.append(Merge(top, left, bottom, right))
    elif kind == _FILTERED_COLUMN:
        scan.filtered = True


def _reach(scan: SheetScan, row: int, column: int) -> None:
    scan.last_row = max(scan.last_row, row)
    scan.last_column = max(scan.last_column, column)


def _byte(content: bytes, at: int) -> int:
    return content[at] if at < len(content) else -1


def _number(content: bytes, at: int) -> int:
    """Four bytes, or the two that a record ends with."""
    field = content[at : at + 4]
    if len(field) < 2:  # noqa: PLR2004 -- flags are two bytes
        raise cut_off("a record is too short")
    return int.from_bytes(field, "little")


def _text(content: bytes, at: int) -> tuple[str, int]:
    """The text at that place, and where it ends."""
    try:
        length: int = struct.unpack_from("<I", content, at)[0]
    except struct.error as error:
        raise cut_off("a record is too short") from error
    if length == 0xFFFFFFFF:  # noqa: PLR2004 -- no text at all
        length = 0
    end = at + 4 + 2 * length
    if end > len(content):
        raise cut_off("a text that is longer than its record")
    return content[at + 4 : end].decode("utf-16-le", "replace"), end
