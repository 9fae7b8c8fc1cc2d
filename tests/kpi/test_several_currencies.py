"""Amounts in several currencies are never added: a KPI about money has a value within one of them only."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kpi.calendar import Grain
from kpi.values import Against
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop

MIXED = """
date       revenue cogs quantity order_id region currency
2025-01-01 100     60   1        A1       North  EUR
2025-01-02 10      5    2        A2       South  USD
2025-02-01 50      20   4        A3       North  EUR
2025-03-01 30      10   8        A4       South  USD
"""
ONE = MIXED.replace("USD", "EUR")


def in_currencies(shop: Shop, *currencies: str) -> Shop:
    """The shop of which it is known what its amounts are in."""
    return replace(shop, calculator=replace(shop.calculator, currencies=currencies))


def test_a_sum_a_margin_and_an_average_over_several_currencies_have_no_value(open_shop: OpenShop) -> None:
    shop = open_shop(MIXED)
    kpis = ("revenue", "gross_profit", "gross_margin", "average_order_value")
    found = {kpi: shop.total(kpi) for kpi in kpis}
    assert found == dict.fromkeys(kpis)


def test_no_side_of_a_ratio_is_told_either(open_shop: OpenShop) -> None:
    (value,) = open_shop(MIXED).values("average_order_value", grain=Grain.TOTAL)
    assert (value.value, value.numerator, value.denominator) == (None, None, None)


def test_counts_stay_defined(open_shop: OpenShop) -> None:
    shop = open_shop(MIXED)
    assert (shop.total("orders"), shop.total("units"), shop.total("units_per_order")) == (4.0, 15.0, 3.75)


def test_each_currency_has_its_own_values(open_shop: OpenShop) -> None:
    shop = open_shop(MIXED)
    assert shop.by_member("revenue", "currency") == {"EUR": 150.0, "USD": 40.0}
    assert shop.total("revenue", where=(("currency", "EUR"),)) == 150.0
    assert shop.by_period("revenue", where=(("currency", "USD"),)) == {
        "2025-01-01": 10.0,
        "2025-02-01": 0.0,
        "2025-03-01": 30.0,
    }


def test_two_currencies_chosen_together_are_still_two(open_shop: OpenShop) -> None:
    where = (("currency", "EUR"), ("currency", "USD"))
    assert open_shop(MIXED).total("revenue", where=where) is None


def test_a_member_whose_rows_are_in_one_currency_has_values(open_shop: OpenShop) -> None:
    shop = open_shop(MIXED + "2025-03-02 1 1 1 A5 West EUR\n2025-03-03 1 1 1 A6 West USD\n")
    assert shop.by_member("revenue", "region") == {"North": 150.0, "South": 40.0, "West": None}
    assert shop.total("revenue", where=(("region", "South"),)) == 40.0


def test_a_month_in_one_currency_has_no_value_beside_months_in_others(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue currency
    2025-01-01 100     EUR
    2025-02-01 10      USD
    2025-04-01 20      USD
    """)
    assert shop.by_period("revenue") == dict.fromkeys(
        ["2025-01-01", "2025-02-01", "2025-03-01", "2025-04-01"]
    )


def test_nothing_is_added_up_or_compared_over_time_across_currencies(open_shop: OpenShop) -> None:
    shop = open_shop(MIXED, upto=date(2025, 3, 31))
    for kpi in ("revenue_ytd", "revenue_rolling_3", "revenue_growth_mom"):
        assert set(shop.by_period(kpi).values()) == {None}
    assert shop.by_period("revenue_ytd", where=(("currency", "EUR"),))["2025-03-01"] == 150.0
    (compared,) = shop.compare("revenue", against=Against.PREVIOUS, grain=Grain.MONTH)
    assert (compared.current.value, compared.change, compared.difference) == (None, None, None)


def test_a_whole_currency_may_be_compared_by_name(open_shop: OpenShop) -> None:
    found = open_shop(MIXED, upto=date(2025, 3, 31)).compare("revenue", grain=Grain.MONTH, by="currency")
    assert [(one.member, one.current.value, one.difference) for one in found] == [
        ("EUR", 0.0, -50.0),
        ("USD", 30.0, 30.0),
    ]


def test_one_currency_changes_nothing(open_shop: OpenShop) -> None:
    assert open_shop(ONE).total("revenue") == 190.0


def test_rows_without_a_currency_are_no_one_elses_where_there_are_several(open_shop: OpenShop) -> None:
    shop = in_currencies(
        open_shop(MIXED.replace("North  EUR", "North  .").replace("A1       North  .", "A1 North EUR")),
        "EUR",
        "USD",
    )
    assert shop.by_member("revenue", "region") == {"North": None, "South": 40.0}
    assert shop.by_member("revenue", "currency") == {"(blank)": 50.0, "EUR": 100.0, "USD": 40.0}


def test_rows_without_a_currency_go_with_the_only_one(open_shop: OpenShop) -> None:
    shop = in_currencies(open_shop(ONE.replace("South  EUR", "South  .")), "EUR")
    assert shop.total("revenue") == 190.0


def test_a_workbooks_own_number_may_be_money_and_is_not_added_either(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue hours currency
    2025-01-01 100     3     EUR
    2025-02-01 10      4     USD
    """)
    assert (shop.total("hours"), shop.by_member("hours", "currency")) == (None, {"EUR": 3.0, "USD": 4.0})


def test_an_explanation_says_why_there_is_no_value(open_shop: OpenShop) -> None:
    found = open_shop(MIXED).explain("gross_margin", date(2025, 1, 1))
    assert found is not None
    assert (found.value.value, found.inputs) == (None, ())
    assert found.text == (
        "gross_profit / revenue = –: EUR and USD are among the currencies of its amounts, which are not added up. "
        "Ask by currency, or for one currency."
    )


def test_an_explanation_within_one_currency_has_its_numbers(open_shop: OpenShop) -> None:
    found = open_shop(MIXED).explain("revenue", date(2025, 1, 1), where=(("currency", "EUR"),))
    assert found is not None
    assert (found.value.value, found.text) == (100.0, "revenue 100 = 100.00")
