from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from wiring import System

SHOP = b"Date,Region,Revenue\n2025-10-01,North,100\n2025-10-31,South,50\nsoon,=1+1,30\n"
CORRECTED = SHOP.replace(b"South,50", b"South,70")


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


def hand_in(client: TestClient, content: bytes) -> int:
    answer = client.post("/api/v1/loads", files={"file": ("shop.csv", content)})
    return int(answer.json()["load_id"])


def revenue(client: TestClient) -> float:
    asked = {"dataset": "shop", "kpi": "revenue", "grain": "total"}
    value: float = client.get("/api/v1/values", params=asked).json()[0]["value"]
    return value


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_issues_of_a_load_are_json_or_csv(client: TestClient) -> None:
    load = hand_in(client, SHOP)
    (issue,) = client.get(f"/api/v1/loads/{load}/issues").json()
    assert (issue["cell"], issue["effect"], issue["count"]) == ("A4", "rejected", 1)
    answer = client.get(f"/api/v1/loads/{load}/issues", params={"format": "csv"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="shop.csv issues.csv"')
    names, line = csv.reader(io.StringIO(answer.text, newline=""))
    assert dict(zip(names, line, strict=True))["cell"] == "A4"


def test_the_marked_copy_is_a_workbook_to_save(client: TestClient) -> None:
    answer = client.get(f"/api/v1/loads/{hand_in(client, SHOP)}/marked")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert (answer.status_code, book.sheetnames) == (200, ["Load report", "shop"])
    assert "shop marked.xlsx" in answer.headers["content-disposition"]


def test_what_a_load_changed_can_be_asked(client: TestClient) -> None:
    first, second = hand_in(client, SHOP), hand_in(client, CORRECTED)
    found = client.get(f"/api/v1/loads/{second}/difference").json()
    assert (found["against"], found["measures"]) == (
        first,
        [{"field": "revenue", "header": "Revenue", "old": 150.0, "new": 170.0}],
    )


def test_a_load_is_taken_back_once(client: TestClient) -> None:
    first, second = hand_in(client, SHOP), hand_in(client, CORRECTED)
    assert revenue(client) == 170
    done = client.post(f"/api/v1/loads/{second}/undo").json()
    assert (done["undone"], done["restored"], done["version"], done["emptied"]) == (second, first, 3, False)
    assert revenue(client) == 150
    assert error(client.post(f"/api/v1/loads/{second}/undo")) == (409, "conflict")


def test_predecessors_that_are_named_go_with_it(client: TestClient) -> None:
    first, second = hand_in(client, SHOP), hand_in(client, CORRECTED)
    done = client.post(f"/api/v1/loads/{second}/undo", params={"also": first}).json()
    assert (done["restored"], done["emptied"]) == (None, True)
    assert client.get("/api/v1/datasets").json() == []


def test_a_page_of_another_site_may_not_undo(client: TestClient) -> None:
    load = hand_in(client, SHOP)
    answer = client.post(f"/api/v1/loads/{load}/undo", headers={"Origin": "https://evil.example"})
    assert (answer.status_code, revenue(client)) == (403, 150)


@pytest.mark.parametrize("what", ["issues", "marked", "difference"])
def test_a_load_that_does_not_exist_is_a_404(client: TestClient, what: str) -> None:
    assert error(client.get(f"/api/v1/loads/99/{what}")) == (404, "not_found")


def test_a_load_that_does_not_exist_cannot_be_undone(client: TestClient) -> None:
    assert error(client.post("/api/v1/loads/99/undo")) == (404, "not_found")


@pytest.mark.parametrize("what", ["issues", "marked", "difference"])
@pytest.mark.parametrize("number", [2**31, 2**63, -(2**63) - 1])
def test_a_number_that_no_load_can_have_is_refused(client: TestClient, number: int, what: str) -> None:
    assert client.get(f"/api/v1/loads/{number}/{what}").status_code == 422


def test_predecessors_that_no_load_can_be_are_refused(client: TestClient) -> None:
    asked = [
        client.post(f"/api/v1/loads/{2**63}/undo"),
        client.post("/api/v1/loads/1/undo", params={"also": 2**63}),
    ]
    assert [answer.status_code for answer in asked] == [422, 422]
