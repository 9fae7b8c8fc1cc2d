"""From three files in the browser to a warehouse, and what the page says meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED, open_page, wait_until_drawn
from tests.browser.sales_files import MADE, names, save_files
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser


def test_files_are_handed_in_run_and_become_charts_with_their_ledger(
    page: Page, server: Server, tmp_path: Path
) -> None:
    open_page(page, server, tab="Sales")
    expect(page.get_by_text("There is no sales warehouse yet")).to_be_visible(timeout=LOADED)
    files = save_files(tmp_path)
    folder = server.inbox.parent / "sales"
    page.locator('.st-key-sales_files input[type="file"]').set_input_files(files)
    until(lambda: all((folder / file.name).exists() for file in files), "the files are in the source folder")
    expect(page.get_by_text("In the folder: customers.csv, products.csv, sales.csv.")).to_be_visible(
        timeout=LOADED
    )

    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("Run 1", exact=True).first).to_be_visible(timeout=LOADED)
    expect(names(page, "top_cities")).to_have_text(["Berlin", "Paris"], timeout=MADE)
    wait_until_drawn(page, 10)

    page.get_by_text("Runs", exact=True).click()
    expect(page.get_by_text("of 95 rows 95 were loaded", exact=False)).to_be_visible(timeout=LOADED)


def test_a_run_of_a_folder_without_sales_is_refused_in_plain_words(page: Page, server: Server) -> None:
    folder = server.inbox.parent / "sales"
    for path in folder.glob("*.csv"):
        path.unlink()
    (folder / "weather.csv").write_text("station,rain\nX,1\n", encoding="utf-8")
    open_page(page, server, tab="Sales")
    page.get_by_role("button", name="Update the warehouse").click()
    page.get_by_text("Everything anew", exact=True).click()
    page.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("was refused", exact=False).first).to_be_visible(timeout=MADE)
    expect(page.get_by_text("The warehouse stays as it was.", exact=False).first).to_be_visible()
