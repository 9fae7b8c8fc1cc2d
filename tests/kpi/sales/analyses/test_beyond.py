"""What goes further than the ten, on sales that can be worked out in the head."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpi.sales.analyses.catalogue import answer
from kpi.sales.analyses.question import Question
from kpi.sales.analyses.segments import GRID, SEGMENTS, segment_of
from tests.kpi.sales.analyses.asking import asked_about


def test_a_cohort_is_followed_from_its_first_month_to_the_last_of_the_data(tmp_path: Path) -> None:
    sales = (
        ("1", "2024-01-31", "ann", "p", "1", "10"),
        ("2", "2024-01-02", "bob", "p", "1", "10"),
        ("3", "2024-03-01", "ann", "p", "1", "30"),
        ("4", "2024-03-05", "cid", "p", "1", "5"),
        ("5", "2024-03-05", "", "p", "1", "1000"),
    )
    with asked_about(tmp_path, *sales) as run:
        rows = [tuple(one.values()) for one in answer(run, "cohort_retention")]
    january, march = date(2024, 1, 1), date(2024, 3, 1)
    assert rows == [
        (january, 0, 2, 2, 1.0, 20.0),
        (january, 1, 0, 2, 0.0, 0.0),
        (january, 2, 1, 2, 0.5, 30.0),
        (march, 0, 1, 1, 1.0, 5.0),
    ]


def test_a_return_is_no_order_of_a_cohort_but_lessens_its_revenue(tmp_path: Path) -> None:
    sales = (
        ("0", "2023-12-01", "ann", "p", "-1", "10"),
        ("1", "2024-01-31", "ann", "p", "2", "10"),
        ("2", "2024-02-01", "ann", "p", "-1", "10"),
    )
    with asked_about(tmp_path, *sales) as run:
        rows = [tuple(one.values())[1:] for one in answer(run, "cohort_retention")]
    assert rows == [(0, 1, 1, 1.0, 20.0), (1, 0, 1, 0.0, -10.0)]


def test_the_start_says_which_cohorts_are_shown_and_not_where_they_begin(tmp_path: Path) -> None:
    sales = (
        ("1", "2024-01-31", "ann", "p", "1", "10"),
        ("2", "2024-02-02", "ann", "p", "1", "10"),
        ("3", "2024-02-03", "bob", "p", "1", "10"),
        ("4", "2024-03-03", "bob", "p", "1", "10"),
    )
    with asked_about(tmp_path, *sales) as run:
        rows = answer(run, "cohort_retention", Question(start=date(2024, 2, 1), end=date(2024, 2, 29)))
    assert [(one["cohort"], one["months_since"], one["size"]) for one in rows] == [(date(2024, 2, 1), 0, 1)]


def test_every_score_has_a_segment_and_every_segment_a_score() -> None:
    scores = range(1, 6)
    found = {segment_of(r, f, m) for r in scores for f in scores for m in scores}
    assert found == set(SEGMENTS) == {name for row in GRID.values() for name in row}
    assert (segment_of(5, 5, 5), segment_of(1, 1, 1), segment_of(1, 5, 5)) == (
        "Champions",
        "Lost",
        "Cannot lose",
    )


def test_scores_cut_customers_into_fifths_by_recency_orders_and_revenue(tmp_path: Path) -> None:
    sales = [
        (f"{customer} {order}", f"2024-01-0{customer}", f"c{customer}", "p", "1", "10")
        for customer in range(1, 6)
        for order in range(customer)
    ]
    with asked_about(tmp_path, *sales) as run:
        rows = [tuple(one.values()) for one in answer(run, "rfm_segments")]
    assert rows == [
        ("Champions", 1, 50.0, 0.0, 5.0, 50.0),
        ("Loyal", 1, 40.0, 1.0, 4.0, 40.0),
        ("Need attention", 1, 30.0, 2.0, 3.0, 30.0),
        ("Hibernating", 1, 20.0, 3.0, 2.0, 20.0),
        ("Lost", 1, 10.0, 4.0, 1.0, 10.0),
    ]


def test_products_are_classed_by_the_share_of_all_down_to_them(tmp_path: Path) -> None:
    sales = [
        ("1", "2024-01-01", "ann", product, "1", price)
        for product, price in (("a", "60"), ("b", "20"), ("c", "15"), ("d", "5"))
    ]
    sales += [("2", "2024-01-01", "ann", "e", "-1", "7")]
    with asked_about(tmp_path, *sales) as run:
        rows = answer(run, "abc_products")
    shown = [(one["product_id"], one["share"], one["cumulative_share"], one["class"]) for one in rows]
    assert shown == [
        ("a", 0.6, 0.6, "A"),
        ("b", 0.2, 0.8, "A"),
        ("c", 0.15, 0.95, "B"),
        ("d", 0.05, 1.0, "C"),
        ("e", -0.07, 1.0, "C"),
    ]


def test_the_first_product_is_in_a_however_much_it_brings(tmp_path: Path) -> None:
    with asked_about(tmp_path, ("1", "2024-01-01", "ann", "only", "1", "1")) as run:
        assert [one["class"] for one in answer(run, "abc_products")] == ["A"]


def test_a_pair_is_in_the_orders_that_have_both_and_chance_is_a_lift_of_one(tmp_path: Path) -> None:
    baskets = {"1": "ab", "2": "ab", "3": "a", "4": "b", "5": "abc", "6": "c", "7": "c", "8": "c"}
    sales = [
        (order, "2024-01-01", "ann", product, "1", "1")
        for order, those in baskets.items()
        for product in those
    ]
    sales += [("1", "2024-01-01", "ann", "a", "2", "1"), ("9", "2024-01-01", "ann", "a", "-1", "1")]
    with asked_about(tmp_path, *sales) as run:
        rows = [tuple(one.values()) for one in answer(run, "basket_pairs", Question(support=0.2))]
    assert rows == [("a", "a", "b", "b", 3, 3 / 8, 3 / 4, 3 / 4, 3 * 8 / (4 * 4))]


@pytest.mark.parametrize(
    "name",
    [
        "top_customers",
        "monthly_revenue",
        "cohort_retention",
        "rfm_segments",
        "abc_products",
        "basket_pairs",
        "price_volume_mix",
    ],
)
def test_an_empty_warehouse_has_no_rows(tmp_path: Path, name: str) -> None:
    with asked_about(tmp_path) as run:
        assert answer(run, name) == []


def test_an_empty_warehouse_has_seven_weekdays_without_orders(tmp_path: Path) -> None:
    with asked_about(tmp_path) as run:
        assert [one["orders"] for one in answer(run, "orders_by_weekday")] == [0] * 7
