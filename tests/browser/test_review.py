"""A workbook with a column that nobody has named yet: asked about, answered on the page, and known from then on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save
from tests.browser.pages import LOADED, choose, open_page, upload, value
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

HEADER = ["Date", "Branch **x**", "Net Revenu", "Gross total"]


def a_month(path: Path, month: int, net: float) -> Path:
    rows = [
        [date(2025, month, day), branch, net, net * 1.2] for day in (1, 30) for branch in ("North", "South")
    ]
    save(path, [HEADER, *rows])
    return path


def say_what_it_is(page: Page, column: str, field: str) -> None:
    """Typed, as the menu is long: what is typed narrows it down."""
    box = page.get_by_role("combobox", name=f"{column} is", exact=True)
    option = page.get_by_role("option", name=field, exact=True)
    for _ in range(5):  # a run of the page that is still under way closes the menu again
        box.click()
        box.fill(field)
        page.wait_for_timeout(1_000)
        if option.count():
            break
    option.click()
    expect(box).to_have_value(field, timeout=LOADED)


def test_a_question_is_answered_once_and_the_next_month_loads_by_itself(
    page: Page, server: Server, tmp_path: Path
) -> None:
    open_page(page, server)
    upload(page, server, a_month(tmp_path / "takings_september.xlsx", 9, 25.0))
    expect(page.get_by_text("must be asked before it is loaded")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text("4 rows were read: 4 can be loaded")).to_be_visible()
    choose(page, "Which column is the revenue?", "none of them")
    choose(page, "Which column is the revenue?", "Net Revenu")
    page.get_by_text("The 4 columns and what they are read as").click()
    say_what_it_is(page, "Branch x", "region")
    page.get_by_role("button", name="Load with these answers").click()

    expect(page.get_by_role("combobox", name="Dataset", exact=True)).to_have_value(
        "takings_september", timeout=LOADED
    )
    expect(value(page, "revenue")).to_have_text("100", timeout=LOADED)
    expect(page.get_by_text("must be asked before it is loaded")).to_have_count(0)

    a_month(server.inbox / "takings_october.xlsx", 10, 50.0)
    until(lambda: server.version("takings_october") == 1, "the next month is loaded without a question")
    open_page(page, server, dataset="takings_october", period="All data")
    expect(value(page, "revenue")).to_have_text("200", timeout=LOADED)
    kept = server.get("mappings", dataset="takings_september")
    assert {(one["kind"], one["key"], one["answer"]) for one in kept} == {
        ("choice", "revenue", "Net Revenu"),
        ("field", "Branch **x**", "region"),
    }


def test_a_phone_shows_the_question_without_scrolling_sideways(page: Page, server: Server) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    wide = [*HEADER, *(f"A column with a rather long name, number {number}" for number in range(12))]
    rows = [[date(2025, 9, day), "North", 1.0, 2.0, *range(12)] for day in (1, 30)]
    save(server.inbox / "narrow.xlsx", [["When", *wide[1:]], *rows])
    until(lambda: len(server.get("loads", dataset="narrow")) == 1, "it is asked about")
    open_page(page, server)
    closed = page.locator("summary").filter(has_text="must be asked")
    if closed.count():  # one line to open, where other figures are looked at
        closed.first.click()
    expect(page.get_by_text("2 rows were read").first).to_be_visible(timeout=LOADED)
    page.get_by_text("The 16 columns and what they are read as").first.click()
    until(
        lambda: bool(page.evaluate("() => document.documentElement.scrollWidth <= 390")),
        "the page is as wide as the phone",
    )
