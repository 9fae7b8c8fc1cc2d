from __future__ import annotations

import pytest
from sqlalchemy import make_url

from kpi.calendar import Grain
from kpi.formula import FormulaError, parse
from kpi.language.meaning import (
    Scope,
    involves_money,
    is_additive,
    is_balance,
    is_sum,
    leaves,
    ratio,
)
from kpi.language.rendering import render
from kpi.report import Kind
from kpi.statements.cut import Cut
from kpi.statements.statement import formula_statement
from storage.engines.on_duckdb import compiled

SCOPE = Scope(
    {"net": parse("revenue - cogs")},
    {
        "date": Kind.DATE,
        "revenue": Kind.MEASURE,
        "cogs": Kind.MEASURE,
        "stock": Kind.MEASURE,
        "quantity": Kind.MEASURE,
        "unit_price": Kind.RATE,
        "category": Kind.DIMENSION,
        "customer": Kind.TEXT,
    },
    {"customer_id": "customer"},
)


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        (
            "sum(sum(revenue))",
            "line 1, column 5: `sum` inside another aggregate; a row has nothing to add up",
        ),
        (
            "average(median(revenue))",
            "line 1, column 9: `median` inside another aggregate; a row has nothing to add up",
        ),
        ("sum(net)", "line 1, column 5: `net` is a KPI, and no column of the data"),
        (
            "sum(optional(tax))",
            "line 1, column 5: `optional` stands for a sum and cannot stand inside an aggregate",
        ),
        ("sum(category)", "line 1, column 5: found a text, wanted a number"),
        ("median(category)", "line 1, column 8: found a text, wanted a number"),
        ("sum(date)", "line 1, column 5: found a date, wanted a number"),
        ("category + 1", "line 1, column 1: `category` is a dimension column, wanted numbers that add up"),
        ("sum(unit_price)", "line 1, column 5: `unit_price` holds rates, which do not add up"),
        ("last(unit_price by category)", "line 1, column 6: `unit_price` holds rates, which do not add up"),
        (
            "average(unit_price)",
            (
                "line 1, column 9: `unit_price` holds rates, which do not add up; weight them, as in "
                "sum(unit_price * quantity) / sum(quantity), or take their median"
            ),
        ),
        ("sum(revenue where category = 5)", "line 1, column 30: found a number, wanted a text"),
        ("sum(revenue where revenue = 'x')", "line 1, column 29: found a text, wanted a number"),
        ("sum(revenue where category in ('x', 5))", "line 1, column 37: found a number, wanted a text"),
        ("sum(revenue where category)", "line 1, column 19: found a text, wanted a condition"),
        ("sum(revenue where not category)", "line 1, column 23: found a text, wanted a condition"),
        (
            "sum(revenue where category < 'Sofa')",
            "line 1, column 28: texts are compared with =, != or `in`, found `<`",
        ),
        (
            "sum(revenue where date >= '2024-01-01')",
            "line 1, column 19: a formula does not compare dates; the days are chosen where values are asked for",
        ),
        (
            "sum(revenue where (revenue > 1) = (cogs > 1))",
            "line 1, column 28: conditions are joined by `and` and `or`, found a comparison of one",
        ),
        (
            "sum(revenue where revenue > null)",
            "line 1, column 29: whether something is empty is asked with `= null` or `!= null`",
        ),
        (
            "sum(revenue where null = category)",
            "line 1, column 19: whether something is empty is asked with `= null` or `!= null`",
        ),
        ("count(revenue > 5)", "line 1, column 15: rows are counted by `count(where …)`, found a condition"),
        (
            "last(stock by quantity)",
            "line 1, column 15: `quantity` is a measure column, wanted texts: whose balances these are",
        ),
        ("last(stock by product)", "line 1, column 15: unknown field `product`"),
        ("revenue > 5", "line 1, column 9: a KPI is a number, found a condition"),
        ("if(revenue, 1, 2)", "line 1, column 4: found a number, wanted a condition"),
        ("if(revenue > 1, null, 'x')", "line 1, column 1: a KPI is a number, found a text"),
        ("-(revenue > 1) + 2", "line 1, column 11: found a condition, wanted a number"),
        ("revenue and 1", "line 1, column 1: found a number, wanted a condition"),
        ("revenu", "line 1, column 1: unknown field `revenu`; did you mean `revenue`?"),
        ("1 + sum(reveneu)", "line 1, column 9: unknown field `reveneu`; did you mean `revenue`?"),
    ],
)
def test_a_formula_without_sense_says_where(formula: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        SCOPE.formula(parse(formula))
    assert str(error.value) == message


@pytest.mark.parametrize(
    "formula",
    [
        "sum(revenue * unit_price)",
        "sum(if(category = 'Sofa', revenue, null))",
        "if(revenue > 0 and cogs > 0 or net < 5, net, null)",
        "if(cogs = null, revenue, net)",
        "max(unit_price where category != 'Sofa')",
        "median(unit_price)",
        "count_distinct(customer_id) / count()",
        "revenue / count_distinct(date)",
        "count(category where category in ('Sofa', 'Table') and not customer = null)",
        "average_over_time(stock * unit_price by customer_id where quantity in (1, -2))",
    ],
)
def test_a_formula_with_sense_is_resolved(formula: str) -> None:
    SCOPE.formula(parse(formula))


def test_an_average_is_a_ratio_of_sums_and_a_name_is_the_column_that_stands_in() -> None:
    tree = SCOPE.formula(parse("average(revenue where customer_id = 'a') - last(stock by customer_id)"))
    assert render(tree) == (
        "sum(revenue where customer = 'a') / count(revenue where customer = 'a') - last(stock by customer)"
    )


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        ("net", {"sum", "additive"}),
        ("2 * net - count()", {"sum", "additive"}),
        ("count(cogs)", {"sum", "additive"}),
        ("count_distinct(category)", {"sum"}),
        ("revenue / cogs", {"ratio"}),
        ("100 * net / revenue", {"ratio"}),
        ("average(revenue)", {"ratio"}),
        ("revenue + 1", set()),
        ("min(revenue)", set()),
        ("median(revenue)", set()),
        ("revenue / quantile(revenue, 0.5)", {"ratio"}),
        ("last(stock by category)", {"balance"}),
        ("cogs - first(stock)", set()),
        ("revenue * cogs", set()),
    ],
)
def test_the_shape_of_a_formula_says_what_no_rows_mean(formula: str, shape: set[str]) -> None:
    node = SCOPE.formula(parse(formula))
    found = {
        "sum": is_sum(node),
        "additive": is_additive(node),
        "ratio": ratio(node) is not None,
        "balance": is_balance(node),
    }
    assert {name for name, holds in found.items() if holds} == shape


