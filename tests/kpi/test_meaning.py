from __future__ import annotations

import pytest
from sqlalchemy import make_url

from kpi.calendar import Grain
from kpi.formula import FormulaError, parse
from kpi.meaning import Scope, is_additive, is_sum, ratio
from kpi.report import Kind
from kpi.scan import Cut, formula_statement
from storage.executors import compiled

SCOPE = Scope(
    {"net": parse("revenue - cogs")},
    {
        "date": Kind.DATE,
        "revenue": Kind.MEASURE,
        "cogs": Kind.MEASURE,
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
        ("sum(net)", "line 1, column 5: unknown field `net`"),
        (
            "sum(optional(tax))",
            "line 1, column 5: `optional` stands for a sum and cannot stand inside an aggregate",
        ),
        ("sum(category)", "line 1, column 5: found a text, wanted a number"),
        ("sum(date)", "line 1, column 5: found a text, wanted a number"),
        ("category + 1", "line 1, column 1: `category` is a dimension column, wanted numbers that add up"),
        ("sum(unit_price)", "line 1, column 5: `unit_price` holds rates, which do not add up"),
        ("sum(revenue where category = 5)", "line 1, column 30: found a number, wanted a text"),
        ("sum(revenue where category)", "line 1, column 19: found a text, wanted a truth"),
        ("revenue > 5", "line 1, column 9: a KPI is a number, found a comparison"),
        ("if(revenue, 1, 2)", "line 1, column 4: found a number, wanted a truth"),
        ("-(revenue > 1) + 2", "line 1, column 11: found a truth, wanted a number"),
        ("revenue and 1", "line 1, column 1: found a number, wanted a truth"),
        ("revenu", "line 1, column 1: unknown field `revenu`; did you mean `revenue`?"),
    ],
)
def test_a_formula_without_sense_says_where(formula: str, message: str) -> None:
    with pytest.raises(FormulaError) as error:
        SCOPE.formula(parse(formula))
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(
    "formula",
    [
        "sum(revenue * unit_price)",
        "sum(if(category = 'Sofa', revenue, null))",
        "if(revenue > 0 and cogs > 0 or net < 5, net, null)",
        "max(unit_price where category != 'Sofa')",
        "count_distinct(customer_id) / count()",
    ],
)
def test_a_formula_with_sense_is_resolved(formula: str) -> None:
    SCOPE.formula(parse(formula))


@pytest.mark.parametrize(
    ("formula", "shape"),
    [
        ("net", {"sum", "additive"}),
        ("2 * net - count()", {"sum", "additive"}),
        ("count_distinct(category)", {"sum"}),
        ("revenue / cogs", {"ratio"}),
        ("100 * net / revenue", {"ratio"}),
        ("revenue + 1", set()),
        ("min(revenue)", set()),
        ("revenue * cogs", set()),
    ],
)
def test_the_shape_of_a_formula_says_what_no_rows_mean(formula: str, shape: set[str]) -> None:
    node = SCOPE.formula(parse(formula))
    found = {"sum": is_sum(node), "additive": is_additive(node), "ratio": ratio(node) is not None}
    assert {name for name, holds in found.items() if holds} == shape


def test_values_are_bound_and_names_are_quoted() -> None:
    hostile = '"; DROP TABLE facts; --'
    scope = Scope({}, {"date": Kind.DATE, "revenue": Kind.MEASURE, hostile: Kind.DIMENSION}, {})
    cut = Cut(Grain.TOTAL, by=hostile, where=((hostile, "' OR 1=1 --"),))
    formula = scope.formula(parse("sum(revenue * 7.5 where revenue > 3)"))
    text, parameters = compiled(formula_statement({"x": formula}, scope, cut))
    assert parameters == [3.0, 7.5, "' OR 1=1 --"]
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
