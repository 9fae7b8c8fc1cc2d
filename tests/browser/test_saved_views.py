"""Views saved, followed and opened by themselves, in real Chromium."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED, choose, go_to, open_page
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

SHOP = "Date,Region,Revenue\n" + "".join(
    f"2025-{month:02d}-{day:02d},{region},{month * day}\n"
    for month in range(8, 12)
    for day in (3, 17)
    for region in ("North", "South")
)


def chosen(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shows(page: Page, label: str, value: str) -> None:
    """What a menu of the bar says."""
    expect(page.get_by_role("combobox", name=label, exact=True)).to_have_value(value, timeout=LOADED)


def open_menu(page: Page) -> None:
    page.locator(".st-key-saved_views").get_by_role("button", name="Views").click()
    expect(page.get_by_role("textbox", name="Save what is shown as")).to_be_visible(timeout=LOADED)


def view(page: Page, name: str) -> None:
    open_menu(page)
    page.get_by_role("link", name=name, exact=True).click()


def save_view(page: Page, name: str) -> dict[str, list[str]]:
    """What is shown, from the menu; the address afterwards."""
    open_menu(page)
    page.get_by_role("textbox", name="Save what is shown as").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text(f"Saved as {name}")).to_be_visible(timeout=LOADED)
    return chosen(page)


def by_weeks(page: Page, server: Server, name: str) -> None:
    """A dataset of that name, and four choices in the page's address."""
    (server.inbox / f"{name}.csv").write_text(SHOP, encoding="utf-8")
    until(lambda: server.version(name) == 1, "the workbook is loaded")
    open_page(page, server, dataset=name)
    choose(page, "Period", "All data")
    choose(page, "By", "week")
    go_to(page, "Trends")
    choose(page, "Split", "region")
    until(lambda: chosen(page).get(f"{name}:split") == ["region"], "the address says all of it")


def test_a_view_is_saved_and_followed_in_the_page_that_is_open(page: Page, server: Server) -> None:
    by_weeks(page, server, "viewed")
    saved = save_view(page, "Weeks by region")
    assert saved == {
        "dataset": ["viewed"],
        "period": ["All data"],
        "grain": ["week"],
        "tab": ["Trends"],
        "viewed:split": ["region"],
        "view": ["Weeks by region"],
    }
    page.evaluate("window.stays = true")
    view(page, "No view: as at first")
    shows(page, "Period", "Latest period")
    shows(page, "By", "month")
    expect(page.get_by_role("tab", name="Overview")).to_have_attribute("aria-selected", "true")
    until(lambda: chosen(page) == {"dataset": ["viewed"]}, "nothing is chosen")

    view(page, "Weeks by region")
    shows(page, "Period", "All data")
    shows(page, "By", "week")
    shows(page, "Split", "region")
    until(lambda: chosen(page) == saved, "the address is that of the view")
    page.go_back()
    shows(page, "Period", "Latest period")
    assert page.evaluate("window.stays")


def test_the_default_view_opens_by_itself(page: Page, server: Server) -> None:
    by_weeks(page, server, "begun")
    saved = save_view(page, "Weeks")
    open_menu(page)
    page.get_by_text("Change a view").click()
    page.get_by_role("button", name="Open the page with it").click()
    told = page.get_by_text("Who opens begun and chooses nothing sees it with Weeks")
    expect(told).to_be_visible(timeout=LOADED)
    open_page(page, server, dataset="begun")
    shows(page, "By", "week")
    shows(page, "Split", "region")
    until(lambda: chosen(page) == saved, "the address says what is shown")


def test_a_link_is_copied_and_shows_the_view_to_others(page: Page, server: Server) -> None:
    (server.inbox / "copied.csv").write_text(SHOP, encoding="utf-8")
    until(lambda: server.version("copied") == 1, "the workbook is loaded")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.url)
    open_page(page, server, **{"dataset": "copied", "copied.region": "South", "grain": "quarter"})
    shows(page, "By", "quarter")
    save_view(page, "South")
    open_menu(page)
    page.get_by_role("button", name="Copy the link to South").click()
    expect(page.get_by_text("Copied")).to_be_visible()
    link = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(rf"{server.url}/\?dataset=copied&.*copied\.region=South.*&view=South", link)
    page.goto("about:blank")
    page.goto(link)
    shows(page, "By", "quarter")
    expect(page.get_by_test_id("stMultiSelect").first).to_contain_text("South", timeout=LOADED)
