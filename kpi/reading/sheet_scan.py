"""One pass over the XML of a sheet for what the reader throws away: errors, formulas without a result, what is hidden.

The pass is a byte search; regular expressions run only in blocks where the search found something. Written
against: `<c r="D14" t="e"><v>#DIV/0!</v></c>`, `<c r="D15"><f>1200/4</f><v/></c>`, `<row r="7" hidden="1">`,
`<col min="3" max="4" hidden="1"/>` and `<filterColumn colId="2">`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kpi.reading.cells import UNCALCULATED, CellError, Merge, Note, column_number
from kpi.reading.limits import Limits
from kpi.reading.reach import Bytes
from kpi.reading.refused import Refused, refusal

_BLOCK = 1 << 18
_TAIL = 1 << 16
_DIMENSION = re.compile(rb"<dimension\b[^<>]*\bref=[\"']([A-Z]+)([0-9]+)(?::([A-Z]+)([0-9]+))?[\"']")
_PREFIX = re.compile(rb"<([A-Za-z_][\w.-]*):worksheet\b")
# Each stops at the next tag and gives back no spaces: damaged XML must not make the search quadratic.
# No sheet reaches farther than three letters and seven digits: a longer address is none.
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"']")
_FILLED = re.compile(rb"<c\s[^<>]*?\br=[\"']([A-Z]{1,3})([1-9][0-9]{0,6})[\"'][^<>]*(?<!/)>")
_ERROR = re.compile(
    rb"""<c\b(?=[^<>]*\st=["']e["'])([^<>]*)>(?:(?!</?c[\s>]).)*?<v[^<>]*>([^<]*)</v>""", re.DOTALL
)
_FORMULA = re.compile(rb"<f(?:\s[^<>]*)?(?:/>|>[^<]*</f>)\s*+(<v\s*+/>|<v(?:\s[^<>]*)?>\s*+</v>)?\s*+</c>")
_HIDDEN = rb"""(?=[^<>]*\shidden=["'](?:1|true)["'])"""
_HIDDEN_ROW = re.compile(rb"<row\b" + _HIDDEN + rb"""(?:[^<>]*?\sr=["']([0-9]{1,9})["'])?[^<>]*(?<!/)>""")
_HIDDEN_COLUMNS = re.compile(rb"<col\b" + _HIDDEN + rb"([^<>]*)>")
_BORDER = re.compile(rb"""\b(?:min|max)=["']([0-9]{1,9})["']""")
_TEXT_RESULT = re.compile(rb"\st=[\"']str[\"']")


@dataclass(slots=True)
class SheetScan:
    """What one pass found: flaws by (row, column) from 0, and the farthest filled cell where it was looked for.

    `texts` are cells that the reader leaves out, `hidden_columns` first and last of each run. `first_hidden` is the
    first hidden row from 0 where its number was told.
    """

    flaws: dict[tuple[int, int], CellError] = field(default_factory=dict)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    merges: list[Merge] = field(default_factory=list)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: int = 0
    first_hidden: int | None = None
    filtered: bool = False
    last_row: int = 0
    last_column: int = 0

    def hide_row(self, row: int | None) -> None:
        """Counts a row that holds cells and is hidden."""
        self.hidden_rows += 1
        if self.first_hidden is None:
            self.first_hidden = row

    def hidden_within(self, width: int) -> frozenset[int]:
        """The hidden columns among the first ones; workbooks hide everything to the right of their tables."""
        runs = ((first, min(last, width - 1)) for first, last in self.hidden_columns)
        return frozenset(column for first, last in runs for column in range(first, last + 1))

    def notes(self) -> tuple[Note, ...]:
        """What a person should know about rows that the program hides; they are data all the same."""
        return hidden_rows(self.hidden_rows, self.first_hidden, filtered=self.filtered)


def hidden_rows(count: int, first: int | None, *, filtered: bool) -> tuple[Note, ...]:
    """The note on that many hidden rows; none where there are none."""
    if not count:
        return ()
    place = "" if first is None else f", the first is row {first + 1}"
    why = "a filter hides them" if filtered else "they are hidden"
    found = (
        f"{count:,} hidden rows{place}" if count > 1 else f"a hidden row{place.replace('the first', 'it')}"
    )
    return (Note(first or 0, 0, found, f"{why} in the workbook", "they were read like all others"),)


def declared_extent(head: bytes) -> tuple[int, int] | None:
    """Last row and column from 0 that the sheet itself declares, None where it declares none."""
    found = _DIMENSION.search(head)
    if found is None or found[3] is None:
        return None
    return int(found[4]) - 1, column_number(found[3].decode())


def scan_sheet(part: Bytes, limits: Limits, *, measure: bool) -> SheetScan:
    """The flaws of one sheet. `measure` also finds the farthest filled cell, at several times the cost."""
    scan = SheetScan()
    for block in _blocks(part):
        # One byte is found ten times faster than two, and most sheets have hardly an `e` or an `f` in them.
        if b"e" in block and (b't="e"' in block or (b"'" in block and b"t='e'" in block)):
            _errors(block, scan)
        if b"f" in block and b"<f" in block:
            _formulas(block, scan)
            scan.filtered = scan.filtered or b"<filterColumn" in block
        if b"h" in block and b" hidden=" in block:
            _hidden(block, scan)
        if measure:
            _extent(block, scan)
        if len(scan.flaws) > limits.flaws:
            raise too_many_flaws(limits)
    return scan


def _blocks(part: Bytes) -> Iterator[bytes]:
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


def _hidden(block: bytes, scan: SheetScan) -> None:
    for row in _HIDDEN_ROW.finditer(block):
        scan.hide_row(int(row[1]) - 1 if row[1] else None)
    for columns in _HIDDEN_COLUMNS.finditer(block):
        borders = [int(border) - 1 for border in _BORDER.findall(columns[1])]
        if borders:
            scan.hidden_columns.append((min(borders), max(borders)))


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


def too_many_flaws(limits: Limits) -> Refused:
    """The refusal for a sheet of which hardly a cell holds a value."""
    return refusal(
        "not_calculated",
        f"more than {limits.flaws:,} cells that hold an error or a formula without a stored result",
        "a workbook with its values in it",
        "Open it in Excel, let it calculate, save it and load that file.",
    )
