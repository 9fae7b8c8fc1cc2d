"""However many KPIs and grains are asked for: the facts are read once for the same inputs."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import CTE, Select, TableClause
from sqlalchemy.sql.visitors import iterate

from kpi.calculator import KpiValue, Slice
from kpi.calendar import PERIODS, Grain
from kpi.values import Executor, Statement
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

# Orders of several lines, one of them over two months and regions; customers who come again; rows without either.
SALES = """
date       revenue cogs quantity order_id customer_id region stock
2023-12-31 100     60   1        A1       anna        North  5
2023-12-31 10      .    1        A1       anna        South  4
2024-02-29 50      30   2        A2       ben         North  3
2024-03-01 60      30   2        A2       ben         South  2
2024-03-31 .       10   3        A3       .           .      1
2024-04-01 70      40   4        .        carl        .      .
2024-04-02 80      40   4        A4       anna        North  8
2024-04-02 90      40   5        A5       anna        North  7
2025-01-01 20      10   6        A6       dora        South  6
"""
SUMS = ("revenue", "cogs", "gross_profit", "gross_margin", "units", "average_unit_price")
COUNTS = ("orders", "average_order_value", "units_per_order")
CUSTOMERS = ("customers", "new_customers", "returning_customers", "repeat_rate", "revenue_per_customer")


@dataclass
class Counting:
    """An executor that counts the statements, and how often these read the facts."""

    run: Executor
    statements: list[Statement] = field(default_factory=list)

    def __call__(self, statement: Statement) -> Any:
        self.statements.append(statement)
        return self.run(statement)

    @property
    def scans(self) -> int:
        return sum(_reads_facts(statement) for statement in self.statements)


def _reads_facts(statement: Statement) -> int:
    """How many selects, each part that has a name counted once, have the facts right in their FROM."""
    selects = {part for part in iterate(statement) if isinstance(part, Select)}
    selects |= {
        part.element
        for part in iterate(statement)
        if isinstance(part, CTE) and isinstance(part.element, Select)
    }
    return sum(
        any(isinstance(part, TableClause) and part.name == "facts" for part in _from(select))
        for select in selects
    )


def _from(select: Select[Any]) -> list[Any]:
    """The tables that a select reads itself, not by way of another one."""
    found, left = [], list(select.get_final_froms())
    while left:
        part = left.pop()
        left += [getattr(part, side) for side in ("left", "right") if hasattr(part, side)]
        found.append(part)
    return found


def cost(shop: Shop, *kpis: str, grains: tuple[Grain, ...] = PERIODS) -> tuple[int, int]:
    """The statements that were run, and how often these read the facts; the first of each asks for the first and last day."""
    counting = Counting(shop.run)
    shop.calculator.values_at(counting, shop.fields, Slice(kpis), shop.upto, grains)
    return len(counting.statements), counting.scans


def test_all_sums_at_all_grains_are_one_reading(open_shop: OpenShop) -> None:
    shop = open_shop(SALES)
    assert cost(shop, "revenue", grains=(Grain.MONTH,)) == (2, 2)
    assert cost(shop, "revenue") == (2, 2)
    assert cost(shop, *SUMS) == (2, 2)
    assert cost(shop, *SUMS, "revenue_ytd", "revenue_growth_yoy", "revenue_rolling_12") == (2, 2)


def test_a_column_that_is_counted_is_a_reading_more_and_another_kpi_of_it_is_none(
    open_shop: OpenShop,
) -> None:
    shop = open_shop(SALES)
    statements, scans = cost(shop, *SUMS, "orders")
    assert cost(shop, *SUMS, *COUNTS) == (statements, scans)
    assert cost(shop, *SUMS, *COUNTS, grains=(Grain.DAY, Grain.MONTH)) == (statements, scans)


def test_all_about_customers_is_one_reading(open_shop: OpenShop) -> None:
    shop = open_shop(SALES)
    statements, scans = cost(shop, *SUMS, "customers", "repeat_rate")
    assert cost(shop, *SUMS, *CUSTOMERS) == (statements, scans)


def test_a_running_period_costs_no_statement_more(open_shop: OpenShop) -> None:
    shop = replace(open_shop(SALES), upto=date(2024, 4, 1))
    assert cost(shop, "revenue_growth_mom", "revenue_growth_qoq", "revenue_growth_yoy") == (2, 2)


@pytest.mark.parametrize("by", [None, "region"])
@pytest.mark.parametrize("upto", [date(2030, 1, 1), date(2024, 4, 1)])
def test_several_grains_at_once_have_the_values_of_each_alone(
    open_shop: OpenShop, by: str | None, upto: date
) -> None:
    shop = replace(open_shop(SALES), upto=upto).knowing(
        own("north", "sum(revenue where region = 'North')"),
        own("unpriced", "count() - count(revenue)"),
        own("least", "min(revenue)"),
        own("most", "max(revenue - cogs)"),
        own("northern_orders", "count_distinct(order_id where region = 'North')"),
        own("stock_at_end", "last(stock by customer_id)"),
        own("stock_on_average", "average_over_time(stock)"),
        own("orders_so_far", kind="to_date", of="orders", since="quarter"),
        own("margin_lately", kind="rolling", of="gross_margin", periods=2, grains=["week"]),
    )
    alone = [value for grain in PERIODS for value in shop.values(grain=grain, by=by)]
    assert at_once(shop, by=by) == alone
    assert len({value.kpi for value in alone}) > 25


@pytest.mark.parametrize(
    "cut",
    [
        {"where": (("region", "North"), ("region", "(blank)"))},
        {"without": (("region", "North"),)},
        {"start": date(2024, 3, 15)},
        {"end": date(2024, 4, 1)},
        {
            "by": "region",
            "start": date(2024, 2, 29),
            "end": date(2024, 4, 1),
            "where": (("customer_id", "ben"),),
        },
    ],
)
def test_several_grains_of_a_slice_have_the_values_of_each_alone(
    open_shop: OpenShop, cut: dict[str, Any]
) -> None:
    shop = open_shop(SALES)
    assert at_once(shop, **cut) == [value for grain in PERIODS for value in shop.values(grain=grain, **cut)]


def at_once(shop: Shop, **cut: Any) -> list[KpiValue]:
    return shop.calculator.values_at(shop.run, shop.fields, Slice(**cut), shop.upto)
