"""A file that is taken is told of step by step, and a person may cancel it until it is committed."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kpi.reading.reach import NOWHERE, Reach
from kpi.report import Refusal, Status
from monitor.intake import accepted, take
from monitor.pipeline import Job, process
from monitor.progress import CancelledError, FileProgress
from monitor.service import LEASE, TTL, Service
from settings import Settings
from storage import loads, progress
from storage.leases import hold
from storage.loads import Load
from storage.progress import Phase
from storage.waiting_files import ask_for
from tests.moments import NOON
from tests.monitor.shop import load, month, save, versions
from tests.monitor.test_service import QUICK, until
from wiring import System, build

ROWS = tuple(row for which in range(1, 13) for row in month(which, 100))


@pytest.fixture
def shop(system: System) -> Path:
    return save(system.road.folders.inbox, "shop.csv", *ROWS)


def newest(system: System) -> list[Load]:
    with system.database.read() as connection:
        return loads.newest_by_source(connection)


def at_work_in(folder: Path) -> list[Path]:
    """The processes of this machine that work in that folder or below it, where they can be seen."""
    places = (process / "cwd" for process in Path("/proc").glob("[0-9]*"))
    return [
        place for place in places if os.access(place, os.R_OK) and place.readlink().is_relative_to(folder)
    ]


def wish(system: System, path: Path) -> None:
    with system.database.begin() as connection:
        progress.wish_to_cancel(connection, str(path), NOON)


def wished(system: System, path: Path) -> bool:
    with system.database.read() as connection:
        return progress.is_to_be_cancelled(connection, str(path))


def test_each_phase_is_told_in_its_order(system: System, shop: Path) -> None:
    heard: list[Phase] = []
    process(system.road, Job(shop, "watch", told=lambda phase, _reach: heard.append(phase)), NOON)
    assert list(dict.fromkeys(heard)) == [Phase.READING, Phase.FIGURES, Phase.SAVING]


@pytest.mark.parametrize("phase", list(Phase))
def test_a_file_that_is_cancelled_in_any_phase_leaves_a_refusal_and_no_figure(
    system: System, shop: Path, phase: Phase
) -> None:
    def told(now: Phase, _reach: Reach) -> None:
        if now is phase:
            raise CancelledError

    done = process(system.road, Job(shop, "watch", told=told), NOON)
    (found,) = newest(system)
    assert (done.status, found.status, found.error and found.error.code, found.version) == (
        Status.REJECTED,
        Status.REJECTED,
        "cancelled",
        None,
    )
    assert (versions(system), shop.exists(), list(system.road.folders.staging.iterdir())) == ({}, True, [])


def test_the_child_of_a_cancelled_file_is_ended_while_it_reads(system: System, shop: Path) -> None:
    calls: list[Reach] = []

    def told(_phase: Phase, reach: Reach) -> None:
        calls.append(reach)
        if len(calls) > 1:  # the first is before there is a child
            raise CancelledError

    assert process(system.road, Job(shop, "watch", told=told), NOON).status is Status.REJECTED
    assert at_work_in(system.road.folders.staging) == []


def test_the_last_good_figures_stay_where_a_new_version_is_cancelled(system: System, shop: Path) -> None:
    load(system, shop)
    save(shop.parent, "shop.csv", *month(10, 1))
    wish(system, shop)
    assert take(system.road, shop, NOON, told=FileProgress(system.database, shop, "me", lambda: NOON).tell)
    assert ([one.error and one.error.code for one in newest(system)], versions(system)) == (
        ["cancelled"],
        {"shop": 1},
    )


def test_a_cancelled_file_is_read_again_once_it_is_put_there_anew_or_wanted_after_all(
    system: System, shop: Path
) -> None:
    now = datetime.now(UTC) + timedelta(seconds=5)
    wish(system, shop)
    told = FileProgress(system.database, shop, "me", lambda: now)
    assert take(system.road, shop, now, told=told.tell)
    told.done(for_good=True)
    assert take(system.road, shop, now)  # the same file: nobody reads it
    assert ([one.status for one in newest(system)], versions(system)) == ([Status.REJECTED], {})

    os.utime(shop, (now.timestamp() + 1, now.timestamp() + 1))  # the same bytes, put there anew
    assert take(system.road, shop, now + timedelta(seconds=2))
    assert versions(system) == {"shop": 1}

    other = save(shop.parent, "other.csv", *ROWS)
    wish(system, other)
    take(system.road, other, now, told=FileProgress(system.database, other, "me", lambda: now).tell)
    with system.database.begin() as connection:
        progress.withdraw(connection, str(other))
        source = loads.find_source(connection, "other", "other")
        assert source is not None
        ask_for(connection, source.id)
    assert accepted(system.road) == [other]
    assert take(system.road, other, now)
    assert versions(system) == {"shop": 1, "other": 1}


def test_what_is_told_stands_in_the_database_until_the_file_is_done(system: System, shop: Path) -> None:
    told = FileProgress(system.database, shop, "me", lambda: NOON)
    with system.database.begin() as connection:
        hold(connection, LEASE, "me", NOON, TTL)
    told.tell(Phase.READING, Reach("Data", 1, 1, 10, 0.5))
    told.tell(Phase.READING, Reach("Data", 1, 1, 20, 0.6))  # too soon after the first to be written
    with system.database.read() as connection:
        (found,) = progress.under_way(connection, NOON)
    told.done(for_good=True)
    with system.database.read() as connection:
        left = progress.under_way(connection, NOON)
    assert (found.path, found.reach, found.began_at, left) == (
        str(shop),
        Reach("Data", 1, 1, 10, 0.5),
        NOON,
        [],
    )


def test_a_wish_about_a_file_that_comes_back_by_itself_is_kept(system: System, shop: Path) -> None:
    told = FileProgress(system.database, shop, "me", lambda: NOON)
    wish(system, shop)
    told.done(for_good=False)
    assert wished(system, shop)
    told.done(for_good=True)
    assert not wished(system, shop)


def test_a_database_that_fails_keeps_no_file_from_being_loaded(shop: Path, tmp_path: Path) -> None:
    gone = build(Settings.from_env({"KPI_HOME": str(tmp_path / "gone")}))
    with gone.database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE file_progress")
    told = FileProgress(gone.database, shop, "me", lambda: NOON)
    told.tell(Phase.READING, NOWHERE)
    told.done(for_good=True)
    gone.close()


def test_the_service_obeys_a_wish_and_forgets_it(system: System, shop: Path) -> None:
    wish(system, shop)
    service = Service(system.road, system.channels, QUICK)
    service.start()
    until(lambda: [one.error for one in newest(system)] != [])
    until(lambda: not wished(system, shop))
    service.stop()
    (found,) = newest(system)
    assert isinstance(found.error, Refusal)
    assert (found.error.code, versions(system)) == ("cancelled", {})


def test_the_service_forgets_what_a_dead_one_told(system: System, shop: Path) -> None:
    FileProgress(system.database, shop, "dead", lambda: NOON).tell(Phase.READING)
    service = Service(system.road, system.channels, QUICK)
    service.start()
    until(lambda: versions(system) == {"shop": 1})
    service.stop()
    with system.database.begin() as connection:
        hold(connection, LEASE, "dead", datetime.now(UTC), TTL)
        assert progress.under_way(connection, datetime.now(UTC)) == []
