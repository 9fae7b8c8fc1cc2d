from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from api.routes import build_routes
from dashboard.boards.board import Board, Card, Look
from dashboard.boards.keeping import stored_from
from dashboard.downloads import XLSX
from storage.dashboards import put_board
from tests.moments import NOON
from tests.monitor.shop import load, save
from wiring import System

SHOP = ("2025-10-01,=North,100,60", "2025-10-31,South,-50.5,40", "2025-11-02,South,30,3")
REPORTS = "/api/v1/reports"


@pytest.fixture
def client(system: System, tmp_path: Path) -> Iterator[TestClient]:
    """October was 49.5 on 21 November, and was corrected to 100 two days later; somebody made a dashboard of it."""
    load(system, save(tmp_path, "shop.csv", *SHOP))
    load(system, save(tmp_path, "shop.csv", SHOP[0], *SHOP[2:]), at=NOON + timedelta(days=2))
    margin = Board("Margin", "shop", (Card(Look.KPI, "gross_margin", title="What is left"),))
    with system.database.begin() as connection:
        for board in (margin, Board("Orders", "orders")):
            put_board(connection, stored_from(board), "test", NOON)
    with TestClient(Starlette(routes=build_routes(system))) as client:
        yield client


@pytest.mark.parametrize(
    ("form", "kind", "begins"),
    [
        ("html", "text/html; charset=utf-8", b"<!DOCTYPE html>"),
        ("pdf", "application/pdf", b"%PDF-"),
        ("xlsx", XLSX, b"PK"),
    ],
)
def test_a_dashboard_is_sent_as_a_file(client: TestClient, form: str, kind: str, begins: bytes) -> None:
    answer = client.get(f"{REPORTS}/shop.{form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert f'filename="shop 2025-11-02.{form}"' in answer.headers["content-disposition"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.content.startswith(begins)


def test_it_has_the_filters_and_the_moment_that_were_asked_for(client: TestClient) -> None:
    asked = {"where": "region=South", "reported": "2025-11-21", "period": "all"}
    page = client.get(f"{REPORTS}/shop.html", params=asked).text
    assert "<dt>Filters</dt><dd>region South</dd>" in page
    assert "<dt>As reported on</dt><dd>21 Nov 2025, 23:59</dd>" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{REPORTS}/shop.xlsx", params=asked).content))
    assert [row[2] for row in book["Data"].iter_rows(values_only=True)] == ["Revenue", -50.5, 30]


def test_a_dashboard_that_somebody_made_is_sent_by_its_name(client: TestClient) -> None:
    page = client.get(f"{REPORTS}/shop.html", params={"board": "Margin"}).text
    assert "<h1>shop · Margin</h1>" in page
    assert re.findall(r'<article class="tile"><h3>(.*?)</h3>', page) == ["What is left"]


@pytest.mark.parametrize(
    ("path", "asked", "code", "said"),
    [
        ("nothing.pdf", {}, 404, "there is no dataset 'nothing'"),
        ("shop.docx", {}, 422, "html"),
        ("shop.pdf", {"where": "North"}, 422, "wanted DIMENSION=MEMBER"),
        ("shop.pdf", {"start": "2025-11-02", "end": "2025-10-01"}, 422, "lies after end"),
        ("shop.pdf", {"reported": "2025-01-01"}, 422, "nothing had been reported"),
        ("shop.pdf", {"board": "Sales"}, 404, "there is no dashboard 'Sales'; shop has 'Overview', 'Margin'"),
        ("shop.pdf", {"board": "Orders"}, 404, "the dashboard 'Orders' is of orders; shop has"),
    ],
)
def test_what_cannot_be_sent_is_said(
    client: TestClient, path: str, asked: dict[str, str], code: int, said: str
) -> None:
    answer = client.get(f"{REPORTS}/{path}", params=asked)
    assert answer.status_code == code
    assert said in answer.json()["error"]["message"]
