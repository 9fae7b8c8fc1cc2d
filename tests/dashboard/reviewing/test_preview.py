from __future__ import annotations

import re
from dataclasses import replace

from dashboard.reviewing.preview import preview_html, remarks_on
from dashboard.reviewing.tables import in_words
from kpi.report import ColumnReport, Effect, Issue, Ledger, PreviewRow, SheetPreview, SheetReport

PREVIEW = SheetPreview(
    "Data",
    ("A", "B"),
    (PreviewRow(3, ("Date", "Net")), PreviewRow(4, ("soon", "7")), PreviewRow(9, ("2025-01-01", "many"))),
    more_columns=4,
)
COLUMNS = (ColumnReport("Date", "date", "date", 1.0), ColumnReport("Net", "revenue", "measure", 0.9))
SHEET = SheetReport("Data", True, "", 3, Ledger(7, 5, 2), COLUMNS)
ISSUES = (
    Issue("Data", "B9", "Net", "many", "this is no number", "the row was not loaded", Effect.REJECTED),
    Issue("Data", "A4", "Date", "soon", "this is no date", "the row was not loaded", Effect.REJECTED),
    Issue("Data", "A99", "Date", "x", "not shown here", "", Effect.REJECTED),
    Issue("Other", "A4", "Date", "x", "another sheet", "", Effect.REJECTED),
    Issue("Data", "B4", "Net", "7", "worth knowing", "", Effect.NOTE),
)


def drawn(*issues: Issue, sheet: SheetReport = SHEET, preview: SheetPreview = PREVIEW) -> str:
    return re.sub(r"<style>.*</style>", "", preview_html(preview, sheet, issues), flags=re.DOTALL)


def test_remarks_are_numbered_from_the_top_and_only_on_cells_that_are_shown() -> None:
    found = remarks_on(PREVIEW, ISSUES)
    assert {cell: one.number for cell, one in found.items()} == {"A4": 1, "B9": 2}


def test_a_problem_is_said_by_colour_by_a_sign_and_in_words() -> None:
    text = drawn(*ISSUES)
    assert '<td class="bad">soon<sup>⚠ 1</sup></td>' in text
    assert (
        "<li><b>A4</b> (Date): soon – this is no date → <b>Rejected</b>: the row was not loaded</li>" in text
    )


def test_the_header_row_says_what_its_columns_were_read_as_and_gaps_are_marked() -> None:
    text = drawn()
    assert '<tr class="head"><th scope="row">3 header</th><td>Date<span>date</span></td>' in text
    assert "<td>Net<span>revenue</span></td>" in text
    assert text.count("⋮") == 1
    assert "4 more columns to the right" in text
    assert "header in row 3 · 7 rows: 5 loaded, 2 rejected, 0 set aside" in text


def test_a_single_row_is_not_said_as_several() -> None:
    assert "header in row 3 · 1 row: 1 loaded, 0 rejected" in drawn(sheet=replace(SHEET, rows=Ledger(1, 1)))


def test_a_sheet_that_is_not_used_is_one_line_with_the_reason() -> None:
    left = SheetReport("Data", used=False, reason="it has no dates", header_row=None, rows=Ledger())
    assert "<details><summary>Sheet Data is not used: it has no dates" in drawn(sheet=left)


def test_text_of_cells_and_sheets_is_never_markup() -> None:
    nasty = "<img src=x onerror=alert(1)>\"'"
    preview = SheetPreview(nasty, ("A",), (PreviewRow(1, (nasty,)), PreviewRow(2, (nasty,))))
    issue = Issue(nasty, "A2", nasty, nasty, nasty, nasty, Effect.DOUBT)
    sheet = SheetReport(nasty, True, nasty, 1, Ledger(), (ColumnReport(nasty, nasty, "text", 1.0),))
    text = preview_html(preview, sheet, [issue])
    assert ("<img" in text, text.count("&lt;img") > 5) == (False, True)


def test_how_sure_a_column_is_is_said_in_words() -> None:
    assert [in_words(1.0), in_words(0.9), in_words(0.6)] == ["certain", "likely, 90%", "a guess, 60%"]
