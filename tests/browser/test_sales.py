"""The Sales tab in real Chromium: charts that filter each other, and what can be saved of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Download, Locator, Page, expect

from tests.browser.pages import LOADED, open_page, wait_until_drawn
from tests.browser.sales_files import chart, chip, click_bar, make_warehouse, names
from tests.browser.servers import Server

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sold(server: Server) -> Server:
    """A server with a warehouse."""
    make_warehouse(server)
    return server


@pytest.fixture
def tab(page: Page, sold: Server) -> Page:
    open_page(page, sold, tab="Sales")
    wait_until_drawn(page, 10)
    return page


def test_a_click_on_a_bar_filters_the_other_charts_and_a_second_one_takes_it_away(tab: Page) -> None:
    expect(names(tab, "top_cities")).to_have_text(["Berlin", "Paris"], timeout=LOADED)
    click_bar(tab, "top_cities", 1)
    expect(chip(tab, "city")).to_contain_text("City: Paris", timeout=LOADED)
    expect(names(tab, "top_customers")).to_have_text(["Bo & Sons"], timeout=LOADED)
    expect(names(tab, "top_cities")).to_have_text(["Berlin", "Paris"])
    assert "sales-city=Paris" in tab.url

    click_bar(tab, "top_cities", 1)
    expect(chip(tab, "city")).to_have_count(0, timeout=LOADED)
    expect(names(tab, "top_customers")).to_have_text(["Ada Ltd", "Bo & Sons"], timeout=LOADED)

    click_bar(tab, "top_cities", 1)
    expect(chip(tab, "city")).to_contain_text("City: Paris", timeout=LOADED)


def test_a_chip_takes_its_filter_away(page: Page, sold: Server) -> None:
    open_page(page, sold, tab="Sales", **{"sales-category": "Office"})
    expect(names(page, "top_customers")).to_have_text(["Bo & Sons"], timeout=LOADED)
    chip(page, "category").click()
    expect(names(page, "top_customers")).to_have_text(["Ada Ltd", "Bo & Sons"], timeout=LOADED)
    assert "sales-category" not in page.url


def test_the_data_of_a_chart_are_saved_as_csv_xlsx_and_picture(tab: Page) -> None:
    cities = chart(tab, "top_cities")
    cities.get_by_text("Data", exact=True).click()
    text = Path(
        saved(tab, cities.locator(".st-key-sales_top_cities_table_csv button").first.click).path()
    ).read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["Berlin", "3000.0", "60", "60"],
        ["Paris", "300.0", "30", "150"],
    ]

    book = saved(tab, cities.locator(".st-key-sales_top_cities_table_xlsx button").first.click)
    sheet = load_workbook(io.BytesIO(Path(book.path()).read_bytes())).active
    assert sheet is not None
    assert (book.suggested_filename, [cell.value for cell in sheet["A"]]) == (
        "Top cities by revenue.xlsx", ["city", "Berlin", "Paris"],
    )  # fmt: skip

    picture = saved(tab, camera(cities).click)
    assert picture.suggested_filename == "Top cities by revenue.png"
    assert Path(picture.path()).read_bytes().startswith(b"\x89PNG")


def saved(page: Page, click: Callable[[], None]) -> Download:
    with page.expect_download(timeout=LOADED) as found:
        click()
    return found.value


def camera(panel: Locator) -> Locator:
    """The button on the chart, which is always to be seen."""
    button = panel.locator('.modebar-btn[data-title*="PNG" i], .modebar-btn[data-title*="png" i]').first
    expect(button).to_be_visible()
    return button


def test_rows_are_searched_where_they_lie(tab: Page) -> None:
    tab.get_by_text("Rows", exact=True).click()
    expect(tab.get_by_text("90 rows, 500 at a time")).to_be_visible(timeout=LOADED)
    table = tab.get_by_role("combobox", name="Table", exact=True)
    table.focus()
    table.press("ArrowDown")
    tab.get_by_role("option", name="dim_customer", exact=True).click()
    expect(tab.get_by_text("3 rows, 500 at a time")).to_be_visible(timeout=LOADED)
    tab.get_by_label("Search in its texts").fill("SONS")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("1 rows with that text, 500 at a time")).to_be_visible(timeout=LOADED)


def test_the_tab_is_still_while_nothing_changes_and_follows_a_new_version_by_itself(
    tab: Page, sold: Server
) -> None:
    status = tab.get_by_text("90 sales", exact=False).first
    expect(status).to_be_visible(timeout=LOADED)
    tab.wait_for_timeout(3_000)
    tab.evaluate(
        """() => {
            window.moved = [];
            const note = one => window.moved.push(`${one.type} ${one.attributeName ?? ''} ${one.target.nodeName}`);
            new MutationObserver(seen => seen.forEach(note)).observe(document.querySelector('[data-testid="stMain"]'),
                {subtree: true, childList: true, characterData: true, attributes: true});
        }"""
    )
    tab.wait_for_timeout(6_000)
    assert tab.evaluate("() => window.moved") == []
    make_warehouse(sold, days=93)
    expect(tab.get_by_text("93 sales", exact=False).first).to_be_visible(timeout=LOADED)
