"""Reports for tests: of the samples, and of one in which every text tries to be more than a text."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard import theme
from dashboard.shares import Share
from dashboard.taking.forms import Form, write
from dashboard.taking.making import report_of
from dashboard.taking.report import Breakdown, Line, Point, Report, Said, Tile, Trend
from dashboard.taking.rows import rows_of
from dashboard.taking.viewing import Choices, view_of
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from tests.dashboard.pages import AFTER_THE_SAMPLES
from wiring import System

LATEST = Choices()
HOSTILE = "</script><img src=x onerror=alert(1)>\u2028=1+1 $x^2$ \\frac & 数字 Ω Київ €\n" + "W" * 300


def report(system: System, dataset: str, choices: Choices = LATEST) -> Report:
    with (
        system.database.read() as connection,
        system.figures(connection, dataset, AFTER_THE_SAMPLES) as figures,
    ):
        view = view_of(figures, choices, system.today(AFTER_THE_SAMPLES))
        return report_of(figures, view, AFTER_THE_SAMPLES)


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
    return Report(
        dataset=HOSTILE,
        version=3,
        upto=date(2025, 4, 9),
        made=datetime(2025, 4, 9, 12, 0, tzinfo=UTC),
        reported=datetime(2025, 4, 8, 12, 0, tzinfo=UTC),
        shown=HOSTILE,
        against=HOSTILE,
        filters=HOSTILE,
        tiles=(Tile(HOSTILE, HOSTILE, HOSTILE, HOSTILE, said, HOSTILE, said, (1.0, 1.0), HOSTILE),) * 8,
        trend=Trend(one, Grain.MONTH, Calendar(), HOSTILE, HOSTILE, points, HOSTILE),
        breakdown=Breakdown(
            one, HOSTILE, HOSTILE, HOSTILE, (Share(HOSTILE, 3.0), Share(HOSTILE, -1.0), Share("none", None))
        ),
        lines=(Line(*[HOSTILE] * 6),) * 70,
    )
