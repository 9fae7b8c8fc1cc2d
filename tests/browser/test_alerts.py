"""A threshold set on the page, a workbook that breaches it, and what both providers hear."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.books import save_finance, save_same_bytes
from tests.browser.pages import LOADED, choose, go_to, open_page, tile
from tests.browser.servers import Server, until
from tests.fakes.providers import FakeProviders, Received

pytestmark = pytest.mark.browser

HEALTHY, THIN = 0.50, 0.10
BOTH = ["slack", "whatsapp"]


def watched(page: Page, server: Server, name: str) -> Path:
    """A workbook with a healthy margin, and the page over it."""
    path = server.inbox / f"{name}.xlsx"
    save_finance(path, margin=HEALTHY)
    until(lambda: server.version(name) == 1, f"{path.name} is loaded")
    open_page(page, server, dataset=name)
    return path


def set_threshold(page: Page, kpi_in_percent: str, below: float, clears: float) -> None:
    go_to(page, "Alerts")
    choose(page, "KPI", kpi_in_percent)
    page.get_by_label("Limit (percent)").fill(f"{below:g}")
    back = page.get_by_label("Clears at (percent)")
    back.fill(f"{clears:g}")
    back.press("Tab")
    page.get_by_role("button", name="Set rule").click()
    expect(page.get_by_role("button", name="Remove")).to_be_visible(timeout=LOADED)


def heard(fake: FakeProviders, since: int = 0) -> list[str]:
    return sorted(one.provider for one in fake.accepted[since:])


def both_heard(fake: FakeProviders, since: int) -> Callable[[], bool]:
    return lambda: heard(fake, since) == BOTH


def said(received: Received) -> tuple[str, str]:
    """What kind of message it is, and its text."""
    if received.provider == "whatsapp":
        template: dict[str, Any] = received.body["template"]
        parameters = [one["text"] for one in template["components"][0]["parameters"]]
        return template["name"], " ".join(parameters)
    return "slack", str(received.body["text"])


def alerts(server: Server, dataset: str) -> list[dict[str, Any]]:
    """Oldest first."""
    found: list[dict[str, Any]] = server.get("alerts", dataset=dataset)
    return found[::-1]


def deliveries(alert: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    """To the two providers; the console, which is always told, is left out."""
    return sorted(
        tuple(one[name] for name in names) for one in alert["deliveries"] if one["destination"] != "console"
    )


def all_sent(server: Server, dataset: str) -> bool:
    return deliveries(alerts(server, dataset)[-1], "state") == [("sent",), ("sent",)]


def test_a_breach_is_heard_once_by_each_and_shown_on_its_tile_until_it_is_over(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    margin, before = watched(page, server, "margin"), len(fake.accepted)
    set_threshold(page, "Gross margin", below=30, clears=32)
    go_to(page, "Overview")
    expect(tile(page, "gross_margin")).to_contain_text("1 rule", timeout=LOADED)

    save_finance(margin, margin=THIN)
    until(both_heard(fake, before), "one message at each provider")
    expect(tile(page, "gross_margin")).to_contain_text("firing", timeout=LOADED)
    breach = {one.provider: said(one) for one in fake.accepted[before:]}
    assert breach["whatsapp"][0] == "kpi_alert_v1"
    assert all("ross margin" in text and "10.0" in text for _, text in breach.values())
    until(lambda: all_sent(server, "margin"), "both deliveries are marked")
    (alert,) = alerts(server, "margin")
    assert (alert["kpi"], alert["period"], alert["state"]) == ("gross_margin", "2025-10-01", "firing")
    assert deliveries(alert, "destination", "provider_id") == sorted(
        [
            (
                f"{one.provider}:{'C0123456789' if one.provider == 'slack' else '4915112345678'}",
                one.provider_id,
            )
            for one in fake.accepted[before:]
        ]
    )

    save_same_bytes(margin)
    save_finance(margin.with_name("elsewhere.xlsx"))
    until(lambda: server.version("elsewhere") == 1, "a later file is loaded: the same one has been seen")
    assert (server.version("margin"), len(fake.received)) == (2, before + 2)

    save_finance(margin, margin=HEALTHY)
    until(both_heard(fake, before + 2), "one resolved message at each provider")
    expect(tile(page, "gross_margin")).not_to_contain_text("firing", timeout=LOADED)
    expect(tile(page, "gross_margin")).to_contain_text("ok")
    assert {said(one)[0] for one in fake.accepted[before + 2 :]} == {"slack", "kpi_resolved_v1"}
    assert [one["state"] for one in alerts(server, "margin")] == ["firing", "ok"]


def test_a_breach_while_the_providers_are_down_is_heard_when_they_are_back(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    margin, before = watched(page, server, "outage"), len(fake.accepted)
    set_threshold(page, "Gross margin", below=30, clears=32)
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
    until(both_heard(fake, before), "one message at each provider", seconds=60)
    until(lambda: all_sent(server, "outage"), "both deliveries are marked")
    go_to(page, "Alerts")
    expect(page.get_by_test_id("stMain").locator("canvas table").first).to_contain_text(
        "firing", timeout=LOADED
    )
    assert len(fake.received) == before + 2


def test_a_test_message_is_sent_and_its_fate_is_shown(
    page: Page, server: Server, fake: FakeProviders
) -> None:
    before = len(fake.accepted)
    watched(page, server, "trial")
    go_to(page, "Alerts")
    page.get_by_role("button", name="Test slack").click()
    until(lambda: heard(fake, before) == ["slack"], "the test message")
    sent = fake.accepted[before]
    expect(page.get_by_test_id("stMain").locator("canvas table").last).to_contain_text(
        sent.provider_id, timeout=LOADED
    )
