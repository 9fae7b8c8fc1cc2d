"""Files that lie in the inbox together: each dataset is judged once, after the last of its files."""

from __future__ import annotations

from pathlib import Path

from storage.alerting import unjudged
from tests.monitor.shop import OCTOBER, SEPTEMBER, month, said, save, set_rule, versions
from tests.monitor.test_service import running, until
from wiring import System


def left(system: System) -> list[str]:
    with system.database.read() as connection:
        return [one.dataset for one in unjudged.list_unjudged(connection)]


def drop(system: System, **revenues: float) -> Path:
    """A file a month, the first of July, into the folder of the shop."""
    folder = system.road.folders.inbox / "shop"
    for number, (name, revenue) in enumerate(revenues.items(), start=7):
        save(folder, f"{number:02}_{name}.csv", *month(number, revenue))
    return folder


def test_of_a_history_that_is_dropped_into_the_inbox_only_what_stands_in_the_end_is_told(
    system: System,
) -> None:
    set_rule(system)
    drop(system, jul=50, aug=150, sep=50, oct=60)
    service = running(system)
    until(lambda: versions(system) == {"shop": 4} and not left(system))
    service.stop()
    assert said(system) == [("", "firing", OCTOBER, 60)]


def test_a_last_file_that_is_refused_holds_nothing_back(system: System) -> None:
    set_rule(system)
    folder = drop(system, jul=50, aug=150, sep=50)
    save(folder, "10_oct.csv", "1,2", header="nothing,here")
    service = running(system)
    until(lambda: len(said(system)) == 1)
    service.stop()
    assert (said(system), left(system)) == ([("", "firing", SEPTEMBER, 50)], [])


def test_files_that_are_dropped_while_one_is_read_belong_to_the_same_go(system: System) -> None:
    set_rule(system)
    service = running(system)
    drop(system, jul=50)
    drop(system, jul=50, aug=50, sep=50, oct=150)
    until(lambda: versions(system) == {"shop": 4} and not left(system))
    service.stop()
    assert said(system) == []
