"""A running service sends a scheduled report: the dataset's own figures in words, and its trend as a picture."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.pipeline import Job, process
from monitor.service import Pace, Service, clock
from settings import Settings
from storage.alerting.outbox import DeliveryRow, recent_deliveries
from storage.inbox import put
from storage.scheduled_reports import WantedReport, save_report
from tests.fakes.providers import FakeProviders
from tests.homes import HEALTHY, environment
from tests.test_flow import until
from wiring import System, build

QUICK = Pace(lease=0.2, deliver=0.1, report=0.1, tidy=60.0, settle=0.1, scan=0.2)
PAGE = "https://kpi.example.com"


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders()
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture
def system(tmp_path: Path, fake: FakeProviders) -> Iterator[System]:
    built = build(Settings.from_env({**environment(tmp_path / "home", fake), "KPI_PAGE_URL": PAGE}))
    yield built
    built.close()


def test_a_due_report_is_sent_once_with_its_picture(system: System, fake: FakeProviders) -> None:
    process(system.road, Job(put(system.road.folders.inbox, "shop.csv", HEALTHY.encode()), "watch"), clock())
    wanted = WantedReport("Morning", "shop", "every hour", ("slack",))
    with system.database.begin() as connection:
        save_report(connection, wanted, "cli", clock() - timedelta(hours=5))
    service = Service(system.road, system.channels, QUICK, draw=system.drawn)
    service.start()
    until(lambda: bool(fake.files.shown))
    until(lambda: [one.state for one in _deliveries(system)] == ["sent"])
    service.stop()
    (message,) = fake.accepted
    header, figures, *_, link = message.body["blocks"]
    assert header["text"]["text"].startswith("Morning: shop, ")
    assert "Revenue: " in figures["text"]["text"]
    assert f"{PAGE}/?dataset=shop&tab=Overview" in str(link)
    (shown,) = fake.files.shown
    assert (shown.content or b"")[:8] == b"\x89PNG\r\n\x1a\n"


def _deliveries(system: System) -> list[DeliveryRow]:
    with system.database.read() as connection:
        return recent_deliveries(connection)
