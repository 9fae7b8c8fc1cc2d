"""What the watcher does with a file whose load was taken back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kpi.report import Status
from monitor.intake import take
from monitor.undo import undo
from storage import loads
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, months, save, versions
from wiring import System


@pytest.fixture
def undone(system: System) -> Path:
    """A file in the inbox whose second version was loaded from there and taken back."""
    path = system.road.folders.inbox / "shop.csv"
    for revenue in (100, 70):
        take(system.road, save(path.parent, path.name, *month(10, revenue)), NOON)
    undo(system.road, [2], "cli", NOON)
    return path


def test_the_watcher_leaves_what_was_undone_while_it_lies_there_as_it_did(
    system: System, undone: Path
) -> None:
    assert take(system.road, undone, NOON)
    os.utime(undone)
    assert take(system.road, undone, NOON)
    assert (versions(system), months(system)) == ({"shop": 3}, {(OCTOBER, ""): 100})


def test_what_was_said_about_its_layout_since_does_not_bring_it_back(system: System, undone: Path) -> None:
    with system.database.begin() as connection:
        (source,) = loads.list_sources(connection)
        loads.accept_guesses(connection, source.id)
    assert take(system.road, undone, NOON)
    assert versions(system) == {"shop": 3}


def test_a_changed_file_and_one_put_there_anew_are_loaded(system: System, undone: Path) -> None:
    content = undone.read_bytes()
    take(system.road, save(undone.parent, undone.name, *month(10, 30)), NOON)
    assert months(system) == {(OCTOBER, ""): 30}
    undo(system.road, [4], "cli", NOON)
    aside = undone.with_name("aside")
    aside.write_bytes(content)
    aside.replace(undone)
    take(system.road, undone, NOON)
    assert months(system) == {(OCTOBER, ""): 70}


def test_the_same_bytes_by_hand_are_loaded_again(system: System, undone: Path) -> None:
    assert (load(system, undone).status, months(system)) == (Status.LOADED, {(OCTOBER, ""): 70})
    assert take(system.road, undone, NOON)
    assert versions(system) == {"shop": 4}


def test_the_bytes_that_hold_again_are_unchanged_when_they_come_back(system: System, undone: Path) -> None:
    take(system.road, save(undone.parent, undone.name, *month(10, 100)), NOON)
    assert versions(system) == {"shop": 3}
