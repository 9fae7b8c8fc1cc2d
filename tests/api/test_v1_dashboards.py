"""Dashboards over REST."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from wiring import System

SHOP = b"Date,Region,Revenue,COGS\n2025-09-30,North,100,60\n2025-10-31,South,50,90\n"
SALES = {"dataset": "shop", "cards": [{"look": "kpi", "kpi": "revenue", "width": 2}, {"look": "text"}]}
BOARDS = "/api/v1/dashboards"


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", SHOP)})
        yield client


def refused(answer: Any) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


def test_a_dashboard_is_put_read_changed_and_removed(client: TestClient) -> None:
    made = client.put(f"{BOARDS}/Sales/😀", json=SALES)
    assert (made.status_code, made.json()["cards"], made.json()["warnings"]) == (200, SALES["cards"], [])
    changed = client.put(f"{BOARDS}/Sales/😀", json={"dataset": "shop"}).json()
    assert (changed["cards"], changed["position"]) == ([], 0)
    assert [one["name"] for one in client.get(BOARDS, params={"dataset": "shop"}).json()] == ["Sales/😀"]
    assert client.get(f"{BOARDS}/Sales/😀").json()["changed_at"] == changed["changed_at"]
    assert client.delete(f"{BOARDS}/Sales/😀").json() == {"removed": "Sales/😀"}
    answers = [client.get(f"{BOARDS}/Sales/😀"), client.delete(f"{BOARDS}/Sales/😀")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_who_saves_on_an_older_state_is_told(client: TestClient) -> None:
    seen = client.put(f"{BOARDS}/Sales", json=SALES).json()["changed_at"]
    assert client.put(f"{BOARDS}/Sales", json={**SALES, "seen": seen}).status_code == 200
    status, code, message = refused(client.put(f"{BOARDS}/Sales", json={**SALES, "seen": seen}))
    assert (status, code) == (409, "conflict")
    assert "was changed after you had opened it (saved by api, " in message


def test_what_can_be_no_dashboard_is_a_422_that_says_why(client: TestClient) -> None:
    wrong = {"dataset": "shop", "cards": [{"look": "kpi"}, {"look": "text", "width": 9}]}
    assert refused(client.put(f"{BOARDS}/Sales", json=wrong)) == (
        422,
        "unfit_dashboard",
        (
            "card 1, key `kpi`: it is missing: the key of a KPI, which a kpi is about\n"
            "card 2, key `width`: found 9, wanted a whole number from 1 to 4"
        ),
    )
    assert refused(client.put(f"{BOARDS}/Overview", json=SALES))[:2] == (422, "unfit_dashboard")
    assert (
        refused(client.put(f"{BOARDS}/Sales", json={"dataset": "shop", "colour": 1}))[1] == "invalid_request"
    )
    assert client.get(BOARDS).json() == []


def test_a_kpi_that_is_not_there_is_kept_and_told(client: TestClient) -> None:
    answer = client.put(f"{BOARDS}/Sales", json={"dataset": "shop", "cards": [{"look": "kpi", "kpi": "x"}]})
    assert answer.json()["warnings"] == ["card 1, key `kpi`: shop gives no KPI 'x'"]


def test_all_of_them_go_out_and_come_in_as_one_text(client: TestClient) -> None:
    client.put(f"{BOARDS}/Sales", json=SALES)
    text = client.get(f"{BOARDS}/export.toml").text
    text += '[[view]]\nname = "North"\ndataset = "shop"\naddress = { "shop.region" = "North" }\n'
    path = f"{BOARDS}/import"
    trial = client.post(path, content=text, params={"dry_run": True, "replace": True}).json()
    assert client.get("/api/v1/views").json() == []
    assert client.post(path, content=text).json() == trial
    assert trial == {
        "changes": [{"effect": "added", "table": "view", "name": "shop: North", "detail": None}],
        "warnings": [],
    }
    assert client.get("/api/v1/views", params={"dataset": "shop"}).json() == [
        {
            "name": "North",
            "dataset": "shop",
            "default": False,
            "address": {"shop.region": ["North"]},
            "link": "?dataset=shop&shop.region=North&view=North",
        }
    ]
    assert refused(client.post(path, content=text.replace("[[view]]", "[[veiw]]")))[:2] == (422, "unfit_book")


def test_it_is_described(client: TestClient) -> None:
    told = client.get("/api/v1/openapi.json").json()
    card = told["components"]["schemas"]["WrittenBoard"]["properties"]["cards"]["items"]
    assert card["properties"]["width"] == {"type": "integer", "minimum": 1, "maximum": 4}
    assert {"/v1/dashboards", "/v1/dashboards/{name}", "/v1/dashboards/export.toml"} <= told["paths"].keys()


def test_a_page_of_another_site_may_not_write(client: TestClient) -> None:
    elsewhere = {"Origin": "https://evil.example"}
    assert client.put(f"{BOARDS}/Sales", json=SALES, headers=elsewhere).status_code == 403
