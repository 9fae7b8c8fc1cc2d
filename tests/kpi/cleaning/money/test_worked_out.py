"""Revenue and cost of goods worked out from quantities, prices and discounts, and what is said and asked about it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from kpi.cleaning.sheet import CleanSheet
from kpi.cleaning.tables import clean_sheet
from kpi.loading.answers import Answers, Instructions
from kpi.report import Effect, Kind
from tests.kpi.cleaning.tables import cleaned, raw

ROWS = 24
QUANTITIES = [2 + row % 7 for row in range(ROWS)]
PRICES = [19.95 + 10.5 * (row % 5) for row in range(ROWS)]
SHARES = [(0.0, 0.05, 0.1, 0.2)[row % 4] for row in range(ROWS)]


def sheet(*columns: tuple[str, list[Any]], quantities: list[Any] | None = None) -> list[list[Any]]:
    """Rows of a day, a quantity and a unit price, with these columns behind them."""
    days = [datetime.fromisoformat("2025-01-01") + timedelta(days=row) for row in range(ROWS)]
    header = ["Date", "Qty", "Unit Price", *(name for name, _ in columns)]
    cells = zip(days, quantities or QUANTITIES, PRICES, *(cells for _, cells in columns), strict=True)
    return [header, *map(list, cells)]


def column(table: CleanSheet, name: str) -> list[Any]:
    return [None if v is None else round(v, 4) for v in table.facts.table.column(name).to_pylist()]


def net(off: list[float]) -> list[float]:
    """Quantity × price less an amount of each line."""
    return [round(q * p - d, 4) for q, p, d in zip(QUANTITIES, PRICES, off, strict=True)]


def worked_out(table: CleanSheet) -> list[tuple[str, str]]:
    """The repair and what was done, of what was worked out."""
    return [(i.repair, i.action) for i in table.issues if i.repair.startswith("worked_out")]


def gross() -> list[float]:
    return [round(q * p, 4) for q, p in zip(QUANTITIES, PRICES, strict=True)]


def test_without_a_discount_the_revenue_is_quantity_times_unit_price() -> None:
    table = cleaned(raw(sheet()))
    assert (column(table, "revenue"), table.questions) == (gross(), ())
    assert worked_out(table) == [("worked_out_revenue", "it was worked out as Qty × Unit Price")]


@pytest.mark.parametrize(
    ("header", "scale", "formula"),
    [
        ("Discount %", 1, "Qty × Unit Price × (1 − Discount %)"),
        ("Discount", 1, "Qty × Unit Price × (1 − Discount)"),
        ("Disc %", 100, "Qty × Unit Price × (1 − Disc % / 100)"),
        ("Rabatt in %", 100, "Qty × Unit Price × (1 − Rabatt in % / 100)"),
        ("Taux de remise", 1, "Qty × Unit Price × (1 − Taux de remise)"),
        ("Dto %", 100, "Qty × Unit Price × (1 − Dto % / 100)"),
    ],
)
def test_a_discount_that_is_a_part_of_the_price_is_deducted(header: str, scale: int, formula: str) -> None:
    table = cleaned(raw(sheet((header, [round(scale * share, 4) for share in SHARES]))))
    off = [share * whole for share, whole in zip(SHARES, gross(), strict=True)]
    assert (column(table, "revenue"), table.questions) == (net(off), ())
    assert worked_out(table) == [("worked_out_revenue", f"it was worked out as {formula}")]


def test_percentages_written_as_text_are_deducted() -> None:
    table = cleaned(raw(sheet(("Discount", [f"{100 * share:.0f}%" for share in SHARES]))))
    off = [share * whole for share, whole in zip(SHARES, gross(), strict=True)]
    assert column(table, "revenue") == net(off)


def test_an_amount_that_only_a_line_can_lose_is_deducted_from_the_line() -> None:
    off = [0.0 if row % 3 else round(0.45 * gross()[row], 2) for row in range(ROWS)]
    table = cleaned(raw(sheet(("Discount", off))))
    assert (column(table, "revenue"), table.questions) == (net(off), ())
    assert table.facts.fields[-2].kind is Kind.MEASURE


def test_an_amount_that_is_a_round_part_of_the_unit_price_is_deducted_from_each_unit() -> None:
    off = [[0.0, round(0.1 * price, 4), round(0.05 * price, 4)][row % 3] for row, price in enumerate(PRICES)]
    table = cleaned(raw(sheet(("Discount per unit", off))))
    lines = [q * d for q, d in zip(QUANTITIES, off, strict=True)]
    assert column(table, "revenue") == net(lines)


def test_negative_discounts_are_taken_off_all_the_same() -> None:
    off = [0.0 if row % 3 else round(0.1 * gross()[row], 2) for row in range(ROWS)]
    table = cleaned(raw(sheet(("Discount amount", [-amount for amount in off]))))
    assert column(table, "revenue") == net(off)


def test_a_blank_discount_is_none() -> None:
    table = cleaned(raw(sheet(("Discount %", [share or "" for share in SHARES]))))
    assert column(table, "revenue") == net([s * g for s, g in zip(SHARES, gross(), strict=True)])


@pytest.mark.parametrize(
    ("choice", "part"),
    [
        ("", 0.01),
        ("a percentage: 10 is a tenth of the price", 0.01),
        ("do not deduct it: the unit price is what was paid", 0.0),
    ],
)
def test_few_whole_numbers_that_may_be_percentages_or_amounts_are_asked_about(
    choice: str, part: float
) -> None:
    cells = [float((0, 5, 10, 15)[row % 4]) for row in range(ROWS)]
    rows = raw(sheet(("Discount", cells)))
    (table,) = clean_sheet(rows, Instructions(Answers(choices={"discount": choice} if choice else {})))
    assert isinstance(table, CleanSheet)
    assert [q.key for q in table.questions] == ([] if choice else ["discount"])
    off = [part * cell * whole for cell, whole in zip(cells, gross(), strict=True)]
    assert column(table, "revenue") == net(off)


def test_a_price_that_is_called_net_is_asked_about_and_not_lessened_by_itself() -> None:
    rows = sheet(("Discount %", SHARES))
    rows[0][2] = "Prix unitaire net"
    said = Instructions(Answers({"Prix unitaire net": "unit_price"}))
    (table,) = clean_sheet(raw(rows), said)
    assert isinstance(table, CleanSheet)
    assert [(q.key, q.candidates) for q in table.questions] == [
        (
            "discount",
            (
                "do not deduct it: the unit price is what was paid",
                "a share: 0.1 is a tenth of the price",
            ),
        )
    ]
    assert column(table, "revenue") == gross()


def test_a_percentage_and_the_amount_it_comes_to_are_deducted_once() -> None:
    off = [round(share * whole, 2) for share, whole in zip(SHARES, gross(), strict=True)]
    table = cleaned(raw(sheet(("Discount %", SHARES), ("Discount amount", off))))
    assert (column(table, "revenue"), table.questions) == (net(off), ())


def test_a_column_of_revenue_is_never_worked_out() -> None:
    table = cleaned(raw(sheet(("Discount %", SHARES), ("Revenue", [7.25 * row for row in range(ROWS)]))))
    assert (column(table, "revenue")[2], worked_out(table)) == (14.5, [])


@pytest.mark.parametrize("code", ["worked_out_revenue", "worked_out_cogs", "deducted_discount"])
def test_each_of_these_repairs_can_be_turned_off(code: str) -> None:
    costs = [round(0.6 * price, 2) for price in PRICES]
    rows = raw(sheet(("Discount %", SHARES), ("Unit cost", costs)))
    (table,) = clean_sheet(rows, Instructions(Answers(off=frozenset({code}))))
    assert isinstance(table, CleanSheet)
    names = {field.name for field in table.facts.fields}
    assert {
        "worked_out_revenue": "revenue" not in names,
        "worked_out_cogs": "cogs" not in names,
        "deducted_discount": "revenue" in names and column(table, "revenue") == gross(),
    }[code]


def test_cost_of_goods_is_quantity_times_unit_cost_where_returns_count_negative() -> None:
    costs = [round(0.6 * price, 2) for price in PRICES]
    quantities = [-quantity if row == 4 else quantity for row, quantity in enumerate(QUANTITIES)]
    table = cleaned(raw(sheet(("Unit cost", costs), quantities=quantities)))
    assert column(table, "cogs") == [round(q * c, 4) for q, c in zip(quantities, costs, strict=True)]
    assert ("worked_out_cogs", "it was worked out as Qty × Unit cost") in worked_out(table)
    assert all(i.effect is Effect.REPAIRED for i in table.issues if i.repair.startswith("worked_out"))


def test_an_amount_that_repeats_on_every_line_of_an_order_is_not_deducted_unasked() -> None:
    orders = [f"A{row // 3}" for row in range(ROWS)]
    off = [5.25 + row // 3 for row in range(ROWS)]
    table = cleaned(raw(sheet(("Order ID", orders), ("Discount amount", off))))
    assert [q.key for q in table.questions] == ["discount"]
    assert column(table, "revenue") == gross()
