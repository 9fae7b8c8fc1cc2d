"""A report for a message: a line for each KPI as its tile says it, and the trend as a picture. Knows no Streamlit."""

from __future__ import annotations

from datetime import datetime

from alerts.telling.reporting import Drawn
from dashboard.taking.making import report_of
from dashboard.taking.pdf import picture
from dashboard.taking.report import NO_ROWS, Report, Tile
from dashboard.taking.viewing import Choices, view_of
from storage.figures import Figures


def draw(figures: Figures, moment: datetime) -> Drawn:
    """The dataset's latest period, as the Overview begins with; `moment` is where the business is."""
    view = view_of(figures, Choices(), moment.date())
    return drawn_from(report_of(figures, view, moment))


def drawn_from(report: Report) -> Drawn:
    """Without rows there is one line that says so, and no picture."""
    return Drawn(
        dataset=report.dataset,
        period=report.shown,
        lines=tuple(_line(one) for one in report.tiles) or (NO_ROWS,),
        picture=picture(report) or b"",
        version=report.version,
        until=report.upto,
        today=report.made.date(),
    )


def _line(tile: Tile) -> str:
    """`Revenue: 1.2 M, +4.2 % vs Sep 2025, better; 96 % of its target`."""
    parts = [f"{tile.label}: {tile.value}"]
    parts += [f"({tile.note})"] if tile.note else []
    said = " ".join(parts)
    said += f", {tile.change.text}" if tile.change else ""
    return said + (f"; {tile.aim.text}" if tile.aim else "")
