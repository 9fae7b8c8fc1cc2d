from __future__ import annotations

import pytest

from dashboard.sales import sentences
from dashboard.sales.marks import CUSTOMERS, ORDER_VALUE, ORDERS, REVENUE, Mark, Point

CUSTOMER, CATEGORY = ("customer", "customers"), ("category", "categories")


def marks(**values: float | None) -> list[Mark]:
    return [Mark(name, name, value) for name, value in values.items()]


def test_leaders_are_told_together_and_the_first_alone() -> None:
    found = [Mark("1", "Ada Ltd", 1_200.0), Mark("2", "Bo", 800.0), Mark("3", "Cy", 500.0)]
    assert sentences.leaders(found, 10_000.0, CUSTOMER, REVENUE) == (
        "The three largest customers bring 25 % of revenue; Ada Ltd alone 12 %."
    )


def test_a_small_part_is_told_with_a_decimal() -> None:
    found = marks(Ada=20.0, Bo=15.0)
    assert sentences.leaders(found, 1_000.0, CUSTOMER, REVENUE) == (
        "The two largest customers bring 3.5 % of revenue; Ada alone 2.0 %."
    )


def test_a_single_leader_is_told_as_the_only_one() -> None:
    assert sentences.leaders(marks(Ada=20.0), 20.0, CUSTOMER, REVENUE) == (
        "Ada is the only customer here, with 20.0."
    )


@pytest.mark.parametrize("whole", [0.0, -5.0, 10.0])
def test_parts_of_what_returns_have_eaten_up_are_not_told(whole: float) -> None:
    assert sentences.leaders(marks(Ada=20.0, Bo=15.0), whole, CUSTOMER, REVENUE) == "Ada leads with 20.0."


def test_a_split_names_the_largest_and_the_smallest() -> None:
    found = marks(Chairs=600.0, Tables=300.0, Lamps=100.0)
    assert sentences.split(found, CATEGORY, REVENUE) == (
        "Chairs has 60 % of revenue (600), the largest of three categories; the smallest is Lamps with 10 %."
    )


def test_months_are_told_by_their_sum_and_their_extremes() -> None:
    found = [
        Mark("2025-01", "Jan 2025", 100.0),
        Mark("2025-02", "Feb 2025", 0.0),
        Mark("2025-03", "Mar 2025", 50.0),
    ]
    assert sentences.months(found, REVENUE) == (
        "Three months brought 150; the best was Jan 2025 (100), the weakest Feb 2025 (0.00)."
    )


def test_one_month_is_its_own_best() -> None:
    assert sentences.months([Mark("2025-01", "Jan 2025", 100.0)], REVENUE) == (
        "Jan 2025 is the only month here and brought 100."
    )


def test_the_value_of_an_order_over_all_months_is_given_and_not_averaged_from_the_months() -> None:
    found = [
        Mark("2025-01", "Jan 2025", 10.0),
        Mark("2025-02", "Feb 2025", None),
        Mark("2025-03", "Mar 2025", 20.0),
    ]
    assert sentences.order_value(found, 19.0, ORDER_VALUE) == (
        "An order is worth 19.0 on average; most in Mar 2025 (20.0), least in Jan 2025 (10.0)."
    )


def test_weekdays_are_told_by_the_busiest_and_the_quietest() -> None:
    assert sentences.weekdays(marks(Monday=30.0, Friday=60.0, Sunday=10.0), ORDERS) == (
        "Most orders come on a Friday: 60, 60 % of them; the fewest on a Sunday, 10."
    )


def test_orders_of_a_single_weekday_are_all() -> None:
    assert sentences.weekdays(marks(Monday=1_234.0), ORDERS) == "All 1,234 orders came on a Monday."


def test_the_city_with_most_customers_is_measured_against_all_customers() -> None:
    assert sentences.customers_of(marks(Berlin=30.0, Paris=20.0), 120) == (
        "Berlin has the most customers: 30, 25 % of 120 in all 2 cities."
    )


@pytest.mark.parametrize(
    ("quantities", "said"),
    [
        ([40, 30, 20, 10], "Dearer products clearly sell less: rank correlation −1.00 over 4 products."),
        ([10, 20, 30, 40], "Dearer products clearly sell more: rank correlation 1.00 over 4 products."),
        (
            [20, 40, 10, 30],
            "Price says next to nothing about quantity: rank correlation 0.00 over 4 products.",
        ),
        ([30, 10, 20, 40], "Dearer products sell more: rank correlation 0.40 over 4 products."),
        ([7, 7, 7, 7], "All 4 products are alike in price or in quantity."),
        ([7, 8], "Two products are too few to tell whether price and quantity go together."),
    ],
)
def test_price_and_quantity_are_told_by_the_correlation_of_their_ranks(
    quantities: list[float], said: str
) -> None:
    points = [
        Point(str(price), str(price), float(price), amount) for price, amount in enumerate(quantities, 1)
    ]
    assert sentences.price_and_quantity(points) == said


def test_ties_share_their_ranks() -> None:
    pairs = [(1.0, 1.0), (2.0, 1.0), (2.0, 3.0), (4.0, 4.0)]  # ranks 0, 1.5, 1.5, 3 and 0.5, 0.5, 2, 3
    assert sentences.rank_correlation(pairs) == pytest.approx(5 / 6, abs=0.01)


@pytest.mark.parametrize("say", [
    lambda: sentences.leaders([], 0.0, CUSTOMER, REVENUE),
    lambda: sentences.split([], CATEGORY, REVENUE),
    lambda: sentences.months([], REVENUE),
    lambda: sentences.months(marks(Jan=None), REVENUE),
    lambda: sentences.order_value([], None, ORDER_VALUE),
    lambda: sentences.weekdays([], ORDERS),
    lambda: sentences.customers_of([], 0),
])  # fmt: skip
def test_nothing_is_said_of_nothing(say: object) -> None:
    assert callable(say)
    assert say() == ""


def test_counts_are_told_whole() -> None:
    assert (
        sentences.leaders(marks(Ada=2.0), 2.0, CUSTOMER, CUSTOMERS)
        == "Ada is the only customer here, with 2."
    )
