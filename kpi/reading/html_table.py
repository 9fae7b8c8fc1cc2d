"""The tables of a web page, cell by cell; what the page hides from the reader's eye is not taken for text."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from kpi.reading.cells import BLANK, Cell, CellError, Merge
from kpi.reading.container import too_wide
from kpi.reading.limits import Limits

_NEVER_SHOWN = frozenset({"script", "style", "title", "template", "noscript"})
_VOID = frozenset(
    {"br", "hr", "img", "input", "col", "wbr", "meta", "link", "area", "base", "embed", "source"}
)
_BREAKS = frozenset({"br", "p", "div", "li", "hr"})
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_CELLS = frozenset({"td", "th"})
_CLOSED_BY_A_TABLE = "p"
_HIDDEN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"[+-]?([\d.,]+)[eE]([+-]?\d{1,3})")
_SEPARATORS = re.compile(r"[.,]")
_SCALES = (1, 1e3, 1e6, 1e9)
_MOST_DIGITS = 40

Attributes = dict[str, str | None]


@dataclass(slots=True)
class HtmlCell:
    """One cell as it is written: its text, how far it spans, and the exact value where the page states it."""

    span: int
    depth: int
    attributes: Attributes
    pieces: list[str] = field(default_factory=list)


@dataclass(slots=True)
class HtmlTable:
    """A table in rows of cells; `heading` is the last one before it, `hidden` is set where the page does not show it.

    `whole` is set where the page says that it ends.
    """

    heading: str
    hidden: bool
    rows: list[list[HtmlCell]] = field(default_factory=list)
    foot: list[list[HtmlCell]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    caption: list[str] = field(default_factory=list)
    in_foot: bool = False
    whole: bool = False


class TableFinder(HTMLParser):
    """Finds the tables of a page, those within others too; `tables` are in the order in which they begin."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[HtmlTable] = []
        self._open: list[HtmlTable] = []
        self._cells: list[HtmlCell | None] = []  # the open cell of each open table
        self._pieces: list[str] | None = None  # where a caption or a heading goes
        self._heading: list[str] = []
        self._veil = ""
        self._veils = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        hidden = bool(_HIDDEN.search(attributes.get("style") or "")) or "hidden" in attributes
        if tag == "table":
            self._start_table(hidden=hidden)
        elif tag == "tr" and self._open:
            self._start_row(hidden=hidden)
        elif tag in _CELLS and self._open:
            self._start_cell(attributes)
        elif tag == "tfoot" and self._open:
            self._open[-1].in_foot = True
        elif tag in ("tbody", "thead") and self._open:
            self._open[-1].in_foot = False
        elif tag == self._veil:
            self._veils += 1
        elif not self._veil and (hidden or tag in _NEVER_SHOWN) and tag not in _VOID:
            self._veil, self._veils = tag, 1
        else:
            self._start_text(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "table" and self._open:
            self._lift_veil()
            self._open.pop().whole = True
            self._cells.pop()
        elif tag in _CELLS and self._cells:
            self._lift_veil()
            self._cells[-1] = None
        elif tag == self._veil:
            self._veils -= 1
            if not self._veils:
                self._veil = ""
        elif tag == "caption" or tag in _HEADINGS:
            self._pieces = None
        elif tag in _BREAKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        if self._veil:
            return
        if self._cells and (cell := self._cells[-1]) is not None:
            cell.pieces.append(data)
        elif self._pieces is not None:
            self._pieces.append(data)

    def _start_table(self, *, hidden: bool) -> None:
        within = bool(self._open) and self._open[-1].hidden
        veiled = bool(self._veil) and self._veil != _CLOSED_BY_A_TABLE
        self._lift_veil()
        self._pieces = None
        table = HtmlTable(joined(self._heading), hidden or within or veiled)
        self._heading = []
        self.tables.append(table)
        self._open.append(table)
        self._cells.append(None)

    def _start_row(self, *, hidden: bool) -> None:
        table = self._open[-1]
        self._lift_veil()
        self._cells[-1] = self._pieces = None
        if hidden and not table.in_foot:
            table.hidden_rows.add(len(table.rows))
        (table.foot if table.in_foot else table.rows).append([])

    def _start_cell(self, attributes: Attributes) -> None:
        table = self._open[-1]
        self._lift_veil()
        rows = table.foot if table.in_foot else table.rows
        if not rows:
            rows.append([])
        cell = HtmlCell(_span(attributes.get("colspan")), _span(attributes.get("rowspan")), attributes)
        rows[-1].append(cell)
        self._cells[-1] = cell

    def _start_text(self, tag: str) -> None:
        if tag == "caption" and self._open:
            self._pieces = self._open[-1].caption
        elif tag in _HEADINGS and not self._open:
            self._heading = self._pieces = []
        elif tag in _BREAKS:
            self.handle_data(" ")

    def _lift_veil(self) -> None:
        """A hidden element that was never closed ends with the cell it stands in."""
        self._veil = ""


def joined(pieces: list[str]) -> str:
    """The text as a page shows it: each run of white space is one space."""
    return " ".join("".join(pieces).split())


def _span(value: str | None) -> int:
    digits = (value or "").strip()
    return max(int(digits), 1) if digits.isdecimal() and len(digits) < 7 else 1  # noqa: PLR2004 -- beyond any sheet


def grid(table: HtmlTable, limits: Limits) -> tuple[list[list[Cell]], list[Merge]]:
    """The columns of a table and its merged ranges; a foot comes last, wherever it is written."""
    rows = [*table.rows, *table.foot]
    height, width = len(rows), 0
    taken: dict[int, int] = {}  # the last row that a cell above reaches down to, by column
    values: list[tuple[int, int, Cell]] = []
    merges: list[Merge] = []
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while taken.get(column, -1) >= number:
                column += 1
            end, bottom = column + cell.span, min(number + cell.depth, height) - 1
            width = max(width, end)
            if width * height > limits.cells or width > limits.columns:
                raise too_wide(height, width, limits)
            values.append((number, column, _value(cell)))
            if cell.span > 1 or bottom > number:
                merges.append(Merge(number, column, bottom, end - 1))
            if bottom > number:
                taken.update(dict.fromkeys(range(column, end), bottom))
            column = end
    columns: list[list[Cell]] = [[BLANK] * height for _ in range(width)]
    for number, column, value in values:
        columns[column][number] = value
    return columns, merges


def _value(cell: HtmlCell) -> Cell:
    """The exact value where Excel or LibreOffice stated it beside the text, else the text."""
    text = joined(cell.pieces)
    attributes = cell.attributes
    if "x:err" in attributes:
        return CellError(text or "#ERROR")
    stated = attributes.get("x:num") or attributes.get("sdval")
    if not stated:
        return (attributes.get("x:str") or text) if "x:str" in attributes else text
    try:
        number = float(stated)
    except ValueError:
        return text
    return number if math.isfinite(number) and shows(text, number) else text


def shows(text: str, number: float) -> bool:
    """Whether the text is this number, rounded and dressed up: a date, a time or a year is not its serial number."""
    digits = re.sub(r"[^\d.,]", "", text).strip(".,")
    if (found := _SCIENTIFIC.fullmatch(text.strip())) is not None:
        power = int(found[2])
        return any(_near(shown, step, abs(number) / 10.0**power) for shown, step in _readings(found[1]))
    factor = 100 if "%" in text else 1
    scales = _SCALES if re.search(r"[^\W\d_]", text) else _SCALES[:1]
    return any(
        _near(shown, step, abs(number) * factor / scale)
        for shown, step in _readings(digits)
        for scale in scales
    )


def _near(shown: float, step: float, number: float) -> bool:
    return abs(shown - number) <= step / 2 + 1e-9 * max(number, 1.0)


def _readings(digits: str) -> list[tuple[float, float]]:
    """What digits with separators may say, each with the size of its last digit."""
    whole = _SEPARATORS.sub("", digits)
    if not whole.isdecimal() or len(whole) > _MOST_DIGITS:
        return []
    places = len(_SEPARATORS.split(digits)[-1]) if _SEPARATORS.search(digits) else 0
    return [(float(whole), 1.0), (int(whole) / 10**places, 10.0**-places)]
