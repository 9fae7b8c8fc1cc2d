"""The dashboard as files: saved from the page, and opened where there is no network."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, open_page, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

BEGINNINGS = {"HTML page": b"<!DOCTYPE html>", "PDF": b"%PDF-", "Excel workbook": b"PK"}


def taken(page: Page, server: Server, folder: Path) -> dict[str, Path]:
    """The three files, saved by their buttons."""
    save_finance(server.inbox / "taken.xlsx")
    until(lambda: server.version("taken") == 1, "taken.xlsx is loaded")
    open_page(page, server, dataset="taken")
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
    expect(opened.locator("#trend .main-svg").first).to_be_visible()
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
