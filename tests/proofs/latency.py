"""How long after its commit a message is at the provider, while the service runs and all is well."""

from __future__ import annotations

import random
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from monitor.service import clock
from sample_data.fakes.hooks import SECRET
from sample_data.fakes.providers import FakeProviders
from storage.alerting.thresholds import add_rule
from storage.database import Database
from storage.schema import deliveries
from tests.alerts.builders import thin_margin
from tests.homes import environment
from tests.proofs import processes
from tests.proofs.tally import key_of
from tests.proofs.work import judged, turned, waiting
from tests.proofs.work_of_loads import opened, serve

PAUSE = (1.1, 2.9)  # seconds between two changes: Slack takes a message a second


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the commit to the arrival of the request."""

    messages: int
    median: float
    p95: float
    longest: float


def commit_to_post(folder: Path, changes: int, seed: int) -> Latency:
    """Each change is owed to Slack and to a webhook."""
    fake, chance = FakeProviders(), random.Random(seed)
    fake.start()
    settings = {**environment(folder / "home", fake), "KPI_ALERTS_PER_HOUR": "0"}
    settings |= {"KPI_WEBHOOKS": f"ops={fake.url}/hook/ops", "KPI_WEBHOOK_SECRET": SECRET}
    system = opened({**settings, "KPI_OUTGOING_PRIVATE": "true"})
    serving = processes.start(serve, {**settings, "KPI_OUTGOING_PRIVATE": "true"})
    committed: dict[int, float] = {}
    try:
        with system.database.begin() as connection:
            rule = add_rule(connection, thin_margin(channels=("slack", "webhook")), clock())
        for _ in range(changes + 1):  # the first finds a service that is only just starting
            values = turned(system.database, rule, "")
            judged(system.database, rule, values, system.road.desk.destinations, clock())
            now = time.time()
            committed |= dict.fromkeys(_owed(system.database).keys() - committed.keys(), now)
            time.sleep(chance.uniform(*PAUSE))
        processes.wait_until(lambda: not waiting(system.database))
        keys = _owed(system.database)
    finally:
        processes.killed(serving)
        fake.stop()
        system.close()
    arrived = {key_of(one): one.at for one in fake.accepted[::-1]}
    took = sorted(arrived[keys[row]] - at for row, at in committed.items() if row > 2)
    return Latency(len(took), statistics.median(took), took[int(0.95 * len(took))], took[-1])


def _owed(database: Database) -> dict[int, str]:
    """The key under which each message goes or went."""
    columns = (deliveries.c.id, deliveries.c.batch, deliveries.c.dedup_key)
    with database.read() as connection:
        return {row.id: row.batch or row.dedup_key for row in connection.execute(select(*columns))}
