"""The dashboard as files: saved from the page, and opened where there is no network."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, open_page, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

BEGINNINGS = {"HTML page": b"<!DOCTYPE html>", "PDF": b"%PDF-", "Excel workbook": b"PK"}


def given(server: Server) -> None:
    """The dataset that is taken away."""
    save_finance(server.inbox / "taken.xlsx")
    until(lambda: server.version("taken") == 1, "taken.xlsx is loaded")


def taken(page: Page, server: Server, folder: Path, board: str = "") -> dict[str, Path]:
    """The three files of the dashboard of that name, saved by their buttons."""
    given(server)
    open_page(page, server, dataset="taken", **({"board": board} if board else {}))
    expect(value(page, "revenue")).to_be_visible(timeout=LOADED)
    page.get_by_role("button", name="Take away").click()
    found = {}
    for label in BEGINNINGS:
        with page.expect_download(timeout=LOADED) as saved:
            page.get_by_role("button", name=label).click()
        path = folder / saved.value.suggested_filename
        saved.value.save_as(path)
        found[label] = path
    return found


def errors_offline(browser: Browser, path: Path, scheme: Literal["light", "dark"]) -> list[str]:
    """What the page asks for or complains about when it is opened without a network, until its chart is drawn."""
    context = browser.new_context(offline=True, color_scheme=scheme)
    opened, found = context.new_page(), list[str]()
    opened.on("request", lambda request: found.append(request.url))
    opened.on("console", lambda message: found.append(message.text))
    opened.goto(path.as_uri())
    expect(opened.locator("html[data-drawn]")).to_be_attached(timeout=LOADED)
    expect(opened.locator(".chart .main-svg").first).to_be_visible()
    context.close()
    return [one for one in found if one != path.as_uri()]


def test_a_dashboard_is_saved_and_its_page_opens_without_a_network(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    files = taken(page, server, tmp_path)
    assert {
        label: path.read_bytes().startswith(BEGINNINGS[label]) for label, path in files.items()
    } == dict.fromkeys(BEGINNINGS, True)
    assert errors_offline(browser, files["HTML page"], "light") == []
    assert errors_offline(browser, files["HTML page"], "dark") == []


def keep_board(server: Server, name: str, *cards: dict[str, str | int]) -> None:
    body = json.dumps({"dataset": "taken", "cards": cards}).encode()
    headers = {"Content-Type": "application/json"}
    asked = Request(f"{server.url}/api/v1/dashboards/{name}", body, headers, method="PUT")
    with urlopen(asked, timeout=30) as answer:
        assert answer.status == 200


def test_what_is_taken_away_is_the_dashboard_that_is_shown(
    page: Page, server: Server, browser: Browser, tmp_path: Path
) -> None:
    given(server)
    keep_board(
        server,
        "Directors",
        {"look": "kpi", "kpi": "revenue", "title": "What came in"},
        {"look": "trend", "kpi": "revenue", "by": "region", "width": 3},
        {"look": "distribution", "kpi": "revenue"},
        {"look": "text", "text": "**Well done** ![x](https://elsewhere.example/x.png)"},
    )
    files = taken(page, server, tmp_path, "Directors")
    assert errors_offline(browser, files["HTML page"], "light") == []
    page.goto(files["HTML page"].as_uri())
    expect(page.locator("h1")).to_have_text("taken · Directors")
    assert page.locator("h3").all_inner_texts()[0] == "What came in"
    expect(page.locator("[data-drawn='2']")).to_be_attached(timeout=LOADED)
    expect(page.locator(".words")).to_have_text("Well done x")
    shown = page.locator(".board > li")
    page.set_viewport_size({"width": 390, "height": 800})
    wide = {round(one["width"]) for place in shown.all() if (one := place.bounding_box())}
    assert len(wide) == 1
