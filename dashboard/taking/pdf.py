"""The report as a PDF: sheets of A4 on which every text stays in its place, whatever is in it; and the trend as a picture."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from threading import Lock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages

from dashboard.taking.ink import LINE, QUIET, Ink, lines, printable
from dashboard.taking.paper import Align, Box, Sheet
from dashboard.taking.paper_charts import draw_breakdown, draw_trend
from dashboard.taking.paper_tiles import draw_tile
from dashboard.taking.report import COLUMNS, NO_ROWS, Report, Trend, cells

WIDTH, HEIGHT, EDGE = 842.0, 595.0, 34.0  # A4 across, in points
HEAD, FOOT, GAP = 92.0, 30.0, 10.0
ROOM = WIDTH - 2 * EDGE
IN_ROW, TILE = 4, 102.0
CHARTS, ROW = 232.0, 17.0
SHARES = (0.23, 0.16, 0.16, 0.10, 0.27, 0.08)  # of the columns of the table
RIGHT = {"Value", "Earlier", "Change"}
NAME, ABOUT, SMALL = Ink(17, bold=True), Ink(10), Ink(8, colour=QUIET)
STRONG, CELL = Ink(8, bold=True, colour=QUIET), Ink(8)
PICTURE, DOTS = (640.0, 320.0), 144  # of a picture: its size in points, and how fine it is

DRAWING = Lock()  # matplotlib is not made for several threads at once

Part = Callable[[Sheet], None]


def pdf(report: Report) -> bytes:
    """The whole file. Its size depends on the report alone."""
    with DRAWING:
        return _pdf(report)


def picture(report: Report) -> bytes | None:
    """The trend as PNG, for a message; None where there is none."""
    if report.trend is None:
        return None
    with DRAWING:
        return _picture(report.trend)


def _pdf(report: Report) -> bytes:
    parts = _parts(report)
    held = io.BytesIO()
    about = {
        "Title": printable(report.title),
        "Subject": printable(report.filters),
        "CreationDate": report.made,
    }
    with PdfPages(held, metadata={**about, "Creator": "KPI dashboard"}) as book:
        for number, drawn in enumerate(parts, 1):
            sheet = Sheet(WIDTH, HEIGHT)
            _head(sheet, report)
            _foot(sheet, report, f"Page {number} of {len(parts)}")
            for part in drawn:
                part(sheet)
            book.savefig(sheet.figure)
    return held.getvalue()


def _picture(trend: Trend) -> bytes:
    width, height = PICTURE
    sheet = Sheet(width, height)
    draw_trend(sheet, Box(0, 0, width, height).within(20), trend)
    held = io.BytesIO()
    FigureCanvasAgg(sheet.figure)
    sheet.figure.savefig(held, format="png", dpi=DOTS)
    return held.getvalue()


def _parts(report: Report) -> list[list[Part]]:
    """What is drawn on each sheet below its head."""
    if not report.tiles:
        return [[lambda sheet: sheet.text((EDGE, HEAD + 20), NO_ROWS, ABOUT, ROOM)]]
    sheets: list[list[Part]] = [[_tiles(report)]]
    rows = -(-len(report.tiles) // IN_ROW)
    top = HEAD + rows * (TILE + GAP)
    if report.trend or report.breakdown:
        sheets[-1].append(_charts(report, top))
        top += CHARTS + GAP
    table = cells(report.lines)
    while table:
        count = int((HEIGHT - FOOT - top) / ROW) - 1  # one row is that of the names
        if count < min(4, len(table)):
            sheets.append([])
            top = HEAD
            continue
        sheets[-1].append(_table(table[:count], top))
        table = table[count:]
        top = HEIGHT
    return sheets


def _head(sheet: Sheet, report: Report) -> None:
    facts = dict(report.standing)
    filters = facts.pop("Filters")
    right = f"Data to {facts['Data to']} · version {facts['Version']}"
    sheet.text((EDGE, EDGE + 10), report.dataset, NAME, 0.62 * ROOM)
    sheet.text((WIDTH - EDGE, EDGE + 8), right, Ink(9.5, bold=True), 0.36 * ROOM, "right")
    then = f"As reported on {facts['As reported on']}" if report.reported else ""
    sheet.text((WIDTH - EDGE, EDGE + 22), then, SMALL, 0.36 * ROOM, "right")
    sheet.text((EDGE, EDGE + 26), report.about, ABOUT, (0.62 if then else 1) * ROOM)
    for at, text in enumerate(lines(f"Filters: {filters}", SMALL, ROOM, 2)):
        sheet.text((EDGE, EDGE + 39 + 10 * at), text, SMALL, ROOM)


def _foot(sheet: Sheet, report: Report, page: str) -> None:
    base = HEIGHT - 16
    sheet.line([(EDGE, base - 11), (WIDTH - EDGE, base - 11)], LINE, 0.5)
    made = dict(report.standing)["Made"]
    sheet.text((EDGE, base), f"Made {made} by KPI dashboard", SMALL, 0.7 * ROOM)
    sheet.text((WIDTH - EDGE, base), page, SMALL, 0.25 * ROOM, "right")


def _tiles(report: Report) -> Part:
    def draw(sheet: Sheet) -> None:
        wide = (ROOM - (IN_ROW - 1) * GAP) / IN_ROW
        for at, tile in enumerate(report.tiles):
            row, column = divmod(at, IN_ROW)
            draw_tile(sheet, Box(EDGE + column * (wide + GAP), HEAD + row * (TILE + GAP), wide, TILE), tile)

    return draw


def _charts(report: Report, top: float) -> Part:
    def draw(sheet: Sheet) -> None:
        left = 0.6 * (ROOM - GAP) if report.trend and report.breakdown else ROOM
        if report.trend:
            box = Box(EDGE, top, left, CHARTS)
            sheet.card(box)
            draw_trend(sheet, box.within(GAP), report.trend)
        if report.breakdown:
            box = Box(WIDTH - EDGE - (ROOM - GAP - left if report.trend else ROOM), top, 0, CHARTS)
            box = Box(box.x, top, WIDTH - EDGE - box.x, CHARTS)
            sheet.card(box)
            draw_breakdown(sheet, box.within(GAP), report.breakdown)

    return draw


def _table(rows: Sequence[Sequence[str]], top: float) -> Part:
    def draw(sheet: Sheet) -> None:
        _row(sheet, COLUMNS, top, STRONG)
        for at, row in enumerate(rows, 1):
            _row(sheet, row, top + at * ROW, CELL)

    return draw


def _row(sheet: Sheet, row: Sequence[str], top: float, ink: Ink) -> None:
    x = EDGE
    for name, text, share in zip(COLUMNS, row, SHARES, strict=True):
        align: Align = "right" if name in RIGHT else "left"
        wide = share * ROOM - GAP
        sheet.text((x + (wide if align == "right" else 0), top + 11), text, ink, wide, align)
        x += share * ROOM
    sheet.line([(EDGE, top + ROW - 1), (WIDTH - EDGE, top + ROW - 1)], LINE, 0.4)
