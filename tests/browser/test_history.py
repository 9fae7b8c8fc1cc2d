"""A corrected workbook, the number as it was reported before, and where it comes from, in real Chromium."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, open_page, tile, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser


def tables(panel: Locator) -> list[list[list[str]]]:
    """What the tables of the panel show. Each is a canvas; its table for screen readers has the texts."""
    grids = panel.locator("canvas table")
    expect(grids).to_have_count(3, timeout=LOADED)
    rows: list[list[list[str]]] = grids.evaluate_all(
        "grids => grids.map(grid => [...grid.querySelectorAll('tr')].map(row => "
        "[...row.querySelectorAll('[role=gridcell], td')].map(cell => cell.textContent)))"
    )
    return [[row for row in table if row] for table in rows]


def go_back_to_version(page: Page, number: int) -> None:
    """To one of the versions of today."""
    page.get_by_test_id("stDateInput").filter(has_text="As reported on").get_by_role(
        "spinbutton"
    ).first.click()
    page.keyboard.type(datetime.now(UTC).strftime("%Y%m%d"))
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")  # closes the calendar
    expect(page.get_by_text("As reported on").nth(1)).to_be_visible(timeout=LOADED)
    box = page.get_by_role("combobox", name="At", exact=True)
    box.focus()
    box.press("ArrowDown")
    page.get_by_role("option", name=re.compile(f"version {number},")).click()


def test_a_number_is_read_as_it_was_reported_and_followed_to_its_rows(page: Page, server: Server) -> None:
    path = server.inbox / "restated.xlsx"
    save_finance(path)
    until(lambda: server.version("restated") == 1, "the first version is loaded")
    save_finance(path, extra=10.0)
    until(lambda: server.version("restated") == 2, "the correction is loaded")
    open_page(page, server, dataset="restated")
    expect(value(page, "revenue")).to_have_text("6.82 k", timeout=LOADED)

    go_back_to_version(page, 1)
    expect(value(page, "revenue")).to_have_text("6.20 k", timeout=LOADED)
    expect(page.get_by_text("by now there is 2")).to_be_visible()

    tile(page, "revenue").get_by_role("button", name="Explain").click()
    panel = page.get_by_role("dialog")
    expect(panel.get_by_test_id("stMetricValue")).to_have_text("6,200.00", timeout=LOADED)
    rows_of, loads, said = tables(panel)
    assert rows_of == [["restated.xlsx", "Sheet", "124–185", "62", "1"]]
    assert [row[:2] for row in loads] == [["1", "restated.xlsx"]]
    assert [(row[0], row[-1]) for row in said] == [
        ("6,820.00", "a file was loaded, load 2: restated.xlsx"),
        ("6,200.00", "a file was loaded, load 1: restated.xlsx"),
    ]
    with page.expect_download(timeout=LOADED) as saving:
        panel.get_by_role("button", name="Download these 62 rows").click()
    text = Path(saving.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert (len(rows), sum(float(row["revenue"]) for row in rows)) == (62, 6200.0)

    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    page.get_by_role("button", name="Back to now").click()
    expect(value(page, "revenue")).to_have_text("6.82 k", timeout=LOADED)

    page.get_by_role("figure", name="Revenue by month").locator(".scatterlayer .points path").nth(1).click(
        force=True
    )
    expect(panel.get_by_text("Revenue, Sep 2025")).to_be_visible(timeout=LOADED)
