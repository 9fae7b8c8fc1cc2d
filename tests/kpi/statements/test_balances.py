from __future__ import annotations

import pytest

from kpi.calendar import Grain
from tests.kpi.catalogs import own
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

# Stock as it was counted, not on the same days for every product, and once not for any product by name.
STOCK = """
date       revenue stock product region
2025-01-01 1       10    desk    North
2025-01-01 1       4     bed     North
2025-01-20 1       6     desk    North
2025-01-20 1       2     desk    South
2025-01-31 1       .     desk    North
2025-02-10 1       5     bed     North
2025-02-11 1       7     .       .
2025-02-12 1       3     .       .
2025-04-01 1       .     desk    North
"""
KPIS = (
    own("at_end", "last(stock by product)"),
    own("at_begin", "first(stock by product)"),
    own("on_average", "average_over_time(stock by product)"),
    own("together", "last(stock)"),
    own("desks", "last(stock by product where product = 'desk')"),
    own("turnover", "revenue / average_over_time(stock by product)"),
)


def opened(open_shop: OpenShop, table: str = STOCK) -> Shop:
    return open_shop(table).knowing(*KPIS)


def test_a_balance_is_that_of_each_products_own_last_day_and_adds_up_over_products(
    open_shop: OpenShop,
) -> None:
    assert (
        opened(open_shop).by_period("at_end")
        == {
            "2025-01-01": 12.0,  # desk 6 + 2 on the 20th, bed 4 on the 1st; the empty cell of the 31st says nothing
            "2025-02-01": 8.0,  # bed 5, and 3 of no product by name
            "2025-03-01": None,
            "2025-04-01": None,
        }
    )


def test_balances_never_add_up_over_time(open_shop: OpenShop) -> None:
    shop = opened(open_shop)
    assert shop.by_period("at_end", Grain.QUARTER) == {"2025-01-01": 16.0, "2025-04-01": None}  # 8 + 5 + 3
    assert shop.total("at_end") == 16.0


def test_a_balance_begins_with_each_products_own_first_day(open_shop: OpenShop) -> None:
    shop = opened(open_shop)
    assert shop.by_period("at_begin", Grain.QUARTER)["2025-01-01"] == 21.0  # 10 + 4 + 7
    assert shop.by_period("at_begin")["2025-02-01"] == 12.0


def test_a_mean_balance_is_over_the_days_that_each_product_was_counted_on(open_shop: OpenShop) -> None:
    assert opened(open_shop).by_period("on_average")["2025-01-01"] == 13.0  # (10 + 8) / 2 + 4
    assert opened(open_shop).total("on_average") == 18.5  # 9 + (4 + 5) / 2 + (7 + 3) / 2


def test_a_balance_of_nobody_is_that_of_one_last_day(open_shop: OpenShop) -> None:
    assert opened(open_shop).by_period("together", Grain.QUARTER)["2025-01-01"] == 3.0


def test_a_condition_picks_the_rows_of_a_balance(open_shop: OpenShop) -> None:
    assert opened(open_shop).by_period("desks") == {
        "2025-01-01": 8.0,
        "2025-02-01": None,
        "2025-03-01": None,
        "2025-04-01": None,
    }


def test_members_have_their_own_balances_also_those_without_a_name(open_shop: OpenShop) -> None:
    shop = opened(open_shop)
    assert shop.by_member("at_end", "region") == {"(blank)": 3.0, "North": 11.0, "South": 2.0}
    assert shop.by_member("at_end", "region", where=(("product", "desk"),)) == {"North": 6.0, "South": 2.0}


def test_a_balance_divides_and_is_divided_like_any_other_sum(open_shop: OpenShop) -> None:
    (january, *_) = opened(open_shop).values("turnover")
    assert (january.numerator, january.denominator) == (5.0, 13.0)
    assert january.value == pytest.approx(5 / 13)


def test_a_balance_stands_beside_sums_and_counts_of_the_same_group(open_shop: OpenShop) -> None:
    shop = opened(open_shop)
    found = {
        value.kpi: value.value for value in shop.values("revenue", "at_end", "at_begin", grain=Grain.TOTAL)
    }
    assert found == {"revenue": 9.0, "at_end": 16.0, "at_begin": 21.0}


def test_an_explanation_has_the_balance_in_it(open_shop: OpenShop) -> None:
    (january, *_) = opened(open_shop).values("at_end")
    found = opened(open_shop).explain("at_end", january.period)
    assert found is not None
    assert [one.value for one in found.inputs] == [12.0]
