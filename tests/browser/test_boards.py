"""A dashboard of one's own: arranged by hand, saved for everybody, and shown on the wall."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, choose, open_page, tile, wait_until_drawn
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser


def opened(page: Page, server: Server, name: str) -> None:
    save_finance(server.inbox / f"{name}.xlsx")
    until(lambda: server.version(name) == 1, f"{name} is loaded")
    open_page(page, server, dataset=name, period="All data")
    expect(tile(page, "revenue")).to_be_visible(timeout=LOADED)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def cards(page: Page) -> list[str]:
    """The cards of the dashboard in their order: the labels of tiles, the headings of the others."""
    found: list[str] = page.get_by_test_id("stMain").evaluate(
        """main => [...main.querySelectorAll('[class*="st-key-tile_"], [class*="st-key-card_"]')].map(card =>
            (card.querySelector('[data-testid="stMetricLabel"]') ?? card.querySelector('strong'))?.textContent ?? '')"""
    )
    return found


def test_a_person_makes_a_dashboard_and_a_link_shows_it_to_others(page: Page, server: Server) -> None:
    opened(page, server, "mine")
    wait_until_drawn(page, 2)
    before = cards(page)
    press(page, "Arrange")
    expect(page.get_by_label("Name of the dashboard")).to_be_visible(timeout=LOADED)

    press(page, "Add a card")
    form = page.get_by_role("dialog")
    choose(page, "Shows", "Text")
    form.get_by_role("textbox", name="Text", exact=True).fill("Look at the **margin** first.")
    form.get_by_role("textbox", name="Text", exact=True).press("Control+Enter")
    form.get_by_role("button", name="Add it").click()
    expect(form).to_be_hidden(timeout=LOADED)
    page.get_by_role("button", name="Take off kpi cogs").click()
    expect(page.get_by_role("button", name="Take off kpi cogs")).to_be_hidden(timeout=LOADED)
    page.get_by_role("button", name="Later: kpi revenue").click()
    page.get_by_label("Name of the dashboard").fill("Board of directors")
    page.get_by_label("Name of the dashboard").press("Enter")
    press(page, "Save")

    expect(page.get_by_role("combobox", name="Dashboard", exact=True)).to_have_value(
        "Board of directors", timeout=LOADED
    )
    expect(page.get_by_text("Look at the margin first.")).to_be_visible(timeout=LOADED)
    kept = [label for label in before if label != "Cost of goods sold"]
    wanted = [kept[1], kept[0], *kept[2:]]
    until(lambda: cards(page)[: len(wanted)] == wanted, f"the cards {wanted}; they are {cards(page)}")
    assert "board=Board+of+directors" in page.url

    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_text("Look at the margin first.")).to_be_visible(timeout=LOADED)
    other.close()


def test_what_is_discarded_was_never_there(page: Page, server: Server) -> None:
    opened(page, server, "discarded")
    wait_until_drawn(page, 2)
    before = cards(page)
    press(page, "Arrange")
    page.get_by_role("button", name="Take off kpi revenue").click()
    expect(page.get_by_role("button", name="Take off kpi revenue")).to_be_hidden(timeout=LOADED)
    press(page, "Discard")
    until(lambda: cards(page) == before, f"the cards {before}")


def test_a_card_is_arranged_by_keyboard_alone(page: Page, server: Server) -> None:
    opened(page, server, "keys")
    press(page, "Arrange")
    later = page.get_by_role("button", name="Later: kpi revenue")
    expect(later).to_be_visible(timeout=LOADED)
    later.focus()
    page.keyboard.press("Enter")
    first = page.locator('.st-key-arranged_cards [data-testid="stMetricLabel"]').first
    expect(first).to_have_text("Cost of goods sold", timeout=LOADED)


def test_the_screen_at_the_wall_is_dark_large_and_without_controls(page: Page, server: Server) -> None:
    opened(page, server, "wall")
    page.goto(server.link(dataset="wall", tv="1", every="5"))
    heading = page.get_by_role("heading", name="wall · Overview")
    expect(heading).to_be_visible(timeout=LOADED)
    assert page.get_by_role("button").count() == page.get_by_role("button").filter(visible=False).count()
    assert page.get_by_role("combobox").count() == 0
    size = page.get_by_test_id("stMetricValue").first.evaluate(
        "one => parseFloat(getComputedStyle(one).fontSize)"
    )
    ground = page.get_by_test_id("stApp").evaluate("one => getComputedStyle(one).backgroundColor")
    assert (size >= 28, ground) == (True, "rgb(17, 22, 29)")


def test_the_wall_turns_to_what_is_next(page: Page, server: Server) -> None:
    for name in ("first_turn", "second_turn"):
        save_finance(server.inbox / f"{name}.xlsx")
    until(lambda: all(server.version(name) == 1 for name in ("first_turn", "second_turn")), "both are loaded")
    page.goto(server.link(tv="1", every="5"))
    heading = page.get_by_role("heading", name="Overview")
    expect(heading).to_be_visible(timeout=LOADED)
    first = heading.text_content()
    until(lambda: heading.text_content() != first, "the next part is shown")
