"""A corrected file whose marked copy is saved, and which is then taken back, in real Chromium."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, go_to, open_page, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser


def test_a_load_is_marked_and_then_taken_back_and_the_figures_follow(page: Page, server: Server) -> None:
    path = server.inbox / "undone.xlsx"
    save_finance(path)
    until(lambda: server.version("undone") == 1, "the first version is loaded")
    first = server.totals("undone")
    save_finance(path, extra=10.0)
    until(lambda: server.version("undone") == 2, "the second version is loaded")
    open_page(page, server, dataset="undone", period="All data", tab="Data")

    page.get_by_role("button", name="Make a marked copy").click()
    with page.expect_download(timeout=LOADED) as saving:
        page.get_by_role("button", name="Download undone marked.xlsx").click(timeout=LOADED)
    copy = openpyxl.load_workbook(io.BytesIO(Path(saving.value.path()).read_bytes()))
    assert copy.sheetnames == ["Load report", "Sheet"]

    page.get_by_role("button", name="Undo this load").click()
    page.get_by_role("button", name="Yes, undo it").click()
    until(lambda: server.version("undone") == 3, "the service has taken the load back")
    assert server.totals("undone") == first
    go_to(page, "Overview")
    expect(value(page, "revenue")).to_have_text("18.4 k", timeout=LOADED)
