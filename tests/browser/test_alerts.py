"""A rule set on the page, a workbook that breaches it, and what both providers hear."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.alerting import (
    HEALTHY,
    PACED,
    THIN,
    alerts,
    all_sent,
    begin_rule,
    both_heard,
    card,
    deliveries,
    heard,
    prove_whatsapp,
    said,
    send_test,
    set_threshold,
    turn_to,
    type_in,
    watched,
)
from tests.browser.books import save_finance, save_same_bytes
from tests.browser.pages import LOADED, choose, go_to, open_page, tile
from tests.browser.servers import Server, until
from tests.fakes.providers import FakeProviders

pytestmark = pytest.mark.browser


def test_a_breach_is_heard_once_by_each_and_shown_on_its_tile_until_it_is_over(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    margin = watched(page, server, "margin")
    prove_whatsapp(page, fake)
    before = len(fake.accepted)
    set_threshold(page, "Gross margin", below=30)
    go_to(page, "Overview")
    expect(tile(page, "gross_margin")).to_contain_text("1 rule", timeout=LOADED)

    save_finance(margin, margin=THIN)
    until(both_heard(fake, before), "one message at each provider", PACED)
    expect(tile(page, "gross_margin")).to_contain_text("firing", timeout=LOADED)
    breach = {one.provider: said(one) for one in fake.accepted[before:]}
    assert breach["whatsapp"][0] == "kpi_alert_v1"
    assert all("ross margin" in text and "10.0" in text for _, text in breach.values())
    until(lambda: all_sent(server, "margin"), "both deliveries are marked")
    (alert,) = alerts(server, "margin")
    assert (alert["kpi"], alert["period"], alert["state"]) == ("gross_margin", "2025-10-01", "firing")
    assert deliveries(alert, "destination", "provider_id") == sorted(
        (f"{one.provider}:{'C0123456789' if one.provider == 'slack' else '4915112345678'}", one.provider_id)
        for one in fake.accepted[before:]
    )

    save_same_bytes(margin)
    save_finance(margin.with_name("elsewhere.xlsx"))
    until(lambda: server.version("elsewhere") == 1, "a later file is loaded: the same one has been seen")
    assert (server.version("margin"), len(fake.accepted)) == (2, before + 2)

    save_finance(margin, margin=HEALTHY)
    until(both_heard(fake, before + 2), "one resolved message at each provider", PACED)
    expect(tile(page, "gross_margin")).not_to_contain_text("firing", timeout=LOADED)
    expect(tile(page, "gross_margin")).to_contain_text("ok")
    assert {said(one)[0] for one in fake.accepted[before + 2 :]} == {"slack", "kpi_resolved_v1"}
    assert [one["state"] for one in alerts(server, "margin")] == ["firing", "ok"]


def test_a_breach_while_the_providers_are_down_is_heard_when_they_are_back(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    margin, before = watched(page, server, "outage"), len(fake.accepted)
    set_threshold(page, "Gross margin", below=30)
    go_to(page, "Overview")
    fake.stop()
    try:
        save_finance(margin, margin=THIN)
        expect(tile(page, "gross_margin")).to_contain_text("firing", timeout=LOADED)
        until(
            lambda: all(error for (error,) in deliveries(alerts(server, "outage")[-1], "error")),
            "both providers were tried and did not answer",
        )
    finally:
        fake.start()
    until(both_heard(fake, before), "one message at each provider", seconds=90)
    until(lambda: all_sent(server, "outage"), "both deliveries are marked")
    turn_to(page, "History")
    expect(page.get_by_text("3 sent")).to_be_visible(timeout=LOADED)
    assert len(fake.accepted) == before + 2


def test_a_test_message_is_sent_and_its_fate_appears_by_itself(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    before = len(fake.accepted)
    watched(page, server, "trial")
    send_test(page, "slack")
    until(lambda: heard(fake, before) == ["slack"], "the test message")
    sent = fake.accepted[before]
    expect(card(page, "slack")).to_contain_text(sent.provider_id.partition(":")[2], timeout=LOADED)


def test_a_rule_shows_what_it_would_have_done_before_it_is_saved(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    path = server.inbox / "rehearsed.xlsx"
    save_finance(path, margin=THIN)
    until(lambda: server.version("rehearsed") == 1, "the workbook is loaded")
    open_page(page, server, dataset="rehearsed")
    begin_rule(page, "Gross margin")
    expect(page.get_by_role("button", name="Save the rule")).to_be_disabled()
    type_in(page, "Limit (%)", "30")
    expect(page.get_by_text("Would have fired once")).to_be_visible(timeout=LOADED)
    expect(page.get_by_label("Back to normal at (%)", exact=True)).to_have_attribute("placeholder", "30.6")
    message = page.locator(".st-key-preview_message")
    expect(message).to_contain_text("Gross margin is below its limit")
    page.get_by_role("radio", name="in WhatsApp").click()
    expect(message).to_contain_text("KPI alert: Gross margin is below its limit. The value is 10.0 %")
    choose(page, "For", "each region")
    expect(page.get_by_text(re.compile("for 2 of 2 members"))).to_be_visible(timeout=LOADED)
    type_in(page, "Limit (%)", "5")
    expect(page.get_by_text("Would never have fired")).to_be_visible(timeout=LOADED)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("No rules yet.")).to_be_visible()
    assert server.get("rules", dataset="rehearsed") == []


def test_a_silenced_rule_is_told_to_nobody_and_why_says_so_until_the_silence_is_ended(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    path, before = watched(page, server, "quiet"), len(fake.accepted)
    set_threshold(page, "Gross margin", below=30)
    page.get_by_role("button", name="Silence…").click()
    page.get_by_label("Why", exact=True).fill("stocktaking")
    page.get_by_label("Your name").first.fill("Ann")
    page.get_by_role("button", name="Silence it").click()
    expect(page.get_by_text("stocktaking (Ann)")).to_be_visible(timeout=LOADED)
    save_finance(path, margin=THIN)
    expect(page.get_by_text("firing since")).to_be_visible(timeout=LOADED)
    turn_to(page, "History")
    page.get_by_role("button", name="Why?").click()
    expect(page.get_by_text(re.compile("stocktaking")).first).to_be_visible(timeout=LOADED)
    assert heard(fake, before) == []
    turn_to(page, "Rules")
    page.get_by_role("button", name="End the silence").click()
    until(lambda: "slack" in heard(fake, before), "what the silence held back is told", PACED)
