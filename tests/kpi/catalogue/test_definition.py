from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kpi.catalogue.definition import Definition, Favourable
from tests.kpi.catalogs import own


@pytest.mark.parametrize(
    ("formula", "form"),
    [
        ("sum(revenue where category = 'Sofa')", "simple"),
        ("revenue", "simple"),
        ("optional(tax)", "simple"),
        ("median(revenue)", "simple"),
        ("gross_profit / revenue", "ratio"),
        ("average(revenue)", "ratio"),
        ("revenue - cogs", "derived"),
        ("if(orders = 0, null, revenue / orders)", "derived"),
        ("last(stock by product)", "balance"),
        ("cogs / average_over_time(stock)", "ratio"),
    ],
)
def test_a_formula_has_a_form(formula: str, form: str) -> None:
    assert own("a", formula).form == form


@pytest.mark.parametrize(
    ("kind", "keys", "form"),
    [
        ("growth", {"of": "revenue", "back": "year"}, "growth"),
        ("offset", {"of": "revenue", "back": "year"}, "offset"),
        ("to_date", {"of": "revenue"}, "cumulative"),
        ("rolling", {"of": "revenue", "periods": 3, "grains": ["month"]}, "cumulative"),
        ("new_members", {"of": "customer_id"}, "members"),
        ("returning_members", {"of": "customer_id"}, "members"),
        ("repeat_rate", {"of": "customer_id", "by": "order_id"}, "members"),
        ("attainment", {"of": "revenue"}, "attainment"),
    ],
)
def test_a_kind_has_a_form(kind: str, keys: dict[str, Any], form: str) -> None:
    assert own("a", kind=kind, **keys).form == form


def kpi(favourable: Favourable) -> Definition:
    return replace(own("a", "count()"), favourable=favourable, low=10.0, high=20.0)


@pytest.mark.parametrize(
    ("favourable", "earlier", "current", "good"),
    [
        (Favourable.UP, 1.0, 2.0, True),
        (Favourable.UP, 2.0, 1.0, False),
        (Favourable.DOWN, 1.0, 2.0, False),
        (Favourable.UP, 1.0, 1.0, None),
        (Favourable.NONE, 1.0, 2.0, None),
        (Favourable.UP, None, 2.0, None),
        (Favourable.UP, 1.0, None, None),
        (Favourable.RANGE, 12.0, 18.0, None),
        (Favourable.RANGE, 12.0, 22.0, False),
        (Favourable.RANGE, 25.0, 22.0, True),
        (Favourable.RANGE, 5.0, 2.0, False),
        (Favourable.RANGE, 5.0, 22.0, True),
        (Favourable.RANGE, 8.0, 22.0, None),
    ],
)
def test_a_change_is_good_news_or_bad(
    favourable: Favourable, earlier: float | None, current: float | None, *, good: bool | None
) -> None:
    assert kpi(favourable).is_good(earlier, current) is good
