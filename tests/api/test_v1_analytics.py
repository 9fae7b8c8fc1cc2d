from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from kpi.sales.analyses.catalogue import ANALYSES
from tests.kpi.sales.analyses import small_star
from tests.storage.warehouse.standing import stand
from wiring import System

ROWS = small_star.star()


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    stand(system.database, system.sales.warehouse)
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


def told(client: TestClient, path: str, **asked: Any) -> Any:
    answer = client.get(f"/api/v1/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_analyses_are_listed_with_their_columns(client: TestClient) -> None:
    found = told(client, "analytics")
    assert [one["name"] for one in found] == list(ANALYSES)
    assert found[1]["columns"] == ["month", "revenue", "orders", "units"]


def test_one_is_asked_with_days_members_and_a_count(client: TestClient) -> None:
    months = told(client, "analytics/monthly_revenue", start="2024-04-01", end="2024-05-31")[
        "monthly_revenue"
    ]
    assert months[0] == {"month": "2024-04-01", "revenue": 0.0, "orders": 0, "units": 0}
    assert len(months) == 2
    cities = told(
        client, "analytics/top_cities", where=["city=paris", "city=Åre"], top=1, by="units", returns=False
    )
    assert [list(one) for one in cities["top_cities"]] == [["city", "revenue", "orders", "units"]]


def test_every_analysis_answers(client: TestClient) -> None:
    for name in ANALYSES:
        assert told(client, f"analytics/{name}")[name]


def test_rows_are_shown_as_they_are_page_by_page(client: TestClient) -> None:
    pages = [told(client, "warehouse/fact_sales/rows", offset=at, limit=100) for at in range(0, 500, 100)]
    shown = [row["sale_id"] for page in pages for row in page["rows"]]
    assert shown == [row["sale_id"] for row in ROWS["fact_sales"]]
    assert {(page["total"], page["version"]) for page in pages} == {(len(shown), 1)}
    assert list(pages[0]["rows"][0]) == list(ROWS["fact_sales"][0])


def test_rows_are_searched_and_sorted(client: TestClient) -> None:
    found = told(client, "warehouse/dim_customer/rows", search="ZÜRICH", sort="-customer_key", limit=2)
    keys = [row["customer_key"] for row in ROWS["dim_customer"] if row["city"].lower() == "zürich"]
    assert (found["total"], [row["customer_key"] for row in found["rows"]]) == (
        len(keys),
        sorted(keys)[:-3:-1],
    )


def test_days_of_rows_are_text(client: TestClient) -> None:
    (first, *_) = told(client, "warehouse/dim_date/rows", limit=1)["rows"]
    assert date.fromisoformat(first["date"]) == small_star.FIRST


@pytest.mark.parametrize(
    ("path", "asked", "status", "said"),
    [
        ("analytics/top_customer", {}, 404, "did you mean top_customers?"),
        ("analytics/top_customers", {"where": "town=Paris"}, 422, "where: found 'town'"),
        ("analytics/top_customers", {"start": "2024-02-01", "end": "2024-01-01"}, 422, "before it starts"),
        ("analytics/price_volume_mix", {"before_start": "2024-01-01"}, 422, "wanted both or neither"),
        ("analytics/top_customers", {"top": 0}, 422, "top: Input should be greater"),
        ("warehouse/dim_shop/rows", {}, 404, "no table 'dim_shop'"),
        ("warehouse/fact_sales/rows", {"sort": "profit"}, 422, "has no column 'profit'"),
        ("warehouse/fact_sales/rows", {"limit": 5001}, 422, "limit: Input should be less"),
        ("warehouse/fact_sales/rows", {"offset": 2**63}, 422, "offset: Input should be less"),
        ("analytics/top_customers", {"top": 2**63}, 422, "top: Input should be less"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_reason(
    client: TestClient, path: str, asked: dict[str, Any], status: int, said: str
) -> None:
    answer = client.get(f"/api/v1/{path}", params=asked)
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (status, True), answer.text


def test_before_the_first_run_it_is_said_what_to_do(system: System) -> None:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        for path in ("analytics/top_customers", "warehouse/fact_sales/rows"):
            answer = client.get(f"/api/v1/{path}")
            assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_warehouse"), answer.text
