"""Who buys what on which day: growth, a season, a shape of the week, orders of several lines, returns and discounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kpi.sales.generator.csv_lines import Numbers
from kpi.sales.generator.goods import Products
from kpi.sales.generator.people import Customers
from kpi.sales.generator.plan import Plan

AT_ONCE = 250_000  # lines that are made together: what memory holds; another number gives other sales
MONTHS = (0.86, 0.84, 0.95, 0.97, 1.0, 0.96, 0.88, 0.86, 1.02, 1.08, 1.22, 1.36)
WEEKDAYS = (1.0, 1.05, 1.08, 1.1, 1.3, 0.9, 0.45)  # from Monday
GROWTH = 1.18  # of the number of lines, a year
DEARER = 1.03  # of prices, a year
LINES = (0.38, 0.25, 0.16, 0.11, 0.06, 0.04)  # orders of one line, of two, …
RETURNED = 0.02  # of the lines
TOGETHER = 0.2  # of the lines after an order's first: what goes with the line before
RATES = (0, 50, 75, 100, 125, 200)  # of the discount, in thousandths
RATE_SHARES = (0.72, 0.1, 0.05, 0.07, 0.03, 0.03)
DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Lines:
    """Sales in the order of their days, an array a column: customers and products by their place in their tables."""

    sale: Numbers
    order: Numbers
    day: Numbers  # 0 is the first
    customer: Numbers
    product: Numbers
    quantity: Numbers  # in whole pieces; below zero: a return
    cents: Numbers  # the price of one
    rate: Numbers  # the discount's, by its place in RATES

    def revenue(self) -> Numbers:
        """Of each line in ten-thousandths: quantity × price, less the discount that was rounded, a half away from zero."""
        full = self.quantity * self.cents
        exact = full * np.array(RATES, dtype=np.int64)[self.rate]  # the discount in hundred-thousandths
        return np.asarray(full * 100 - np.sign(exact) * ((np.abs(exact) + 5) // 10))


def sales(plan: Plan, customers: Customers, products: Products) -> Iterator[Lines]:
    """The plan's sales, some at a time. The same plan gives the same."""
    calendar = _day_ends(plan)
    orders = 0
    for number, start in enumerate(range(0, plan.rows, AT_ONCE)):
        random = np.random.default_rng([plan.seed, 3, number])
        count = min(AT_ONCE, plan.rows - start)
        order = _orders(random, count)
        first_line = start + np.flatnonzero(np.diff(order, prepend=-1))  # of each order
        day = np.searchsorted(calendar, (first_line + 0.5) / plan.rows)
        customer = _customers(random, customers, (day + 0.5) / plan.days)
        product = _products(random, products, order)
        yield Lines(
            np.arange(count) + start + 1,
            order + orders + 1,
            day[order],
            customer[order],
            product,
            _quantities(random, products.cents[product]),
            _prices(random, products.cents[product], day[order]),
            random.choice(len(RATES), count, p=RATE_SHARES),
        )
        orders += int(order[-1]) + 1


def days(plan: Plan) -> pa.Array:
    """The plan's days as text."""
    return pa.array(np.datetime_as_string(np.datetime64(plan.first) + np.arange(plan.days)))


def _day_ends(plan: Plan) -> np.ndarray:
    """The share of all lines until the end of each day."""
    number = np.arange(plan.days)
    day = np.datetime64(plan.first) + number
    month = day.astype("datetime64[M]").astype(np.int64) % 12
    weekday = (day.astype(np.int64) + 3) % 7  # 1970 began with a Thursday
    ends = np.cumsum(
        np.array(MONTHS)[month] * np.array(WEEKDAYS)[weekday] * GROWTH ** (number / DAYS_OF_A_YEAR)
    )
    return np.asarray(ends / ends[-1])


def _orders(random: np.random.Generator, count: int) -> Numbers:
    """The order of each line: 0, 0, 1, 2, 2, 2, …"""
    lengths = random.choice(len(LINES), count, p=LINES) + 1
    return np.repeat(np.arange(count), lengths)[:count]


def _customers(random: np.random.Generator, customers: Customers, when: np.ndarray) -> Numbers:
    """Who orders: somebody who has come by then, the more often the more he buys."""
    until = np.cumsum(customers.weight)
    come = np.searchsorted(customers.came, when, side="right")
    return np.asarray(np.searchsorted(until, random.random(len(when)) * until[come - 1], side="right"))


def _products(random: np.random.Generator, products: Products, order: Numbers) -> Numbers:
    """What each line is about; some go together with what the line before is about."""
    count = len(order)
    drawn = np.minimum(
        np.searchsorted(np.cumsum(products.share), random.random(count)), len(products.cents) - 1
    )
    follows = (np.diff(order, prepend=-1) == 0) & (random.random(count) < TOGETHER)
    before = np.roll(drawn, 1)
    return np.where(follows, (before + len(products.cents) // 2) % len(products.cents), drawn)


def _quantities(random: np.random.Generator, cents: Numbers) -> Numbers:
    """The cheaper, the more at once."""
    usual = np.clip(60 / np.sqrt(cents / 10), 1.2, 12)
    quantity = random.geometric(1 / usual)
    return np.asarray(np.where(random.random(len(cents)) < RETURNED, -1, 1) * np.minimum(quantity, 500))


def _prices(random: np.random.Generator, cents: Numbers, day: Numbers) -> Numbers:
    """Near the list price, and a little dearer every year."""
    near = random.choice((0.95, 0.98, 1.0, 1.0, 1.0, 1.05), len(cents))
    return np.asarray(np.rint(cents * near * DEARER ** (day // 365)).astype(np.int64))