def test_the_leaves_of_a_formula_are_its_aggregates_from_left_to_right() -> None:
    node = SCOPE.formula(parse("net / count(where category = 'x') + average(stock) + optional(cogs)"))
    assert [render(leaf) for leaf in leaves(node)] == [
        "sum(revenue)",
        "sum(cogs)",
        "count(where category = 'x')",
        "sum(stock)",
        "count(stock)",
        "optional(cogs)",
    ]


@pytest.mark.parametrize(
    ("formula", "money"),
    [
        ("net", True),
        ("count(revenue)", False),
        ("count_distinct(customer_id)", False),
        ("sum(quantity)", False),
        ("sum(quantity where revenue > 5)", True),
        ("count(quantity where revenue > 5)", True),
        ("median(unit_price)", True),
        ("optional(cogs) + count()", True),
    ],
)
def test_a_formula_is_about_money_where_it_adds_or_compares_amounts(formula: str, *, money: bool) -> None:
    assert involves_money(SCOPE.formula(parse(formula)), SCOPE.kinds) is money


def test_values_are_bound_and_names_are_quoted() -> None:
    hostile = '"; DROP TABLE facts; --'
    scope = Scope({}, {"date": Kind.DATE, "revenue": Kind.MEASURE, hostile: Kind.DIMENSION}, {})
    cut = Cut(Grain.TOTAL, by=hostile, where=((hostile, "' OR 1=1 --"),))
    formula = scope.formula(parse("sum(revenue * 7.5 where revenue > 3)"))
    text, parameters = compiled(formula_statement({"x": formula}, scope, cut))
    assert sorted(set(map(str, parameters))) == ["' OR 1=1 --", "3.0", "7.5"]
    assert 'facts."""; DROP TABLE facts; --"' in text
    assert "OR 1=1" not in text


@pytest.mark.parametrize("database", ["sqlite", "postgresql+psycopg", "mysql+pymysql"])
def test_a_statement_compiles_for_every_database_without_its_functions(database: str) -> None:
    scope = Scope({}, {"date": Kind.DATE, "revenue": Kind.MEASURE, "category": Kind.DIMENSION}, {})
    formula = scope.formula(parse("sum(revenue) / count_distinct(category)"))
    statement = formula_statement({"x": formula}, scope, Cut(Grain.MONTH, by="category"))
    text = str(statement.compile(dialect=make_url(f"{database}://").get_dialect()()))
    assert "GROUP BY dates." in text
    assert "date_trunc" not in text.lower()
