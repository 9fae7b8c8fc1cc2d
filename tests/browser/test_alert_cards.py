"""The cards on the Alerts tab as they are read aloud, and under the hand of somebody who types."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.alerting import (
    THIN,
    alerts,
    begin_rule,
    send_test,
    set_threshold,
    turn_to,
    type_in,
    watched,
)
from tests.browser.books import save_finance
from tests.browser.pages import LOADED
from tests.browser.servers import Server, until

pytestmark = pytest.mark.browser
NAME = re.compile(r'^\s*- button "(.*?)"', re.MULTILINE)


def names(place: Locator) -> Counter[str]:
    """What the buttons are called to who hears the page."""
    return Counter(NAME.findall(place.aria_snapshot()))


def repeated(page: Page) -> list[str]:
    return [name for name, times in names(page.get_by_role("tabpanel")).items() if times > 1]


def test_every_button_is_called_by_what_it_is_about_and_seen_by_its_short_name(
    page: Page, server: Server
) -> None:
    path = watched(page, server, "named")
    set_threshold(page, "Gross margin", below=30)
    set_threshold(page, "Gross margin", below=40)
    save_finance(path, margin=THIN)
    expect(page.get_by_text("firing since")).to_have_count(2, timeout=LOADED)
    for word in ("Acknowledge", "Silence…", "More"):
        expect(
            page.get_by_role("button", name=f"{word} Gross margin is below 30.0 %", exact=True)
        ).to_be_visible()
    assert repeated(page) == []
    unseen = page.get_by_role("button", name="More Gross margin is below 30.0 %").locator("em")
    assert unseen.evaluate("one => one.offsetWidth") == 1
    page.get_by_role("button", name="More Gross margin is below 30.0 %").click()
    expect(page.get_by_role("button", name="Edit Gross margin is below 30.0 %", exact=True)).to_be_visible()
    page.keyboard.press("Escape")
    turn_to(page, "History")
    expect(page.get_by_role("button", name=re.compile("^Why"))).to_have_count(2, timeout=LOADED)
    assert repeated(page) == []
    send_test(page, "console")
    turn_to(page, "Messages")
    expect(page.get_by_role("button", name=re.compile("^Why")).nth(2)).to_be_visible(timeout=LOADED)
    assert repeated(page) == []
    turn_to(page, "Destinations")
    expect(page.get_by_role("button", name="Send a test console", exact=True)).to_be_visible()
    assert repeated(page) == []


def test_what_is_being_typed_and_the_order_of_the_cards_stay_where_they_are_while_a_rule_fires(
    page: Page, server: Server
) -> None:
    path = watched(page, server, "typing")
    set_threshold(page, "Gross margin", below=1)
    set_threshold(page, "Gross margin", below=30)
    page.get_by_role("button", name="Silence… Gross margin is below 1.0 %").click()
    why = page.get_by_label("Why", exact=True)
    why.fill("stock")
    save_finance(path, margin=THIN)
    until(lambda: len(alerts(server, "typing")) == 1, "the margin fires")
    cards = page.locator("[class*='st-key-rule'] strong")
    expect(page.get_by_text("firing since")).to_be_visible(timeout=LOADED)
    expect(cards.nth(0)).to_contain_text("below 1.0 %")
    expect(why).to_have_value("stock")
    why.press_sequentially("taking")
    expect(why).to_have_value("stocktaking")
    page.keyboard.press("Escape")
    expect(cards.nth(0)).to_contain_text("below 30.0 %", timeout=LOADED)


def test_a_rule_that_is_breached_now_shows_the_message_before_and_sends_it_at_once_after(
    page: Page, server: Server
) -> None:
    path = watched(page, server, "soon")
    save_finance(path, margin=THIN)
    until(lambda: server.version("soon") == 2, "the thin margin is loaded")
    begin_rule(page, "Gross margin")
    type_in(page, "Limit (%)", "30")
    expect(page.get_by_text("It fires now.")).to_be_visible(timeout=LOADED)
    expect(page.get_by_text("What people get as soon as it is saved")).to_be_visible()
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("It fires now: who hears of it stands under History.")).to_be_visible(
        timeout=LOADED
    )
    expect(page.get_by_text("firing since")).to_be_visible()
