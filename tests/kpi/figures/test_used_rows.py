"""Which rows a value is made of, by the kind of its KPI. That these rows give the value: tests/storage/test_evidence.py."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kpi.calculator import KPICalculator
from kpi.calendar import Grain
from kpi.definitions import load_catalog
from kpi.figures.used_rows import filters_in_words
from kpi.periods.windows import Window
from kpi.values import UsedRows
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

ROWS = """
date       region channel revenue customer_id
2024-11-20 N      Web     5       ann
2025-08-01 N      Web     10      ann
2025-09-30 S      Web     20      bob
2025-10-15 N      Shop    30      ann
2025-11-03 S      Web     40      cid
2025-11-20 S      Web     50      ann
"""
NOW = date(2025, 11, 20)
OCTOBER, NOVEMBER = date(2025, 10, 1), date(2025, 11, 1)
MINE = (
    own("earlier", kind="offset", of="revenue", back="year", grains=["month", "quarter"]),
    own("so_far", kind="to_date", of="revenue", since="quarter", grains=["month"]),
    own("last_two", kind="rolling", of="revenue", periods=2, grains=["month"]),
    own("in_shops", "sum(revenue where channel = 'Shop') / revenue"),
    own("at_the_end", "last(revenue by region)"),
)


@pytest.fixture
def shop(open_shop: OpenShop) -> Shop:
    return replace(open_shop(ROWS, upto=NOW), calculator=KPICalculator(load_catalog().with_own(MINE)))


def used(shop: Shop, kpi: str, period: date, grain: Grain = Grain.MONTH, **cut: Any) -> UsedRows:
    found = shop.explain(kpi, period, grain, **cut)
    assert found is not None
    assert found.used is not None
    return found.used


def days(first: tuple[int, int], last: tuple[int, int], year: int = 2025) -> Window:
    return Window(date(year, *first), date(year, *last))


@pytest.mark.parametrize(
    ("kpi", "period", "stretches"),
    [
        pytest.param("revenue", OCTOBER, [days((10, 1), (10, 31))], id="a period that is over"),
        pytest.param("revenue", NOVEMBER, [days((11, 1), (11, 20))], id="one that is not, so far"),
        pytest.param("so_far", OCTOBER, [days((10, 1), (10, 31))], id="to date, from where it begins"),
        pytest.param("so_far", NOVEMBER, [days((10, 1), (11, 20))], id="to date, in the middle"),
        pytest.param("last_two", OCTOBER, [days((9, 1), (10, 31))], id="rolling, all its periods"),
        pytest.param(
            "revenue_growth_mom",
            OCTOBER,
            [days((10, 1), (10, 31)), days((9, 1), (9, 30))],
            id="growth, this period and the earlier one",
        ),
        pytest.param(
            "revenue_growth_mom",
            NOVEMBER,
            [days((11, 1), (11, 20)), days((10, 1), (10, 20))],
            id="growth of a period that is not over, the same part of both",
        ),
        pytest.param(
            "earlier", NOVEMBER, [days((11, 1), (11, 20), 2024)], id="an offset, the earlier part only"
        ),
    ],
)
def test_the_days_are_those_that_the_kind_looks_at(
    shop: Shop, kpi: str, period: date, stretches: list[Window]
) -> None:
    assert list(used(shop, kpi, period).stretches) == stretches


def test_a_total_is_made_of_the_days_between_its_ends(shop: Shop) -> None:
    found = used(shop, "revenue", NOW, Grain.TOTAL, start=date(2025, 9, 1), end=date(2025, 11, 10))
    assert found.stretches == (days((9, 1), (11, 10)),)


def test_members_are_new_from_their_first_row_and_returning_after_it(shop: Shop) -> None:
    new, back = (used(shop, f"{kind}_customers", NOVEMBER) for kind in ("new", "returning"))
    assert (new.who, new.seen_since, new.seen_before) == ("customer_id", NOVEMBER, None)
    assert (back.who, back.seen_since, back.seen_before) == ("customer_id", None, NOVEMBER)
    assert new.words == "Every row dated 1–20 Nov 2025, that names a customer_id first seen in the period."
    assert used(shop, "revenue", NOVEMBER).who == ""


@pytest.mark.parametrize(
    ("kpi", "words"),
    [
        ("in_shops", "Every row dated Oct 2025. The conditions in the formula choose among them."),
        (
            "at_the_end",
            "Every row dated Oct 2025. Of a balance, the rows of the days that its formula names count.",
        ),
    ],
)
def test_what_the_formula_takes_of_the_rows_is_said(shop: Shop, kpi: str, words: str) -> None:
    assert used(shop, kpi, OCTOBER).words == words


def test_the_filters_are_kept_and_said(shop: Shop) -> None:
    where, without = (("region", "N"), ("region", "S")), (("channel", "Web"),)
    found = used(shop, "revenue", OCTOBER, where=where, without=without)
    assert (found.where, found.without) == (where, without)
    assert found.words == "Every row dated Oct 2025 where region is N or S, and channel is not Web."
    assert filters_in_words((), ()) == ""


def test_rows_that_no_part_of_the_formula_takes_are_left_out(shop: Shop) -> None:
    asked = shop.knowing(
        own("by_two", "sum(revenue where channel = 'Shop') / count(revenue where region = 'S')"),
    )
    found = used(asked, "by_two", OCTOBER)
    assert found.words == "Every row dated Oct 2025, for which channel = 'Shop' or region = 'S'."
    assert [name for name, _ in found.columns] == ["channel", "region"]


def test_a_start_within_the_period_cuts_the_rows_but_not_who_is_new(shop: Shop) -> None:
    start = date(2025, 11, 10)
    assert used(shop, "revenue", NOVEMBER, start=start).stretches == (days((11, 10), (11, 20)),)
    assert used(shop, "new_customers", NOVEMBER, start=start).seen_since == NOVEMBER
    assert used(shop, "so_far", NOVEMBER, start=start).stretches == (days((10, 1), (11, 20)),)
