"""What REST says of a period that is not over. The shop's data end on 2 November 2025."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from tests.homes import HEALTHY
from wiring import System


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", HEALTHY.encode())})
        yield client


def values(client: TestClient, kpi: str = "revenue", **asked: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/values", params={"dataset": "shop", "kpi": kpi, **asked})
    found: list[dict[str, Any]] = answer.json()
    return found


@pytest.mark.parametrize(
    ("partial", "found"),
    [
        ("to_date", [150.0, 30.0]),
        ("full", [150.0, 30.0]),
        ("complete", [150.0]),
        ("projected", [150.0, 450.0]),
    ],
)
def test_values_are_what_was_asked_of_the_running_period(
    client: TestClient, partial: str, found: list[float]
) -> None:
    assert [one["value"] for one in values(client, partial=partial, projection="run_rate")] == found


def test_only_a_projection_says_that_it_is_one(client: TestClient) -> None:
    october, november = values(client, partial="projected")
    assert "projected" not in october
    assert (november["complete"], november["projected"], november["why"]) == (False, True, None)


def test_a_kpi_without_a_projection_says_why(client: TestClient) -> None:
    growth = values(client, "revenue_growth_mom", partial="projected")[-1]
    assert (growth["value"], growth["projected"]) == (None, True)
    assert "ask for `revenue`" in growth["why"]


def test_another_word_is_refused_with_those_there_are(client: TestClient) -> None:
    answer = client.get("/api/v1/values", params={"dataset": "shop", "partial": "half"})
    assert answer.status_code == 422
    assert "to_date" in answer.text
