from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from kpi.calculator import KpiValue, Slice, SliceError
from kpi.calendar import Grain
from kpi.figures.ranking import Ranked, ranked
from kpi.values import Partial, Statement
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

TOWNS = """
date       revenue cogs order_id city
2025-01-01 600     300  A1       Rome
2025-01-02 300     100  A2       Bonn
2025-02-01 60      50   A3       Oslo
2025-02-02 30      10   A3       Bern
2025-02-03 10      5    A4       .
"""


def places(shop: Shop, kpi: str, top: int | None, *, adds_up: bool = True, **cut: Any) -> list[Ranked]:
    def ask(asked: Slice) -> list[KpiValue]:
        return shop.calculator.values(shop.run, shop.fields, asked, shop.upto)

    return ranked(ask, Slice((kpi,), **({"grain": Grain.TOTAL, "by": "city"} | cut)), top, adds_up=adds_up)


def said(found: list[Ranked]) -> list[tuple[Any, ...]]:
    return [(one.value.member, one.value.value, one.rank, one.share, one.others) for one in found]


def test_the_largest_come_first_with_their_share_of_the_whole_and_the_rest_is_one(
    open_shop: OpenShop,
) -> None:
    assert said(places(open_shop(TOWNS), "revenue", 2)) == [
        ("Rome", 600.0, 1, 0.6, 0),
        ("Bonn", 300.0, 2, 0.3, 0),
        ("", 100.0, None, 0.1, 3),
    ]


def test_without_a_limit_there_is_no_rest_and_rows_without_a_member_have_their_place(
    open_shop: OpenShop,
) -> None:
    found = places(open_shop(TOWNS), "revenue", None)
    assert [(one.value.member, one.rank) for one in found] == [
        ("Rome", 1),
        ("Bonn", 2),
        ("Oslo", 3),
        ("Bern", 4),
        ("(blank)", 5),
    ]


def test_the_ratio_of_the_rest_is_that_of_its_own_rows_and_nothing_has_a_share_of_a_ratio(
    open_shop: OpenShop,
) -> None:
    found = places(open_shop(TOWNS), "gross_margin", 1, adds_up=False)
    assert said(found) == [
        ("Bern", pytest.approx(20 / 30), 1, None, 0),
        ("", pytest.approx((300 + 200 + 10 + 5) / 970), None, None, 4),
    ]


def test_an_order_in_two_towns_is_one_order_of_the_rest(open_shop: OpenShop) -> None:
    assert said(places(open_shop(TOWNS), "orders", 0, adds_up=False)) == [("", 4.0, None, None, 5)]


def test_by_period_the_members_stay_those_of_the_whole_slice(open_shop: OpenShop) -> None:
    found = places(open_shop(TOWNS), "revenue", 1, grain=Grain.MONTH)
    assert [(f"{one.value.period:%b}", one.value.member, one.value.value, one.share) for one in found] == [
        ("Jan", "Rome", 600.0, pytest.approx(600 / 900)),
        ("Feb", "Rome", 0.0, 0.0),
        ("Jan", "", 300.0, pytest.approx(300 / 900)),
        ("Feb", "", 100.0, 1.0),
    ]


def test_members_that_a_filter_leaves_out_are_in_no_rest(open_shop: OpenShop) -> None:
    where = (("city", "Rome"), ("city", "Oslo"), ("city", "Bern"))
    assert said(places(open_shop(TOWNS), "revenue", 1, where=where))[-1] == (
        "",
        90.0,
        None,
        pytest.approx(90 / 690),
        2,
    )


def test_equal_members_stand_by_name_and_those_without_a_value_at_the_end(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue cogs city
    2025-01-01 10      5    Rome
    2025-01-01 10      5    Bonn
    2025-01-01 0       5    Oslo
    """)
    found = places(shop, "gross_margin", None, adds_up=False)
    assert [(one.value.member, one.rank) for one in found] == [("Bonn", 1), ("Rome", 2), ("Oslo", None)]


def test_a_whole_that_is_not_above_zero_has_no_shares(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue city
    2025-01-01 10      Rome
    2025-01-01 -10     Bonn
    """)
    assert [one.share for one in places(shop, "revenue", None)] == [None, None]


