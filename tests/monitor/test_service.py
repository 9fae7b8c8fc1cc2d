from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from monitor.pipeline import Job, process
from monitor.service import BROKE_DOWN, Pace, Service, clock
from storage import audit, loads
from storage.facts import STRAY_AGE
from tests.moments import NOON
from tests.monitor.shop import load, month, said, save, set_rule, versions
from wiring import System

QUICK = Pace(lease=0.2, deliver=0.1, evaluate=0.1, tidy=0.1, settle=0.05, scan=0.1)


def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def failures(system: System) -> list[str]:
    """What failed, oldest first."""
    with system.database.read() as connection:
        return [one.subject for one in audit.recent(connection)][::-1]


def running(system: System) -> Service:
    service = Service(system.road, system.channels, QUICK)
    service.start()
    return service


def test_a_dataset_that_cannot_be_judged_keeps_no_other_from_being_judged_and_fails_in_one_row(
    system: System, tmp_path: Path
) -> None:
    for name in ("apples", "bananas"):
        load(system, save(tmp_path, f"{name}.csv", *month(10, 50)))
    with system.database.read() as connection:
        (broken,) = (load.snapshot for load in loads.holding_loads(connection, "apples"))
    (system.road.folders.snapshots / str(broken)).unlink()
    set_rule(system, dataset="apples")
    set_rule(system, dataset="bananas")
    service = running(system)
    until(lambda: [value for *_, value in said(system)] == [50])
    time.sleep(0.5)
    service.stop()
    assert failures(system) == ["judge apples"]


def test_a_file_that_breaks_the_loading_down_waits_with_a_reason_and_is_loaded_when_it_can_be(
    system: System,
) -> None:
    broken = [RuntimeError("nobody foresaw this")]

    def break_down(seam: str) -> None:
        if seam == "before_commit" and broken:
            raise broken.pop()

    service = running(replace(system, road=replace(system.road, reached=break_down)))
    save(system.road.folders.inbox, "shop.csv", *month(10, 50))
    until(lambda: waiting_for(system) == [BROKE_DOWN])
    until(lambda: versions(system) == {"shop": 1})
    service.stop()
    assert (waiting_for(system), failures(system)) == ([None], ["read shop.csv"])


def waiting_for(system: System) -> list[str | None]:
    with system.database.read() as connection:
        return [one.waiting_for for one in loads.list_sources(connection)]


def test_what_dead_loads_left_behind_is_swept_and_what_lives_stays(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    folders = system.road.folders
    kept = {path.name for path in folders.snapshots.iterdir()}
    long_ago = (clock() - STRAY_AGE - timedelta(minutes=1)).timestamp()
    for path in (folders.snapshots / "dead.parquet", folders.staging / "dead" / "workbook"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    for path in (folders.snapshots / "dead.parquet", folders.staging / "dead", *folders.snapshots.iterdir()):
        os.utime(path, (long_ago, long_ago))
    (folders.staging / "alive").mkdir()
    service = running(system)
    until(lambda: not (folders.staging / "dead").exists())
    until(lambda: {path.name for path in folders.snapshots.iterdir()} == kept)
    service.stop()
    assert [path.name for path in folders.staging.iterdir()] == ["alive"]


def test_a_watcher_that_died_is_started_anew(system: System) -> None:
    service = running(system)
    until(lambda: service.leading)
    first = service._monitor
    assert first is not None
    first.stop()  # as if both of its threads had died
    until(lambda: service._monitor is not first)
    save(system.road.folders.inbox, "shop.csv", *month(10, 50))
    until(lambda: versions(system) == {"shop": 1})
    service.stop()


def test_nothing_watches_or_sends_after_the_end(system: System) -> None:
    for _ in range(5):
        service = Service(system.road, system.channels, replace(QUICK, lease=0.001))
        service.start()
        service.stop()
        assert (service.leading, service._monitor) == (False, None)


def test_a_load_by_another_door_is_judged_once_and_its_rules_again_when_one_is_set(
    system: System, tmp_path: Path
) -> None:
    service = running(system)
    process(system.road, Job(save(tmp_path, "shop.csv", *month(10, 50)), "cli"), NOON)
    set_rule(system)
    until(lambda: len(said(system)) == 1)
    set_rule(system, name="Lower", limit=60.0, recovery=60.0)
    until(lambda: len(said(system)) == 2)
    time.sleep(0.3)
    service.stop()
    assert [value for *_, value in said(system)] == [50, 50]
