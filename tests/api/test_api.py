from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from monitor.service import LEASE, TTL, clock
from storage.leases import hold
from wiring import System

SHOP = b"Date,Region,Revenue,COGS\n2025-10-01,North,100,60\n2025-10-31,South,50,40\n2025-11-02,North,30,3\n"


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


def hand_in(
    client: TestClient, content: bytes = SHOP, name: str = "shop.csv"
) -> tuple[int, dict[str, object]]:
    answer = client.post("/api/v1/loads", files={"file": (name, content)})
    return answer.status_code, answer.json()


def test_a_file_handed_in_is_loaded_once_and_its_values_can_be_read(client: TestClient) -> None:
    status, first = hand_in(client)
    again, second = hand_in(client)
    assert (status, first["status"], first["rows"]) == (
        201,
        "loaded",
        {"read": 3, "loaded": 3, "rejected": 0, "set_aside": 0},
    )
    assert (again, second["status"], second["version"]) == (200, "unchanged", 1)
    values = client.get("/api/v1/values", params={"dataset": "shop", "kpi": "gross_margin", "grain": "month"})
    assert values.json() == [
        {
            "dataset": "shop",
            "kpi": "gross_margin",
            "grain": "month",
            "period": period,
            "member": None,
            "value": pytest.approx(value),
            "unit": "percent",
            "complete": complete,
        }
        for period, value, complete in [("2025-10-01", 50 / 150, True), ("2025-11-01", 0.9, False)]
    ]


def test_values_of_members_and_of_a_filter(client: TestClient) -> None:
    hand_in(client)
    asked = {"dataset": "shop", "kpi": "revenue", "grain": "total", "by": "region", "where": "region=South"}
    values = client.get("/api/v1/values", params=asked).json()
    assert [(value["member"], value["value"]) for value in values] == [("South", 50.0)]


def test_the_inbox_keeps_what_was_handed_in(client: TestClient, system: System) -> None:
    hand_in(client, name="../../shop.csv")
    assert [path.name for path in system.road.folders.inbox.iterdir()] == ["shop.csv"]


def test_a_file_without_a_date_is_refused_with_a_code_and_what_to_do(client: TestClient) -> None:
    status, refused = hand_in(client, b"Region,Revenue\nNorth,1\nSouth,2\n")
    error = refused["error"]
    assert (status, refused["status"]) == (422, "rejected")
    assert isinstance(error, dict)
    assert error["code"] == "no_date_column"


def test_another_type_of_file_is_refused_before_it_is_stored(client: TestClient, system: System) -> None:
    status, refused = hand_in(client, b"%PDF", name="letter.pdf")
    assert (status, refused["error"]["code"]) == (415, "unsupported_media_type")  # type: ignore[index]
    assert not system.road.folders.inbox.exists()


