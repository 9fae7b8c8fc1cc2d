"""A figure that swings about its limit, its standing kept in the database between any two points."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sample_data.fakes.providers import FakeProviders
from storage.alerting.alert_log import list_alerts
from storage.alerting.thresholds import add_rule
from storage.database import Database, sqlite_url
from tests.alerts.builders import thin_margin
from tests.moments import NOON
from tests.proofs.processes import ScaledClock
from tests.proofs.tally import Tally, tally
from tests.proofs.work import Place, SteppedClock, judged, send_what_is_due

LIMIT, SWING = 0.15, 0.01


@dataclass(frozen=True, slots=True)
class Swung:
    heard: list[str]
    tally: Tally


def swing_about_the_limit(folder: Path, points: int) -> Swung:
    """Each point is judged as a load of its own, and what it owes is sent before the next; in the end all is well."""
    chance, clock = random.Random(4), SteppedClock(NOON)
    values = [LIMIT * (1 + chance.uniform(-SWING, SWING)) for _ in range(points)]
    fake = FakeProviders(now=clock.seconds)
    fake.start()
    database = Database.open(sqlite_url(folder / "kpi.db"))
    place = Place("", fake.url, ScaledClock.from_now(1.0))
    try:
        with database.begin() as connection:
            rule = add_rule(connection, thin_margin(), clock())
        for value in [*values, 2 * LIMIT]:
            judged(database, rule, {"": value}, place.standard(), clock())
            send_what_is_due(database, place.channels(), place.standard(), clock)
            clock.go_on(timedelta(hours=1))
        with database.read() as connection:
            heard = [one.state.value for one in list_alerts(connection)[::-1]]
        return Swung(heard, tally(database, rule.id, fake.accepted))
    finally:
        fake.stop()
        database.dispose()
