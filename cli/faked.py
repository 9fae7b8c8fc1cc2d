"""Slack and WhatsApp faked beside the demo: nothing leaves the machine, and a page shows what would have arrived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cli.output import now, say

if TYPE_CHECKING:  # the command line's help must not wait for it
    from wiring import System

APP_SECRET = "of-the-demo"  # noqa: S105 - nobody's
PAUSE = 1.0  # seconds after which WhatsApp tells what became of a message


@contextmanager
def faked_providers(page_url: str) -> Iterator[dict[str, str]]:
    """The settings that lead to the fakes, which run until the end."""
    from sample_data.fakes.providers import FakeProviders
    from sample_data.fakes.slack import TOKEN
    from sample_data.fakes.whatsapp import Statuses

    fake = FakeProviders()
    fake.start()
    fake.tell_statuses(Statuses(f"{page_url}/webhooks/whatsapp", APP_SECRET, delay=PAUSE))
    say(f"What arrives at Slack and WhatsApp, which are faked, is shown at {fake.url}")
    try:
        yield {
            "SLACK_BOT_TOKEN": TOKEN,
            "SLACK_CHANNEL": "C0DEMO00001",
            "SLACK_API_URL": f"{fake.url}/api/",
            "WHATSAPP_TOKEN": TOKEN,
            "WHATSAPP_PHONE_NUMBER_ID": "1055512345",
            "WHATSAPP_RECIPIENTS": "4915100000001",
            "WHATSAPP_API_URL": fake.url,
            "WHATSAPP_APP_SECRET": APP_SECRET,
        }
    finally:
        fake.stop()


def send_trials(system: System) -> None:
    """A test message to every address that wants one before alerts go there."""
    from alerts.manager import owed_trial
    from storage.alerting.outbox import owe

    with system.database.begin() as connection:
        for to in system.road.desk.destinations:
            if to.address and not to.proved:
                owe(connection, None, owed_trial(to, now()), now())
