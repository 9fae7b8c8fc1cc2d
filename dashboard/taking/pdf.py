"""The report as a PDF: sheets of A4 on which every text stays in its place, whatever is in it; and a trend as a picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from threading import Lock

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages

from dashboard.taking.contents import Trend, Trends
from dashboard.taking.ink import LINE, QUIET, Ink, lines, printable
from dashboard.taking.paper import Box, Sheet
from dashboard.taking.paper_cards import GAP, Row, rows_of
from dashboard.taking.paper_charts import draw_trend
from dashboard.taking.paper_members import draw_trends
from dashboard.taking.paper_tables import ROW, Table, figures_table
from dashboard.taking.report import NO_ROWS, Report

WIDTH, HEIGHT, EDGE = 842.0, 595.0, 34.0  # A4 across, in points
HEAD, FOOT = 92.0, 30.0
BOTTOM = HEIGHT - FOOT - 8.0  # of what stands on a sheet
ROOM = WIDTH - 2 * EDGE
FEWEST = 4  # rows of a table that begin on a sheet, if it has so many
NAME, ABOUT, SMALL = Ink(17, bold=True), Ink(10), Ink(8, colour=QUIET)
PICTURE, DOTS = (640.0, 320.0), 144  # of a picture: its size in points, and how fine it is

DRAWING = Lock()  # matplotlib is not made for several threads at once

Part = Callable[[Sheet], None]


def pdf(report: Report) -> bytes:
    """The whole file. Its size depends on the report alone."""
    with DRAWING:
        return _pdf(report)


def picture(report: Report) -> bytes | None:
    """The first trend as PNG, for a message; None where there is none."""
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


def _picture(trend: Trend | Trends) -> bytes:
    width, height = PICTURE
    sheet, box = Sheet(width, height), Box(0, 0, width, height).within(20)
    draw_trend(sheet, box, trend) if isinstance(trend, Trend) else draw_trends(sheet, box, trend)
    held = io.BytesIO()
    FigureCanvasAgg(sheet.figure)
    sheet.figure.savefig(held, format="png", dpi=DOTS)
    return held.getvalue()


def _parts(report: Report) -> list[list[Part]]:
    """What is drawn on each sheet below its head."""
    if not report.lines:
        return [[lambda sheet: sheet.text((EDGE, HEAD + 20), NO_ROWS, ABOUT, ROOM)]]
    sheets, top = _cards(rows_of(report, ROOM, BOTTOM - HEAD))
    table = figures_table(report.lines_at_the_end)
    while table.rows:
        count = int((BOTTOM - top) / ROW) - 1  # one row is that of the names
        if count < min(FEWEST, len(table.rows)):
            sheets.append([])
            top = HEAD
            continue
        sheets[-1].append(_table(Table(table.columns, table.rows[:count]), top))
        table = Table(table.columns, table.rows[count:])
        top = HEIGHT
    return sheets


def _cards(rows: list[Row]) -> tuple[list[list[Part]], float]:
    """The rows below each other, on as many sheets as they need; and where the last of them ends."""
    sheets, top = list[list[Part]]([[]]), HEAD
    for at, row in enumerate(rows):
        if top > HEAD and top + _together(rows[at:]) > BOTTOM:
            sheets.append([])
            top = HEAD
        height = max(row.lowest, min(row.height, BOTTOM - top))
        sheets[-1].append(partial(row.draw, left=EDGE, top=top, height=height))
        top += height + GAP
    return sheets, top


def _together(rows: list[Row]) -> float:
    """How low the first of them may be; words with what they lead on to, where a sheet has room for both."""
    high = rows[0].lowest
    both = high + GAP + rows[1].lowest if rows[0].leads and len(rows) > 1 else high
    return both if both <= BOTTOM - HEAD else high


def _head(sheet: Sheet, report: Report) -> None:
    facts = dict(report.standing)
    filters = facts.pop("Filters")
    right = f"Data to {facts['Data to']} · version {facts['Version']}"
    sheet.text((EDGE, EDGE + 10), report.name, NAME, 0.62 * ROOM)
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


def _table(table: Table, top: float) -> Part:
    return lambda sheet: table.draw(sheet, Box(EDGE, top, ROOM, HEIGHT - top))
