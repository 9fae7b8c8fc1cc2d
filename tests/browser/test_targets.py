"""Targets typed into the grid: a mistake is named by its cell, what is saved is followed by every figure."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save
from tests.browser.pages import LOADED, go_to, open_page, tile
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

ROW = 35  # pixels of one line of a grid
SETTLED = 500  # milliseconds in which the grid hands over what was typed
SHOP: list[list[Any]] = [
    ["Date", "Region", "Revenue"],
    ["2025-09-01", "North", 90],
    ["2025-10-01", "North", 100],
    ["2025-10-31", "South", 50],
]


def type_into(page: Page, row: int, text: str) -> None:
    """Into the column of the whole, which is the second one, in a row of the editor."""
    grid = page.get_by_test_id("stDataFrame").last
    seen = grid.locator("canvas table")  # what the canvas shows, for screen readers
    expect(seen).to_contain_text("Oct 2025", timeout=LOADED)
    surface = grid.locator(".dvn-scroller")  # lies over the canvas and takes the clicks
    cell = seen.get_by_test_id(f"glide-cell-1-{row}")
    field = page.locator("#portal textarea, #portal input").first  # opens over the cell

    def opened() -> bool:
        """The page may move under the hand: what is opened is the cell that the grid itself calls chosen."""
        place = surface.bounding_box()
        assert place is not None
        surface.click(position={"x": place["width"] - 40, "y": ROW * (row + 1.5)})
        page.wait_for_timeout(SETTLED)
        if cell.get_attribute("aria-selected") != "true":
            page.keyboard.press("Escape")
            return False
        if not field.is_visible():
            page.keyboard.press("Enter")
            page.wait_for_timeout(SETTLED)
        return field.is_visible()

    until(opened, "the cell is open")
    field.fill(text)
    field.press("Enter")
    expect(cell).to_have_text(text, timeout=LOADED)
    page.wait_for_timeout(SETTLED)


def press_save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_target_is_typed_in_and_the_figures_follow(page: Page, server: Server) -> None:
    save(server.inbox / "aims.xlsx", SHOP)
    until(lambda: server.version("aims") == 1, "the workbook is loaded")
    open_page(page, server, dataset="aims")
    go_to(page, "Targets")
    expect(page.get_by_text("No target of Revenue holds for this month")).to_be_visible(timeout=LOADED)

    type_into(page, 0, "much")
    press_save(page)
    wrong = page.get_by_test_id("stAlert").filter(has_text="Nothing was saved")
    expect(wrong).to_contain_text("Oct 2025, the whole: found the value 'much'", timeout=LOADED)
    assert server.get("targets", dataset="aims") == []

    type_into(page, 0, "300")
    press_save(page)
    until(lambda: bool(server.get("targets", dataset="aims")), "the target is saved")
    expect(page.get_by_text("Oct 2025, day by day")).to_be_visible(timeout=LOADED)
    (held,) = server.get("targets", dataset="aims")
    assert (held["period"], held["value"], held["origin"]) == ("2025-10-01", 300, "page")
    assert server.version("aims") == 2
    go_to(page, "Overview")
    expect(tile(page, "revenue")).to_contain_text("50 % of target", timeout=LOADED)
    expect(tile(page, "revenue")).to_contain_text("behind by 150")
