from __future__ import annotations

import pytest

from kpi.catalogue.catalog_file import CatalogError
from kpi.catalogue.soundness import MAX_CHAIN, check_together
from kpi.formula import parse
from kpi.language.tree import Place


def problem(formulas: dict[str, str], others: dict[str, str] | None = None) -> CatalogError:
    with pytest.raises(CatalogError) as error:
        check_together({key: parse(formula) for key, formula in formulas.items()}, others or {})
    return error.value


def chain(length: int, formula: str) -> dict[str, str]:
    """Each KPI made of the next one, of which the last is a sum."""
    made = {f"k{n}": formula.format(f"k{n + 1}") for n in range(length - 1)}
    return {**made, f"k{length - 1}": "sum(revenue)"}


def test_formulas_that_name_each_other_are_sound() -> None:
    check_together(
        {"net": parse("revenue - cogs"), "margin": parse("net / revenue"), "revenue": parse("sum(revenue)")},
        {"growth": "growth"},
    )


def test_a_formula_that_names_itself_goes_in_a_circle() -> None:
    found = problem({"profit": "2 +\n profit"})
    assert str(found) == (
        "KPI `profit`, key `formula`, line 2, column 2: goes in a circle: profit → profit; "
        "a column of that name is summed by `sum(profit)`"
    )
    assert found.place == Place(2, 2)


def test_a_circle_is_shown_all_the_way_round() -> None:
    assert str(problem({"a": "b + 1", "b": "revenue / c", "c": "-a"})) == (
        "KPI `c`, key `formula`, line 1, column 2: goes in a circle: a → b → c → a"
    )


def test_a_column_inside_an_aggregate_is_no_kpi() -> None:
    check_together({"profit": parse("sum(profit) + last(profit by profit)")}, {})


def test_a_formula_is_made_of_formulas() -> None:
    assert str(problem({"share": "revenue / revenue_ytd"}, {"revenue_ytd": "to_date"})) == (
        "KPI `share`, key `formula`, line 1, column 11: `revenue_ytd` is of kind `to_date`; "
        "a formula is made of columns and of KPIs with a formula"
    )


@pytest.mark.parametrize(
    "formulas",
    [
        chain(30, "{0} + {0}"),
        chain(12, "1 / (1 / (1 / {0}))"),
        {"a": "/".join(["b"] * 100)},
        {"a": "sum(1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / (1 / b)))))))))))))"},
    ],
    ids=["doubling", "denominators of each other", "deep", "denominators"],
)
def test_a_formula_that_would_become_an_endless_statement_is_refused(formulas: dict[str, str]) -> None:
    assert str(problem(formulas)).endswith(
        "with the KPIs that it names, the formula is too long, or too deep in parentheses or divisions; "
        "make it of fewer parts"
    )


def test_a_chain_of_kpis_is_bounded_in_whatever_order_they_come() -> None:
    assert str(problem(chain(2000, "-{0}"))) == (
        f"KPI `k{MAX_CHAIN - 1}`, key `formula`, line 1, column 2: more than {MAX_CHAIN} KPIs are made of each other"
    )
    backwards = dict(reversed(chain(2000, "-{0}").items()))
    assert "too deep" in str(problem(backwards))


def test_a_formula_that_is_still_allowed_has_room_on_the_stack() -> None:
    check_together({"wide": parse(" + ".join(f"sum(c{n})" for n in range(60)))}, {})
