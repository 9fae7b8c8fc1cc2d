"""What a person does on the Alerts tab, and what the faked providers heard of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.books import save_finance
from tests.browser.pages import LOADED, choose, go_to, open_page
from tests.browser.servers import Server, until
from tests.fakes.providers import FakeProviders, Received

HEALTHY, THIN = 0.50, 0.10
BOTH = ["slack", "whatsapp"]
PACED = 60.0  # seconds: WhatsApp takes one message in six seconds


def watched(page: Page, server: Server, name: str) -> Path:
    """A workbook with a healthy margin, and the page over it."""
    path = server.inbox / f"{name}.xlsx"
    save_finance(path, margin=HEALTHY)
    until(lambda: server.version(name) == 1, f"{path.name} is loaded")
    open_page(page, server, dataset=name)
    return path


def turn_to(page: Page, part: str) -> None:
    """Look at a part of the Alerts tab."""
    go_to(page, "Alerts")
    page.get_by_role("radio", name=part, exact=True).click()


def type_in(page: Page, label: str, text: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(text)
    field.press("Tab")


def begin_rule(page: Page, kpi: str) -> None:
    """The form of a new rule about the KPI."""
    turn_to(page, "Rules")
    page.locator(".st-key-new_rule button").click()
    choose(page, "Watch", kpi)


def set_threshold(page: Page, kpi_in_percent: str, below: float) -> None:
    begin_rule(page, kpi_in_percent)
    type_in(page, "Limit (%)", f"{below:g}")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text(f"{kpi_in_percent} is below {below:.1f} %").first).to_be_visible(timeout=LOADED)
    expect(page.get_by_role("button", name="Save the rule")).to_be_hidden()


def prove_whatsapp(page: Page, fake: FakeProviders) -> None:
    """The test message without which no alert goes to WhatsApp."""
    before = len(fake.accepted)
    send_test(page, "whatsapp")
    until(lambda: heard(fake, before) == ["whatsapp"], "the test message", PACED)
    expect(card(page, "whatsapp")).to_contain_text("works", timeout=LOADED)


def send_test(page: Page, destination: str) -> None:
    turn_to(page, "Destinations")
    card(page, destination).get_by_role("button", name="Send a test").click()


def card(page: Page, destination: str) -> Any:
    """The card of the destination whose name begins so."""
    return page.locator(f"[class*='st-key-destination_{destination}']")


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
    told = [one for one in alert["deliveries"] if one["destination"] != "console"]
    return sorted(
        (tuple(one[name] for name in names) for one in told), key=repr
    )  # beside a text there may be None


def all_sent(server: Server, dataset: str) -> bool:
    return deliveries(alerts(server, dataset)[-1], "state") == [("sent",), ("sent",)]


def texts(messages: Sequence[Received]) -> list[str]:
    return [said(one)[1] for one in messages]
