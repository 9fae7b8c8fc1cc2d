"""Down a hierarchy by clicks on bars, and up again by the way that was gone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import LOADED, open_page
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

DRAWN = 5_000  # milliseconds in which a click has had its effect, on a busy machine too
PLACES = """Date,Country,Region,City,Revenue
2025-12-01,France,North,Lille,60
2025-12-02,France,South,Nice,30
2025-12-03,Spain,Centre,Madrid,10
"""


def names(page: Page) -> list[str]:
    """What stands at the bars, from the top."""
    return page.locator(".js-plotly-plot .ytick text").all_text_contents()


def click_bar(page: Page, place: int) -> None:
    box = page.locator(".js-plotly-plot .bars .point path").nth(place).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] / 2)


def wait_for(page: Page, *bars: str) -> None:
    until(lambda: names(page) == list(bars), f"the bars {bars}; seen were {names(page)}")


def go_down(page: Page, place: int, *bars: str) -> None:
    """By a click on a bar; by another one where the chart was drawn anew under the first."""
    before = names(page)

    def arrived() -> bool:
        if names(page) == before:
            click_bar(page, place)
        page.wait_for_timeout(DRAWN)
        return names(page) == list(bars)

    until(arrived, f"the bars {bars}; seen were {names(page)}")


def test_a_click_on_a_bar_goes_down_and_its_crumb_leads_back_up(page: Page, server: Server) -> None:
    (server.inbox / "places.csv").write_text(PLACES, encoding="utf-8")
    until(lambda: server.version("places") == 1, "places.csv is loaded")
    way = {"tab": "Comparison", "dataset": "places", "period": "All data"}
    open_page(page, server, **way, **{"places:by": "Country › Region › City"})
    wait_for(page, "France", "Spain")
    for _ in range(2):  # the second time nothing of the first is left
        go_down(page, 0, "North", "South")
        go_down(page, 1, "Nice")
        expect(page.get_by_text("Revenue by City, ")).to_be_visible(timeout=LOADED)
        expect(page.locator(".st-key-trail")).to_contain_text("Region: South")
        until(
            lambda: "places.country=France" in page.url and "places.region=South" in page.url, "a link to it"
        )
        page.locator(".st-key-trail").get_by_role("button", name="All").click()
        wait_for(page, "France", "Spain")
        until(lambda: "places.country" not in page.url and "places.region" not in page.url, "a plain link")
