"""A destination and a route set on the page, and what the faked provider hears of them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.alerting import PACED, THIN, card, set_threshold, turn_to, type_in, watched
from tests.browser.books import save_finance
from tests.browser.pages import LOADED, choose
from tests.browser.servers import Server, until
from tests.fakes.providers import FakeProviders

pytestmark = pytest.mark.browser
MARGIN = "C0MARGIN001"


def channels_heard(fake: FakeProviders, since: int) -> list[str]:
    """The Slack channels that a message arrived in, in order."""
    return [str(one.body["channel"]) for one in fake.accepted[since:] if one.provider == "slack"]


def add_destination(page: Page, name: str, channel: str) -> None:
    """With a test message, as a careful person does."""
    page.get_by_role("button", name="New destination").click()
    type_in(page, "Channel", channel)
    type_in(page, "Name", name)
    page.get_by_role("button", name="Save and send a test").click()
    expect(page.get_by_text(f"{name} is saved.")).to_be_visible(timeout=LOADED)


def add_route(page: Page, name: str, kpi: str, to: str) -> None:
    page.get_by_role("button", name="New route").click()
    choose(page, "Only alerts with", "kpi")
    page.keyboard.press("Escape")  # a menu of several stays open
    choose(page, "kpi is", kpi)
    type_in(page, "Name", name)
    choose(page, "Go to", to)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save the route").click()
    expect(page.get_by_text(f"The route {name} is set.")).to_be_visible(timeout=LOADED)


def test_a_destination_and_a_route_are_set_and_the_test_and_the_alert_arrive_there(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    path, before = watched(page, server, "routed"), len(fake.accepted)
    turn_to(page, "Destinations")
    add_destination(page, "margins", MARGIN)
    until(lambda: channels_heard(fake, before) == [MARGIN], "the test message in the new channel", PACED)
    expect(card(page, "margins")).to_contain_text("works", timeout=LOADED)
    expect(card(page, "margins")).to_contain_text("1 of 20 messages this hour")

    add_route(page, "margins to finance", "gross_margin", "margins (Slack channel)")
    assert [(one["match"], one["to"]) for one in server.get("routes")] == [
        ({"kpi": "gross_margin"}, ["margins"])
    ]
    set_threshold(page, "Gross margin", below=30)
    save_finance(path, margin=THIN)
    until(lambda: channels_heard(fake, before) == [MARGIN, MARGIN], "the alert in the new channel", PACED)
    assert {one.provider for one in fake.accepted[before:]} == {"slack"}


def test_a_destination_is_changed_and_removed_again(page: Page, server: Server) -> None:
    watched(page, server, "changed")
    turn_to(page, "Destinations")
    add_destination(page, "spare", "C0SPARE0001")
    card(page, "spare").get_by_role("button", name="Edit").click()
    page.get_by_role("radio", name="only at these hours").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(card(page, "spare")).to_contain_text("mon-fri", timeout=LOADED)
    assert [one["hours"] for one in server.get("destinations") if one["name"] == "spare"] == [
        "mon-fri 08:00-18:00 UTC"
    ]
    card(page, "spare").get_by_role("button", name="Remove…").click()
    page.get_by_role("button", name="Remove it").click()
    expect(card(page, "spare")).to_be_hidden(timeout=LOADED)
    assert "spare" not in [one["name"] for one in server.get("destinations")]
