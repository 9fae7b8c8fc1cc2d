"""A report for a message: a line for each KPI as its tile says it, and the trend as a picture. Knows no Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from alerts.telling.reporting import Drawn
from dashboard.boards.board import Card, Look
from dashboard.taking.contents import Tile
from dashboard.taking.making import report_of
from dashboard.taking.pdf import picture
from dashboard.taking.report import NO_ROWS, Report
from dashboard.taking.viewing import Choices, as_opened, view_of
from storage.figures import Figures

TOLD = (Look.KPI, Look.TREND)  # what a message has of a dashboard


def draw(
    figures: Figures, moment: datetime, choices: Choices | None = None, cards: Sequence[Card] | None = None
) -> Drawn:
    """The dataset as `choices` looks at it, as the page opens where there are none, in the cards of a dashboard; `moment` is
    where the business is.

    Without `cards` it is the dashboard that every dataset has, which also gives the lines to one without tiles, and the
    picture to one without a trend. SliceError where the choices make no sense.
    """
    view = view_of(figures, choices or as_opened(figures.dataset), moment.date())
    if cards is None:
        return drawn_from(report_of(figures, view, moment))
    made = report_of(figures, view, moment, [card for card in cards if card.look in TOLD])
    if made.tiles and made.trend:
        return drawn_from(made)
    return drawn_from(_filled(made, report_of(figures, view, moment)))


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


def _filled(made: Report, shipped: Report) -> Report:
    """With the tiles, or the trend, of another one where there are none."""
    tiles = made if made.tiles else shipped
    trends = made if made.trend else shipped
    return replace(
        made,
        cards=(
            *(one for one in tiles.cards if isinstance(one.holds, Tile)),
            *(one for one in trends.cards if not isinstance(one.holds, Tile)),
        ),
    )


def _line(tile: Tile) -> str:
    """`Revenue: 1.2 M, +4.2 % vs Sep 2025, better; 96 % of its target`."""
    parts = [f"{tile.label}: {tile.value}"]
    parts += [f"({tile.note})"] if tile.note else []
    said = " ".join(parts)
    said += f", {tile.change.text}" if tile.change else ""
    return said + (f"; {tile.aim.text}" if tile.aim else "")
