from __future__ import annotations

from pathlib import Path

from kpi.loading.difference import Difference, RowsChanged
from monitor.undo import undo
from storage import loads
from storage.difference import difference_of
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, SEPTEMBER, load, month, save, versions
from wiring import System


def rehearsed(system: System, path: Path, dataset: str | None = None) -> Difference:
    found = load(system, path, dataset, dry_run=True).difference
    assert found is not None
    return found


def recorded(system: System, load_id: int | None) -> Difference | None:
    with system.database.read() as connection:
        found = loads.find_load(connection, load_id or 0)
        return difference_of(connection, system.road.folders.snapshots, found)


def test_a_dry_run_says_what_would_change_and_changes_nothing(system: System, tmp_path: Path) -> None:
    first = load(system, save(tmp_path, "shop.csv", *month(9, 10), *month(10, 100, 40)))
    found = rehearsed(system, save(tmp_path, "shop.csv", *month(9, 10), *month(10, 80, 40)))
    assert (found.against, found.rows) == (first.load_id, RowsChanged((), 1, 1, None))
    assert [(one.field, one.old, one.new) for one in found.sums] == [("revenue", 110, 90), ("cogs", 40, 40)]
    moved = {(one.kpi, one.period): (one.old, one.new) for one in found.moved}
    assert moved["revenue", OCTOBER] == (100, 80)
    assert ("revenue", SEPTEMBER) not in moved
    assert versions(system) == {"shop": 1}


def test_the_same_is_said_of_the_load_once_it_is_committed(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 100, 40)))
    path = save(tmp_path, "shop.csv", *month(10, 80, 40), "soon,North,1,1")
    before = rehearsed(system, path)
    done = load(system, path)
    assert recorded(system, done.load_id) == before


def test_other_files_of_the_dataset_are_part_of_its_values_but_not_of_the_rows(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "march.csv", *month(10, 100)), "shop")
    found = rehearsed(system, save(tmp_path, "april.csv", *month(10, 5)), "shop")
    assert (found.against, found.rows) == (None, RowsChanged((), 2, 0, 0))
    assert {(one.kpi, one.old, one.new) for one in found.moved} >= {("revenue", 100, 105)}


def test_an_undoing_is_a_difference_too(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 100)))
    second = load(system, save(tmp_path, "shop.csv", *month(10, 80)))
    done = undo(system.road, [second.load_id or 0], "cli", NOON)
    found = recorded(system, done.load_id)
    assert found is not None
    assert (found.against, (found.sums[0].old, found.sums[0].new)) == (second.load_id, (80, 100))


def test_a_refused_load_has_no_difference(system: System, tmp_path: Path) -> None:
    bad = save(tmp_path, "shop.csv", "x", header="y")
    assert load(system, bad, dry_run=True).difference is None
    assert recorded(system, load(system, bad).load_id) is None


def test_the_rows_of_a_version_that_was_swept_are_not_compared(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 100)))
    done = load(system, save(tmp_path, "shop.csv", *month(10, 80)))
    for path in sorted(system.road.folders.snapshots.iterdir(), key=lambda one: one.stat().st_mtime_ns)[:1]:
        path.unlink()
    found = recorded(system, done.load_id)
    assert found is not None
    assert (found.rows, found.sums, [one.kpi for one in found.moved][:1]) == (None, (), ["gross_profit"])
