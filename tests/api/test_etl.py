from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from kpi.report import Ledger, Refusal
from kpi.sales.source import Account, Note
from storage.warehouse import rejects, runs
from storage.warehouse.runs import Outcome, Status
from tests.moments import NOON
from wiring import System

MERGE = {"mode": "merge"}


@pytest.fixture
def client(system: System) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def end(system: System, outcome: Outcome) -> None:
    with system.database.begin() as connection:
        run = runs.active_run(connection)
        assert run is not None
        runs.begin(connection, run.id, NOON)
        runs.end(connection, run.id, outcome, NOON + timedelta(seconds=2))


def test_a_run_is_asked_for_and_can_be_followed(client: TestClient, system: System) -> None:
    answer = client.post("/api/v1/etl/runs", json=MERGE)
    told = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/etl/runs/{told['run']}")
    assert client.get(answer.headers["location"]).json() == told
    assert told | {"asked_at": ""} == {
        "run": told["run"],
        "status": "asked",
        "version": None,
        "tables": {},
        "ledger": {},
        "seconds": 0.0,
        "notes": [],
        "error": None,
        "origin": "api",
        "source": str(system.settings.sales_source),
        "mode": "merge",
        "asked_at": "",
        "started_at": None,
        "ended_at": None,
        "progress": {"phase": "waiting", "rows": 0, "total": None, "seconds_left": None},
    }


def test_without_a_body_everything_is_made_anew(client: TestClient) -> None:
    assert client.post("/api/v1/etl/runs").json()["mode"] == "reload"


def test_who_asks_for_what_is_under_way_gets_that_run_and_for_another_a_409(client: TestClient) -> None:
    first, again = (client.post("/api/v1/etl/runs", json=MERGE) for _ in range(2))
    assert (again.status_code, again.json()["run"]) == (202, first.json()["run"])
    assert error(client.post("/api/v1/etl/runs", json={"mode": "reload"})) == (409, "conflict")


def test_a_get_starts_nothing(client: TestClient) -> None:
    assert client.get("/api/v1/etl/runs").json() == []


@pytest.mark.parametrize("body", [{"mode": "often"}, {"source": "/etc"}])
def test_only_the_mode_can_be_said(client: TestClient, body: dict[str, str]) -> None:
    assert error(client.post("/api/v1/etl/runs", json=body)) == (422, "invalid_request")
    assert client.get("/api/v1/etl/runs").json() == []


def test_a_page_of_another_site_may_not_start_a_run(client: TestClient) -> None:
    answer = client.post("/api/v1/etl/runs", headers={"Origin": "https://evil.example"})
    assert (answer.status_code, client.get("/api/v1/etl/runs").json()) == (403, [])


def test_an_ended_run_says_what_came_of_it(client: TestClient, system: System) -> None:
    run = client.post("/api/v1/etl/runs").json()["run"]
    note = Note("sales.csv", "", "date", "no day", "rejected", 1, 4)
    account = Account({"sales.csv": Ledger(5, 3, 1, 1)}, (note,))
    end(system, Outcome(Status.DONE, 1, account, {"fact_sales": 3}))
    told = client.get(f"/api/v1/etl/runs/{run}").json()
    assert (told["status"], told["version"], told["seconds"]) == ("done", 1, 2.0)
    assert told["tables"] == {"fact_sales": {"rows": 3}}
    assert told["ledger"] == {"sales.csv": {"read": 5, "loaded": 3, "rejected": 1, "set_aside": 1}}
    assert told["notes"][0]["problem"] == "no day"


def test_a_refused_run_says_why(client: TestClient, system: System) -> None:
    client.post("/api/v1/etl/runs")
    end(system, Outcome(Status.REFUSED, error=Refusal("no_sales_table", "sales.csv: found …, wanted …")))
    (told,) = client.get("/api/v1/etl/runs").json()
    assert (told["status"], told["error"]["code"]) == ("refused", "no_sales_table")


def test_runs_are_listed_newest_first_page_by_page(client: TestClient, system: System) -> None:
    made = []
    for _ in range(3):
        made.append(client.post("/api/v1/etl/runs").json()["run"])
        end(system, Outcome(Status.UNCHANGED, 1))
    first = client.get("/api/v1/etl/runs", params={"limit": 2}).json()
    second = client.get("/api/v1/etl/runs", params={"limit": 2, "before": first[-1]["run"]}).json()
    assert [one["run"] for one in (*first, *second)] == made[::-1]


@pytest.mark.parametrize("what", ["", "/rejects"])
def test_a_run_that_does_not_exist_is_a_404(client: TestClient, what: str) -> None:
    assert error(client.get(f"/api/v1/etl/runs/99{what}")) == (404, "not_found")


def rejecting(client: TestClient, system: System, folder: Path, count: int) -> int:
    """The number of a run that rejected so many rows."""
    run: int = client.post("/api/v1/etl/runs").json()["run"]
    rows = [
        {"file": "sales.csv", "sheet": "", "line": line, "header": "date", "found": "=1+1",
         "reason": "the date is no day", "raw": "O1,=1+1"}
        for line in range(2, count + 2)
    ]  # fmt: skip
    pq.write_table(pa.Table.from_pylist(rows), folder / "rejects.parquet")
    rejects.save(system.database, run, folder / "rejects.parquet")
    return run


def test_rejected_rows_come_page_by_page(client: TestClient, system: System, tmp_path: Path) -> None:
    run, after, lines = rejecting(client, system, tmp_path, 5), 0, []
    while after is not None:
        asked = {"limit": 2, "after": after}
        page = client.get(f"/api/v1/etl/runs/{run}/rejects", params=asked).json()
        lines += [one["line"] for one in page["rejects"]]
        after = page["next"]
    assert (page["count"], lines) == (5, [2, 3, 4, 5, 6])


@pytest.mark.parametrize("how", [{"params": {"format": "csv"}}, {"headers": {"Accept": "text/csv"}}])
def test_rejected_rows_come_as_csv_that_is_safe_to_open(
    client: TestClient, system: System, tmp_path: Path, how: dict[str, Any]
) -> None:
    run = rejecting(client, system, tmp_path, 1)
    answer = client.get(f"/api/v1/etl/runs/{run}/rejects", **how)
    names, line = csv.reader(io.StringIO(answer.text, newline=""))
    assert names == ["file", "sheet", "line", "column", "found", "reason", "row"]
    assert line == ["sales.csv", "", "2", "date", "'=1+1", "the date is no day", "O1,=1+1"]
    assert f'filename="rejects of run {run}.csv"' in answer.headers["content-disposition"]


def test_before_the_first_run_the_warehouse_is_empty(client: TestClient) -> None:
    told = client.get("/api/v1/etl/warehouse").json()
    assert (told["version"], told["tables"], told["files"]) == (0, {}, [])


@pytest.mark.parametrize(
    "path",
    [
        "runs/2147483648",
        "runs/9223372036854775808/rejects",
        "runs/-9223372036854775809",
        "runs?before=9223372036854775808",
    ],
)
def test_a_number_that_no_run_can_have_is_refused(client: TestClient, path: str) -> None:
    assert error(client.get(f"/api/v1/etl/{path}")) == (422, "invalid_request")


def test_rows_beyond_any_that_there_can_be_are_refused(client: TestClient) -> None:
    run = client.post("/api/v1/etl/runs").json()["run"]
    answer = client.get(f"/api/v1/etl/runs/{run}/rejects", params={"after": 2**63})
    assert error(answer) == (422, "invalid_request")
