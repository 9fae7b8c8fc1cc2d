from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from kpi.sales.options import Mode
from monitor.service import clock
from settings import Settings
from storage.warehouse import runs
from storage.warehouse.asking import ask_for
from storage.warehouse.runs import Run, Status, Wish
from tests.cli.conftest import OURS
from tests.conftest import PROJECT
from tests.homes import run as kpi
from tests.homes import start
from wiring import System

CUSTOMERS = "customer_id,name,city\nC1,Ada,Paris\nC2,Ben,\n"
PRODUCTS = "product_id,product_name,category\nP1,Lamp,Light\nP2,Desk,Office\n"
SALES = (
    "order_id,date,customer_id,product_id,quantity,unit_price\n"
    "O1,2025-01-05,C1,P1,2,10.00\n"
    "O1,2025-01-05,C1,P2,1,99.50\n"
    "O2,2025-02-07,C2,P1,1,10.00\n"
    "O3,=1+1,C2,P1,1,10.00\n"
)
NOTHING_SET = {**dict.fromkeys(name for name in os.environ if name.startswith(OURS)), "COLUMNS": "200"}
COUNTS = {"dim_customer": 2, "dim_product": 2, "dim_date": 34, "fact_sales": 3}


def fill(folder: Path) -> Path:
    """Three files, of which one row is dirty."""
    folder.mkdir(parents=True)
    for name, text in (("customers", CUSTOMERS), ("products", PRODUCTS), ("sales", SALES)):
        (folder / f"{name}.csv").write_text(text)
    return folder


pytestmark = pytest.mark.long


@pytest.fixture
def source(settings: Settings) -> Path:
    """The default source of a home of its own."""
    return fill(settings.sales_source)


