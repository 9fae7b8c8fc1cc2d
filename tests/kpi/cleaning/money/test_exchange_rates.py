"""A sheet of exchange rates converts the amounts of a workbook, or says why it does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kpi.loading.answers import Answers, Instructions
from kpi.processor import DataProcessor, Processed
from kpi.report import Effect, Issue, Status
from tests.kpi.books import columns, xlsx

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
Rows = Sequence[Sequence[Any]]
FACTS: list[list[Any]] = [
    ["Date", "Revenue", "Quantity", "Currency"],
    [JAN, 100, 1, "EUR"],
    [FEB, 200, 2, "$"],
    [MAR, 300, 3, "USD"],
]
RATES: list[list[Any]] = [["Currency", "Rate"], ["EUR", 1], ["USD", 0.9]]


def with_rates(folder: Path, rates: Rows, facts: Rows = FACTS, **said: Any) -> Processed:
    path = xlsx(folder / "book.xlsx", {"Data": facts, "Rates": rates})
    return DataProcessor(instructions=Instructions(Answers(**said))).process(path)


def revenue(result: Processed) -> list[float]:
    return [round(value, 6) for value in columns(result, "revenue")["revenue"]]


def doubts(result: Processed) -> list[str]:
    return [issue.problem for issue in result.report.issues if issue.effect is Effect.DOUBT]


def test_every_amount_is_converted_into_the_currency_whose_rate_is_1(tmp_path: Path) -> None:
    result = with_rates(tmp_path, RATES)
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("EUR",))
    assert columns(result, "revenue", "quantity", "currency", "original_currency") == {
        "revenue": [100.0, 180.0, 270.0],
        "quantity": [1.0, 2.0, 3.0],
        "currency": ["EUR", "EUR", "EUR"],
        "original_currency": ["EUR", "USD", "USD"],
    }


def test_the_conversion_is_one_repair_that_names_its_rates(tmp_path: Path) -> None:
    (told,) = [issue for issue in with_rates(tmp_path, RATES).report.issues if issue.repair]
    assert told == Issue(
        "Data",
        "B1",
        "Revenue",
        "amounts: 1 in EUR, 2 in USD",
        "amounts in several currencies cannot be added",
        "they were converted into EUR by the rates of sheet Rates: 1 USD = 0.9 EUR",
        Effect.REPAIRED,
        2,
        "currency_rates",
    )


def test_a_conversion_that_is_turned_off_leaves_the_amounts_as_they_are(tmp_path: Path) -> None:
    result = with_rates(tmp_path, RATES, off=frozenset({"currency_rates"}))
    assert (result.report.currencies, revenue(result)) == (("EUR", "USD"), [100.0, 200.0, 300.0])


def test_a_sheet_of_rates_holds_no_facts(tmp_path: Path) -> None:
    sheets = with_rates(tmp_path, RATES).report.sheets
    assert [(sheet.name, sheet.used, sheet.reason) for sheet in sheets] == [
        ("Data", True, ""),
        ("Rates", False, "it holds exchange rates"),
    ]


def test_amounts_in_one_currency_are_left_alone(tmp_path: Path) -> None:
    facts: Rows = [["Date", "Revenue (USD)"], [JAN, 100], [FEB, 200]]
    result = with_rates(tmp_path, RATES, facts)
    assert (result.report.currencies, revenue(result)) == (("USD",), [100.0, 200.0])


def test_the_latest_rate_at_or_before_the_day_holds(tmp_path: Path) -> None:
    rates: Rows = [["Valid from", "Currency", "Rate"], [JAN, "USD", 0.9], [MAR, "USD", 0.8], [JAN, "EUR", 1]]
    assert revenue(with_rates(tmp_path, rates)) == [100.0, 180.0, 240.0]


@pytest.mark.parametrize(
    "header",
    [
        ["Währung", "Kurs"], ["Devise", "Taux de change"], ["Moneda", "Tipo de cambio"], ["Valuta", "Cambio"],
        ["Moeda", "Taxa de câmbio"], ["Munt", "Koers"], ["Currency", "Exchange rate"],
    ],
)  # fmt: skip
def test_rates_are_known_in_seven_languages(tmp_path: Path, header: list[str]) -> None:
    assert revenue(with_rates(tmp_path, [header, *RATES[1:]])) == [100.0, 180.0, 270.0]


@pytest.mark.parametrize(
    "rates",
    [
        pytest.param([["From", "To", "Rate"], ["USD", "EUR", 0.5]], id="a column of the base"),
        pytest.param([["Currency", "Rate (EUR)"], ["USD", 0.5]], id="the unit of the header"),
        pytest.param([["Currency", "Rate per EUR"], ["USD", 2]], id="units for one of the base"),
    ],
)
def test_the_headers_may_say_what_the_rates_are_in(tmp_path: Path, rates: Rows) -> None:
    assert revenue(with_rates(tmp_path, rates)) == [100.0, 100.0, 150.0]


BASELESS: Rows = [["Currency", "Rate"], ["USD", 0.5]]


def test_rates_that_do_not_say_what_they_are_in_are_asked_about(tmp_path: Path) -> None:
    result = with_rates(tmp_path, BASELESS)
    (asked,) = result.report.questions
    assert (result.facts, asked.sheet, asked.key, asked.cell) == (None, "Rates", "rate_base", "B1")
    assert asked.question.endswith("is 1 USD worth 0.5 EUR, or 1 EUR worth 0.5 USD?")


@pytest.mark.parametrize(
    ("answer", "converted"),
    [
        ("EUR for one unit of each", [100.0, 100.0, 150.0]),
        ("units of each for one EUR", [100.0, 400.0, 600.0]),
    ],
)
def test_an_answer_settles_which_way_round_the_rates_are(
    tmp_path: Path, answer: str, converted: list[float]
) -> None:
    assert revenue(with_rates(tmp_path, BASELESS, choices={"rate_base": answer})) == converted


def test_rates_that_look_the_other_way_round_are_asked_about(tmp_path: Path) -> None:
    facts: Rows = [["Date", "Revenue", "Currency"], [JAN, 100, "EUR"], [FEB, 200, "JPY"]]
    result = with_rates(tmp_path, [["Currency", "Rate"], ["EUR", 1], ["JPY", 160]], facts)
    (asked,) = result.report.questions
    assert (asked.key, asked.candidates[0]) == ("rate_base", "units of each for one EUR")


def test_a_mark_in_a_rate_that_may_part_thousands_is_asked_about(tmp_path: Path) -> None:
    result = with_rates(tmp_path, [["Currency", "Rate"], ["EUR", "1"], ["USD", "1,085"]])
    asked = result.report.questions[0]
    assert (asked.key, asked.candidates[0]) == ("rate_decimal_sign", "a decimal sign")


@pytest.mark.parametrize(
    ("rates", "why"),
    [
        pytest.param(
            [["Currency", "Rate"], ["EUR", 1], ["GBP", 1.2]],
            "there is none for USD on 2025-02-28 (2 rows of sheet Data)",
            id="a currency without a rate",
        ),
        pytest.param(
            [["From", "Currency", "Rate"], [MAR, "USD", 0.9], [JAN, "EUR", 1]],
            "there is none for USD on 2025-02-28 (1 rows of sheet Data)",
            id="a day before the first rate",
        ),
        pytest.param(
            [*RATES, ["USD", 0.8]], "it gives USD two rates for the same time", id="two rates at once"
        ),
        pytest.param([*RATES, ["GBP", "soon"]], "its line at B4 cannot be read", id="a line that is no rate"),
        pytest.param(
            [["Currency", "Rate"], ["EUR", 1.5], ["USD", 1.2]],
            "nothing says in which currency its rates are",
            id="no base at all",
        ),
    ],
)
def test_rates_that_cannot_be_used_convert_nothing_and_say_why(tmp_path: Path, rates: Rows, why: str) -> None:
    result = with_rates(tmp_path, rates)
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("EUR", "USD"))
    assert revenue(result) == [100.0, 200.0, 300.0]
    assert doubts(result) == [f"they cannot be used: {why}"]


def test_amounts_of_which_nothing_says_the_currency_are_not_converted(tmp_path: Path) -> None:
    result = with_rates(tmp_path, RATES, [*FACTS, [MAR, 1, 1, None]])
    assert doubts(result) == [
        "they cannot be used: not all amounts say their currency (1 rows of sheet Data)"
    ]
    assert columns(result, "currency")["currency"] == ["EUR", "USD", "USD", "not stated"]


def test_a_sheet_that_names_no_currency_is_no_part_of_those_that_were_converted(tmp_path: Path) -> None:
    silent: Rows = [["Date", "Revenue", "Quantity"], [date(2025, 5, 5), 7, 1], [date(2025, 6, 6), 8, 1]]
    path = xlsx(tmp_path / "book.xlsx", {"Data": FACTS, "More": silent, "Rates": RATES})
    result = DataProcessor().process(path)
    assert result.report.currencies == ("EUR", "not stated")
    assert columns(result, "currency")["currency"] == ["EUR", "EUR", "EUR", "not stated", "not stated"]


def test_columns_in_different_currencies_are_each_converted(tmp_path: Path) -> None:
    facts: Rows = [["Date", "Revenue (EUR)", "COGS (USD)"], [JAN, 100, 10], [FEB, 200, 20]]
    result = with_rates(tmp_path, RATES, facts)
    assert (result.report.status, result.report.currencies) == (Status.LOADED, ("EUR",))
    assert columns(result, "revenue", "cogs") == {"revenue": [100.0, 200.0], "cogs": [9.0, 18.0]}


OWN: Rows = [[*FACTS[0], "Shipping fee"], *([*row, 10] for row in FACTS[1:])]


def test_a_number_under_a_name_of_its_own_is_asked_about_before_it_is_converted(tmp_path: Path) -> None:
    (asked,) = with_rates(tmp_path, RATES, OWN).report.questions
    assert (asked.key, asked.header) == ("money:shipping_fee", "Shipping fee")


@pytest.mark.parametrize(
    ("answer", "fees"),
    [("yes, convert it", [10.0, 9.0, 9.0]), ("no, it is no money", [10.0, 10.0, 10.0])],
)
def test_an_answer_settles_whether_a_number_is_money(tmp_path: Path, answer: str, fees: list[float]) -> None:
    result = with_rates(tmp_path, RATES, OWN, choices={"money:shipping_fee": answer})
    assert columns(result, "shipping_fee") == {"shipping_fee": fees}


def test_a_file_of_nothing_but_rates_is_refused(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "rates.xlsx", {"Rates": RATES})
    assert DataProcessor().process(path).report.status is Status.REJECTED
