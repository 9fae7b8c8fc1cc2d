"""The bar and the line below it, as an address fills them, in real Chromium."""

from __future__ import annotations

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED, choose, open_page
from tests.browser.screens import still
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

HEADER = "Date,Region,Channel,Product,Revenue"
LONG = "a product with a name that no phone has room for"
WIDTH, LINE = 390, 45  # pixels of a phone, and of a line of small buttons


def a_shop(days: int) -> str:
    first = date(2025, 10, 31) - timedelta(days=days - 1)
    rows = [
        f"{first + timedelta(days=n)},{region},Web,{LONG},{n}"
        for n in range(days)
        for region in ("North", "South")
    ]
    return "\n".join([HEADER, *rows, "2025-10-31,North,Shop,Table,1\n"])


@pytest.fixture(scope="module", autouse=True)
def shops(server: Server) -> None:
    for name, days in (("fortnight", 14), ("years", 400)):
        (server.inbox / f"{name}.csv").write_text(a_shop(days), encoding="utf-8")
        until(lambda name=name: server.version(name) == 1, "the workbook is loaded")  # type: ignore[misc]


def chosen(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def turn_to(page: Page, dataset: str, by: str) -> None:
    still(page)
    choose(page, "Dataset", dataset)
    expect(page).to_have_url(re.compile(rf"dataset={dataset}\b"), timeout=LOADED)
    still(page)
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value(by, timeout=LOADED)


def test_a_link_that_asks_for_what_is_not_there_says_so_until_something_else_is_chosen(
    page: Page, server: Server
) -> None:
    open_page(page, server, dataset="years", **{"years.region": "Atlantis"})
    warning = page.get_by_test_id("stAlert").filter(has_text="asks for region Atlantis")
    expect(warning).to_contain_text("which is not in the data; shown is every region", timeout=LOADED)
    choose(page, "Compare with", "last year")
    still(page)
    expect(warning).to_have_count(1)
    page.get_by_role("combobox", name="Region").focus()
    page.keyboard.type("North")
    page.keyboard.press("Enter")
    expect(warning).to_have_count(0, timeout=LOADED)


def test_the_grain_is_that_of_the_dataset_until_somebody_chooses_one(page: Page, server: Server) -> None:
    open_page(page, server, dataset="fortnight")
    expect(page.get_by_role("combobox", name="By", exact=True)).to_have_value("day", timeout=LOADED)
    turn_to(page, "years", "month")
    turn_to(page, "fortnight", "day")
    assert "grain" not in chosen(page)
    choose(page, "By", "month")
    expect(page).to_have_url(re.compile("grain=month"), timeout=LOADED)
    turn_to(page, "years", "month")
    turn_to(page, "fortnight", "month")


def test_the_way_back_is_one_line_on_a_phone_too(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 844})
    narrow = {"years.product": LONG, "years.region": "North", "years.channel": "Web"}
    open_page(page, server, dataset="years", **narrow)
    trail = page.locator(".st-key-trail")
    expect(trail).to_contain_text("Channel: Web", timeout=LOADED)
    still(page)
    box = trail.bounding_box()
    assert box is not None
    assert (box["height"] < LINE, box["width"] <= WIDTH) == (True, True)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= WIDTH
    trail.get_by_role("button", name="Region: North").click()
    expect(trail).not_to_contain_text("Channel", timeout=LOADED)
    expect(page).not_to_have_url(re.compile(r"years\.channel"), timeout=LOADED)
    assert (chosen(page)["years.region"], chosen(page)["years.product"]) == (["North"], [LONG])
