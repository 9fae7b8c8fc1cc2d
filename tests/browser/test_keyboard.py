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
MOST_STOPS = 400  # presses of Tab on the longest page
# Whatever a mouse can use. Of what has one stop (tabs, options of a switch, a field with its menu) keys do the rest.
NOT_REACHED = """() => {
  const usable = [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"], [role=button], [role=tab], [role=combobox]'
  )];
  const shown = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && !one.disabled && one.type !== 'file' && one.getClientRects().length > 0 && !one.closest('[aria-hidden=true]')
    && !one.closest('[inert]');
  const group = (one) => one.closest('[role=tablist], [role=radiogroup], [data-testid=stButtonGroup], '
    + ['Selectbox', 'MultiSelect', 'NumberInput', 'DateInput', 'TimeInput'].map((it) => `[data-testid=st${it}]`).join());
  const seen = (one) => one.dataset.reached || [...(group(one)?.querySelectorAll('[data-reached]') ?? [])].length > 0
    || one.parentElement.closest(':is(button, summary, label, [role=tab])[data-reached]');
  return usable.filter((one) => shown(one) && !seen(one)).map((one) => one.outerHTML.slice(0, 200));
}"""
# Within a table Tab goes from cell to cell, so that the same may be reached many times in a row.
MARK = """() => {
  const one = document.activeElement;
  const over = one === document.body || (one.dataset.reached === 'yes' && one !== window.last);
  if (one !== document.body) one.dataset.reached = 'yes';
  window.last = one;
  return over;
}"""


@pytest.fixture(scope="module", autouse=True)
def keys(server: Server) -> None:
    save_finance(server.inbox / "keys.xlsx")
    until(lambda: server.version("keys") == 1, "keys.xlsx is loaded")


def walk(page: Page) -> None:
    """Press Tab from the top until the page is left, or what was reached before is reached again."""
    page.evaluate("document.activeElement.blur()")
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if page.evaluate(MARK):
            return
    raise AssertionError(f"no end after {MOST_STOPS} stops")


@pytest.mark.parametrize("tab", TABS)
def test_tab_reaches_whatever_a_mouse_can_use(tab: str, page: Page, server: Server) -> None:
    open_page(page, server, dataset="keys", **({} if tab == "Overview" else {"tab": tab}))
    expect(page.get_by_role("tab", name=tab)).to_have_attribute("aria-selected", "true", timeout=LOADED)
    still(page)
    for _ in range(2):  # what is drawn anew meanwhile loses the focus, and the way begins at the top again
        walk(page)
    assert page.evaluate(NOT_REACHED) == []


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
