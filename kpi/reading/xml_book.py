"""XML Spreadsheet 2003, which many reporting programs still write and name .xls."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from kpi.reading.cells import BLANK, HIDDEN, UNCALCULATED, Cell, CellError, Merge, RawSheet
from kpi.reading.container import too_large, too_wide, unsafe_xml
from kpi.reading.formats import cut_off
from kpi.reading.limits import Limits
from kpi.reading.sheet_scan import SheetScan

_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_VISIBLE = "{urn:schemas-microsoft-com:office:excel}Visible"
_FILTERED = "{urn:schemas-microsoft-com:office:excel}AutoFilterColumn"
_FIRST_DAY = date(1900, 1, 1)


def read_xml_book(data: bytes, limits: Limits) -> Iterator[RawSheet]:
    """Every sheet in the order of the workbook; hidden sheets are named, not read."""
    sheet = _Sheet("", limits)
    days_1904 = False
    count = 0
    try:
        for event, element in iterparse(io.BytesIO(data), events=("start", "end"), forbid_dtd=True):
            if event == "start":
                if element.tag == f"{_SS}Worksheet":
                    sheet = _Sheet(element.get(f"{_SS}Name", ""), limits)
                continue
            if element.tag == f"{_SS}Worksheet":
                count += 1
                if count > limits.sheets:
                    raise too_large(f"more than {limits.sheets} sheets", f"at most {limits.sheets}")
                yield sheet.raw(days_1904=days_1904)
            elif element.tag.endswith("}Date1904"):
                days_1904 = True
            sheet.take(element)
    except DefusedXmlException as error:
        raise unsafe_xml("the file") from error
    except (ParseError, ValueError, LookupError) as error:
        raise cut_off(str(error)) from error


class _Sheet:
    """One sheet as it grows, element by element; each is let go of as soon as it was taken."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name = name
        self._limits = limits
        self._cells: dict[tuple[int, int], Cell] = {}
        self._scan = SheetScan()
        self._next_row = self._next_column = 0
        self._height = self._width = 0
        self._hidden = False

    def take(self, element: Element) -> None:
        """Takes in what a whole element says about the sheet."""
        if element.tag == f"{_SS}Row":
            self._row(element)
        elif element.tag == f"{_SS}Column":
            first = _index(element, self._next_column)
            last = first + _count(element, "Span")
            if element.get(f"{_SS}Hidden") == "1":
                self._scan.hidden_columns.append((first, last))
            self._next_column = last + 1
        elif element.tag == _VISIBLE and (element.text or "").strip() in ("SheetHidden", "SheetVeryHidden"):
            self._hidden = True
        elif (
            element.tag == _FILTERED
            and element.get("{urn:schemas-microsoft-com:office:excel}Type", "All") != "All"
        ):
            self._scan.filtered = True
        else:
            return
        element.clear()

    def raw(self, *, days_1904: bool) -> RawSheet:
        """The sheet as far as it was taken in."""
        if self._hidden:
            return RawSheet(self._name, (), left=HIDDEN)
        columns: list[list[Cell]] = [[BLANK] * self._height for _ in range(self._width)]
        for (row, column), value in self._cells.items():
            columns[column][row] = value
        return RawSheet(
            self._name,
            columns,
            days_1904=days_1904,
            notes=self._scan.notes(),
            merges=tuple(self._scan.merges),
            hidden_columns=self._scan.hidden_within(self._width),
        )

    def _row(self, row: Element) -> None:
        number = _index(row, self._next_row)
        self._next_row = number + 1 + _count(row, "Span")
        column = 0
        filled = False
        for cell in row.iter(f"{_SS}Cell"):
            column = _index(cell, column)
            across, down = _count(cell, "MergeAcross"), _count(cell, "MergeDown")
            if across or down:
                self._scan.merges.append(Merge(number, column, number + down, column + across))
            value = _value(cell)
            if value != BLANK:
                filled = True
                self._cells[number, column] = value
                self._reach(number, column)
            column += across + 1
        if filled and row.get(f"{_SS}Hidden") == "1":
            self._scan.hide_row(number)

    def _reach(self, row: int, column: int) -> None:
        self._height, self._width = max(self._height, row + 1), max(self._width, column + 1)
        if self._height * self._width > self._limits.cells or self._width > self._limits.columns:
            raise too_wide(self._height, self._width, self._limits)


def _index(element: Element, following: int) -> int:
    """Its place from 0: the one it names, or the one behind the element before it."""
    stated = _count(element, "Index")
    return stated - 1 if stated else following


def _count(element: Element, name: str) -> int:
    digits = element.get(_SS + name, "0").strip()
    if not digits.isdecimal() or len(digits) > 7:  # noqa: PLR2004 -- beyond any sheet
        raise cut_off(f"a cell says {name}={digits[:20]}")
    return int(digits)


def _value(cell: Element) -> Cell:
    data = cell.find(f"{_SS}Data")
    if data is None:
        return UNCALCULATED if f"{_SS}Formula" in cell.attrib else BLANK
    text, kind = "".join(data.itertext()), data.get(f"{_SS}Type", "String")
    if kind == "Number":
        number = float(text)
        return number if math.isfinite(number) else CellError(text)
    if kind == "DateTime":
        return _moment(text.strip())
    if kind == "Boolean":
        return text.strip() == "1"
    if kind == "Error":
        return CellError(text or "#ERROR")
    return text


def _moment(text: str) -> Cell:
    """A date, or a time of day where the date is the one before all others."""
    moment = datetime.fromisoformat(text)
    return time(moment.hour, moment.minute, moment.second) if moment.date() < _FIRST_DAY else moment
