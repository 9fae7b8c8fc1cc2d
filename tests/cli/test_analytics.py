"""The analyses of the sales warehouse as outsiders ask for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.homes import environment, run
from tests.storage.warehouse.standing import stand
from wiring import System


@pytest.fixture
def home(system: System, tmp_path: Path) -> Path:
    stand(system.database, system.sales.warehouse)
    return tmp_path / "home"


def answer(home: Path, *arguments: str) -> Any:
    code, out, err = run(environment(home), "analytics", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def refused(home: Path, *arguments: str) -> tuple[int, str]:
    code, out, err = run(environment(home), "analytics", *arguments, "--json")
    assert out == ""
    return code, err


def test_all_are_the_ten_each_under_its_name(home: Path) -> None:
    found = answer(home, "--all")
    assert list(found) == [
        "top_customers",
        "monthly_revenue",
        "best_selling_products",
        "revenue_by_category",
        "average_order_value_by_month",
        "orders_by_weekday",
        "quantity_by_category",
        "top_cities",
        "customers_by_city",
        "price_vs_quantity",
    ]
    assert [len(found[name]) for name in ("top_customers", "monthly_revenue", "orders_by_weekday")] == [
        5,
        10,
        7,
    ]
    assert found["monthly_revenue"][5] == {"month": "2024-04-01", "revenue": 0.0, "orders": 0, "units": 0}


def test_one_is_asked_with_days_members_and_a_count(home: Path) -> None:
    asked = (
        "--start",
        "2024-01-01",
        "--end",
        "2024-03-31",
        "--where",
        "city=paris",
        "--where",
        "city=Zürich",
    )
    found = answer(home, "top_cities", *asked, "--top", "3", "--by", "units", "--no-returns")
    assert list(found) == ["top_cities"]
    assert {one["city"] for one in found["top_cities"]} == {"paris", "Zürich"}


def test_the_earlier_of_two_periods_can_be_named(home: Path) -> None:
    asked = ("--start", "2024-06-01", "--end", "2024-06-30", "--before", "2024-01-01:2024-01-31")
    found = answer(home, "price_volume_mix", *asked)["price_volume_mix"]
    assert (found[0]["start"], found[0]["end"]) == ("2024-01-01", "2024-01-31")
    assert sum(one["amount"] for one in found[:-1]) == pytest.approx(found[-1]["amount"], abs=1e-9)


def test_without_a_name_they_are_listed(home: Path) -> None:
    found = answer(home)
    assert (len(found), found[0]["name"], found[0]["columns"][0]) == (15, "top_customers", "customer_id")


def test_for_people_it_is_a_table(home: Path) -> None:
    code, out, err = run(environment(home), "analytics", "monthly_revenue")
    assert (code, err) == (0, "")
    assert "Revenue, orders and units by month" in out
    assert "2024-04-01" in out


def test_before_the_first_run_it_is_said_what_to_do(tmp_path: Path) -> None:
    code, err = refused(tmp_path / "home", "--all")
    assert (code, "There is no sales warehouse yet" in err, "kpi etl run" in err) == (1, True, True), err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("top_customer",), "did you mean top_customers?"),
        (("top_customers", "--all"), "name one analysis or ask for --all, not both"),
        (("top_customers", "--by", "profit"), "--by: found 'profit', wanted one of revenue, units"),
        (("top_customers", "--where", "town=Paris"), "where: found 'town', wanted one of city"),
        (("top_customers", "--where", "Paris"), "found 'Paris', wanted DIMENSION=MEMBER"),
        (("top_customers", "--start", "2024-02-01", "--end", "2024-01-01"), "before it starts"),
        (("price_volume_mix", "--before", "2024"), "--before: found '2024', wanted two days such as"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(
    home: Path, arguments: tuple[str, ...], said: str
) -> None:
    code, err = refused(home, *arguments)
    assert (code, said in err) == (2, True), err
