"""Rows that hold nothing but a plan, and the text that pivot tables write for an empty cell."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from kpi.calendar import Calendar, Grain
from tests.kpi.books import processed
from tests.kpi.conftest import OpenShop
from tests.kpi.shop import Shop, on_duckdb

PLANNED = """
    date       revenue target region
    2025-09-01 .       12     North
    2025-11-01 .       12     North
    2025-11-03 10      12     North
    2025-11-14 10      12     (blank)
    2025-11-15 .       12     North
    2025-12-31 .       12     .
"""


def test_a_plan_for_days_to_come_counts_neither_as_done_nor_against_what_was_done(
    open_shop: OpenShop,
) -> None:
    shop = open_shop(PLANNED, upto=date(2025, 11, 14))
    assert shop.by_period("revenue") == {"2025-11-01": 20.0}
    assert shop.by_period("target_attainment") == {"2025-11-01": pytest.approx(20 / 36)}
    assert shop.by_period("target_attainment", Grain.QUARTER) == {"2025-10-01": pytest.approx(20 / 36)}
    assert shop.total("target_attainment") == pytest.approx(20 / 36)
    assert [value.complete for value in shop.values("revenue")] == [False]


def test_a_file_that_plans_ahead_is_compared_as_far_as_it_was_filled_in(tmp_path: Path) -> None:
    days = [date(2025, 10, 1) + timedelta(n) for n in range(92)]
    rows = [[day, 10.0 if day <= date(2025, 11, 14) else None, 20.0] for day in days]
    result = processed(tmp_path, [["Date", "Revenue", "Target"], *rows])
    assert result.report.last_day == date(2025, 11, 14)
    facts = result.facts.select(["date", "revenue", "target"]).to_pylist() if result.facts else []
    with on_duckdb(facts, Calendar(), tmp_path) as run:
        shop = Shop(run, result.report.fields, result.report.last_day)
        compared = shop.compare("revenue", "target_attainment")
    found = {one.kpi: (one.current.value, one.change) for one in compared}
    assert found == {"revenue": (140.0, 0.0), "target_attainment": (0.5, 0.0)}


def test_the_text_blank_is_no_other_group_than_that_of_empty_cells(open_shop: OpenShop) -> None:
    shop = open_shop("""
    date       revenue customer_id region
    2025-01-01 1       anna        .
    2025-01-01 2       ben         (blank)
    2025-01-01 4       carl        North
    """)
    assert shop.by_member("revenue", "region") == {"(blank)": 3.0, "North": 4.0}
    assert shop.by_member("customers", "region") == {"(blank)": 2.0, "North": 1.0}
    assert shop.by_member("new_customers", "region", Grain.MONTH) == {"(blank)": 2.0, "North": 1.0}
    assert shop.total("revenue", where=(("region", "(blank)"),)) == 3.0
    assert shop.total("revenue", without=(("region", "(blank)"),)) == 4.0
