"""The keyboard alone reaches everything on the page, and does what a mouse does."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, open_page, value, wait_until_drawn
from tests.browser.screens import still
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser

TABS = ("Overview", "Trends", "Comparison", "Distribution", "Data", "Targets", "Alerts", "KPIs", "Sales")
ROUNDS = 3
MOST_STOPS = 1_000  # presses of Tab on the longest page
# What something is called: the page may put it there anew while somebody walks through it.
CALLED = """(one) => `${one.tagName} ${one.getAttribute('aria-label') || one.innerText || one.placeholder || ''}`"""
# Whatever a mouse can use. Of what has one stop (tabs, options of a switch, a field with its menu) keys do the rest.
NOT_REACHED = f"""(reached) => {{
  const called = {CALLED};
  const usable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]:not(main), [role=button], [role=combobox]';
  const groups = '[role=tablist], [role=radiogroup], [data-testid=stButtonGroup], ' + ['Selectbox', 'MultiSelect',
    'NumberInput', 'DateInput', 'TimeInput'].map((it) => `[data-testid=st${{it}}]`).join();
  const shown = (one) => one.checkVisibility({{ visibilityProperty: true, opacityProperty: true }})
    && !one.disabled && one.type !== 'file' && one.getClientRects().length > 0
    && !one.closest('[aria-hidden=true], [inert]');
  const near = (one) => [one, ...(one.closest(groups)?.querySelectorAll('*') ?? []),
    one.parentElement.closest('button, summary, label, [role=tab]')].filter(Boolean);
  return [...document.querySelectorAll(usable)].filter(shown)
    .filter((one) => !near(one).some((it) => reached.includes(called(it)))).map(called);
}}"""
# Nothing where the page is left; within a table Tab goes from cell to cell, so that the same is reached again at once.
STOP = f"""() => {{
  const one = document.activeElement;
  const again = one === window.last;
  window.last = one;
  return one === document.body ? null : [({CALLED})(one), again];
}}"""


@pytest.fixture(scope="module", autouse=True)
def keys(server: Server) -> None:
    save_finance(server.inbox / "keys.xlsx")
    until(lambda: server.version("keys") == 1, "keys.xlsx is loaded")


def walk(page: Page) -> list[str]:
    """What Tab reaches while the page is walked through three times: what is drawn anew meanwhile loses the focus."""
    page.evaluate("document.activeElement.blur()")
    reached: list[str] = []
    rounds = 0
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        rounds += stop is None or (reached[:1] == stop[:1] and not stop[1])
        if rounds == ROUNDS:
            return reached
        reached += stop[:1] if stop else []
    raise AssertionError(f"no end after {MOST_STOPS} stops")


@pytest.mark.parametrize("tab", TABS)
def test_tab_reaches_whatever_a_mouse_can_use(tab: str, page: Page, server: Server) -> None:
    open_page(page, server, dataset="keys", **({} if tab == "Overview" else {"tab": tab}))
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true", timeout=LOADED)
    still(page)
    assert page.evaluate(NOT_REACHED, walk(page)) == []


def test_the_way_back_from_a_filter_by_the_keyboard_alone(page: Page, server: Server) -> None:
    open_page(page, server, dataset="keys", period="All data", **{"keys.region": "North"})
    half = value(page, "revenue").inner_text(timeout=LOADED)
    page.locator(".st-key-trail").get_by_role("button", name="All").focus()
    page.keyboard.press("Enter")
    expect(value(page, "revenue")).not_to_have_text(half, timeout=LOADED)
    expect(page.locator(".st-key-trail")).to_have_count(0)


def test_a_filter_an_explanation_a_picture_and_another_tab_by_the_keyboard_alone(
    page: Page, server: Server
) -> None:
    open_page(page, server, dataset="keys", period="All data")
    wait_until_drawn(page, 2)
    whole = value(page, "revenue").inner_text()

    page.get_by_role("combobox", name="Region").focus()
    page.keyboard.type("North")
    page.keyboard.press("Enter")
    expect(value(page, "revenue")).not_to_have_text(whole, timeout=LOADED)
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Explain").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible(timeout=LOADED)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("button", name="Save as PNG").first.focus()
    with page.expect_download(timeout=LOADED) as saving:
        page.keyboard.press("Enter")
    assert Path(saving.value.path()).read_bytes().startswith(b"\x89PNG")

    page.get_by_role("tab", name="Overview").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="Trends")).to_have_attribute("aria-selected", "true", timeout=LOADED)