@pytest.fixture
def env(settings: Settings) -> dict[str, str]:
    return {"KPI_HOME": str(settings.home_folder)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of one home for the tests that look at one first run."""
    folder = tmp_path_factory.mktemp("home")
    fill(folder / "sales")
    return {"KPI_HOME": str(folder)}


@pytest.fixture(scope="module")
def made(home: dict[str, str]) -> dict[str, Any]:
    """What `kpi etl run --json` says about that run."""
    code, out, err = kpi(home, "etl", "run", "--json")
    assert code == 0, err
    told: dict[str, Any] = json.loads(out)
    return told


def look(home: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """`kpi …` that only reads, in this process: quicker than in one of its own."""
    done = CliRunner().invoke(app, arguments, env={**NOTHING_SET, **home})
    return done.exit_code, done.stdout, done.stderr


def active(system: System) -> Run | None:
    with system.database.read() as connection:
        return runs.active_run(connection)


def test_a_run_makes_the_warehouse_and_says_where_every_row_went(made: dict[str, Any]) -> None:
    assert (made["status"], made["version"], made["error"]) == ("done", 1, None)
    assert {name: table["rows"] for name, table in made["tables"].items()} == COUNTS
    assert made["ledger"] == {
        "customers.csv": {"read": 2, "loaded": 2, "rejected": 0, "set_aside": 0},
        "products.csv": {"read": 2, "loaded": 2, "rejected": 0, "set_aside": 0},
        "sales.csv": {"read": 4, "loaded": 3, "rejected": 1, "set_aside": 0},
    }
    assert made["seconds"] > 0


def test_the_same_files_again_change_nothing(made: dict[str, Any], home: dict[str, str]) -> None:
    code, out, _ = kpi(home, "etl", "run", "--mode", "merge", "--json")
    again = json.loads(out)
    assert (code, again["status"], again["version"]) == (0, "unchanged", 1)


def test_people_see_the_ledger_and_how_to_get_at_what_was_rejected(
    made: dict[str, Any], home: dict[str, str]
) -> None:
    code, out, err = look(home, "etl", "status", "--run", "1")
    assert (code, "Run 1: done, version 1" in out, "sales.csv" in out) == (0, True, True)
    assert "Rejected: 1. `kpi etl rejects --run 1` says why" in err


def test_what_was_rejected_is_told_with_its_line_and_reason(
    made: dict[str, Any], home: dict[str, str]
) -> None:
    code, out, _ = look(home, "etl", "rejects", "--json")
    told = json.loads(out)
    (one,) = told["rejects"]
    assert (code, told["run"], told["count"]) == (0, made["run"], 1)
    assert (one["file"], one["line"], one["header"], one["found"]) == ("sales.csv", 5, "date", "=1+1")


def test_the_csv_of_rejects_is_safe_to_open_as_a_sheet(
    made: dict[str, Any], home: dict[str, str], tmp_path: Path
) -> None:
    code, _, _ = look(home, "etl", "rejects", "--csv", str(tmp_path / "rejects.csv"))
    text = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    names, line = csv.reader(io.StringIO(text, newline=""))
    assert (code, dict(zip(names, line, strict=True))["found"]) == (0, "'=1+1")
    assert kpi(home, "etl", "rejects", "--csv", "-")[1].splitlines() == text.splitlines()


def test_a_source_that_cannot_be_used_is_refused_and_leaves_the_warehouse(
    made: dict[str, Any], home: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "notes.csv").write_text("a,b\n1,2\n")
    code, out, _ = kpi(home, "etl", "run", "--source", str(tmp_path / "odd"), "--json")
    told = json.loads(out)
    assert (code, told["status"], told["version"]) == (1, "refused", 1)
    assert "notes.csv" in told["error"]["message"]


def test_the_status_has_the_warehouse_and_the_history(made: dict[str, Any], home: dict[str, str]) -> None:
    code, out, _ = look(home, "etl", "status", "--json")
    told = json.loads(out)
    warehouse = told["warehouse"]
    assert (code, told["active"], told["runs"][-1]) == (0, None, made)
    assert (warehouse["version"], warehouse["first_day"], warehouse["last_day"]) == (
        1,
        "2025-01-05",
        "2025-02-07",
    )
    assert [file["name"] for file in warehouse["files"]] == ["customers.csv", "products.csv", "sales.csv"]
    assert json.loads(look(home, "etl", "status", "--run", "1", "--json")[1]) == made


def test_before_the_first_run_the_status_says_so(env: dict[str, str]) -> None:
    assert "There is no warehouse yet" in look(env, "etl", "status")[1]
    assert look(env, "etl", "rejects")[0] == 1


def test_a_run_that_was_asked_for_elsewhere_is_carried_out(
    system: System, source: Path, env: dict[str, str]
) -> None:
    wish = Wish("api", str(source), Mode.RELOAD, system.sales.options.mark)
    run = ask_for(system.database, wish, clock())
    code, out, _ = kpi(env, "etl", "run", "--run", str(run.id), "--json")
    told = json.loads(out)
    assert (code, told["run"], told["origin"], told["status"]) == (0, run.id, "api", "done")


def test_two_who_ask_at_once_are_one_run(source: Path, env: dict[str, str]) -> None:
    both = [start(env, "etl", "run", "--json") for _ in range(2)]
    told = [json.loads(one.communicate(timeout=60)[0]) for one in both]
    assert told[0] == told[1]
    assert [one.returncode for one in both] == [0, 0]


def test_another_run_than_the_one_under_way_is_turned_away(
    system: System, source: Path, env: dict[str, str]
) -> None:
    ask_for(system.database, Wish("api", "/elsewhere", Mode.RELOAD, system.sales.options.mark), clock())
    code, out, err = kpi(env, "etl", "run", "--json")
    assert (code, out) == (1, "")
    assert "run 1 is under way, a reload of /elsewhere" in err


STOPPED_INSIDE_EXECUTED_TEXT = """
import os, signal, sys
from cli.etl_carrying import told_to_stop
try:
    with told_to_stop(lambda: None):
        exec("os.kill(os.getpid(), signal.SIGTERM)\\nwhile True: pass")
except KeyboardInterrupt:
    sys.exit(1)
"""


def test_who_is_stopped_at_whatever_moment_ends_with_the_exit_code_that_is_meant(tmp_path: Path) -> None:
    (tmp_path / "stopped.py").write_text(STOPPED_INSIDE_EXECUTED_TEXT)
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    command = [
        sys.executable,
        "-m",
        "stopped",
    ]  # as `python -m cli`: the end of a module asks how it was interrupted
    ended = subprocess.run(command, cwd=tmp_path, env=env, timeout=60, check=False)
    assert ended.returncode == 1


@pytest.mark.parametrize("asked_by", ["cli", "page"])
def test_a_run_that_is_stopped_has_failed_or_waits_again_where_the_service_had_asked_for_it(
    system: System, source: Path, env: dict[str, str], asked_by: str
) -> None:
    big = "".join(f"O{n},2025-01-05,C1,P1,2,10.00\n" for n in range(400_000))
    (source / "sales.csv").write_text(SALES.splitlines()[0] + "\n" + big)
    elsewhere = asked_by == "page"
    wish = Wish("page", str(source), Mode.RELOAD, system.sales.options.mark)
    asked = ["--run", str(ask_for(system.database, wish, clock()).id)] if elsewhere else []
    process = start(env, "etl", "run", "--json", *asked)
    deadline = time.monotonic() + 30
    while (run := active(system)) is None or run.status is not Status.RUNNING:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.3)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (1, ""), err
    with system.database.read() as connection:
        after = runs.find_run(connection, run.id)
    assert after is not None
    assert (after.status, after.error.code if after.error else None) == (
        (Status.ASKED, None) if elsewhere else (Status.FAILED, "stopped")
    )


def test_after_a_kill_the_next_who_asks_has_it_done(
    system: System, source: Path, env: dict[str, str]
) -> None:
    killed = start({**env, "KPI_FAILPOINT": "sales_typed"}, "etl", "run", "--json")
    assert (killed.wait(60), killed.communicate()[0]) == (-signal.SIGKILL, "")
    code, out, _ = kpi(env, "etl", "run", "--json")
    told = json.loads(out)
    with system.database.read() as connection:
        dead = runs.find_run(connection, 1)
    assert dead is not None
    assert (dead.status, dead.error) == (Status.FAILED, runs.PROCESS_ENDED)
    assert (code, told["run"], told["status"], told["version"]) == (0, 2, "done", 1)
