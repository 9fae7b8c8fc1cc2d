"""Reports for tests: of the samples, and of one in which every text tries to be more than a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard import theme
from dashboard.boards.board import Card, Look
from dashboard.shares import Share
from dashboard.taking.bins import Bin
from dashboard.taking.contents import (
    Absent,
    Block,
    Breakdown,
    Course,
    Distribution,
    Held,
    Kind,
    Members,
    Placed,
    Point,
    Said,
    Tile,
    Trend,
    Trends,
    Written,
)
from dashboard.taking.forms import Form, write
from dashboard.taking.making import report_of
from dashboard.taking.report import Line, Report
from dashboard.taking.rows import rows_of
from dashboard.taking.viewing import Choices, view_of
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from tests.dashboard.pages import AFTER_THE_SAMPLES
from wiring import System

LATEST = Choices()
HOSTILE = "</script><img src=x onerror=alert(1)>\u2028=1+1 $x^2$ \\frac & 数字 Ω Київ €\n" + "W" * 300
NOTES = """## What to know
December is **not over**: see [the minutes](https://example.org/m).

- Sales in the *West* carry the growth
1. Decide on prices

![a picture](https://example.org/x.png) <b>no markup</b>
"""
EVERYTHING = (
    Card(Look.TEXT, text=NOTES, title="Notes", width=4),
    Card(Look.KPI, "revenue", title="Sales so far"),
    Card(Look.KPI, "no_such_kpi"),
    Card(Look.TREND, "gross_margin", width=2, height=1),
    Card(Look.TREND, "revenue", by="region", width=3, height=3),
    Card(Look.BREAKDOWN, "revenue", by="region", top=2),
    Card(Look.DISTRIBUTION, "revenue", title="How days differ", width=2),
    Card(Look.TABLE, "revenue", by="region", width=2),
    Card(Look.BREAKDOWN, "revenue", by="colour", title="By colour", width=2),
    Card(Look.TABLE, width=4),
)  # every look, and what these data do not have


def report(
    system: System,
    dataset: str,
    choices: Choices = LATEST,
    cards: Sequence[Card] | None = None,
    board: str = "",
) -> Report:
    with (
        system.database.read() as connection,
        system.figures(connection, dataset, AFTER_THE_SAMPLES) as figures,
    ):
        view = view_of(figures, choices, system.today(AFTER_THE_SAMPLES))
        return report_of(figures, view, AFTER_THE_SAMPLES, cards, board)


def held(made: Report) -> list[Held]:
    """What its cards hold."""
    return [card.holds for card in made.cards]


def trend_of(made: Report) -> Trend:
    """Its first line over time."""
    return next(one for one in held(made) if isinstance(one, Trend))


def breakdown_of(made: Report) -> Breakdown:
    return next(one for one in held(made) if isinstance(one, Breakdown))


def workbook(system: System, dataset: str, path: Path, choices: Choices = LATEST) -> Path:
    with (
        system.database.read() as connection,
        system.figures(connection, dataset, AFTER_THE_SAMPLES) as figures,
    ):
        view = view_of(figures, choices, system.today(AFTER_THE_SAMPLES))
        made = report_of(figures, view, AFTER_THE_SAMPLES)
        folder = system.road.folders.snapshots
        write(Form.XLSX, path, made, lambda: rows_of(connection, figures, folder, view))
    return path


def hostile() -> Report:
    """Every text that may come from a cell is the same hostile one."""
    revenue = next(one for one in load_catalog().definitions if one.key == "revenue")
    one = replace(revenue, label=HOSTILE, currency="EUR")
    said = Said(HOSTILE, theme.BAD, "down")
    points = tuple(
        Point(date(2025, number, 1), HOSTILE, value, number < 4, HOSTILE)
        for number, value in enumerate((1.0, None, -5.0, 2.0), 1)
    )
    shares = (Share(HOSTILE, 3.0), Share(HOSTILE, -1.0), Share("none", None))
    tile = Tile(HOSTILE, HOSTILE, HOSTILE, HOSTILE, said, HOSTILE, said, (1.0, 1.0), HOSTILE)
    courses = (Course(HOSTILE, points), Course("none", points[1:2]))
    words = tuple(Block(kind, f"• {HOSTILE}") for kind in Kind)
    return Report(
        dataset=HOSTILE,
        version=3,
        upto=date(2025, 4, 9),
        made=datetime(2025, 4, 9, 12, 0, tzinfo=UTC),
        reported=datetime(2025, 4, 8, 12, 0, tzinfo=UTC),
        shown=HOSTILE,
        against=HOSTILE,
        filters=HOSTILE,
        board=HOSTILE,
        cards=(
            *(Placed(tile) for _ in range(8)),
            Placed(Trend(one, Grain.MONTH, Calendar(), HOSTILE, HOSTILE, points, HOSTILE), 2),
            Placed(Breakdown(one, HOSTILE, HOSTILE, HOSTILE, shares), 2),
            Placed(Trends(one, Grain.MONTH, Calendar(), HOSTILE, HOSTILE, courses, HOSTILE), 1),
            Placed(Members(one, HOSTILE, HOSTILE, HOSTILE, shares), 1, 1),
            Placed(
                Distribution(one, HOSTILE, HOSTILE, (1.0, 2.0), (Bin(1.0, 2.0, 1), Bin(2.0, 3.0, 1)), 1.5),
                2,
                3,
            ),
            Placed(Written(HOSTILE, words), 3),
            Placed(Absent(HOSTILE, HOSTILE)),
        ),
        lines=(Line(*[HOSTILE] * 6),) * 70,
    )


def bare() -> Report:
    """One without rows."""
    return replace(hostile(), cards=(), lines=())
