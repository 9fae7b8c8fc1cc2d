"""Members in order, and hierarchies, over REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from wiring import System

PLACES = (
    b"Date,Country,Region,Revenue,COGS\n"
    b"2025-10-01,France,North,60,30\n2025-10-02,France,South,30,10\n2025-10-03,Spain,Centre,10,5\n"
)


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", PLACES)})
        yield client


def values(client: TestClient, **asked: Any) -> Any:
    wanted = {"dataset": "shop", "kpi": "revenue", "grain": "total", **asked}
    return client.get("/api/v1/values", params=wanted).json()


def test_the_largest_members_have_their_rank_and_share_and_the_rest_is_one(client: TestClient) -> None:
    largest, others = values(client, by="region", top=1)
    assert (largest["member"], largest["value"], largest["rank"], largest["share"]) == ("North", 60.0, 1, 0.6)
    assert "others" not in largest
    assert others == {
        **largest,
        "member": None,
        "value": 40.0,
        "rank": None,
        "share": 0.4,
        "others": 2,
    }


def test_a_hierarchy_gives_the_first_level_that_no_filter_fixes(client: TestClient) -> None:
    found = values(client, by="place", where="country=France", rank="true")
    assert [(one["by"], one["member"], one["rank"]) for one in found] == [
        ("region", "North", 1),
        ("region", "South", 2),
    ]


@pytest.mark.parametrize("asked", [{"top": 1}, {"top": 0, "by": "region"}])
def test_what_cannot_be_ranked_is_refused(client: TestClient, asked: dict[str, Any]) -> None:
    assert "error" in values(client, **asked)