def test_a_kpi_without_a_total_is_ranked_by_its_last_period(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue city
    2024-01-01 10      Rome
    2024-01-01 20      Bonn
    2024-02-01 30      Rome
    2024-02-01 10      Bonn
    """)
    found = places(shop, "revenue_growth_mom", 1, adds_up=False, grain=Grain.MONTH)
    assert [(one.value.member, one.value.value, one.rank) for one in found if one.others == 0] == [
        ("Rome", None, 1),
        ("Rome", 2.0, 1),
    ]


def test_nothing_in_the_slice_is_an_empty_list(open_shop: OpenShop) -> None:
    assert places(open_shop(TOWNS), "revenue", 3, where=(("city", "Paris"),)) == []


def test_ranking_needs_one_kpi_and_a_dimension(open_shop: OpenShop) -> None:
    with pytest.raises(SliceError, match="name both"):
        places(open_shop(TOWNS), "revenue", 3, by=None)


def test_what_adds_up_is_known_of_the_kpi(open_shop: OpenShop) -> None:
    shop = open_shop(TOWNS)

    def first_share(kpi: str, **cut: Any) -> float | None:
        asked = Slice((kpi,), **({"grain": Grain.TOTAL, "by": "city"} | cut))
        return shop.calculator.ranked(shop.run, shop.fields, asked, shop.upto, 1)[0].share

    assert first_share("revenue") == 0.6
    assert first_share("gross_profit") == pytest.approx(300 / 535)
    assert [first_share(kpi) for kpi in ("gross_margin", "orders", "average_order_value")] == [None] * 3
    assert first_share("revenue_ytd", grain=Grain.MONTH) is None


def test_periods_that_are_not_over_still_count_for_the_order(open_shop: OpenShop) -> None:
    shop = open_shop(TOWNS, upto=date(2025, 2, 3))
    found = places(shop, "revenue", 1, grain=Grain.MONTH, partial=Partial.COMPLETE)
    assert [(one.value.period, *said([one])[0][:3]) for one in found] == [
        (date(2025, 1, 1), "Rome", 600.0, 1),
        (date(2025, 1, 1), "", 300.0, None),
    ]


def asked_for(shop: Shop, top: int | None, **cut: Any) -> list[Statement]:
    """The statements that a ranking by city runs."""
    ran: list[Statement] = []

    def run(statement: Statement) -> Sequence[Sequence[Any]]:
        ran.append(statement)
        return shop.run(statement)

    asked = Slice(("revenue",), **({"grain": Grain.TOTAL, "by": "city"} | cut))
    shop.calculator.ranked(run, shop.fields, asked, shop.upto, top)
    return ran


def most_named(statements: Sequence[Statement]) -> int:
    """How many towns the statement that names most of them names."""
    bound = [statement.compile().params.values() for statement in statements]
    return max(sum(str(value).startswith("Town") for value in values) for values in bound)


@pytest.mark.parametrize("cut", [{}, {"grain": Grain.MONTH}, {"where": (("region", "North"),)}])
def test_thousands_of_members_are_ranked_by_few_statements_that_list_only_those_shown(
    open_shop: OpenShop, cut: dict[str, Any]
) -> None:
    rows = "\n".join(f"2025-01-{n % 28 + 1:02} {n + 1} Town{n} North" for n in range(2_000))
    shop = open_shop(f"date revenue city region\n{rows}")
    of_twenty, of_all = asked_for(shop, 20, **cut), asked_for(shop, None, **cut)
    assert (most_named(of_twenty), most_named(of_all)) == (20, 0)
    assert max(len(of_twenty), len(of_all)) <= 12
