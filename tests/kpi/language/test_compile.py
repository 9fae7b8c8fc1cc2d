"""What formulas amount to, on every engine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import column, func, literal_column, select, table

from kpi.calculator import KPICalculator
from kpi.calendar import Calendar, Grain
from kpi.definitions import Definition, Favourable, Unit, load_catalog
from kpi.formula import parse
from kpi.language.compile import facts_table, leaf_sql, needs_percentile, to_sql
from kpi.language.meaning import Scope, leaves
from kpi.language.tree import Node
from kpi.report import Kind
from storage.engines.on_duckdb import compiled
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop, fields_of, on_duckdb, rows_of

BOOKS = """
date       revenue cogs hours category region
2025-11-01 10      4    1     Sofa     North
2025-11-02 20      .    2     Sofa     .
2025-11-03 30      .    3     Table    South
2025-11-04 .       5    4     .        South
"""


def total(shop: Shop, formula: str) -> float | None:
    """The value of a formula over all rows."""
    one = Definition("x", "X", formula, "X.", Unit.NUMBER, Favourable.NONE, 2, tree=parse(formula))
    calculator = KPICalculator(load_catalog().with_own((one,)))
    return replace(shop, calculator=calculator).total("x")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("sum(revenue)", 60.0),
        ("count()", 4.0),
        ("count(revenue)", 3.0),
        ("count(category)", 3.0),
        ("count_distinct(category)", 2.0),
        ("revenue / count_distinct(date)", 15.0),
        ("min(revenue) + max(revenue)", 40.0),
        ("average(revenue)", 20.0),
        ("average(revenue where category = 'Sofa')", 15.0),
        ("average(revenue where category = 'Lamp')", None),
        ("sum(revenue where category = 'Sofa')", 30.0),
        ("sum(revenue where category in ('Table', 'Lamp'))", 30.0),
        ("sum(hours where revenue > 15)", 5.0),
        ("sum(hours where hours in (1, 4))", 5.0),
        ("sum(hours where hours > 3 or hours < 2 and category = 'Sofa')", 5.0),
        ("if(cogs = null, 1, 2) + if(revenue != null, 10, 20)", 12.0),
        ("if(revenue > 100, 1, null)", None),
        ("revenue / (cogs - 9)", None),
        ("hours - -1 * 2", 12.0),
    ],
)
def test_a_formula_has_this_value(open_shop: OpenShop, formula: str, value: float | None) -> None:
    assert total(open_shop(BOOKS), formula) == value


@pytest.mark.parametrize(
    ("condition", "opposite", "hours"),
    [
        ("category = 'Sofa'", "category != 'Sofa'", 3.0),
        ("category = 'Sofa'", "not category = 'Sofa'", 3.0),
        ("category in ('Sofa', 'Table')", "category not in ('Sofa', 'Table')", 6.0),
        ("revenue > 15", "not revenue > 15", 5.0),
        ("category = null", "category != null", 4.0),
        ("category = 'Sofa' and region = 'North'", "not (category = 'Sofa' and region = 'North')", 1.0),
    ],
)
def test_what_does_not_meet_a_condition_meets_its_opposite_also_where_cells_are_empty(
    open_shop: OpenShop, condition: str, opposite: str, hours: float
) -> None:
    shop = open_shop(BOOKS)
    assert total(shop, f"sum(hours where {condition})") == hours
    assert total(shop, f"sum(hours where {opposite})") == 10.0 - hours


@pytest.mark.parametrize(
    ("condition", "value"),
    [
        pytest.param("category = 'Lamp'", 0.0, id="nothing was sold"),
        pytest.param("category = null", None, id="something was, at an unknown amount"),
    ],
)
def test_a_sum_of_no_row_is_0_and_of_unknown_amounts_unknown(
    open_shop: OpenShop, condition: str, value: float | None
) -> None:
    assert total(open_shop(BOOKS), f"sum(revenue where {condition})") == value


def test_a_share_of_rows_that_a_period_lacks_is_0(open_shop: OpenShop) -> None:
    one = Definition(
        "x",
        "X",
        "x",
        "X.",
        Unit.PERCENT,
        Favourable.NONE,
        1,
        tree=parse("sum(hours where region = 'North') / hours"),
    )
    shop = replace(open_shop(BOOKS), calculator=KPICalculator(load_catalog().with_own((one,))))
    found = shop.by_period("x", Grain.DAY)
    assert found == {"2025-11-01": 1.0, "2025-11-02": 0.0, "2025-11-03": 0.0, "2025-11-04": 0.0}


SCOPE = Scope(
    {}, {"date": Kind.DATE, "revenue": Kind.MEASURE, "stock": Kind.MEASURE, "category": Kind.DIMENSION}, {}
)
FACTS = facts_table(SCOPE.kinds)


def leaf(formula: str) -> Node:
    (found,) = leaves(SCOPE.formula(parse(formula)))
    return found


@pytest.mark.parametrize(
    ("formula", "sql"),
    [
        ("median(revenue)", 'percentile_cont(0.5) WITHIN GROUP (ORDER BY facts."revenue")'),
        (
            "quantile(revenue, 0.00001 where category = 'a')",
            (
                'percentile_cont(0.00001) WITHIN GROUP (ORDER BY CASE WHEN (facts."category" = ?) '
                'THEN facts."revenue" END)'
            ),
        ),
    ],
)
def test_a_quantile_is_that_of_the_sql_standard_with_its_share_as_a_number(formula: str, sql: str) -> None:
    text, _ = compiled(select(leaf_sql(leaf(formula), FACTS).label("a")))
    assert text.startswith(f"SELECT {sql} AS a")


def test_a_statement_says_whether_it_needs_what_not_every_engine_has() -> None:
    def needs(formula: str) -> bool:
        tree = SCOPE.formula(parse(formula))
        sums = (
            select(leaf_sql(leaf(formula), FACTS).label("a"))
            .select_from(FACTS)
            .cte("sums")
            .select()
            .subquery()
        )
        return needs_percentile(select(to_sql(tree, lambda _: sums.c["a"])))

    assert [needs("median(revenue)"), needs("2 * quantile(revenue, 1)"), needs("max(revenue)")] == [
        True,
        True,
        False,
    ]
    assert not needs_percentile(
        select(func.count(), column("x")).select_from(table("facts")).where(literal_column("1"))
    )


def test_a_balance_is_no_aggregate_of_rows() -> None:
    with pytest.raises(TypeError, match="is no aggregate of rows"):
        leaf_sql(leaf("last(stock by category)"), FACTS)


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("median(revenue)", 20.0),
        ("median(revenue where category = 'Sofa')", 15.0),
        ("quantile(revenue, 0)", 10.0),
        ("quantile(revenue, 0.9)", 28.0),
        ("median(revenue where category = 'Lamp')", None),
    ],
)
def test_a_quantile_lies_between_the_two_nearest_in_proportion(
    tmp_path: Path, formula: str, value: float | None
) -> None:
    rows = rows_of(BOOKS)
    with on_duckdb(rows, Calendar(), tmp_path) as run:
        assert total(Shop(run, fields_of(rows)), formula) == value
