"""The whole road: a workbook saved into the inbox becomes figures, a state, and one message to each destination."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import update

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule, State
from kpi.report import Status
from monitor.service import Pace, Service, clock
from settings import Settings
from storage import datasets, kpi_data, loads
from storage.alerting import alert_log, thresholds
from storage.alerting.alert_log import AlertRow
from storage.alerting.lanes import make_lanes
from storage.alerting.schema import lanes
from tests.fakes.providers import TOKEN, FakeProviders
from wiring import System, build

QUICK = Pace(lease=0.5, deliver=0.1, evaluate=0.2, tidy=60.0, settle=0.1, scan=0.2)
THIN_MARGIN = Rule(
    0, "Thin margin", "finance", "gross_margin", "month", Limit(Direction.BELOW, 0.30, 0.32),
    channels=("slack", "whatsapp"),
)  # fmt: skip


def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for it, or fail."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def save(path: Path, *, margin: float, extra: int = 0) -> None:
    """Three months to the end of October 2025 with the given margin in the last, saved as Excel does: aside, renamed."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Region", "Revenue", "COGS"])
    day = date(2025, 8, 1)
    while day <= date(2025, 10, 31):
        last = day.month == 10
        sheet.append([day, "North", 100 + (extra if last else 0), 100 * (1 - margin) if last else 50])
        day += timedelta(days=1)
    aside = path.with_name("7A1B2C3D")
    book.save(aside)
    aside.replace(path)


@pytest.fixture
def fake() -> Iterator[FakeProviders]:
    providers = FakeProviders()
    providers.start()
    yield providers
    providers.stop()


@pytest.fixture
def system(tmp_path: Path, fake: FakeProviders) -> Iterator[System]:
    """The real parts, with both providers set up to be the fake."""
    environment = {
        "KPI_HOME": str(tmp_path / "home"),
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_CHANNEL": "C0123456789",
        "SLACK_API_URL": f"{fake.url}/api/",
        "WHATSAPP_TOKEN": TOKEN,
        "WHATSAPP_PHONE_NUMBER_ID": "1055512345",
        "WHATSAPP_RECIPIENTS": "4915112345678",
        "WHATSAPP_API_URL": fake.url,
    }
    built = build(Settings.from_env(environment))
    yield built
    built.close()


@pytest.fixture
def proved(system: System) -> None:
    """A test message was accepted everywhere, as people see to it when they set a destination up."""
    places = [(one.channel, one.address) for one in system.road.desk.destinations]
    with system.database.begin() as connection:
        make_lanes(connection, places, clock())
        connection.execute(update(lanes).values(proved_at=clock()))


@pytest.fixture
def finance(system: System) -> Iterator[Path]:
    """A running service, and where the watched workbook lies."""
    service = Service(system.road, system.channels, QUICK)
    service.start()
    yield system.road.folders.inbox / "finance.xlsx"
    service.stop()


def set_rule(system: System, rule: Rule = THIN_MARGIN) -> None:
    with system.database.begin() as connection:
        thresholds.add_rule(connection, rule, clock())


def version(system: System) -> int:
    with system.database.read() as connection:
        known = datasets.find_dataset(connection, "finance")
    return known.version if known else 0


def alerts(system: System) -> list[AlertRow]:
    """Oldest first."""
    with system.database.read() as connection:
        return alert_log.list_alerts(connection)[::-1]


def providers_that_heard(fake: FakeProviders) -> list[str]:
    return sorted(one.provider for one in fake.accepted)


@pytest.mark.usefixtures("proved")
def test_a_breach_is_heard_once_by_each_and_its_end_as_well(
    system: System, fake: FakeProviders, finance: Path
) -> None:
    set_rule(system)
    save(finance, margin=0.10)
    until(lambda: providers_that_heard(fake) == ["slack", "whatsapp"])
    until(lambda: all(one.state == "sent" for one in alerts(system)[0].deliveries))
    (alert,) = alerts(system)
    assert (alert.kpi, alert.period, alert.state) == ("gross_margin", date(2025, 10, 1), State.FIRING)
    assert alert.value == pytest.approx(0.10)
    accepted = {one.provider: one.provider_id for one in fake.accepted}  # either may have been the first
    assert {one.destination: one.provider_id for one in alert.deliveries} == {
        "slack:C0123456789": accepted["slack"],
        "whatsapp:4915112345678": accepted["whatsapp"],
    }

    finance.touch()
    save(finance, margin=0.10)
    time.sleep(1.5)
    assert providers_that_heard(fake) == ["slack", "whatsapp"]

    save(finance, margin=0.50)
    until(lambda: providers_that_heard(fake) == ["slack", "slack", "whatsapp", "whatsapp"])
    assert [one.state for one in alerts(system)] == [State.FIRING, State.NORMAL]
    time.sleep(0.5)
    assert len(fake.received) == 4


