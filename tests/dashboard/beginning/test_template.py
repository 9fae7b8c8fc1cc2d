"""The workbook to fill in: filled in and loaded by the real road it gives right figures without a question."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from dashboard.beginning.template import FIGURES, GUIDE, HEADINGS, NAME, template
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.report import Status
from monitor.pipeline import Job, Loaded, process
from storage.figures import figures_of
from tests.moments import NOON
from wiring import System

SOLD: tuple[tuple[Any, ...], ...] = (
    (date(2025, 9, 1), "North", "Espresso", "Shop", 10, 4.0, 40.0, 25.0),
    (date(2025, 9, 30), "South", "Cocoa", "Online", 2, 5.5, 11.0, 6.0),
    (date(2025, 10, 15), "North", "Espresso", "Online", 1, 4.0, 4.0, 2.5),
)


def opened() -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(template()))


def filled(folder: Path, *columns: str) -> Path:
    """The template with the sales in it, in these columns; the others are left empty."""
    book = opened()
    sheet = book[FIGURES]
    for row, sale in enumerate(SOLD, 2):
        for number, (heading, content) in enumerate(zip(HEADINGS, sale, strict=True), 1):
            if not columns or heading.name in columns:
                sheet.cell(row, number, content)
    folder.mkdir(parents=True, exist_ok=True)
    book.save(folder / NAME)
    return folder / NAME


def loaded(system: System, path: Path) -> Loaded:
    return process(system.road, Job(path, "watch"), NOON)


def totals(system: System, *kpis: str) -> dict[str, float | None]:
    with (
        system.database.read() as connection,
        figures_of(
            connection, "kpi_template", system.road.folders.snapshots, system.calculator, system.today(NOON)
        ) as figures,
    ):
        return {one.kpi: one.value for one in figures.values(Slice(kpis, Grain.TOTAL))}


def test_filled_in_it_gives_the_right_figures_without_a_question(system: System) -> None:
    done = loaded(system, filled(system.road.folders.inbox))
    assert (done.status, done.report.questions, done.report.rows.loaded) == (Status.LOADED, (), 3)
    assert totals(system, "revenue", "cogs", "gross_profit", "units") == {
        "revenue": 55.0,
        "cogs": 33.5,
        "gross_profit": 21.5,
        "units": 13.0,
    }
    assert {field.header for field in done.report.fields} >= {heading.name for heading in HEADINGS}


def test_the_page_that_says_how_is_set_aside_with_its_examples(system: System) -> None:
    done = loaded(system, filled(system.road.folders.inbox))
    assert {sheet.name: (sheet.used, sheet.rows.read) for sheet in done.report.sheets} == {
        FIGURES: (True, 3),
        GUIDE: (False, 0),
    }


def test_only_day_and_revenue_are_needed(system: System) -> None:
    done = loaded(system, filled(system.road.folders.inbox, "Date", "Revenue"))
    assert (done.status, done.report.questions) == (Status.LOADED, ())
    assert totals(system, "revenue") == {"revenue": 55.0}


def test_left_empty_it_is_refused_and_its_examples_are_no_data(system: System) -> None:
    path = system.road.folders.inbox / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(template())
    done = loaded(system, path)
    assert (done.status, done.report.rows.loaded) == (Status.REJECTED, 0)


def test_excel_knows_the_formats_and_refuses_what_is_no_day_or_number() -> None:
    sheet = opened()[FIGURES]
    assert isinstance(sheet, Worksheet)
    assert [cell.value for cell in sheet[1]] == [heading.name for heading in HEADINGS]
    assert sheet.freeze_panes == "A2"
    checks = {str(one.sqref): one.type for one in sheet.data_validations.dataValidation}
    assert checks == {"A2:A1048576": "date"} | {f"{letter}2:{letter}1048576": "decimal" for letter in "EFGH"}
    assert {letter: sheet.column_dimensions[letter].number_format for letter in "AEH"} == {
        "A": "yyyy-mm-dd",
        "E": "#,##0",
        "H": "#,##0.00",
    }
