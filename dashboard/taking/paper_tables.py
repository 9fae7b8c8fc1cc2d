"""Tables on paper: rows with a line below each, and their names above them on every sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from dashboard.taking.contents import Members
from dashboard.taking.ink import LINE, QUIET, Ink
from dashboard.taking.paper import Box, Piece, Sheet
from dashboard.taking.paper_charts import STEP, draw_title, height_of_title
from dashboard.taking.report import COLUMNS, Line, cells
from kpi.format import format_value

ROW = 17.0
NAMES, CELL = Ink(8, bold=True, colour=QUIET), Ink(8)
BETWEEN = 8.0  # two columns
SHARES = (0.23, 0.16, 0.16, 0.10, 0.27, 0.08)  # of the columns of all figures
SHOWN = {
    1: (0, 1),
    2: (0, 1, 3),
    3: (0, 1, 2, 3),
}  # of these, in a card of so many columns; all in a wider one
RIGHT = {"Value", "Earlier", "Change"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that has this part of the width."""

    name: str
    share: float
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of texts below the names of their columns."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]

    def draw(self, sheet: Sheet, box: Box) -> None:
        """From the upper edge of the box down, a row below the other."""
        self._draw_row(sheet, box, [column.name for column in self.columns], NAMES)
        for at, row in enumerate(self.rows, 1):
            self._draw_row(sheet, Box(box.x, box.y + at * ROW, box.width, ROW), row, CELL)

    def _draw_row(self, sheet: Sheet, box: Box, row: Sequence[str], ink: Ink) -> None:
        x = box.x
        for column, text in zip(self.columns, row, strict=True):
            wide = column.share * box.width - BETWEEN
            place = (x + (wide if column.right else 0), box.y + 11)
            sheet.text(place, text, ink, wide, "right" if column.right else "left")
            x += column.share * box.width
        sheet.line([(box.x, box.y + ROW - 1), (box.right, box.y + ROW - 1)], LINE, 0.4)


def figures_table(lines: Sequence[Line], columns: int = 4) -> Table:
    """All figures; in a card of few columns, as many columns as can be read in it."""
    places = SHOWN.get(columns, tuple(range(len(COLUMNS))))
    whole = sum(SHARES[at] for at in places)
    shown = [Column(COLUMNS[at], SHARES[at] / whole, COLUMNS[at] in RIGHT) for at in places]
    return Table(shown, [[row[at] for at in places] for row in cells(lines)])


def members_table(found: Members, columns: int = 4) -> Table:
    """The members with their values and shares; in a card of one column without shares, so that values can be read."""
    one = found.kpi
    shares = (0.44, 0.31, 0.25) if columns > 1 else (0.4, 0.6)
    names = (found.called, "Value", "Share")
    shown = [
        Column(name, share, right=at > 0) for at, (name, share) in enumerate(zip(names, shares, strict=False))
    ]
    rows = [
        (
            share.member,
            format_value(share.value, one.unit, one.decimals, one.currency),
            share.of_the_whole,
        )[: len(shown)]
        for share in found.shares
    ]
    return Table(shown, rows)


def table_pieces(table: Table, title: str, unit: str, wide: float, most: float) -> list[Piece]:
    """As many as it needs, none higher than `most`; each under the title."""
    above = height_of_title(title, wide) - (0 if unit else STEP)
    return [
        Piece(above + ROW * (1 + len(part.rows)), partial(_titled, table=part, title=title, unit=unit))
        for part in _parted(table, int((most - above) / ROW) - 1)
    ]


def _titled(sheet: Sheet, box: Box, table: Table, title: str, unit: str) -> None:
    room = draw_title(sheet, box, title, unit)
    table.draw(sheet, room if unit else Box(room.x, room.y - STEP, room.width, room.height))


def _parted(table: Table, most: int) -> Iterator[Table]:
    for at in range(0, len(table.rows), most):
        yield Table(table.columns, table.rows[at : at + most])
