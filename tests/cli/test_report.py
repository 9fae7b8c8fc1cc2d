from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from cli.main import app
from dashboard.boards.board import Board, Card, Look
from dashboard.boards.keeping import stored_from
from storage.dashboards import put_board
from tests.homes import environment, run
from tests.moments import NOON
from tests.monitor.shop import load, save
from wiring import System

SHOP = ("2025-10-01,North,100,60", "2025-10-31,South,50,40", "2025-11-02,North,30,3")
ABOUT = ("report", "--dataset", "shop")


@pytest.fixture
def home(system: System, tmp_path: Path) -> Path:
    load(system, save(tmp_path, "shop.csv", *SHOP))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("form", "begins"), [("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-"), ("xlsx", b"PK")]
)
def test_a_dashboard_is_written_in_the_form_that_the_name_says(
    home: Path, tmp_path: Path, form: str, begins: bytes
) -> None:
    path = tmp_path / f"taken.{form}"
    code, out, err = run(environment(home), *ABOUT, "--out", str(path), "--json")
    assert (code, err) == (0, "")
    said = json.loads(out)
    assert path.read_bytes().startswith(begins)
    assert said == {
        "dataset": "shop",
        "board": None,
        "version": 1,
        "file": str(path),
        "form": form,
        "bytes": path.stat().st_size,
        "as_of": "2025-11-02",
        "period": "1–2 Nov 2025",
        "filters": "all rows, no filter",
        "kpis": said["kpis"],
    }


def test_the_choices_of_the_page_can_be_made(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "north.xlsx"
    chosen = ("--where", "region=North", "--period", "all", "--grain", "quarter", "--versus", "nothing")
    code, out, _ = run(environment(home), *ABOUT, "--out", str(path), *chosen)
    assert code == 0
    assert re.sub(r"\s+", " ", out).strip() == f"{path}: shop version 1, 1 Oct – 2 Nov 2025, region North"
    rows = list(openpyxl.load_workbook(path)["Data"].iter_rows(values_only=True))
    assert [row[1:] for row in rows] == [("Region", "Revenue", "COGS"), ("North", 100, 60), ("North", 30, 3)]


def test_a_dashboard_that_somebody_made_is_taken_by_its_name(
    system: System, home: Path, tmp_path: Path
) -> None:
    board = Board("Margin", "shop", (Card(Look.KPI, "gross_margin", title="What is left"),))
    with system.database.begin() as connection:
        put_board(connection, stored_from(board), "test", NOON)
    path = tmp_path / "margin.html"
    code, out, _ = run(environment(home), *ABOUT, "--out", str(path), "--board", "Margin", "--json")
    assert (code, json.loads(out)["board"]) == (0, "Margin")
    page = path.read_text("utf-8")
    assert "<h1>shop · Margin</h1>" in page
    assert re.findall(r'<article class="tile"><h3>(.*?)</h3>', page) == ["What is left"]


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--out", "report.docx"), 2, "found a name that ends in '.docx', wanted .html, .pdf or .xlsx"),
        (("--period", "yesterday"), 2, "wanted one of latest, 12-months, year-to-date, all"),
        (("--where", "North"), 2, "wanted DIMENSION=MEMBER"),
        (("--where", "colour=red"), 2, "colour"),
        (("--out", "no/such/folder/report.pdf"), 1, "name a file that can be written"),
        (("--dataset", "nothing"), 2, "there is no dataset 'nothing'"),
        (("--board", "Sales"), 2, "--board: there is no dashboard 'Sales'; shop has 'Overview'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    home: Path, options: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = run(environment(home), *ABOUT, *options)
    assert (found, out) == (code, "")
    assert said in err
    assert "Traceback" not in err


def test_without_a_name_the_file_is_called_after_the_dataset_and_its_last_day(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ABOUT, env=environment(home))
    assert done.exit_code == 0
    assert [path.name for path in tmp_path.glob("*.html")] == ["shop 2025-11-02.html"]
