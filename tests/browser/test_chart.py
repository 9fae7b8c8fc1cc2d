"""A chart in the browser: what the reader did to it outlives new data, its marks answer, and it can be taken away."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, open_page, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser


def trend_of(page: Page, server: Server, name: str) -> Locator:
    """The first chart of a page over a workbook of that name, drawn."""
    path = server.inbox / f"{name}.xlsx"
    save_finance(path)
    until(lambda: server.version(name) == 1, f"{path.name} is loaded")
    open_page(page, server, dataset=name, period="All data")
    chart = page.locator(".js-plotly-plot").first
    expect(chart.locator(".main-svg").first).to_be_attached(timeout=LOADED)
    return chart


def reach(chart: Locator) -> list[str]:
    found: list[str] = chart.evaluate("chart => chart._fullLayout.xaxis.range")
    return found


def is_zoomed(chart: Locator) -> bool:
    return bool(chart.evaluate("chart => !chart._fullLayout.xaxis.autorange"))


def test_a_zoom_stays_where_it_was_when_the_data_move(page: Page, server: Server) -> None:
    chart = trend_of(page, server, "zoomed")
    box = chart.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 1.5, box["y"] + 160, steps=5)
    page.mouse.up()
    until(lambda: is_zoomed(chart), "the chart is zoomed")
    zoomed, before = reach(chart), chart.evaluate("chart => chart.data[0].y")

    save_finance(server.inbox / "zoomed.xlsx", extra=100.0)
    expect(value(page, "revenue")).to_have_text("24.6 k", timeout=LOADED)
    until(lambda: chart.evaluate("chart => chart.data[0].y") != before, "the line has moved")
    assert (is_zoomed(chart), reach(chart)) == (True, zoomed)


def test_it_is_drawn_once_for_each_version_of_the_data(page: Page, server: Server) -> None:
    chart = trend_of(page, server, "counted")
    expect(chart).to_have_attribute("data-drawn", "1")
    save_finance(server.inbox / "counted.xlsx", extra=100.0)
    expect(value(page, "revenue")).to_have_text("24.6 k", timeout=LOADED)
    expect(chart).to_have_attribute("data-drawn", "2", timeout=LOADED)


@pytest.mark.parametrize(("title", "start"), [("PNG", b"\x89PNG"), ("SVG", b"<svg")])
def test_it_is_saved_as_a_picture(page: Page, server: Server, title: str, start: bytes) -> None:
    chart = trend_of(page, server, f"picture_{title.lower()}")
    chart.hover()
    with page.expect_download() as saved:
        chart.locator(f'.modebar-btn[data-title="Save as {title}"]').click()
    content = Path(saved.value.path()).read_bytes()
    assert content.startswith(start)
    assert saved.value.suggested_filename.endswith(f".{title.lower()}")


def test_a_click_on_a_point_opens_what_it_rests_on(page: Page, server: Server) -> None:
    chart = trend_of(page, server, "clicked")
    point = chart.locator(".scatterlayer .point").first.bounding_box()
    assert point is not None
    page.mouse.move(point["x"] + 3, point["y"] + 40)
    page.mouse.move(point["x"] + 3, point["y"] + 3, steps=4)
    page.mouse.down()
    page.mouse.up()
    expect(page.get_by_role("dialog")).to_contain_text("Rows", timeout=LOADED)


def test_it_says_what_it_shows_to_whoever_cannot_see_it(page: Page, server: Server) -> None:
    trend_of(page, server, "said")
    expect(page.get_by_role("figure", name="Revenue by month")).to_be_visible()
