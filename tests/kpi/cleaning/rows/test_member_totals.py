"""A member that is the sum of all others is a total, whatever it is called and wherever it stands."""

from __future__ import annotations

from datetime import date
from typing import Any

from kpi.report import Ledger
from tests.kpi.cleaning.tables import cleaned, facts, raw, said

FIRST, SECOND = date(2025, 1, 31), date(2025, 2, 28)


def test_a_company_above_its_branches_is_set_aside() -> None:
    rows = [
        ["Date", "Unit", "Revenue"],
        [FIRST, "Contoso", 30.5],
        [FIRST, "North", 10.25],
        [FIRST, "South", 20.25],
        [SECOND, "Contoso", 50.75],
        [SECOND, "North", 20.5],
        [SECOND, "South", 30.25],
    ]
    table = cleaned(raw(rows))
    assert facts(table, "unit", "revenue") == [
        ("North", 10.25),
        ("South", 20.25),
        ("North", 20.5),
        ("South", 30.25),
    ]
    assert table.ledger == Ledger(read=6, loaded=4, rejected=0, set_aside=2)
    assert ("set_aside", "B2", "on every day they add up to what all other members do") in said(table)


def test_the_margins_of_a_cube_are_set_aside() -> None:
    rows: list[list[Any]] = [["Date", "Region", "Product", "Revenue"]]
    for day, factor in ((FIRST, 1), (SECOND, 1.5)):
        for region, size in (("North", 10), ("South", 7), ("(All)", 17)):
            rows += [
                [day, region, product, size * share * factor]
                for product, share in (("Desk", 2), ("Lamp", 3), ("*", 5))
            ]
    assert sum(value for (value,) in facts(cleaned(raw(rows)), "revenue")) == 17 * 5 * 2.5


def test_a_member_that_is_the_sum_on_one_day_only_is_data() -> None:
    rows = [
        ["Date", "Unit", "Revenue"],
        [FIRST, "East", 30],
        [FIRST, "North", 10],
        [FIRST, "South", 20],
        [SECOND, "East", 31],
        [SECOND, "North", 10],
        [SECOND, "South", 20],
    ]
    assert len(facts(cleaned(raw(rows)), "revenue")) == 6
