"""What a person does and sees on the page, found by role, visible text and keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.servers import Server, until

LOADED = 30_000  # milliseconds for what takes a load
UPLOADED = 120_000  # the largest workbook, read on a busy machine


def open_page(page: Page, server: Server, **choices: str) -> None:
    page.goto(server.link(**choices))
    expect(page.get_by_role("heading", name="KPI dashboard")).to_be_visible(timeout=LOADED)


def upload(page: Page, server: Server, *files: Path) -> None:
    """Choose files behind the button, as a person does; they are whole in the inbox afterwards."""
    before = {server.inbox / file.name: _inode(server.inbox / file.name) for file in files}
    page.get_by_role("button", name="Upload workbook").click()
    page.locator('input[type="file"]').first.set_input_files(list(files))  # the second takes a folder
    until(lambda: all(_inode(path) != was for path, was in before.items()), "the files are in the inbox")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0, timeout=LOADED)  # it closes by itself


def _inode(path: Path) -> int:
    return path.stat().st_ino if path.exists() else 0


def tile(page: Page, kpi: str) -> Locator:
    return page.locator(f".st-key-tile_{kpi}")


def value(page: Page, kpi: str) -> Locator:
    return tile(page, kpi).get_by_test_id("stMetricValue")


def choose(page: Page, label: str, option: str) -> None:
    """Choose in a menu; opened by the keyboard, because a click that scrolls the page closes it again."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.focus()
    box.press("ArrowDown")
    page.get_by_role("option", name=option, exact=True).click()


def go_to(page: Page, tab: str) -> None:
    page.get_by_role("tab", name=tab).click()
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true")


def all_figures(page: Page) -> dict[str, str]:
    """The table of all figures. It is a canvas; what it shows stands in its table for screen readers."""
    whole = page.get_by_test_id("stExpander").filter(has_text="All figures")
    grid = whole.locator("canvas table")
    if grid.count() == 0:
        whole.get_by_text("All figures").click()
        grid.wait_for(state="attached", timeout=LOADED)
    rows: Sequence[Sequence[str]] = grid.first.evaluate(
        "grid => [...grid.querySelectorAll('tr')].map(row => "
        "[...row.querySelectorAll('[role=gridcell], td')].map(cell => cell.textContent))"
    )
    return {row[0]: row[1] for row in rows if len(row) > 1}


def wait_for_figures(page: Page, wanted: dict[str, str], seconds: float = 60.0) -> None:
    """Until the page itself shows these figures in full."""
    seen: dict[str, str] = {}

    def shown() -> bool:
        seen.update(all_figures(page))
        return {label: seen.get(label) for label in wanted} == wanted

    until(shown, f"the figures {wanted}; seen were {seen}", seconds)


def wait_until_drawn(page: Page, figures: int) -> None:
    """Until so many figures have their marks."""
    expect(page.locator(".js-plotly-plot .main-svg").first).to_be_attached(timeout=LOADED)
    until(
        lambda: page.locator(".js-plotly-plot").count() == figures,
        f"{figures} figures on the page",
        seconds=20,
    )
