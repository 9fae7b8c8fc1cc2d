"""A shop whose margin has become thin, and whom that is to be told: on one database, by the providers faked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.manager import owed_trial
from alerts.rules import Rule
from monitor.alerting.dispatch import deliver_owed
from monitor.pipeline import Job, process
from sample_data.fakes.hooks import SECRET
from sample_data.fakes.providers import FakeProviders
from sample_data.fakes.whatsapp import Statuses
from settings import Settings
from storage.alerting.outbox import owe
from storage.alerting.thresholds import add_rule
from tests.browser.servers import free_port
from tests.homes import HEALTHY, THIN_MARGIN, environment
from tests.proofs.tally import Tally, tally
from tests.proofs.work import SteppedClock, waiting
from wiring import System, build

CHANNELS = ("slack", "whatsapp", "webhook")
APP_SECRET = "an-app-secret-that-nobody-may-see"
STEP, MOST_STEPS = timedelta(seconds=10), 25  # what receivers of webhooks allow is 300 seconds


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of its own in a database that others may share: dataset, file and addresses are named after it.

    `listening` is the port on which WhatsApp is to say what became of a message.
    """

    name: str
    folder: Path
    settings: dict[str, str]
    listening: int
    fake: FakeProviders
    clock: SteppedClock
    system: System
    rule: Rule

    def save(self, content: str) -> Path:
        path = self.folder / f"{self.name}.csv"
        path.write_text(content)
        return path

    def load(self, content: str) -> None:
        process(self.system.road, Job(self.save(content), "cli"), self.clock())

    def send(self) -> None:
        standard = self.system.road.desk.destinations
        deliver_owed(self.system.database, self.system.channels, standard, self.clock)

    def send_until_nothing_waits(self) -> None:
        """As a service does it, while time goes on; for as long as leases last and word is waited for."""
        for _ in range(MOST_STEPS):
            self.send()
            if not waiting(self.system.database):
                return
            self.clock.go_on(STEP)
        raise AssertionError(f"{waiting(self.system.database)} messages still wait")

    def tally(self) -> Tally:
        """Without the test message by which WhatsApp was proved."""
        return tally(self.system.database, self.rule.id, self.fake.accepted[1:])


@contextmanager
def healthy_shop(name: str, folder: Path, url: str) -> Iterator[Shop]:
    """Its figures are loaded, its rule is set, and WhatsApp has taken a test message."""
    clock = SteppedClock(datetime.now(UTC))
    fake = FakeProviders(now=clock.seconds)
    fake.start()
    settings = _settings(name, folder, url, fake)
    system = build(Settings.from_env(settings))
    try:
        with system.database.begin() as connection:
            rule = add_rule(connection, replace(THIN_MARGIN, dataset=name, channels=CHANNELS), clock())
            for one in system.road.desk.destinations:
                if not one.proved:
                    owe(connection, None, owed_trial(one, clock()), clock())
        shop = Shop(name, folder, settings, free_port(), fake, clock, system, rule)
        shop.load(HEALTHY)
        shop.send()
        clock.go_on(STEP)  # WhatsApp takes no two messages within six seconds
        yield shop
    finally:
        fake.stop()
        system.close()


def _settings(name: str, folder: Path, url: str, fake: FakeProviders) -> dict[str, str]:
    return {
        **environment(folder / "home", fake),
        "KPI_DATABASE_URL": url,
        "SLACK_CHANNEL": f"C {name}",
        "WHATSAPP_RECIPIENTS": _number(name),
        "WHATSAPP_APP_SECRET": APP_SECRET,
        "KPI_WEBHOOKS": f"{name.replace('_', '-')}={fake.url}/hook/{name}",
        "KPI_WEBHOOK_SECRET": SECRET,
        "KPI_OUTGOING_PRIVATE": "true",
    }


def tells_statuses(shop: Shop, patience: float) -> None:
    url = f"http://127.0.0.1:{shop.listening}/webhooks/whatsapp"
    shop.fake.tell_statuses(Statuses(url, APP_SECRET, patience=patience))


def _number(name: str) -> str:
    """A telephone number of its own."""
    return f"49151{int.from_bytes(name.encode()) % 10**8:08}"
