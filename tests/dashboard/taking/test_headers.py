from __future__ import annotations

import pytest

from dashboard.taking.headers import headers
from kpi.report import FactField, Kind

REVENUE = FactField("revenue", Kind.MEASURE, "Revenue")


@pytest.mark.parametrize(
    ("field", "header"),
    [
        (FactField("revenue", Kind.MEASURE, "Umsatz"), "Umsatz"),
        (FactField("revenue", Kind.MEASURE, "Umsatz (T€)"), "revenue"),
        (FactField("revenue", Kind.MEASURE, "Sales"), "revenue"),
        (FactField("revenue", Kind.MEASURE, "Quantity × Price"), "revenue"),
        (FactField("date", Kind.DATE, ""), "date"),
        (FactField("target", Kind.MEASURE, "Target"), "revenue target"),
        (FactField("tickets", Kind.MEASURE, "Tickets"), "Tickets"),
        (FactField("tickets", Kind.MEASURE, "Tickets (k)"), "tickets"),
        (FactField("tickets_2", Kind.MEASURE, "Tickets"), "Tickets"),
        (FactField("renamed", Kind.MEASURE, "Old name"), "renamed"),
        (FactField("margin", Kind.RATE, "Margin"), "margin rate"),
        (FactField("stock", Kind.RATE, "Stock"), "Stock"),
        (FactField("discount_rate_given", Kind.RATE, "Discount"), "discount rate given"),
        (FactField("sales", Kind.MEASURE, "Sales"), "sales, as given"),
        (FactField("order_date", Kind.TEXT, "Order date"), "order date, as given"),
    ],
)
def test_a_header_is_the_workbooks_own_where_it_alone_says_the_field(field: FactField, header: str) -> None:
    assert headers([field]) == [header]


def test_a_name_that_is_weaker_than_that_of_a_field_that_is_there_stays() -> None:
    assert headers([REVENUE, FactField("sales", Kind.MEASURE, "Sales")]) == ["Revenue", "Sales"]


def test_no_two_are_alike_whatever_their_case() -> None:
    alike = [FactField("tickets", Kind.MEASURE, "Tickets"), FactField("tickets_2", Kind.MEASURE, "TICKETS")]
    assert headers(alike) == ["Tickets", "TICKETS 2"]
