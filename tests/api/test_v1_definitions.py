from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from monitor.renewal import renew_all
from monitor.service import clock
from wiring import System

SHOP = b"Date,Region,Revenue,Refund\n2025-10-01,North,100,5\n2025-10-31,South,100,5\n2025-11-02,North,30,3\n"
SHARE = {
    "label": "Refund share",
    "description": "Refunds as a share of revenue.",
    "unit": "percent",
    "favourable": "down",
    "decimals": 1,
    "formula": "refund / revenue",
}
TOML = "[kpi.refund_share]\n" + "".join(
    f"{name} = {value!r}\n".replace("'", '"') for name, value in SHARE.items()
)
URL = "/api/v1/definitions"


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        client.post("/api/v1/loads", files={"file": ("shop.csv", SHOP)})
        yield client


def put(client: TestClient, formula: str = SHARE["formula"], key: str = "refund_share", **query: Any) -> Any:  # type: ignore[assignment]
    asked = {"owner": "Ada", **query}
    return client.put(f"{URL}/{key}", params=asked, json={"entry": {**SHARE, "formula": formula}})


def error(answer: Any) -> tuple[int, str, str]:
    told = answer.json()["error"]
    return answer.status_code, told["code"], told["message"]


def test_a_definition_is_saved_and_worked_out_by_the_service(client: TestClient, system: System) -> None:
    made, again = put(client), put(client)
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json() == again.json()
    assert (made.json()["version"], made.json()["entry"]) == (1, {**SHARE, "owner": "Ada"})
    asked = {"dataset": "shop", "kpi": "refund_share", "grain": "month"}
    assert error(client.get("/api/v1/values", params=asked))[0] == 422
    renew_all(system.road, clock())
    assert [one["value"] for one in client.get("/api/v1/values", params=asked).json()] == [
        pytest.approx(0.05),
        pytest.approx(0.1),
    ]


def test_what_an_entry_leaves_unsaid_is_as_on_the_command_line(client: TestClient) -> None:
    entry = {"formula": "refund / revenue", "unit": "percent"}
    made = client.put(f"{URL}/refund_part", params={"owner": "Ada"}, json={"entry": entry})
    assert made.json()["entry"] == {
        "label": "Refund part",
        "description": "refund / revenue",
        "unit": "percent",
        "favourable": "none",
        "decimals": 1,
        "formula": "refund / revenue",
        "owner": "Ada",
    }


def test_a_slip_is_refused_with_its_place(client: TestClient) -> None:
    status, code, message = error(put(client, "refund / reveneu"))
    assert (status, code) == (422, "unfit_question")
    assert "line 1, column 10: unknown field `reveneu`; did you mean `revenue`?" in message


def test_a_key_that_no_entry_has_is_refused_by_name(client: TestClient) -> None:
    answer = client.put(f"{URL}/share", params={"owner": "Ada"}, json={"entry": {**SHARE, "formulae": "1"}})
    assert error(answer)[2] == "KPI `share`, key `formulae`: there is no such key"


def test_of_two_who_have_seen_the_same_version_the_second_is_told(client: TestClient) -> None:
    put(client)
    first = put(client, "2 * refund / revenue", expected=1, owner="Bob")
    second = put(client, "3 * refund / revenue", expected=1)
    assert first.json()["version"] == 2
    assert error(second)[:2] == (409, "conflict")
    assert "at version 2 by now, of Bob" in error(second)[2]


def test_one_definition_is_shown_with_its_versions_and_what_the_data_lack(client: TestClient) -> None:
    put(client)
    put(client, "refund / cogs", owner="Bob")
    shown = client.get(f"{URL}/refund_share", params={"dataset": "shop"}).json()
    assert (shown["version"], shown["owner"], shown["own"], shown["missing"]) == (
        2, "Bob", True, "the data have no column `cogs`",
    )  # fmt: skip
    assert [(one["version"], one["owner"]) for one in shown["history"]] == [(1, "Ada"), (2, "Bob")]


def test_the_list_has_what_ships_and_what_is_peoples_own(client: TestClient) -> None:
    put(client)
    listed = {one["kpi"]: one for one in client.get(URL, params={"dataset": "shop"}).json()}
    assert (listed["revenue"]["own"], listed["revenue"]["missing"]) == (False, None)
    assert (listed["refund_share"]["own"], listed["refund_share"]["formula"]) == (True, "refund / revenue")
    assert listed["orders"]["missing"] == "the data have no column `order_id`"


def test_a_definition_is_retired_once(client: TestClient) -> None:
    put(client)
    gone = client.delete(f"{URL}/refund_share", params={"owner": "Ada"})
    assert (gone.status_code, gone.json()["retired"], gone.json()["version"]) == (200, True, 2)
    assert error(client.delete(f"{URL}/refund_share", params={"owner": "Ada"}))[0] == 404
    listed = client.get(URL, params={"retired": True}).json()
    assert [(one["kpi"], one["retired"]) for one in listed[-1:]] == [("refund_share", True)]


def test_what_is_exported_is_what_was_imported(client: TestClient) -> None:
    answer = client.post(f"{URL}/import", params={"owner": "Ada"}, json={"toml": TOML})
    assert [(one["kpi"], one["version"]) for one in answer.json()] == [("refund_share", 1)]
    text = client.get(f"{URL}/export")
    assert text.headers["content-type"].startswith("application/toml")
    again = client.post(f"{URL}/import", params={"owner": "Bob"}, json={"toml": text.text})
    assert (again.status_code, again.json()) == (200, [])


def test_a_preview_shows_values_over_real_data_and_saves_nothing(client: TestClient) -> None:
    asked = {"dataset": "shop", "grain": "month"}
    (shown,) = client.post(f"{URL}/preview", params=asked, json={"toml": TOML}).json()
    assert (shown["kpi"], shown["effect"], shown["version"]) == ("refund_share", "new", 1)
    assert [(one["period"], one["value"]) for one in shown["values"]] == [
        ("2025-10-01", pytest.approx(0.05)),
        ("2025-11-01", pytest.approx(0.1)),
    ]
    assert client.get(f"{URL}/export").text == ""


@pytest.mark.parametrize("act", ["put", "delete", "import"])
def test_a_page_of_another_site_may_not_write(client: TestClient, act: str) -> None:
    evil = {"Origin": "https://evil.example"}
    answers = {
        "put": lambda: client.put(f"{URL}/x", params={"owner": "E"}, json={"entry": SHARE}, headers=evil),
        "delete": lambda: client.delete(f"{URL}/x", params={"owner": "E"}, headers=evil),
        "import": lambda: client.post(
            f"{URL}/import", params={"owner": "E"}, json={"toml": TOML}, headers=evil
        ),
    }
    assert answers[act]().status_code == 403
    assert client.get(f"{URL}/export").text == ""


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("?dataset=nope", 404), ("/revenue?dataset=nope", 404), ("/revenue", 200)],
)
def test_what_does_not_exist_is_a_404(client: TestClient, path: str, status: int) -> None:
    assert client.get(URL + path).status_code == status
