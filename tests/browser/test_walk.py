"""From an empty machine to everything a person does, at a desk and on a phone, in light and in dark.

Each screen is kept as a picture under `screenshots/`, and shuts nobody out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.books import save
from tests.browser.pages import LOADED, choose, go_to, open_page, upload, value, wait_until_drawn
from tests.browser.screens import Screens
from tests.browser.servers import Server, start, stop, until
from tests.fakes.providers import FakeProviders
from tests.homes import environment

pytestmark = pytest.mark.browser

TABS = ("Trends", "Comparison", "Distribution", "Data", "Targets", "Alerts", "KPIs", "Sales")
TAKINGS: list[list[Any]] = [
    ["Date", "Region", "Revenue", "COGS"],
    *[[date(2025, 9, day), ("North", "South")[day % 2], 10 * day, 6 * day] for day in range(1, 31)],
    [date(2025, 10, 1), "North", "many", 5],
]


@pytest.fixture
def server(tmp_path: Path, fake: FakeProviders) -> Iterator[Server]:
    """A server of its own for each walk: it begins with nothing."""
    process, served = start(environment(tmp_path / "home", fake), tmp_path / "server.log")
    yield served
    stop(process)


@pytest.fixture(params=["1440-light", "390-light", "1440-dark", "390-dark"])
def screens(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Screens]:
    width, scheme = str(request.param).split("-")
    theme: Literal["light", "dark"] = "dark" if scheme == "dark" else "light"
    context = browser.new_context(viewport={"width": int(width), "height": 1000}, color_scheme=theme)
    yield Screens(context.new_page(), request.param)
    context.close()


def test_the_whole_way_from_nothing_to_trust(screens: Screens, server: Server, tmp_path: Path) -> None:
    begin(screens, server, tmp_path)
    read_and_ask(screens, server)
    explain(screens, server)
    arrange(screens, server)
    take_away(screens, server)
    see_every_tab(screens, server)
    trust(screens, server)
    watch(screens, server)
    assert screens.faults == {}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).first.click()


def begin(screens: Screens, server: Server, folder: Path) -> None:
    """An empty page explains itself; a workbook is handed in, what was found in it is shown, and its KPIs are there."""
    page = screens.page
    open_page(page, server)
    expect(page.get_by_text("There are no numbers yet")).to_be_visible(timeout=LOADED)
    screens.show("1 nothing yet")
    press(page, "Load sample data")
    expect(value(page, "revenue")).to_be_visible(timeout=LOADED)
    until(lambda: server.version("orders") == 1, "the second of the samples is loaded")
    save(folder / "takings.xlsx", TAKINGS)
    upload(page, server, folder / "takings.xlsx")
    expect(page.get_by_text("What was found in takings.xlsx")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text("31 rows read: 30 loaded, 1 rejected, 0 set aside")).to_be_visible()
    expect(value(page, "revenue")).to_have_text("4.65 k", timeout=LOADED)
    screens.show("1 what was found")
    page.get_by_text("Look at what was found").click()
    expect(page.locator(".kpi-preview td.bad")).to_contain_text("many", timeout=LOADED)
    screens.show("1 what was found in full")
    press(page, "Looks right")
    expect(page.get_by_text("What was found in")).to_have_count(0, timeout=LOADED)


def read_and_ask(screens: Screens, server: Server) -> None:
    """Tiles at a glance; narrowed by a menu, compared with another period, and the same by a link."""
    page = screens.page
    open_page(page, server, dataset="finance")
    wait_until_drawn(page, 2)
    expect(value(page, "revenue")).to_have_text("194 k", timeout=LOADED)
    screens.show("2 overview")
    choose(page, "Compare with", "last year")
    expect(page.get_by_text("against 1–17 Dec 2024")).to_be_visible(timeout=LOADED)
    open_page(page, server, dataset="finance", **{"finance.region": "North", "versus": "last year"})
    expect(value(page, "revenue")).to_have_text("56.2 k", timeout=LOADED)
    screens.show("3 narrowed")
    page.locator(".st-key-trail").get_by_role("button", name="All").click()
    expect(value(page, "revenue")).to_have_text("194 k", timeout=LOADED)


def explain(screens: Screens, server: Server) -> None:
    """What a number is made of, down to the rows of the sheet."""
    page = screens.page
    open_page(page, server, dataset="finance")
    expect(value(page, "revenue")).to_be_visible(timeout=LOADED)
    press(page, "Explain")
    panel = page.get_by_role("dialog")
    expect(panel.get_by_role("button", name="Download these 238 rows")).to_be_visible(timeout=LOADED)
    screens.show("4 explained")
    page.keyboard.press("Escape")


def arrange(screens: Screens, server: Server) -> None:
    page = screens.page
    open_page(page, server, dataset="finance")
    press(page, "Arrange")
    expect(page.get_by_label("Name of the dashboard")).to_be_visible(timeout=LOADED)
    screens.show("5 arranged")


def watch(screens: Screens, server: Server) -> None:
    """The wall: nothing to press, and large."""
    page = screens.page
    page.goto(server.link(tv="1", dataset="finance"))
    expect(page.get_by_test_id("stMetricValue").first).to_be_visible(timeout=LOADED)
    expect(page.get_by_role("button", name="Upload workbook")).to_have_count(0)
    screens.show("6 wall")


def take_away(screens: Screens, server: Server) -> None:
    page = screens.page
    open_page(page, server, dataset="finance")
    press(page, "Take away")
    with page.expect_download(timeout=LOADED) as saving:
        page.get_by_role("button", name="HTML page").click()
    assert Path(saving.value.path()).read_bytes().startswith(b"<!DOCTYPE html>")
    screens.show("7 taken away")


def see_every_tab(screens: Screens, server: Server) -> None:
    for tab in TABS:
        open_page(screens.page, server, dataset="finance", tab=tab)
        expect(screens.page.get_by_role("tab", name=tab)).to_have_attribute(
            "aria-selected", "true", timeout=LOADED
        )
        screens.show(tab)


def trust(screens: Screens, server: Server) -> None:
    """What became of every row: the one that was rejected with its cell, and the others found by a search."""
    page = screens.page
    open_page(page, server, dataset="takings")
    press(page, "See what was rejected")
    expect(page.get_by_role("tab", name="Data")).to_have_attribute("aria-selected", "true", timeout=LOADED)
    page.get_by_role("textbox", name="Search in the rows").fill("south")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 to 15 of 15, by sheet and row")).to_be_visible(timeout=LOADED)
    screens.show("8 rows")
    go_to(page, "Overview")