@pytest.mark.usefixtures("proved")
def test_a_breach_while_the_providers_are_down_is_heard_when_they_are_back(
    system: System, fake: FakeProviders, finance: Path
) -> None:
    set_rule(system)
    port = int(fake.url.rsplit(":", 1)[1])
    fake.stop()
    save(finance, margin=0.10)
    until(lambda: any(one.error for alert in alerts(system) for one in alert.deliveries))
    fake.start(port)
    until(lambda: providers_that_heard(fake) == ["slack", "whatsapp"], seconds=40)
    until(lambda: all(one.state == "sent" for one in alerts(system)[0].deliveries))


@pytest.mark.usefixtures("proved")
def test_a_rule_set_over_data_that_breach_it_is_judged_without_a_new_file(
    system: System, fake: FakeProviders, finance: Path
) -> None:
    save(finance, margin=0.10)
    until(lambda: version(system) == 1)
    assert fake.received == []
    set_rule(system)
    until(lambda: providers_that_heard(fake) == ["slack", "whatsapp"])


def test_where_nobody_has_tried_whatsapp_the_first_alert_is_preceded_by_a_test_message(
    system: System, fake: FakeProviders, finance: Path
) -> None:
    set_rule(system, replace(THIN_MARGIN, channels=("whatsapp",)))
    save(finance, margin=0.10)
    until(lambda: providers_that_heard(fake) == ["whatsapp", "whatsapp"])
    said = [one.body["template"]["components"][0]["parameters"][1]["text"] for one in fake.accepted]
    assert said == ["only a test", "below its limit"]


def test_a_file_that_came_while_nobody_watched_is_loaded_at_the_start(system: System) -> None:
    inbox = system.road.folders.inbox
    inbox.mkdir(parents=True)
    save(inbox / "finance.xlsx", margin=0.50)
    service = Service(system.road, system.channels, QUICK)
    service.start()
    until(lambda: version(system) == 1)
    service.stop()


def test_a_corrected_workbook_replaces_its_numbers_and_a_broken_one_does_not(
    system: System, finance: Path
) -> None:
    save(finance, margin=0.50)
    until(lambda: version(system) == 1)
    save(finance, margin=0.50, extra=10)
    until(lambda: version(system) == 2)
    finance.write_bytes(b"%PDF-1.7 this is a letter")
    until(lambda: latest_code(system) == "wrong_type")
    with system.database.read() as connection:
        said = kpi_data.history(connection, "finance", "revenue", "month", date(2025, 10, 1))
    assert [one.value for one in said] == [3100.0, 3410.0]
    assert version(system) == 2


def test_a_file_in_review_is_loaded_once_a_person_accepts_its_best_guesses(system: System) -> None:
    inbox = system.road.folders.inbox
    inbox.mkdir(parents=True)
    (inbox / "finance.csv").write_text("Date,Revenue\n01/02/2025,10\n03/04/2025,20\n05/06/2025,30\n")
    service = Service(system.road, system.channels, replace(QUICK, settle=0.5))
    service.start()
    until(lambda: latest_status(system) is Status.REVIEW)
    with system.database.begin() as connection:
        (source,) = loads.list_sources(connection)
        loads.accept_guesses(connection, source.id)
    until(lambda: version(system) == 1)
    service.stop()


def test_a_half_written_workbook_waits_and_is_loaded_when_it_is_whole(system: System, finance: Path) -> None:
    whole = finance.with_name("aside")
    save(whole, margin=0.50)
    content = whole.read_bytes()
    whole.unlink()
    finance.write_bytes(content[: len(content) // 2])
    until(lambda: waiting_for(system) == "it is still being written")
    assert version(system) == 0
    finance.write_bytes(content)
    until(lambda: version(system) == 1)
    assert waiting_for(system) is None


def test_a_second_service_neither_watches_nor_sends_until_the_first_has_gone(
    system: System, fake: FakeProviders
) -> None:
    inbox = system.road.folders.inbox
    first, second = (Service(system.road, system.channels, QUICK) for _ in range(2))
    first.start()
    until(lambda: first.leading)
    second.start()
    time.sleep(1.5)
    assert not second.leading
    first.stop()
    until(lambda: second.leading)
    save(inbox / "finance.xlsx", margin=0.50)
    until(lambda: version(system) == 1)
    second.stop()


def latest_code(system: System) -> str | None:
    with system.database.read() as connection:
        newest = loads.recent_loads(connection, limit=1)
    return newest[0].error.code if newest and newest[0].error else None


def latest_status(system: System) -> Status | None:
    with system.database.read() as connection:
        newest = loads.recent_loads(connection, limit=1)
    return newest[0].status if newest else None


def waiting_for(system: System) -> str | None:
    with system.database.read() as connection:
        known = loads.list_sources(connection)
    return known[0].waiting_for if known else None
