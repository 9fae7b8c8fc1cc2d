"""What a file says about the currency of its amounts: in a column, beside the numbers, in headers, or on its sheets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.cleaning.money.currency import code, resolved
from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, FactField, Kind, Status
from tests.kpi.books import columns, processed, xlsx

Rows = Sequence[Sequence[Any]]
JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)


def told(result: Processed) -> list[tuple[str, str]]:
    """The notes of the report: what was found and what is wrong with it."""
    return [
        (issue.found, issue.problem)
        for issue in result.report.issues
        if issue.effect in (Effect.NOTE, Effect.DOUBT)
    ]


def answered(folder: Path, rows: Sequence[Sequence[Any]], **choices: str) -> Processed:
    instructions = Instructions(Answers(choices=choices))
    return DataProcessor(instructions=instructions).process(xlsx(folder / "book.xlsx", {"Data": rows}))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("€", "EUR"), ("euros", "EUR"), ("eur", "EUR"), ("£", "GBP"), ("US$", "USD"), ("₹", "INR"),
        ("$", "$"), ("¥", "¥"), ("chf ", "CHF"), ("XBT", "XBT"),
    ],
)  # fmt: skip
def test_a_currency_is_known_by_its_code_however_it_is_written(written: str, meant: str) -> None:
    assert code(written) == meant


def test_a_dollar_is_the_one_that_is_named_and_stays_a_dollar_where_two_are() -> None:
    assert [resolved("$", named) for named in (["EUR", "CAD"], ["USD", "CAD"], [])] == ["CAD", "$", "$"]
    assert resolved("EUR", ["USD"]) == "EUR"


def test_a_column_of_currencies_gives_each_row_its_own_without_a_question(tmp_path: Path) -> None:
    rows = [["Date", "Revenue", "Currency"], [JAN, 1, "USD"], [FEB, 2, "€"], [MAR, 3, "usd"]]
    result = processed(tmp_path, rows)
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("EUR", "USD"))
    assert columns(result, "revenue", "currency") == {
        "revenue": [1.0, 2.0, 3.0],
        "currency": ["USD", "EUR", "USD"],
    }
    assert told(result) == [("rows: 1 in EUR, 2 in USD", "amounts in several currencies cannot be added")]


def test_signs_beside_the_numbers_make_a_column_of_currencies(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue"], [JAN, "£1.50"], [FEB, "€2.50"], [MAR, "3.50"]])
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("EUR", "GBP"))
    assert columns(result, "revenue", "currency") == {
        "revenue": [1.5, 2.5, 3.5],
        "currency": ["GBP", "EUR", "not stated"],
    }
    assert FactField("currency", Kind.DIMENSION, "Currency") in result.report.fields


def test_sheets_in_different_currencies_are_told_apart(tmp_path: Path) -> None:
    sheets = {
        "Paris": [["Date", "Revenue (EUR)"], [JAN, 1], [FEB, 2]],
        "London": [["Date", "Revenue (GBP)"], [JAN, 3], [FEB, 4]],
    }
    result = DataProcessor().process(xlsx(tmp_path / "book.xlsx", sheets))
    assert result.report.currencies == ("EUR", "GBP")
    assert columns(result, "currency") == {"currency": ["EUR", "EUR", "GBP", "GBP"]}


def test_one_currency_is_known_and_is_no_dimension(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue (EUR)"], [JAN, 1], [FEB, 2]])
    assert result.report.currencies == ("EUR",)
    assert [field.name for field in result.report.fields] == ["date", "revenue"]
    assert columns(result, "currency") == {"currency": ["EUR", "EUR"]}
    assert told(result) == []


def test_rows_that_name_no_currency_are_in_the_only_one_and_it_is_told(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue", "Currency"], [JAN, 1, "EUR"], [FEB, 2, None]])
    assert result.report.currencies == ("EUR",)
    assert columns(result, "currency") == {"currency": ["EUR", "EUR"]}
    assert told(result) == [("1 rows", "nothing says in which currency their amounts are")]


def test_a_file_that_names_no_currency_has_none(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue"], [JAN, 1], [FEB, 2]])
    assert (result.report.currencies, set(columns(result))) == ((), {"date", "revenue", "_row"})


def test_a_dollar_beside_the_number_is_that_of_the_header(tmp_path: Path) -> None:
    result = processed(tmp_path, [["Date", "Revenue (CAD)"], [JAN, "$1.50"], [FEB, "2.50"]])
    assert result.report.currencies == ("CAD",)


def test_a_dollar_beside_the_number_is_that_of_its_row(tmp_path: Path) -> None:
    rows = [["Date", "Revenue", "Currency"], [JAN, "$1.50", "CAD"], [FEB, "$2.50", "USD"]]
    result = processed(tmp_path, rows)
    assert result.report.status is Status.LOADED
    assert columns(result, "currency") == {"currency": ["CAD", "USD"]}


TWO: Rows = [["Date", "Revenue (EUR)", "COGS (USD)", "Refund"], [JAN, 10, 5, 20], [FEB, 20, 8, 30]]


def test_columns_in_different_currencies_are_never_combined_but_asked_about(tmp_path: Path) -> None:
    result = processed(tmp_path, TWO)
    (asked,) = result.report.questions
    assert result.facts is None
    assert (asked.key, asked.cell, asked.candidates) == (
        "currencies",
        "B1",
        ("only Revenue (EUR)", "only COGS (USD)"),
    )
    assert "Revenue (EUR) in EUR; COGS (USD) in USD" in asked.question


def test_the_columns_that_were_not_chosen_are_left_out_with_those_of_which_nothing_is_known(
    tmp_path: Path,
) -> None:
    result = answered(tmp_path, TWO, currencies="only COGS (USD)")
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("USD",))
    assert [field.name for field in result.report.fields] == ["date", "cogs"]
    left = [(issue.cell, issue.found) for issue in result.report.issues if issue.effect is Effect.LEFT_OUT]
    assert left == [("B1", "EUR"), ("D1", "no currency")]
    assert [column.field for column in result.report.sheets[0].columns] == ["date", "", "cogs", ""]


AGAINST: Rows = [["Date", "Revenue (EUR)", "Currency"], [JAN, 1, "USD"], [FEB, 2, "EUR"]]


def test_a_header_that_contradicts_the_column_of_currencies_is_asked_about(tmp_path: Path) -> None:
    (asked,) = processed(tmp_path, AGAINST).report.questions
    assert (asked.key, asked.question) == (
        "currency_of_amounts",
        "Currency says EUR, USD, but Revenue (EUR) says EUR. Which of them says what the amounts are in?",
    )


@pytest.mark.parametrize(
    ("answer", "currencies", "names"),
    [
        ("the headers and cells of the amounts", ("EUR",), ["date", "revenue", "original_currency"]),
        ("the column of currencies", ("EUR", "USD"), ["date", "revenue", "currency"]),
    ],
)
def test_either_side_of_the_contradiction_may_be_right(
    tmp_path: Path, answer: str, currencies: tuple[str, ...], names: list[str]
) -> None:
    result = answered(tmp_path, AGAINST, currency_of_amounts=answer)
    assert result.report.currencies == currencies
    assert [field.name for field in result.report.fields] == names


@pytest.mark.parametrize(("chosen", "base"), [("Revenue EUR", "EUR"), ("Revenue USD", "USD")])
def test_of_the_same_revenue_in_two_currencies_the_chosen_one_is_loaded_alone(
    tmp_path: Path, chosen: str, base: str
) -> None:
    rows: Rows = [["Date", "Revenue EUR", "Revenue USD"], [JAN, 100, 110], [FEB, 200, 220], [MAR, 300, 330]]
    result = answered(tmp_path, rows, revenue=chosen)
    assert [field.header for field in result.report.fields if field.name == "revenue"] == [chosen]
    assert (result.report.questions, result.report.currencies) == ((), (base,))
    assert columns(result, "revenue")["revenue"] == ([100, 200, 300] if base == "EUR" else [110, 220, 330])


def test_of_the_same_revenue_in_two_currencies_only_one_question_is_asked(tmp_path: Path) -> None:
    rows = [["Date", "Revenue EUR", "Revenue USD"], [JAN, 100, 110], [FEB, 200, 220]]
    report = processed(tmp_path, rows).report
    assert [(question.key, question.candidates) for question in report.questions] == [
        ("revenue", ("Revenue EUR", "Revenue USD"))
    ]
