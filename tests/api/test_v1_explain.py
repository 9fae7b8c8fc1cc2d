from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from storage.loads import recent_loads
from tests.moments import NOON
from tests.monitor.shop import load, save
from wiring import System

SHOP = ("2025-10-01,=North,100,60", "2025-10-31,South,-50.5,40", "2025-11-02,South,30,3")
OCTOBER = {"dataset": "shop", "kpi": "revenue", "period": "2025-10-15"}
THEN = {"reported": "2025-11-21"}


@pytest.fixture
def client(system: System, tmp_path: Path) -> Iterator[TestClient]:
    """October was 49.5 on 21 November, and was corrected to 100 two days later."""
    load(system, save(tmp_path, "shop.csv", *SHOP))
    load(system, save(tmp_path, "shop.csv", SHOP[0], *SHOP[2:]), at=NOON + timedelta(days=2))
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


def test_values_are_those_that_were_reported(client: TestClient) -> None:
    for asked, revenue in (({}, 100.0), (THEN, 49.5)):
        found = client.get("/api/v1/values", params={**OCTOBER, **asked}).json()
        assert found[0]["value"] == revenue


def test_a_value_is_explained_as_it_was_reported(client: TestClient) -> None:
    found = client.get("/api/v1/explain", params={**OCTOBER, **THEN}).json()
    assert (found["value"], found["version"], found["row_count"]) == (49.5, 1, 2)
    assert [(one["source"], one["ranges"]) for one in found["rows"]] == [("shop.csv", [[2, 3]])]
    assert [one["id"] for one in found["loads"]] == [1]
    assert [(one["value"], one["since_version"]) for one in found["history"]] == [(49.5, 1), (100, 2)]


def test_exactly_its_rows_can_be_saved_and_no_text_in_them_is_a_formula(client: TestClient) -> None:
    answer = client.get("/api/v1/explain/rows", params={**OCTOBER, **THEN})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert 'filename="shop revenue month 2025-10-01.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [(row["row"], row["region"], row["revenue"]) for row in rows] == [
        ("2", "'=North", "100.0"),
        ("3", "South", "-50.5"),
    ]


def test_under_a_filter_only_its_rows_are_meant(client: TestClient) -> None:
    asked = {"dataset": "shop", "kpi": "revenue", "period": "2025-11-02", "where": "region=South"}
    assert client.get("/api/v1/explain", params=asked).json()["value"] == 30
    assert client.get("/api/v1/explain/rows", params=asked).text.count("\r\n") == 2


def test_the_history_of_a_period_says_what_brought_each_value(client: TestClient) -> None:
    found = client.get("/api/v1/history", params=OCTOBER).json()
    assert [(one["value"], one["cause"], one["load"]["id"]) for one in found] == [
        (49.5, "load", 1),
        (100, "load", 2),
    ]


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ({"period": "2020-01-01"}, 404, "shop has no data for revenue in the month of 2020-01-01"),
        ({"reported": "2025-11-20"}, 422, "nothing had been reported of shop by 2025-11-20 23:59"),
        ({"reported": "soon"}, 422, "reported: found 'soon'"),
        ({"kpi": "revenu"}, 422, "did you mean"),
        ({"dataset": "nope"}, 404, "there is no dataset 'nope'"),
    ],
)
def test_what_cannot_be_explained_is_refused_with_the_reason(
    client: TestClient, asked: dict[str, str], status: int, said: str
) -> None:
    answer = client.get("/api/v1/explain", params={**OCTOBER, **asked})
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (status, True), answer.text


def test_where_the_rows_are_gone_the_value_is_left_and_the_rest_is_refused(
    client: TestClient, system: System
) -> None:
    with system.database.read() as connection:
        first = recent_loads(connection, "shop")[-1]
    (system.road.folders.snapshots / str(first.snapshot)).unlink()
    found = client.get("/api/v1/explain", params={**OCTOBER, **THEN}).json()
    assert (found["value"], found["row_count"], found["rows"]) == (49.5, None, [])
    assert "are kept no longer" in found["rows_in_words"]
    for path, more in (("explain/rows", {}), ("values", {"by": "region"})):
        answer = client.get(f"/api/v1/{path}", params={**OCTOBER, **THEN, **more})
        assert (answer.status_code, answer.json()["error"]["code"]) == (422, "unfit_question")
