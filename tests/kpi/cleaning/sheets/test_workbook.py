"""Several sheets of one workbook: every amount once, none lost without a word."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpi.cleaning.sheet import CleanSheet
from kpi.cleaning.sheets.workbook import combine
from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor
from kpi.reading.book import read_book
from kpi.reading.limits import Limits
from kpi.report import Effect, Ledger, Status
from tests.kpi.books import Rows, columns, xlsx
from tests.kpi.several import (
    HEADER,
    MONTHS,
    amount,
    answered,
    by_month,
    issues,
    question,
    read,
    sales,
    total,
    used,
)


def test_sheets_with_different_measures_are_put_beside_each_other(tmp_path: Path) -> None:
    costs = [[month, 30] for month in MONTHS]
    targets = [[month, 500] for month in MONTHS]
    result = read(
        tmp_path,
        {
            "Orders": [HEADER, *sales()],
            "Costs": [["Month", "COGS"], *costs],
            "Targets": [["Month", "Target"], *targets],
        },
    )
    assert (result.report.status, result.report.rows.loaded) == (Status.LOADED, 72)
    assert [total(result, field) for field in ("revenue", "cogs", "target")] == [amount(sales()), 180, 3000]
    assert [one.problem for one in issues(result, Effect.NOTE)] == [
        "sheet Orders brings revenue",
        "sheet Costs brings cogs",
        "sheet Targets brings target",
    ]


def test_a_sheet_without_a_known_measure_is_left_out_and_said(tmp_path: Path) -> None:
    stock = [[month, 7] for month in MONTHS]
    result = read(tmp_path, {"Stock": [["Date", "Pallets"], *stock], "Sales": [HEADER, *sales(days=2)]})
    assert used(result) == {"Stock": False, "Sales": True}
    assert [one.sheet for one in issues(result, Effect.LEFT_OUT)] == ["Stock"]


def test_sheets_that_share_some_measures_are_asked_about(tmp_path: Path) -> None:
    orders = [["Date", "Product", "City", "Revenue"], *([row[0], row[1], "Ulm", row[2]] for row in sales())]
    books = [["Date", "Account", "Team", "Revenue", "COGS"], *([m, "4000", "A", 9, 2] for m in MONTHS)]
    sheets: dict[str, Rows] = {"Ledger": books, "Orders": orders}
    asked = question(read(tmp_path, sheets))
    assert (asked.key, asked.candidates) == (
        "sheets:Ledger, Orders",
        ("use only Orders", "use only Ledger", "use all of them together"),
    )
    assert [total(answered(tmp_path, sheets, asked.key, one)) for one in asked.candidates] == [
        amount(sales()),
        54,
        amount(sales()) + 54,
    ]


def test_an_answer_about_sheets_holds_for_the_next_workbook_of_these_layouts(tmp_path: Path) -> None:
    orders = [["Date", "Product", "City", "Revenue"], *([row[0], row[1], "Ulm", row[2]] for row in sales())]
    books = [["Date", "Account", "Team", "Revenue", "COGS"], *([m, "4000", "A", 9, 2] for m in MONTHS)]
    path = xlsx(tmp_path / "b.xlsx", {"Ledger": books, "Orders": orders})
    [choice] = DataProcessor(instructions=Instructions(accept=True)).process(path).report.choices
    kept = {choice.fingerprint: Answers(choices={choice.key: choice.answer})}
    result = DataProcessor(instructions=Instructions(kept=kept)).process(path)
    assert (result.report.status, result.report.answers) == (Status.LOADED, (choice,))


def test_several_tables_of_one_sheet_are_told_apart_by_their_row(tmp_path: Path) -> None:
    orders = [["Date", "Product", "City", "Revenue"], *([row[0], row[1], "Ulm", row[2]] for row in sales())]
    books = [["Date", "Account", "Team", "Revenue", "COGS"], *([m, "4000", "A", 9, 2] for m in MONTHS)]
    data = xlsx(tmp_path / "b.xlsx", {"Data": orders, "Below": books}).read_bytes()
    above, below = (clean_sheet(sheet, Instructions())[0] for sheet in read_book(data, "b.xlsx", Limits()))
    assert isinstance(below, CleanSheet)
    [asked] = combine([above, replace(below, name="Data", header_row=64)]).questions
    assert asked.candidates[:2] == ("use only Data (row 1)", "use only Data (row 64)")


def test_a_sheet_without_dates_stays_left(tmp_path: Path) -> None:
    people = [["Person", "Region"], ["Anna", "East"], ["Ben", "West"]]
    result = read(tmp_path, {"Orders": [HEADER, *sales()], "People": people})
    assert (result.report.status, used(result)) == (Status.LOADED, {"Orders": True, "People": False})


BOOK: dict[str, Rows] = {
    "North": [HEADER, *sales(1, days=90)],
    "South": [HEADER, *sales(2, days=90)],
    "South (2)": [HEADER, *sales(2, days=90)],
    "By month": [["Month", "Revenue"], *by_month(sorted([*sales(1, days=90), *sales(2, days=90)]))],
    "Costs": [["Month", "COGS"], *([month, 30] for month in MONTHS)],
    "Plan": [["Month", "Revenue"], *([month, 900] for month in MONTHS)],
    "Notes": [["Made by", "Anna"]],
}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(list(BOOK)))
def test_the_order_of_the_sheets_changes_no_fact(tmp_path: Path, order: list[str]) -> None:
    result = read(tmp_path, {name: BOOK[name] for name in order})
    names = ("date", "product", "revenue", "cogs", "target", "sheet", "_sheet", "_row")
    told = Counter(zip(*columns(result, *names).values(), strict=True))
    first = Counter(zip(*columns(read(tmp_path, BOOK), *names).values(), strict=True))
    assert (told, result.report.rows) == (first, Ledger(192, 192, 0, 0))
