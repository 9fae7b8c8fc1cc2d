"""Reports by the clock: what is due when, and one message for each time, whoever finds it due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from alerts.rules import Kind
from alerts.telling.reporting import Drawn, nothing_yet
from monitor.alerting.dispatch import deliver_owed
from monitor.alerting.reporting import ReportingLoop, due_time
from settings import Settings
from storage.alerting.outbox import DeliveryRow, recent_deliveries
from storage.pictures import KEPT, find_picture
from storage.scheduled_reports import ScheduledReport, WantedReport, find_report, pause_report, save_report
from storage.schema import deliveries
from tests.fakes.providers import FakeProviders
from tests.homes import environment
from tests.moments import NOON
from wiring import System, build

PARIS = ZoneInfo("Europe/Paris")
PNG = b"\x89PNG of a trend"
DRAWN = Drawn("shop", "Oct 2025", ("Revenue: 150, +12 % vs Sep 2025",), PNG, 3, NOON.date(), NOON.date())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def report(schedule: str, seen_to: datetime, *, paused: bool = False) -> ScheduledReport:
    return ScheduledReport(1, "Morning", "shop", schedule, ("console",), paused, seen_to, seen_to)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("schedule", "seen_to", "now", "due"),
    [
        ("every day at 08:00", "2025-11-20 07:00", "2025-11-21 06:59:59", None),
        ("every day at 08:00", "2025-11-20 07:00", "2025-11-21 07:00", "2025-11-21 07:00"),
        ("every day at 08:00", "2025-11-21 07:00", "2025-11-21 07:00:05", None),
        ("every hour", "2025-11-20 07:00", "2025-11-21 06:30", "2025-11-21 06:00"),
        ("every day at 08:00", "2025-10-01 06:00", "2025-11-21 20:00", "2025-11-21 07:00"),
        ("monday at 08:00", "2025-11-10 07:00", "2025-11-18 06:59", "2025-11-17 07:00"),
        ("monday at 08:00", "2025-11-10 07:00", "2025-11-18 07:00", None),
        ("every day at 02:30", "2025-03-29 01:30", "2025-03-30 01:00", "2025-03-30 01:00"),
        ("every day at 02:30", "2025-10-26 00:30", "2025-10-26 03:00", None),
        ("words of an older version", "2025-11-20 07:00", "2025-11-21 07:00", None),
    ],
    ids=[
        "a second before",
        "to the second",
        "once",
        "of several missed the newest",
        "after weeks the last one",
        "missed less than a day ago",
        "missed a day ago",
        "the hour that is left out",
        "the hour that comes twice",
        "words that nobody understands",
    ],
)
def test_the_newest_time_that_nobody_saw_to_is_due(
    schedule: str, seen_to: str, now: str, due: str | None
) -> None:
    found = due_time(report(schedule, at(seen_to)), PARIS, at(now))
    assert found == (at(due) if due else None)


def test_what_is_paused_is_never_due() -> None:
    assert due_time(report("every hour", NOON - DAY, paused=True), PARIS, NOON) is None


@pytest.fixture
def providers() -> Iterator[FakeProviders]:
    fake = FakeProviders(now=NOON.timestamp)
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def system(tmp_path: Path, providers: FakeProviders) -> Iterator[System]:
    built = build(Settings.from_env({**environment(tmp_path / "home", providers), "KPI_TIMEZONE": "UTC"}))
    yield built
    built.close()


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def loop(system: System, clock: Callable[[], datetime], drawn: Drawn = DRAWN) -> ReportingLoop:
    def guarded(_what: str, act: Callable[[], object]) -> bool:
        act()
        return True

    return ReportingLoop(
        system.database, system.road.desk, lambda _dataset, _at, _view: drawn, clock, guarded
    )


def keep(system: System, *channels: str, schedule: str = "every hour") -> ScheduledReport:
    with system.database.begin() as connection:
        return save_report(connection, WantedReport("Morning", "shop", schedule, channels), "cli", NOON)


def owed(system: System) -> list[DeliveryRow]:
    with system.database.read() as connection:
        return recent_deliveries(connection)


def test_each_time_owes_one_message_to_each_address_whoever_finds_it_due(system: System) -> None:
    keep(system, "slack", "console", "slack:C0123456789")
    clock = Clock()
    mine, other = loop(system, clock), loop(system, clock)
    mine.turn()
    assert owed(system) == []  # it was set just now
    clock.now += HOUR
    mine.turn()
    other.turn()
    mine.turn()
    assert sorted((one.destination, one.kind, one.title) for one in owed(system)) == [
        ("console", Kind.REPORT, "Morning: shop, Oct 2025"),
        ("slack:C0123456789", Kind.REPORT, "Morning: shop, Oct 2025"),
    ]
    clock.now += HOUR
    other.turn()
    assert len(owed(system)) == 4


def test_two_that_find_it_due_at_the_same_moment_owe_it_once(system: System) -> None:
    keep(system, "console")
    clock = Clock()
    clock.now += HOUR
    second = loop(system, clock)

    def draw_while_the_other_sends(_dataset: str, _at: datetime, _view: str) -> Drawn:
        second.turn()
        assert len(owed(system)) == 1
        return DRAWN

    replace(loop(system, clock), draw=draw_while_the_other_sends).turn()
    assert len(owed(system)) == 1


def test_what_was_missed_while_nothing_ran_is_sent_once_and_is_seen_to(system: System) -> None:
    keep(system, "console")
    clock = Clock()
    clock.now += timedelta(days=3, minutes=20)
    loop(system, clock).turn()
    loop(system, clock).turn()
    assert len(owed(system)) == 1
    with system.database.read() as connection:
        found = find_report(connection, "Morning")
    assert found is not None
    assert found.last_due == NOON + timedelta(days=3)


def test_after_a_pause_it_goes_on_with_its_next_time(system: System) -> None:
    keep(system, "console")
    clock = Clock()
    for paused in (True, False):
        with system.database.begin() as connection:
            assert pause_report(connection, "Morning", "cli", clock.now, paused=paused)
        clock.now += timedelta(hours=2, minutes=30) if paused else timedelta(minutes=20)
        loop(system, clock).turn()
        assert owed(system) == []
    clock.now += HOUR
    loop(system, clock).turn()
    assert len(owed(system)) == 1


def test_a_report_arrives_with_its_picture_in_the_thread(system: System, providers: FakeProviders) -> None:
    keep(system, "slack")
    clock = Clock()
    clock.now += HOUR
    loop(system, clock).turn()
    done = deliver_owed(system.database, system.channels, system.road.desk.destinations, clock)
    assert [one.result.value for one in done] == ["sent"]
    (message,) = providers.accepted
    assert message.body["blocks"][0]["text"]["text"] == "Morning: shop, Oct 2025"
    (shown,) = providers.files.shown
    assert (shown.content, shown.title) == (PNG, "Morning: shop, Oct 2025")
    assert f"{shown.channel}:{shown.thread}" == message.provider_id


def test_a_report_without_a_picture_is_a_text(system: System, providers: FakeProviders) -> None:
    keep(system, "slack")
    clock = Clock()
    clock.now += HOUR
    loop(system, clock, nothing_yet("shop", NOON.date())).turn()
    deliver_owed(system.database, system.channels, system.road.desk.destinations, clock)
    (message,) = providers.accepted
    assert message.body["text"].startswith("Morning: shop; There are no data of it yet.")
    assert providers.files.shown == []


def test_a_process_that_cannot_draw_leaves_it_to_another(system: System) -> None:
    keep(system, "console")
    clock = Clock()
    clock.now += HOUR
    replace(loop(system, clock), draw=None).turn()
    assert owed(system) == []
    loop(system, clock).turn()
    assert len(owed(system)) == 1


def test_a_report_is_drawn_as_its_saved_view_looks_at_the_data(system: System) -> None:
    wanted = WantedReport("Morning", "shop", "every hour", ("console",), view="By week")
    with system.database.begin() as connection:
        save_report(connection, wanted, "cli", NOON)
    clock, asked = Clock(), []
    clock.now += HOUR

    def draw(dataset: str, _at: datetime, view: str) -> Drawn:
        asked.append((dataset, view))
        return replace(DRAWN, notes=("View By week: all rows",))

    replace(loop(system, clock), draw=draw).turn()
    assert asked == [("shop", "By week")]
    with system.database.read() as connection:
        (payload,) = connection.execute(select(deliveries.c.payload)).scalars()
    assert (payload["items"], payload["count"]) == (["View By week: all rows", *DRAWN.lines], 2)


def test_a_picture_is_forgotten_after_two_weeks(system: System) -> None:
    keep(system, "console")
    clock = Clock()
    clock.now += HOUR
    here = loop(system, clock)
    here.turn()
    found = []
    for later in (KEPT, timedelta(seconds=1)):
        clock.now += later
        here.tidy()
        with system.database.read() as connection:
            found.append(find_picture(connection, DRAWN.key))
    assert found == [PNG, None]
