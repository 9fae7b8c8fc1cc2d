"""Generated sales have the shape of a business: it grows, has a season and a week, and few buy most."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import numpy as np
import pytest

from kpi.sales.generator.demand import Lines, sales
from kpi.sales.generator.goods import Products, products
from kpi.sales.generator.people import Customers, customers
from kpi.sales.generator.plan import Plan

PLAN = Plan(60_000, seed=21)
DECEMBER = (date(2023, 12, 1) - PLAN.first).days


@pytest.fixture(scope="module")
def people() -> Customers:
    return customers(PLAN)


@pytest.fixture(scope="module")
def goods() -> Products:
    return products(PLAN)


@pytest.fixture(scope="module")
def lines(people: Customers, goods: Products) -> Lines:
    (only,) = sales(PLAN, people, goods)
    return only


def test_there_are_as_many_lines_as_asked_for(lines: Lines) -> None:
    assert lines.sale.tolist() == list(range(1, 60_001))


def test_all_lines_of_an_order_are_of_one_day_and_customer(lines: Lines) -> None:
    whose: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for order, day, customer in zip(lines.order, lines.day, lines.customer, strict=True):
        whose[int(order)].add((int(day), int(customer)))
    assert {len(found) for found in whose.values()} == {1}


def test_an_order_has_one_to_six_lines(lines: Lines) -> None:
    assert set(np.bincount(lines.order)[1:].tolist()) == {1, 2, 3, 4, 5, 6}


def test_sales_come_in_the_order_of_their_days_and_fill_them_all(lines: Lines) -> None:
    assert np.unique(np.diff(lines.day)).tolist() == [0, 1]


def test_the_business_grows_year_by_year(lines: Lines) -> None:
    of_year = np.bincount((np.datetime64(PLAN.first) + lines.day).astype("datetime64[Y]").astype(int))
    assert (np.diff(of_year[of_year > 0]) > 1_000).all()


def test_december_is_the_strongest_month_of_the_first_year(lines: Lines) -> None:
    of_month = np.bincount(
        (np.datetime64(PLAN.first) + lines.day).astype("datetime64[M]").astype(int) - 53 * 12
    )
    assert int(of_month[:12].argmax()) == 11


def test_friday_sells_most_and_sunday_least(lines: Lines) -> None:
    of_weekday = np.bincount((PLAN.first.weekday() + lines.day) % 7)
    assert (int(of_weekday.argmax()), int(of_weekday.argmin())) == (4, 6)


def test_a_fifth_of_the_customers_buys_more_than_half(lines: Lines) -> None:
    bought = np.sort(np.bincount(lines.customer, minlength=PLAN.customer_count))[::-1]
    assert bought[: PLAN.customer_count // 5].sum() > 0.5 * PLAN.rows


def test_a_fifth_of_the_products_makes_more_than_half_of_the_lines(lines: Lines) -> None:
    sold = np.sort(np.bincount(lines.product, minlength=PLAN.product_count))[::-1]
    assert sold[: PLAN.product_count // 5].sum() > 0.5 * PLAN.rows


def test_nobody_buys_before_having_come(lines: Lines, people: Customers) -> None:
    assert (people.came[lines.customer] <= (lines.day + 0.5) / PLAN.days).all()


def test_about_two_lines_in_a_hundred_are_returns_and_none_is_of_nothing(lines: Lines) -> None:
    assert (round(float((lines.quantity < 0).mean()), 2), int((lines.quantity == 0).sum())) == (0.02, 0)


def test_prices_stay_near_the_list_price(lines: Lines, goods: Products) -> None:
    ratio = lines.cents / goods.cents[lines.product]
    assert (ratio.min() > 0.9, ratio.max() < 1.15) == (True, True)


def test_the_cheaper_a_product_the_more_of_it_is_bought_at_once(lines: Lines) -> None:
    cheap, dear = lines.cents < 800, lines.cents > 10_000
    assert np.abs(lines.quantity[cheap]).mean() > 3 * np.abs(lines.quantity[dear]).mean()