def test_a_page_of_another_site_may_not_hand_in_files(client: TestClient) -> None:
    answer = client.post(
        "/api/v1/loads", files={"file": ("shop.csv", SHOP)}, headers={"Origin": "https://evil.example"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/api/nope", "/api/v1/nope", "/api/v2/values"])
def test_an_unknown_path_is_a_json_404_and_not_the_page(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json()) == (
        404,
        {"error": {"code": "not_found", "message": "Not Found"}},
    )


def test_an_unknown_dataset_is_a_404_that_names_it(client: TestClient) -> None:
    answer = client.get("/api/v1/kpis", params={"dataset": "nope"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "unknown_dataset")


def test_an_unknown_kpi_is_refused_with_a_near_name(client: TestClient) -> None:
    hand_in(client)
    answer = client.get("/api/v1/values", params={"dataset": "shop", "kpi": "revenu"})
    assert answer.status_code == 422
    assert "did you mean `revenue`" in answer.json()["error"]["message"]


def test_a_grain_that_does_not_exist_is_refused_by_name(client: TestClient) -> None:
    hand_in(client)
    answer = client.get("/api/v1/values", params={"dataset": "shop", "grain": "decade"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_request")


def test_what_was_loaded_and_what_fired_can_be_listed(client: TestClient) -> None:
    hand_in(client)
    assert [load["status"] for load in client.get("/api/v1/loads").json()] == ["loaded"]
    assert client.get("/api/v1/alerts").json() == []
    assert [one["dataset"] for one in client.get("/api/v1/datasets").json()] == ["shop"]


def test_alive_is_not_ready(client: TestClient, system: System) -> None:
    assert client.get("/healthz").json() == {"status": "alive"}
    idle = client.get("/readyz")
    with system.database.begin() as connection:
        hold(connection, LEASE, "me", clock(), TTL)
    assert (idle.status_code, client.get("/readyz").status_code) == (503, 200)


def test_the_description_of_the_api_names_its_paths(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    reading = {"/v1/datasets", "/v1/kpis", "/v1/values", "/v1/loads", "/v1/alerts"}
    about_a_load = {f"/v1/loads/{{load_id}}/{part}" for part in ("marked", "difference", "undo", "issues")}
    answers = {"/v1/mappings", "/v1/mappings/{fingerprint}"}
    definitions = {f"/v1/definitions{part}" for part in ("", "/{key}", "/export", "/import", "/preview")}
    explaining = {"/v1/explain", "/v1/explain/rows", "/v1/history"}
    targets = {"/v1/targets", "/v1/targets/remove", "/v1/targets/pace"}
    runs = {f"/v1/etl/{part}" for part in ("warehouse", "runs", "runs/{run_id}", "runs/{run_id}/rejects")}
    sales = {"/v1/analytics", "/v1/analytics/{name}", "/v1/warehouse/{table}/rows"}
    rules = {f"/v1/rules{part}" for part in ("", "/backtest", "/{rule_id}", "/{rule_id}/backtest")}
    told = {"/v1/alerts/{alert_id}/acknowledge", "/v1/alerts/{alert_id}/why", "/v1/deliveries"}
    told |= {"/v1/deliveries/{delivery_id}/resend", "/v1/alerting/export", "/v1/alerting/import"}
    whom = {f"/v1/destinations{part}" for part in ("", "/{name}", "/{name}/test")}
    whom |= {"/v1/routes", "/v1/routes/{name}", "/v1/silences", "/v1/silences/{silence_id}"}
    reports = {"/v1/reports/{dataset}.{form}"}
    reports |= {f"/v1/scheduled-reports{part}" for part in ("", "/{name}", "/{name}/send")}
    boards = {f"/v1/dashboards{part}" for part in ("", "/{name}", "/export.toml", "/import")} | {"/v1/views"}
    workbooks = reading | about_a_load | answers | definitions | explaining | targets
    assert set(paths) == workbooks | runs | sales | rules | told | whom | boards | reports


ASKED = b"Date,Region,Revenu\n2025-10-01,North,100\n2025-10-31,South,50\n"
LATER = b"Date,Region,Revenu\n2025-11-01,North,70\n2025-11-30,South,50\n"


def say(client: TestClient, content: bytes, name: str, **form: str | list[str]) -> tuple[int, Any]:
    answer = client.post("/api/v1/loads", files={"file": (name, content)}, data=form)
    return answer.status_code, answer.json()


def test_a_column_that_was_named_once_is_known_in_the_next_file(client: TestClient) -> None:
    asked, question = say(client, ASKED, "october.csv")
    named, _ = say(client, ASKED, "october.csv", map=["Revenu=revenue", "Region="])
    later, loaded = say(client, LATER, "november.csv")
    fields = {column["header"]: column["field"] for column in loaded["sheets"][0]["columns"]}
    assert (asked, [one["key"] for one in question["questions"]]) == (422, ["revenue"])
    assert (named, later, fields) == (201, 201, {"Date": "date", "Region": "", "Revenu": "revenue"})


def test_a_question_is_answered_by_its_key(client: TestClient) -> None:
    status, loaded = say(client, ASKED, "october.csv", answer="revenue=Revenu")
    assert (status, loaded["issues"][0]["problem"]) == (
        201,
        "answers given with this file were used: revenue = Revenu",
    )


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"map": "Revenu"}, "unfit_answer"),
        ({"map": "Revenu=revenu"}, "unfit_answer"),
        ({"no_repair": "Unit scale"}, "unfit_answer"),
        ({"map": "Umsatz=revenue"}, "unknown_answer"),
    ],
)
def test_an_answer_that_cannot_be_meant_is_refused(client: TestClient, form: Any, code: str) -> None:
    status, refused = say(client, ASKED, "october.csv", **form)
    assert (status, refused["error"]["code"]) == (422, code)


def test_what_is_kept_can_be_listed_changed_and_forgotten(client: TestClient) -> None:
    _, asked = say(client, ASKED, "october.csv")
    mark = asked["sheets"][0]["fingerprint"]
    put = client.put(f"/api/v1/mappings/{mark[:10]}", json={"fields": {"Revenu": "revenue"}})
    listed = client.get("/api/v1/mappings", params={"dataset": "october"}).json()
    assert (put.status_code, put.json()["read_again"]) == (200, ["october.csv"])
    assert [(one["fingerprint"], one["kind"], one["key"], one["answer"]) for one in listed] == [
        (mark, "field", "Revenu", "revenue")
    ]
    gone = client.delete(f"/api/v1/mappings/{mark}", params={"key": "Revenu"})
    again = client.delete(f"/api/v1/mappings/{mark}")
    assert (gone.status_code, gone.json()["removed"], again.status_code) == (200, 1, 404)
    assert client.get("/api/v1/mappings").json() == []
    assert say(client, LATER, "november.csv")[1]["status"] == "review"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("beef", {"fields": {"Net": "revenue"}}, 404, "unknown_layout"),
        ("a" * 64, {"fields": {"Net": "revenu"}}, 422, "unfit_answer"),
        ("a" * 64, {"field": {"Net": "revenue"}}, 422, "invalid_request"),
        ("a" * 65, {"fields": {}}, 422, "invalid_request"),
    ],
)
def test_an_answer_about_a_layout_is_checked(
    client: TestClient, path: str, body: dict[str, Any], status: int, code: str
) -> None:
    refused = client.put(f"/api/v1/mappings/{path}", json=body)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_page_of_another_site_may_not_say_how_files_are_read(client: TestClient, method: str) -> None:
    headers = {"Origin": "https://evil.example"}
    asked: dict[str, Any] = {"json": {}} if method == "put" else {}
    answer = getattr(client, method)(f"/api/v1/mappings/{'a' * 64}", headers=headers, **asked)
    assert answer.status_code == 403
