"""The ten, where it matters what is meant: who a customer is, what counts as a month, what equals come by."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.sales.analyses.catalogue import ANALYSES, TEN, answer, found
from kpi.sales.analyses.question import Measure, Question, QuestionError
from kpi.sales.analyses.values import as_json
from tests.kpi.sales.analyses.asking import asked_about


def test_the_ten_have_the_names_that_outsiders_rely_on() -> None:
    assert TEN == (
        "top_customers",
        "monthly_revenue",
        "best_selling_products",
        "revenue_by_category",
        "average_order_value_by_month",
        "orders_by_weekday",
        "quantity_by_category",
        "top_cities",
        "customers_by_city",
        "price_vs_quantity",
    )


def test_an_analysis_that_is_not_there_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(QuestionError, match="no analysis 'top_customer': did you mean top_customers"):
        found("top_customer")


def test_a_month_without_a_sale_is_a_zero_and_its_order_value_is_none(tmp_path: Path) -> None:
    sales = (("1", "2024-01-31", "ann", "p", "2", "10"), ("2", "2024-03-01", "ann", "p", "0.5", "1"))
    with asked_about(tmp_path, *sales) as run:
        months = as_json(answer(run, "monthly_revenue"))
        values = answer(run, "average_order_value_by_month")
    assert [tuple(one.values()) for one in months] == [
        ("2024-01-01", 20.0, 1, 2),
        ("2024-02-01", 0.0, 0, 0),
        ("2024-03-01", 0.5, 1, 0.5),
    ]
    assert [one["average_order_value"] for one in values] == [20.0, None, 0.5]


def test_the_value_of_an_order_is_by_order_and_not_by_line(tmp_path: Path) -> None:
    lines = [("1", "2024-01-01", "ann", product, "1", "10") for product in "abc"]
    with asked_about(tmp_path, *lines, ("2", "2024-01-01", "ann", "a", "1", "2")) as run:
        assert [one["average_order_value"] for one in answer(run, "average_order_value_by_month")] == [16.0]


def test_equals_come_by_their_ids_as_bytes(tmp_path: Path) -> None:
    ids = ["é", "b", "a", "B", "10", "9"]
    with asked_about(tmp_path, *((one, "2024-01-01", one, one, "1", "0.1") for one in ids)) as run:
        for name, column in (("top_customers", "customer_id"), ("best_selling_products", "product_id")):
            assert [one[column] for one in answer(run, name, Question(top=9))] == [
                "10",
                "9",
                "B",
                "a",
                "b",
                "é",
            ]


def test_whoever_has_no_id_is_no_customer_and_no_product_but_what_they_brought_is_revenue(
    tmp_path: Path,
) -> None:
    sales = (("1", "2024-01-01", "", "", "1", "100"), ("2", "2024-01-01", "ann", "p", "1", "1"))
    with asked_about(tmp_path, *sales) as run:
        named = {
            name: len(answer(run, name))
            for name in ("top_customers", "best_selling_products", "price_vs_quantity")
        }
        cities, customers = answer(run, "top_cities"), answer(run, "customers_by_city")
    assert named == {"top_customers": 1, "best_selling_products": 1, "price_vs_quantity": 1}
    assert (cities[0]["revenue"], customers) == (101.0, [{"city": "Unknown", "customers": 1}])


def test_products_are_the_best_by_revenue_or_by_units(tmp_path: Path) -> None:
    sales = (("1", "2024-01-01", "ann", "dear", "1", "100"), ("1", "2024-01-01", "ann", "cheap", "9", "1"))
    with asked_about(tmp_path, *sales) as run:
        best = {
            by: [one["product_id"] for one in answer(run, "best_selling_products", Question(by=by))]
            for by in Measure
        }
    assert best == {Measure.REVENUE: ["dear", "cheap"], Measure.UNITS: ["cheap", "dear"]}


def test_a_price_is_what_units_cost_on_average_and_returns_say_nothing_of_it(tmp_path: Path) -> None:
    sales = (
        ("1", "2024-01-01", "ann", "p", "1", "10"),
        ("2", "2024-01-01", "ann", "p", "3", "6"),
        ("3", "2024-01-01", "ann", "p", "-4", "99"),
    )
    with asked_about(tmp_path, *sales) as run:
        (row,) = answer(run, "price_vs_quantity")
    assert (row["average_price"], row["units"], row["lines"]) == (7.0, 4, 2)


def test_customers_who_never_bought_live_somewhere_but_bought_nothing(tmp_path: Path) -> None:
    with asked_about(tmp_path, ("1", "2024-01-01", "ann", "p", "1", "1"), customers=["idle"]) as run:
        everybody = answer(run, "customers_by_city")
        buyers = answer(run, "customers_by_city", Question(start=date(2024, 1, 1)))
    assert (everybody[0]["customers"], buyers[0]["customers"]) == (2, 1)


def test_the_columns_are_those_that_are_told(tmp_path: Path) -> None:
    sales = [(order, "2024-01-01", "ann", product, "1", "1") for order in "12" for product in "ab"]
    with asked_about(tmp_path, *sales) as run:
        for name, one in ANALYSES.items():
            assert (name, tuple(answer(run, name)[0])) == (name, one.columns)
