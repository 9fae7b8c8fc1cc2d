"""Scheduled reports over REST."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from monitor.alerting.dispatch import deliver_owed
from monitor.service import clock
from wiring import System

SHOP = b"Date,Region,Revenue,COGS\n2025-09-30,North,100,60\n2025-10-31,South,50,90\n2025-11-02,North,30,3\n"
WEEKLY = {"dataset": "shop", "schedule": "monday at 08:00", "to": ["console"]}
HERE = "/api/v1/scheduled-reports"


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", SHOP)})
        yield client


def test_a_report_is_set_read_changed_and_removed(client: TestClient) -> None:
    made = client.put(f"{HERE}/Weekly / all", json=WEEKLY)
    assert (made.status_code, made.json()["name"], made.json()["hints"]) == (200, "Weekly / all", [])
    assert made.json()["next"] is not None
    client.put(f"{HERE}/Weekly / all", json={**WEEKLY, "paused": True})
    (held,) = client.get(HERE).json()
    assert (held["schedule"], held["to"], held["paused"], held["next"]) == (
        "monday at 08:00",
        ["console"],
        True,
        None,
    )
    assert client.delete(f"{HERE}/Weekly / all").json() == {"removed": "Weekly / all"}
    assert [client.delete(f"{HERE}/Weekly").status_code, client.post(f"{HERE}/Weekly/send").status_code] == [
        404,
        404,
    ]


def test_a_report_is_of_a_saved_view(client: TestClient) -> None:
    book = '[[view]]\nname = "By week"\ndataset = "shop"\naddress = { grain = "week" }\n'
    assert client.post("/api/v1/dashboards/import", content=book).status_code == 200
    made = client.put(f"{HERE}/Weekly", json={**WEEKLY, "view": "By week"}).json()
    (held,) = client.get(HERE).json()
    assert (made["view"], held["view"], held["view_gone"]) == ("By week", "By week", False)
    client.post("/api/v1/dashboards/import?replace=true", content="# no views")
    assert [one["view_gone"] for one in client.get(HERE).json()] == [True]
    client.put(f"{HERE}/Weekly", json=WEEKLY)
    assert [(one["view"], one["view_gone"]) for one in client.get(HERE).json()] == [(None, False)]


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"view": "South"}, "there is no view 'South' of shop; there is: none"),
        ({"dataset": "shops"}, "there is no dataset 'shops'"),
        ({"schedule": "soon"}, "found 'soon', wanted words such as"),
        ({"to": ["slak"]}, "there is no channel or destination 'slak'"),
        ({"to": []}, "to: List should have at least 1 item"),
        ({"more": 1}, "more: Extra inputs are not permitted"),
    ],
)
def test_what_cannot_be_sent_says_why(client: TestClient, changes: dict[str, object], because: str) -> None:
    answer = client.put(f"{HERE}/Weekly", json={**WEEKLY, **changes})
    assert (answer.status_code, because in answer.json()["error"]["message"]) == (422, True)
    assert client.get(HERE).json() == []


def test_a_report_is_sent_when_it_is_asked_for(client: TestClient, system: System) -> None:
    client.put(f"{HERE}/Weekly", json=WEEKLY)
    answer = client.post(f"{HERE}/Weekly/send")
    assert (answer.status_code, answer.json()) == (202, {"sent": "Weekly", "messages": 1})
    done = deliver_owed(system.database, system.channels, system.road.desk.destinations, clock)
    assert [one.result.value for one in done] == ["sent"]


def test_a_page_elsewhere_may_not_write(client: TestClient) -> None:
    elsewhere = {"Origin": "https://elsewhere.example.com"}
    answers = [
        client.put(f"{HERE}/Weekly", json=WEEKLY, headers=elsewhere),
        client.post(f"{HERE}/Weekly/send", headers=elsewhere),
        client.delete(f"{HERE}/Weekly", headers=elsewhere),
    ]
    assert [one.status_code for one in answers] == [403, 403, 403]
