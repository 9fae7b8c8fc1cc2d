"""One pass over an .ods for its error cells, of which the reader keeps at most the text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.parsers import expat

from kpi.reading.cells import CellError
from kpi.reading.container import BROKEN_ZIP, Container
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.refused import refusal

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
)
_ERRORS = ("#", "Err:")
Flaws = dict[str, dict[tuple[int, int], CellError]]


def scan_ods(container: Container, limits: Limits) -> Flaws:
    """Error cells by sheet name and (row, column) from 0; the XML is parsed only where an error's bytes occur."""
    try:
        with container.archive.open("content.xml") as part:
            if not any(mark in block for block in _blocks(part) for mark in _MARKS):
                return {}
        with container.archive.open("content.xml") as part:
            finder = _Finder(limits)
            finder.read(part)
            return finder.flaws
    except (*BROKEN_ZIP, RuntimeError, expat.ExpatError) as error:
        raise cut_off(f"content.xml: {error}") from error


def _blocks(part: IO[bytes]) -> Iterator[bytes]:
    tail = b""
    while chunk := part.read(_BLOCK):
        yield tail + chunk
        tail = chunk[-32:]


class _Finder:
    """Counts rows and columns through the repeats that .ods writes instead of empty cells."""

    def __init__(self, limits: Limits) -> None:
        self.flaws: Flaws = {}
        self._limits = limits
        self._sheet = ""
        self._row = self._column = 0
        self._row_step = self._step = 1
        self._is_error = False
        self._text: list[str] | None = None

    def read(self, part: IO[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        while chunk := part.read(_BLOCK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def _start(self, name: str, attributes: dict[str, Any]) -> None:
        if name == "table:table":
            self._sheet, self._row = attributes.get("table:name", ""), 0
        elif name == "table:table-row":
            self._column, self._row_step = 0, int(attributes.get("table:number-rows-repeated", 1))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            self._step = int(attributes.get("table:number-columns-repeated", 1))
            self._is_error = attributes.get("calcext:value-type") == "error"
            self._text = [] if self._is_error or "table:formula" in attributes else None

    def _data(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self._row += self._row_step
        elif name in ("table:table-cell", "table:covered-table-cell"):
            text = "".join(self._text or ()).strip()
            if self._is_error or text.startswith(_ERRORS):
                self._note(text or "#ERROR")
            self._column += self._step
            self._text = None

    def _note(self, text: str) -> None:
        if self._row_step * self._step > 1000 or len(self.flaws) > self._limits.flaws:  # noqa: PLR2004
            raise refusal(
                "not_calculated",
                f"{text} in thousands of cells of sheet {self._sheet}",
                "values",
                "Correct them.",
            )
        cells = self.flaws.setdefault(self._sheet, {})
        for row in range(self._row, self._row + self._row_step):
            for column in range(self._column, self._column + self._step):
                cells[row, column] = CellError(text)
