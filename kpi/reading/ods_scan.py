"""One pass over an .ods for its error cells, of which the reader keeps at most the text, and its hidden rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from kpi.reading.cells import CellError
from kpi.reading.container import BROKEN_ZIP, Container, unsafe_xml
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.refused import refusal
from kpi.reading.sheet_scan import SheetScan

_BLOCK = 1 << 18
_MARKS = (
    b'value-type="error"',
    b"of:=#",
    b"Err:",
    b"#DIV/0!",
    b"#REF!",
    b"#N/A",
    b"#VALUE!",
    b"#NAME?",
    b"#NUM!",
    b'table:visibility="',
)
_ERRORS = ("#", "Err:")
_MOST_DIGITS = 9
_MANY = 1_000  # repeats of a row or cell, of which programs write a million to say "nothing down to the end"


def scan_ods(container: Container, limits: Limits) -> dict[str, SheetScan]:
    """Errors and what is hidden by the name of the sheet; the XML is parsed only where such bytes occur."""
    try:
        with container.archive.open("content.xml") as part:
            if not any(mark in block for block in _blocks(part) for mark in _MARKS):
                return {}
    except (*BROKEN_ZIP, RuntimeError) as error:
        raise cut_off(f"content.xml: {error}") from error
    return measure_ods(container, limits)


def measure_ods(container: Container, limits: Limits) -> dict[str, SheetScan]:
    """The same with the farthest cell of each sheet: the XML is parsed in any case."""
    try:
        with container.archive.open("content.xml") as part:
            finder = _Finder(limits)
            finder.read(part)
            return finder.found
    except (*BROKEN_ZIP, RuntimeError, expat.ExpatError) as error:
        raise cut_off(f"content.xml: {error}") from error


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while chunk := part.read(_BLOCK):
        yield tail + chunk
        tail = chunk[-32:]


def _no_document_type(*_: object) -> None:
    raise unsafe_xml("content.xml")


def _repeats(attributes: dict[str, Any], what: str) -> int:
    """How often a row or cell stands there; raises Refused where that is no number that a sheet can hold."""
    digits = attributes.get(f"table:number-{what}-repeated", "1")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > _MOST_DIGITS:
        raise cut_off(f"a cell is repeated {digits[:20]!r} times")
    return int(digits)


class _Finder:
    """Counts rows and columns through the repeats that .ods writes instead of empty cells."""

    def __init__(self, limits: Limits) -> None:
        self.found: dict[str, SheetScan] = {}
        self._limits = limits
        self._sheet = ""
        self._scan = SheetScan()
        self._hidden = self._filled = False
        self._row = self._column = 0
        self._row_step = self._step = 1
        self._is_error = False
        self._text: list[str] | None = None

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_document_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        while chunk := part.read(_BLOCK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, Any]) -> None:
        hidden = attributes.get("table:visibility", "visible") != "visible"
        if name == "table:table":
            self._sheet, self._row, self._column = attributes.get("table:name", ""), 0, 0
            self._scan = self.found.setdefault(self._sheet, SheetScan())
        elif name == "table:table-column":
            step = _repeats(attributes, "columns")
            if hidden:
                self._scan.hidden_columns.append((self._column, self._column + step - 1))
            self._column += step
        elif name == "table:table-row":
            self._column, self._row_step = 0, _repeats(attributes, "rows")
            self._hidden, self._filled = hidden, False
            self._scan.filtered |= attributes.get("table:visibility") == "filter"
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._step = _repeats(attributes, "columns")
            if "office:value-type" in attributes:
                self._filled = True
                self._scan.last_row = self._row + self._row_step - 1
                self._scan.last_column = max(self._scan.last_column, self._column + self._step - 1)
            self._is_error = attributes.get("calcext:value-type") == "error"
            self._text = [] if self._is_error or "table:formula" in attributes else None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            for row in range(self._row, self._row + min(self._row_step, _MANY)):
                if self._hidden and self._filled:
                    self._scan.hide_row(row)
            self._row += self._row_step
        elif name in ("table:table-cell", "table:covered-table-cell"):
            text = "".join(self._text or ()).strip()
            if self._is_error or text.startswith(_ERRORS):
                self._note(text or "#ERROR")
            self._column += self._step
            self._text = None

    def _note(self, text: str) -> None:
        flaws = self._scan.flaws
        if self._row_step * self._step > _MANY or len(flaws) > self._limits.flaws:
            raise refusal(
                "not_calculated",
                f"{text} in thousands of cells of sheet {self._sheet}",
                "values",
                "Correct them.",
            )
        for row in range(self._row, self._row + self._row_step):
            for column in range(self._column, self._column + self._step):
                flaws[row, column] = CellError(text)
