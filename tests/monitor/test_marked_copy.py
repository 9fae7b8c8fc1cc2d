from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from kpi.cleaning.values.dates import read_date
from kpi.cleaning.values.numbers import read_number
from kpi.loading.inert import inert
from kpi.processor import DataProcessor
from kpi.report import Effect, Issue, Ledger, Status
from monitor.mark_report import free_title
from monitor.marked_copy import NoSuchLoadError, marked_copy
from monitor.marks import AMBER, GREY, LONGEST_COMMENT, RED, marks_of
from storage.originals import MarkedCopy, NotMarkedError
from tests.monitor.shop import load
from wiring import System

ROWS: list[list[Any]] = [
    ["Date", "Region", "Revenue", "Twice", "Remark"],
    [date(2025, 10, 1), "North", 100.0, "=C2*2", "fine"],
    ["soon", "North", 5.0, "=C3*2", "no date"],
    [date(2025, 10, 2), "South", 20.0, "=C4*2", "=1+1"],
    [date(2025, 10, 31), "South", "x12", "=C5*2", "no number"],
    ["Total", None, 125.0, None, None],
]
RESULTS = {"D2": "200", "D3": "10", "D4": "40", "D5": "0"}


def book(path: Path, title: str = "Sales") -> Path:
    """Saved as Excel does it: with formats, a note of its author, and the results of its formulas."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in ROWS:
        sheet.append(row)
    sheet["E4"].data_type = "s"
    sheet["C2"].number_format = "#,##0.00 €"
    sheet["B2"].font = Font(bold=True)
    sheet["C5"].comment = Comment("ask Ann", "Bob")
    sheet.column_dimensions["B"].width = 33
    made.save(path)
    return calculated(path)


def calculated(path: Path) -> Path:
    """The file with results beside its formulas, which openpyxl does not work out."""
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            part = old.read(name).decode() if name.startswith("xl/worksheets/sheet") else None
            for cell, result in RESULTS.items():
                formula = f"<f>C{cell[1]}*2</f>"
                part = part and part.replace(f"{formula}<v />", f"{formula}<v>{result}</v>").replace(
                    f"{formula}<v></v>", f"{formula}<v>{result}</v>"
                )
            new.writestr(name, part if part is not None else old.read(name))
    path.write_bytes(content.getvalue())
    return path


def marked(system: System, path: Path, **how: Any) -> MarkedCopy:
    done = load(system, path)
    assert done.load_id is not None
    return marked_copy(system.road, done.load_id, **how)


def opened(copy: MarkedCopy, **how: Any) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(copy.content), **how)


def colours(sheet: Worksheet) -> dict[str, str]:
    return {
        cell.coordinate: cell.fill.fgColor.rgb[2:]
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fill_type
    }


def comments(sheet: Worksheet) -> dict[str, str]:
    return {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}


@pytest.fixture
def copy(system: System, tmp_path: Path) -> MarkedCopy:
    return marked(system, book(tmp_path / "shop.xlsx"))


def test_every_problem_is_coloured_by_what_it_did(copy: MarkedCopy) -> None:
    found = colours(opened(copy)["Sales"])
    assert {cell: found[cell] for cell in ("A3", "C5", "A6")} == {"A3": RED, "C5": RED, "A6": GREY}
    assert {"A2", "B2", "A4"}.isdisjoint(found)


def test_a_comment_says_what_was_found_and_done_before_what_its_author_has_noted(copy: MarkedCopy) -> None:
    said = comments(opened(copy)["Sales"])
    assert (
        said["A3"]
        == "Rejected: this cannot be read as a date\nFound: soon\nWhat was done: the row was not loaded"
    )
    assert said["C5"].startswith("Rejected: ")
    assert said["C5"].endswith("\n\nask Ann")


def test_formats_widths_and_formulas_stay_what_they_were(copy: MarkedCopy) -> None:
    sheet = opened(copy)["Sales"]
    assert (
        sheet["C2"].number_format,
        sheet["B2"].font.b,
        sheet.column_dimensions["B"].width,
        sheet["D2"].value,
    ) == ("#,##0.00 €", True, 33, "=C2*2")


def test_formulas_keep_their_results(copy: MarkedCopy) -> None:
    sheet = opened(copy, data_only=True)["Sales"]
    assert {cell: str(sheet[cell].value) for cell in RESULTS} == RESULTS


def test_a_text_that_looks_like_a_formula_stays_a_text(copy: MarkedCopy) -> None:
    cell = opened(copy)["Sales"]["E4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_first_sheet_reports_the_ledger_and_links_every_issue_to_its_cell(copy: MarkedCopy) -> None:
    workbook = opened(copy)
    report = workbook.worksheets[0]
    texts = [[cell.value for cell in row if cell.value] for row in report.iter_rows()]
    assert (report.title, workbook.active is report) == ("Load report", True)
    assert ["Sales", "yes", "5 rows", "2 rows", "2 rows", "1 row"] in texts
    links = {
        str(cell.value): cell.hyperlink.location
        for row in report.iter_rows()
        for cell in row
        if cell.hyperlink
    }
    assert links["Sales!A3"] == "'Sales'!A3"
    assert [sheet.sheet_view.tabSelected for sheet in workbook.worksheets[1:]] == [False]


def test_the_copy_loads_again_to_the_same_facts(system: System, tmp_path: Path) -> None:
    path = book(tmp_path / "shop.xlsx")
    again = tmp_path / "again.xlsx"
    again.write_bytes(marked(system, path).content)
    before, after = DataProcessor().process(path), DataProcessor().process(again)
    assert before.facts is not None
    assert after.facts is not None
    assert after.facts.to_pylist() == before.facts.to_pylist()
    assert (after.report.status, after.report.rows) == (before.report.status, before.report.rows)


@pytest.mark.parametrize("title", ["2025", "Oct 2025", "2025-10-01", "Load report", "O'Brien & <Co>"])
def test_a_sheet_of_any_name_is_read_again_and_the_report_never_is(
    system: System, tmp_path: Path, title: str
) -> None:
    path = book(tmp_path / "shop.xlsx", title)
    again = tmp_path / "again.xlsx"
    again.write_bytes(marked(system, path).content)
    report = DataProcessor().process(again).report
    assert (report.status, report.rows) == (Status.LOADED, Ledger(5, 2, 2, 1))
    assert [sheet.used for sheet in report.sheets] == [False, True]


def test_a_csv_becomes_a_workbook_of_texts_with_the_same_marks(system: System, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("Date,Revenue,Remark\n2025-10-01,100,=1+1\nsoon,5,-2\n2025-10-31,x12,#N/A\n")
    copy = marked(system, path)
    sheet = opened(copy)["shop"]
    assert copy.name == "shop marked.xlsx"
    assert [(cell.value, cell.data_type) for cell in (sheet["C2"], sheet["C3"], sheet["C4"])] == [
        ("=1+1", "s"),
        ("-2", "s"),
        ("#N/A", "s"),
    ]
    assert colours(sheet) == {"A3": RED, "B4": RED}


def test_a_refused_file_can_be_marked_too(system: System, tmp_path: Path) -> None:
    path = tmp_path / "shop.csv"
    path.write_text("Region,Revenue\nNorth,1\nSouth,2\n")
    report = opened(marked(system, path)).worksheets[0]
    assert "wanted" in str(report["A3"].value)


def test_an_original_that_is_kept_no_longer_cannot_be_marked(system: System, tmp_path: Path) -> None:
    done = load(system, book(tmp_path / "shop.xlsx"))
    for path in system.road.folders.originals.iterdir():
        path.unlink()
    with pytest.raises(NotMarkedError, match="is kept no longer"):
        marked_copy(system.road, done.load_id or 0)


def test_a_load_that_does_not_exist_cannot_be_marked(system: System) -> None:
    with pytest.raises(NoSuchLoadError):
        marked_copy(system.road, 99)


def test_an_unreadable_original_is_an_answer_and_leaves_nothing_behind(
    system: System, tmp_path: Path
) -> None:
    path = tmp_path / "shop.xlsx"
    path.write_bytes(b"PK\x03\x04 but no zip at all")
    with pytest.raises(
        NotMarkedError, match=r"No marked copy of shop\.xlsx can be made: found a workbook that is inc"
    ):
        marked(system, path)
    assert list(system.road.folders.staging.iterdir()) == []


def test_a_copy_without_macros_may_not_be_called_one_with_them(system: System, tmp_path: Path) -> None:
    with pytest.raises(NotMarkedError, match=r"wanted one ending in \.xlsx"):
        marked(system, book(tmp_path / "shop.xlsx"), suffix=".xlsm")


def test_too_many_marks_are_cut_and_counted() -> None:
    issues = [Issue("S", f"A{row}", "H", "x", "bad", "done", Effect.EMPTIED) for row in range(1, 6)]
    marking = marks_of(issues, most=3)
    assert (sorted(marking.sheets["S"]), marking.cut) == ([(1, 1), (2, 1), (3, 1)], 2)


def test_the_gravest_of_several_issues_colours_the_cell_and_all_are_told_within_limits() -> None:
    issues = [
        Issue("S", "A1", "H", "\x00y" * LONGEST_COMMENT, "odd", "", Effect.NOTE),
        Issue("S", "A1", "H", "x", "empty", "left", Effect.EMPTIED, 3),
    ]
    mark = marks_of(issues).sheets["S"][1, 1]
    assert mark.colour == AMBER
    assert mark.comment.startswith(
        "Left empty: empty\nFound: x\nWhat was done: left\nThis and 2 more cells or rows\n\n"
    )
    assert (len(mark.comment), "\x00" in mark.comment) == (LONGEST_COMMENT, False)


@pytest.mark.parametrize(
    "text", ["31.12.2025", "2025", "1,234.50", "Oct 2025", "12 %", "€ 5", "(3)", "'7", "Q1 2025"]
)
def test_no_text_of_the_report_reads_as_a_date_or_a_number(text: str) -> None:
    shown = inert(text)
    assert text in shown
    assert (read_date(shown), read_number(shown)) == (None, None)


def test_the_report_takes_a_name_that_is_free_whatever_its_case() -> None:
    assert [
        free_title([]),
        free_title(["LOAD REPORT", "x"]),
        free_title(["Load report", "load report 2"]),
    ] == [
        "Load report",
        "Load report 2",
        "Load report 3",
    ]


def test_a_workbook_that_openpyxl_cannot_take_becomes_a_plain_one(system: System, tmp_path: Path) -> None:
    path, content = book(tmp_path / "shop.xlsx"), io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            odd = part.replace(b'patternType="gray125"', b'patternType="none of these"')
            new.writestr(name, odd if name == "xl/styles.xml" else part)
    path.write_bytes(content.getvalue())
    with pytest.raises(ValueError, match="styles"):
        openpyxl.load_workbook(path)
    assert opened(marked(system, path)).sheetnames == ["Load report", "Sales"]
