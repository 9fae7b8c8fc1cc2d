"""A destination that breaks is loud on every tab until it is mended, and what could not be delivered is sent again."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.alerting import (
    PACED,
    THIN,
    begin_rule,
    card,
    heard,
    send_test,
    set_threshold,
    turn_to,
    watched,
)
from tests.browser.books import save_finance
from tests.browser.pages import LOADED, go_to
from tests.browser.servers import Server, until
from tests.fakes.providers import FakeProviders

pytestmark = pytest.mark.browser


def test_a_revoked_token_is_on_every_tab_until_a_test_goes_through(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    watched(page, server, "revoked")
    before = len(fake.accepted)
    fake.script("slack", "error:token_revoked")
    send_test(page, "slack")
    banner = page.locator(".st-key-alerting_banner")
    expect(banner).to_contain_text("Slack C0123456789 cannot be reached since", timeout=LOADED)
    expect(banner).to_contain_text("token_revoked")
    expect(card(page, "slack")).to_contain_text("broken since")
    go_to(page, "Overview")
    expect(banner).to_contain_text("cannot be reached")
    send_test(page, "slack")
    until(lambda: "slack" in heard(fake, before), "the test after it was mended", PACED)
    expect(banner).to_be_hidden(timeout=LOADED)
    expect(card(page, "slack")).to_contain_text("works")


def test_a_dead_letter_is_sent_again_from_the_page(page: Page, server: Server, fake: FakeProviders) -> None:
    path, before = watched(page, server, "dead"), len(fake.accepted)
    set_threshold(page, "Gross margin", below=30)
    fake.script("slack", "error:no_text", "error:no_text")
    save_finance(path, margin=THIN)
    go_to(page, "Overview")
    expect(page.get_by_text("1 message could not be delivered")).to_be_visible(timeout=LOADED)
    page.get_by_role("button", name="Look at the messages").click()
    letters = page.locator(".st-key-dead_letters")
    expect(letters).to_contain_text("Gross margin is below its limit", timeout=LOADED)
    expect(letters).to_contain_text("no_text")
    letters.get_by_role("button", name="Send again").click()
    until(lambda: "slack" in heard(fake, before), "the message, after all", PACED)
    expect(letters).to_be_hidden(timeout=LOADED)
    turn_to(page, "Messages")
    expect(page.get_by_text("could not be delivered")).to_be_hidden()


def test_what_is_being_typed_stays_where_the_banner_comes_and_goes(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    watched(page, server, "typing")
    begin_rule(page, "Revenue")
    page.get_by_text("More: how long").click()
    owner = page.get_by_label("Who answers for it", exact=True)
    owner.click()
    page.keyboard.type("Ann, who is")
    fake.script("slack", "error:token_revoked")
    other = page.context.new_page()
    other.goto(server.link(dataset="typing"))
    send_test(other, "slack")
    banner = page.locator(".st-key-alerting_banner")
    expect(banner).to_be_visible(timeout=LOADED)
    expect(owner).to_have_value("Ann, who is")
    expect(owner).to_be_focused()
    page.keyboard.type(" typing")
    send_test(other, "slack")
    expect(banner).to_be_hidden(timeout=LOADED)
    expect(owner).to_have_value("Ann, who is typing")
    other.close()
