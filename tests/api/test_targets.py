"""Targets over REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from monitor.renewal import renew_all
from tests.moments import NOON
from wiring import System

SHOP = b"Date,Region,Revenue\n2025-10-01,North,100\n2025-10-31,South,50\n"
OF_SHOP = {"dataset": "shop"}


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", SHOP)})
        yield client


def put(client: TestClient, *targets: dict[str, Any]) -> Any:
    return client.put("/api/v1/targets", params=OF_SHOP, json={"targets": list(targets)})


def held(client: TestClient) -> list[tuple[str, str, str, str | None, float]]:
    found = client.get("/api/v1/targets", params=OF_SHOP).json()
    return [(one["kpi"], one["grain"], one["period"], one["member"], one["value"]) for one in found]


OCTOBER = {"kpi": "Revenue", "period": "2025-10", "value": 300}


def test_targets_are_set_together(client: TestClient) -> None:
    answer = put(client, OCTOBER, {**OCTOBER, "by": "region", "member": "North", "value": "1,200.5"})
    assert (answer.status_code, answer.json()) == (200, {"changed": 2, "warnings": []})
    assert held(client) == [
        ("revenue", "month", "2025-10-01", None, 300),
        ("revenue", "month", "2025-10-01", "North", 1200.5),
    ]


def test_a_member_that_the_data_do_not_have_is_kept_with_a_warning(client: TestClient) -> None:
    answer = put(client, {**OCTOBER, "by": "region", "member": "north"})
    assert answer.json() == {
        "changed": 1,
        "warnings": [
            "region has no member 'north'; did you mean `North`? It is kept for a member to come.",
        ],
    }
    assert held(client) == [("revenue", "month", "2025-10-01", "north", 300)]


def test_the_same_again_changes_nothing(client: TestClient) -> None:
    assert [put(client, OCTOBER).json()["changed"] for _ in range(2)] == [1, 0]


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        ({"kpi": "revenu"}, "there is no KPI 'revenu'; did you mean `revenue`?"),
        ({"period": "soon"}, "found the period 'soon'"),
        ({"value": "much"}, "found the value 'much'"),
        ({"by": "regio", "member": "North"}, "no dimension 'regio'"),
    ],
)
def test_one_that_can_be_none_keeps_the_others_out(
    client: TestClient, wrong: dict[str, Any], because: str
) -> None:
    answer = put(client, OCTOBER, {**OCTOBER, **wrong})
    assert answer.status_code == 422
    assert because in answer.json()["error"]["message"]
    assert held(client) == []


def test_a_target_is_removed_once(client: TestClient) -> None:
    put(client, OCTOBER)
    spot = {"kpi": "revenue", "period": "2025-10-15", "grain": "month"}
    answers = [
        client.post("/api/v1/targets/remove", params=OF_SHOP, json={"targets": [spot]}) for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 404]
    assert held(client) == []


def test_the_figures_follow_when_the_service_has_worked_them_out(client: TestClient, system: System) -> None:
    put(client, OCTOBER)
    assert client.get("/api/v1/targets/pace", params=OF_SHOP).json() == []
    renew_all(system.road, NOON)
    (pace,) = client.get("/api/v1/targets/pace", params=OF_SHOP).json()
    assert (pace["kpi"], pace["actual"], pace["target_so_far"], pace["ahead"], pace["complete"]) == (
        "revenue", 150, 300, -150, True,
    )  # fmt: skip
    asked = {**OF_SHOP, "kpi": "target_attainment"}
    assert [one["value"] for one in client.get("/api/v1/values", params=asked).json()] == [0.5]


def test_a_page_of_another_site_may_not_write(client: TestClient) -> None:
    answer = client.put(
        "/api/v1/targets", params=OF_SHOP, json={"targets": []}, headers={"origin": "http://elsewhere"}
    )
    assert answer.status_code == 403
