from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from dashboard.sales import deeper_panels
from dashboard.sales.deeper_panels import days_in_words

JAN, FEB = date(2025, 1, 1), date(2025, 2, 1)


def cohort(first: date, later: int, customers: int, size: int) -> dict[str, Any]:
    return {
        "cohort": first,
        "months_since": later,
        "customers": customers,
        "size": size,
        "retention": customers / size,
    }


def product(name: str, share: float, reached: float, class_: str) -> dict[str, Any]:
    return {"product": name, "share": share, "cumulative_share": reached, "class": class_}


def test_retention_over_all_cohorts_is_a_ratio_of_sums() -> None:
    rows = [cohort(JAN, 0, 100, 100), cohort(JAN, 1, 10, 100), cohort(FEB, 0, 10, 10), cohort(FEB, 1, 10, 10)]
    assert deeper_panels.cohorts(rows).says == (
        "Of 110 new customers 18.2 % bought one month later; two monthly cohorts are old enough to tell."
    )


def test_cohorts_of_this_month_tell_nothing_yet() -> None:
    assert deeper_panels.say_cohorts([cohort(JAN, 0, 5, 5)]) == (
        "No cohort is old enough to tell whether its customers come back."
    )


def test_the_segment_that_brings_most_is_named() -> None:
    rows = [
        {"segment": "Champions", "customers": 10, "revenue": 600.0},
        {"segment": "Lost", "customers": 40, "revenue": 400.0},
    ]
    assert deeper_panels.segments(rows).says == (
        "The segment Champions is 20 % of 50 customers and brings 60 % of their revenue."
    )


def test_the_few_products_that_bring_most_are_counted() -> None:
    rows = [product("a", 0.75, 0.75, "A"), product("b", 0.2, 0.95, "B"), product("c", 0.05, 1.0, "C")]
    assert deeper_panels.classes(rows).says == (
        "1 of 3 products (class A) bring 75.0 % of revenue; the last 1 (class C) 5.0 %."
    )


def test_a_pair_is_told_with_how_it_beats_chance() -> None:
    row = {"product": "Chair", "other": "Lamp", "orders": 1_200, "lift": 2.345, "confidence": 0.5}
    assert deeper_panels.pairs([row]).says == (
        "Chair and Lamp are together in 1,200 orders, 2.3 times as often as by chance; 50 % of the orders with the one "
        "have the other."
    )


def bridge(before: float, after: float, **parts: float) -> list[dict[str, Any]]:
    amounts = {"before": before, **dict.fromkeys(deeper_panels.PARTS, 0.0), **parts, "after": after}
    days = {"before": (JAN, date(2025, 1, 31)), "after": (FEB, date(2025, 2, 28))}
    return [
        {
            "part": name,
            "amount": amount,
            "start": days.get(name, (None,))[0],
            "end": days.get(name, (None,))[-1],
        }
        for name, amount in amounts.items()
    ]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            bridge(100.0, 80.0, volume=-30.0, price=10.0),
            "Revenue fell by 20.0 (−20.0 %) from Jan 2025 to Feb 2025; the largest part of it is volume (−30.0).",
        ),
        (
            bridge(100.0, 120.0, price=15.0, new_products=5.0),
            "Revenue rose by 20.0 (+20.0 %) from Jan 2025 to Feb 2025; the largest part of it is price (+15.0).",
        ),
        (bridge(0.0, 0.0), "Revenue is the same in both: 0.00."),
        (
            bridge(0.0, 5.0, new_products=5.0),
            "Revenue rose by 5.00 from Jan 2025 to Feb 2025; the largest part of it is new products (+5.00).",
        ),
    ],
)
def test_a_change_is_told_with_the_part_that_did_most(rows: list[dict[str, Any]], said: str) -> None:
    assert deeper_panels.bridge(rows).says == said


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "2025"),
        (date(2025, 2, 1), date(2025, 2, 28), "Feb 2025"),
        (date(2025, 4, 1), date(2025, 6, 30), "Apr to Jun 2025"),
        (date(2025, 4, 2), date(2025, 6, 30), "2 Apr 2025 to 30 Jun 2025"),
    ],
)
def test_whole_periods_are_called_by_their_names(start: date, end: date, said: str) -> None:
    assert days_in_words(start, end) == said


@pytest.mark.parametrize("draw", [one.draw for one in deeper_panels.DEEPER])
def test_nothing_can_be_drawn(draw: Any) -> None:
    draw([]).figure.to_json()
