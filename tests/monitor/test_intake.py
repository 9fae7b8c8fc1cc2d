from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from monitor.intake import PATIENCE, accepted, take, wait
from storage import loads
from storage.loads import Load, Source
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, months, save, versions
from wiring import System

ASKED = ("01/02/2025,10", "03/04/2025,20")


@pytest.fixture
def inbox(system: System) -> Path:
    return system.road.folders.inbox


def sources(system: System) -> list[Source]:
    with system.database.read() as connection:
        return loads.list_sources(connection)


def recorded(system: System) -> list[Load]:
    """Oldest first."""
    with system.database.read() as connection:
        return loads.recent_loads(connection)[::-1]


def half_a_workbook(inbox: Path, modified: datetime) -> Path:
    inbox.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    book.save(inbox / "aside")
    path = inbox / "shop.xlsx"
    path.write_bytes((inbox / "aside").read_bytes()[:2000])
    os.utime(path, (modified.timestamp(), modified.timestamp()))
    return path


def test_a_file_is_loaded_into_the_dataset_of_its_folder(system: System, inbox: Path) -> None:
    assert take(system.road, save(inbox / "North Shops", "march.csv", *month(10, 100)), NOON)
    assert versions(system) == {"north_shops": 1}
    assert [one.origin for one in recorded(system)] == ["watch"]


def test_a_file_that_has_gone_again_is_done_with(system: System, inbox: Path) -> None:
    assert take(system.road, inbox / "shop.csv", NOON)
    assert sources(system) == []


@pytest.mark.parametrize("drift", [timedelta(), timedelta(seconds=PATIENCE / 2)], ids=["now", "ahead"])
def test_half_a_workbook_waits_since_it_was_first_seen(system: System, inbox: Path, drift: timedelta) -> None:
    path = half_a_workbook(inbox, NOON + drift)
    later = NOON + timedelta(seconds=2)
    assert [take(system.road, path, at) for at in (NOON, later)] == [False, False]
    (source,) = sources(system)
    assert (source.waiting_since, source.waiting_for) == (NOON, "it is still being written")
    assert recorded(system) == []


@pytest.mark.parametrize("age", [PATIENCE + 1, -3600], ids=["still for long", "a clock ahead by an hour"])
def test_half_a_workbook_that_stays_so_is_refused(system: System, inbox: Path, age: float) -> None:
    path = half_a_workbook(inbox, NOON - timedelta(seconds=age))
    assert take(system.road, path, NOON)
    (source,), (refused,) = sources(system), recorded(system)
    assert (source.waiting_since, refused.status.value) == (None, "rejected")


def test_a_file_that_cannot_be_read_waits_and_says_why_without_its_path(system: System, inbox: Path) -> None:
    path = inbox / "shop.csv"
    path.mkdir(parents=True)
    assert not take(system.road, path, NOON)
    (source,) = sources(system)
    assert source.waiting_for == "it cannot be read: Is a directory"
    path.rmdir()
    assert take(system.road, save(inbox, "shop.csv", *month(10, 100)), NOON)
    assert [one.waiting_since for one in sources(system)] == [None]


def test_a_refused_file_is_not_read_again_until_its_bytes_change(system: System, inbox: Path) -> None:
    path = save(inbox, "shop.csv", "North,5", header="Region,Revenue")
    assert [take(system.road, path, NOON) for _ in range(3)] == [True] * 3
    assert len(recorded(system)) == 1
    take(system.road, save(inbox, "shop.csv", "North,6", header="Region,Revenue"), NOON)
    assert len(recorded(system)) == 2


def test_a_file_in_review_is_read_again_when_a_person_accepts_the_guesses(
    system: System, inbox: Path
) -> None:
    path = save(inbox, "shop.csv", *ASKED, header="Date,Revenue")
    take(system.road, path, NOON)
    take(system.road, path, NOON)
    assert ([one.status.value for one in recorded(system)], accepted(system.road)) == (["review"], [])
    with system.database.begin() as connection:
        loads.accept_guesses(connection, sources(system)[0].id)
    assert accepted(system.road) == [path]
    take(system.road, path, NOON)
    assert ([one.status.value for one in recorded(system)], accepted(system.road)) == (
        ["review", "loaded"],
        [],
    )
    assert versions(system) == {"shop": 1}


def test_an_earlier_version_that_still_lies_there_does_not_come_back_at_a_restart(
    system: System, inbox: Path
) -> None:
    tabbed = [row.replace(",", "\t") for row in month(10, 100)]
    old = save(inbox, "shop.tsv", *tabbed, header="Date\tRegion\tRevenue\tCOGS")
    take(system.road, old, NOON)
    new = save(inbox, "shop.csv", *month(10, 70))
    take(system.road, new, NOON)
    for path in (new, old):  # a restart looks at every file once
        assert take(system.road, path, NOON)
    assert (months(system), versions(system)) == ({(OCTOBER, ""): 70}, {"shop": 2})


def test_a_later_version_of_the_other_file_counts_again(system: System, inbox: Path) -> None:
    for name, revenue in (("shop.tsv", 100), ("shop.csv", 70), ("shop.tsv", 50)):
        take(system.road, save(inbox, name, *month(10, revenue)), NOON)
    assert months(system) == {(OCTOBER, ""): 50}


def test_an_earlier_version_put_back_under_its_own_name_counts(system: System, inbox: Path) -> None:
    for revenue in (100, 70, 100):
        take(system.road, save(inbox, "shop.csv", *month(10, revenue)), NOON)
    assert (months(system), versions(system)) == ({(OCTOBER, ""): 100}, {"shop": 3})


def test_a_file_whose_other_version_was_taken_away_counts_again(system: System, inbox: Path) -> None:
    old = save(inbox, "shop.tsv", *month(10, 100))
    take(system.road, old, NOON)
    new = save(inbox, "shop.csv", *month(10, 70))
    take(system.road, new, NOON)
    new.unlink()
    take(system.road, old, NOON)
    assert months(system) == {(OCTOBER, ""): 100}


def test_a_load_from_the_command_line_is_known_to_the_watcher(system: System, inbox: Path) -> None:
    path = save(inbox / "shop", "march.csv", *month(10, 100))
    load(system, path)
    take(system.road, path, NOON)
    assert len(recorded(system)) == 1


def test_what_a_file_waits_for_is_said_on_its_source(system: System, inbox: Path) -> None:
    wait(system.road, inbox / "shop" / "north" / "march.csv", "it is locked", NOON)
    assert [(one.dataset, one.key, one.waiting_for) for one in sources(system)] == [
        ("shop", "north_march", "it is locked")
    ]
