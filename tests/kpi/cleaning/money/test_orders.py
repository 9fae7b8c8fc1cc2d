"""Totals of orders on the lines of these: never added up line by line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kpi.cleaning.money.order_levels import Level, add_up, level_of
from kpi.report import Kind
from tests.kpi.cleaning.tables import answered, cleaned, raw

LINES = [(order, 1 + (order + line) % 4, round(9.5 + 3.1 * ((order * 3 + line) % 7), 2)) for order in range(12) for line in range(1 + order % 3)]  # fmt: skip
TOTALS = {
    order: round(sum(count * price for other, count, price in LINES if other == order), 2)
    for order, _, _ in LINES
}


def table(header: str, totals: dict[int, float], *, factors: bool = True, first_only: bool = False) -> Any:
    """Lines of orders with a column of amounts of the order."""
    rows: list[list[Any]] = [
        ["Order ID", "Date", "Product", *(["Qty", "Unit Price"] if factors else []), header]
    ]
    seen: set[int] = set()
    for order, count, price in LINES:
        amount = "" if first_only and order in seen else totals[order]
        seen.add(order)
        day = datetime(2025, 1 + order // 4, 1 + order)  # noqa: DTZ001 -- as a workbook holds it
        rows.append([f"O{order:03}", day, f"P{count}", *([count, price] if factors else []), amount])
    return raw(rows)


def revenue(sheet: Any) -> float:
    return round(sum(value or 0.0 for value in sheet.facts.table.column("revenue").to_pylist()), 2)


WHOLE = round(sum(TOTALS.values()), 2)
ABOVE = {order: round(1.2 * total + 5, 2) for order, total in TOTALS.items()}


def test_a_repeated_total_that_the_lines_add_up_to_gives_way_to_the_lines() -> None:
    for header in ("Revenue", "Order Total"):
        found = cleaned(table(header, TOTALS))
        assert (revenue(found), found.questions) == (WHOLE, ())
        assert [field.kind for field in found.facts.fields if field.header == header] == [Kind.RATE]


def test_a_repeated_total_that_is_more_than_the_lines_is_asked_about_with_the_lines_first() -> None:
    found = cleaned(table("Revenue", ABOVE))
    assert [question.key for question in found.questions] == ["order_total:revenue"]
    assert revenue(found) == WHOLE


def test_a_repeated_total_is_counted_once_where_a_person_says_so() -> None:
    said = {"order_total:revenue": "it is of the whole order: count it once"}
    (found,) = answered(table("Revenue", ABOVE), choices=said)
    assert revenue(found) == round(sum(ABOVE.values()), 2)


def test_a_repeated_total_without_lines_to_prove_it_is_asked_about() -> None:
    found = cleaned(table("Revenue", TOTALS, factors=False))
    assert [question.candidates for question in found.questions] == [
        ("it is of the whole order: count it once", "it is of each line: add it up")
    ]
    assert revenue(found) == WHOLE


def test_a_total_on_the_first_line_alone_that_includes_more_is_asked_about() -> None:
    found = cleaned(table("Revenue", ABOVE, first_only=True))
    assert (revenue(found), [question.key for question in found.questions]) == (
        WHOLE,
        ["order_total:revenue"],
    )


def test_revenue_of_lines_is_left_alone() -> None:
    rows = [["Order ID", "Date", "Product", "Qty", "Unit Price", "Revenue"]]
    day = datetime(2025, 1, 1)  # noqa: DTZ001 -- as a workbook holds it
    rows += [[f"O{order}", day, "P", count, price, round(count * price, 2)] for order, count, price in LINES]  # type: ignore[list-item]
    found = cleaned(raw(rows))
    assert (revenue(found), found.questions) == (WHOLE, ())


def test_too_few_orders_with_several_lines_tell_nothing() -> None:
    assert level_of(["a", "a", "b", "b"], [1.0, 1.0, 2.0, 2.0]) is None


def test_amounts_of_orders_repeat_or_stand_first() -> None:
    orders = [order for order in range(6) for _ in range(2)]
    repeated = [float(order) for order in orders]
    first = [amount if place % 2 == 0 else None for place, amount in enumerate(repeated)]
    assert (level_of(orders, repeated), level_of(orders, first)) == (Level.REPEATED, Level.FIRST)


def test_lines_add_up_to_totals_within_a_cent_a_line() -> None:
    orders = [order for order in range(6) for _ in range(2)]
    assert add_up(orders, [10.0] * 12, [4.004, 6.0] * 6)
    assert not add_up(orders, [12.0] * 12, [4.0, 6.0] * 6)
