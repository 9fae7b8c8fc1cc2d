from __future__ import annotations

import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from kpi.calendar import Grain
from kpi.targeting.targets import Target
from monitor.alerting.evaluation import judge_now
from monitor.pipeline import ConflictError
from monitor.renewal import behind, renew, renew_all
from monitor.undo import undo
from storage import kpi_data, targets
from storage.backup import back_up, restore_into
from storage.database import Database, sqlite_url
from storage.datasets import find_dataset
from storage.defining import save, wish_for
from storage.definitions import Wish
from storage.loads import holding_loads
from storage.meaning_schema import definitions
from storage.versions import Cause, list_versions
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, alerts, load, month, months, said, set_rule, versions
from tests.monitor.shop import save as write
from tests.monitor.test_service import failures, running, until
from wiring import System

LATER = NOON + timedelta(hours=1)
SPREAD = {
    "label": "Spread",
    "description": "What is left of revenue.",
    "formula": "revenue - cogs",
    "unit": "currency",
    "favourable": "up",
    "decimals": 2,
}


def define(system: System, formula: str | None, key: str = "spread", **more: Any) -> None:
    """Save a definition, or retire it, and do no more, as the page does."""
    with system.database.begin() as connection:
        plain = {**SPREAD, "formula": formula, **more}
        wish = wish_for(key, plain, "Ada") if formula else Wish(key, None, "Ada")
        save(connection, system.calculator.catalog, [wish], NOON)


def waiting(system: System) -> list[tuple[str, Cause]]:
    with system.database.read() as connection:
        return [(one.dataset, one.cause) for one in behind(connection)]


def history(system: System, kpi: str = "spread", dataset: str = "shop") -> list[tuple[Any, ...]]:
    """What was said of October: value, definition version, since and until which version of the dataset."""
    with system.database.read() as connection:
        found = kpi_data.history(connection, dataset, kpi, "month", OCTOBER)
    return [(one.value, one.definition_version, one.since_version, one.until_version) for one in found]


def recorded(system: System, dataset: str = "shop") -> list[tuple[Any, ...]]:
    """Each version: number, cause, whether a load made it, and the last change of a definition that it includes."""
    with system.database.read() as connection:
        found = list_versions(connection, dataset)
    return [(one.number, one.cause.value, one.load_id is not None, one.definition_id) for one in found]


@pytest.fixture
def shop(system: System, tmp_path: Path) -> System:
    load(system, write(tmp_path, "shop.csv", *month(10, 100, 60)))
    return system


def test_a_new_definition_becomes_a_new_version_with_its_values(shop: System) -> None:
    define(shop, "revenue - cogs")
    assert waiting(shop) == [("shop", Cause.DEFINITIONS)]
    assert renew_all(shop.road, LATER) == {"shop": 2}
    assert (waiting(shop), renew_all(shop.road, LATER)) == ([], {})
    assert history(shop) == [(40, 1, 2, None)]
    assert recorded(shop) == [(1, "load", True, 0), (2, "definitions", False, 1)]
    assert months(shop, kpi="spread") == {(OCTOBER, ""): 40}


def test_until_a_dataset_is_renewed_it_speaks_by_the_definitions_of_its_version(shop: System) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    define(shop, "2 * (revenue - cogs)")
    assert months(shop, kpi="spread") == {(OCTOBER, ""): 40}
    renew_all(shop.road, LATER)
    assert months(shop, kpi="spread") == {(OCTOBER, ""): 80}


def test_both_values_are_kept_with_the_versions_of_their_definition(shop: System) -> None:
    for formula in ("revenue - cogs", "2 * (revenue - cogs)"):
        define(shop, formula)
        renew_all(shop.road, LATER)
    assert history(shop) == [(40, 1, 2, 3), (80, 2, 3, None)]


def test_another_definition_of_the_same_value_writes_no_value_anew(shop: System) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    define(shop, "revenue - cogs", label="What is left")
    renew_all(shop.road, LATER)
    assert (history(shop), versions(shop)) == ([(40, 1, 2, None)], {"shop": 3})


def test_the_values_of_a_retired_kpi_end_and_stay_in_its_history(shop: System) -> None:
    for formula in ("revenue - cogs", None):
        define(shop, formula)
        renew_all(shop.road, LATER)
    assert history(shop) == [(40, 1, 2, 3)]


def test_loads_and_undoings_are_worked_out_and_recorded_by_the_newest_definitions(
    shop: System, tmp_path: Path
) -> None:
    define(shop, "revenue - cogs")
    load(shop, write(tmp_path, "shop.csv", *month(10, 200, 60)), at=LATER)
    assert waiting(shop) == []
    define(shop, "2 * (revenue - cogs)")
    with shop.database.read() as connection:
        (held,) = holding_loads(connection, "shop")
    undo(shop.road, [held.id], "cli", LATER)
    assert waiting(shop) == []
    assert history(shop) == [(140, 1, 2, 3), (80, 2, 3, None)]
    assert recorded(shop) == [(1, "load", True, 0), (2, "load", True, 1), (3, "undo", True, 2)]


def test_the_data_are_no_fresher_for_being_worked_out_anew(shop: System) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    with shop.database.read() as connection:
        dataset = find_dataset(connection, "shop")
    assert dataset is not None
    assert (dataset.version, dataset.updated_at) == (2, NOON)


def test_every_dataset_is_renewed_and_one_without_the_columns_too(shop: System, tmp_path: Path) -> None:
    load(shop, write(tmp_path, "visits.csv", "2025-10-01,3", header="Date,Visits"))
    define(shop, "revenue - cogs")
    assert renew_all(shop.road, LATER) == {"shop": 2, "visits": 2}
    assert history(shop, dataset="visits") == []


def test_an_emptied_dataset_wants_no_renewal(shop: System) -> None:
    with shop.database.read() as connection:
        (held,) = holding_loads(connection, "shop")
    undo(shop.road, [held.id], "cli", LATER)
    define(shop, "revenue - cogs")
    assert (waiting(shop), renew(shop.road, "shop", Cause.DEFINITIONS, LATER)) == ([], None)


def test_other_targets_want_a_renewal_once_whatever_the_clock_of_whoever_set_them(shop: System) -> None:
    goal = Target("revenue", Grain.MONTH, OCTOBER, "", "", 120.0)
    ahead = LATER + timedelta(days=1)
    with shop.database.begin() as connection:
        targets.set_targets(connection, "shop", [goal], targets.CLI, ahead)
    assert waiting(shop) == [("shop", Cause.TARGETS)]
    assert renew_all(shop.road, LATER) == {"shop": 2}
    assert (waiting(shop), recorded(shop)[1:]) == ([], [(2, "targets", False, 0)])


def test_a_rule_about_an_own_kpi_is_judged_by_each_new_definition(shop: System) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    set_rule(shop, kpi="spread", limit=50.0, recovery=50.0)
    judge_now(shop.database, shop.road.desk, "shop", LATER)
    define(shop, "2 * (revenue - cogs)")
    renew_all(shop.road, LATER + timedelta(hours=1))
    assert said(shop) == [("", "firing", OCTOBER, 40), ("", "ok", OCTOBER, 80)]
    assert [one.at for one in alerts(shop)] == [LATER, LATER + timedelta(hours=1)]


def test_a_rule_keeps_its_state_when_its_kpi_is_retired_and_goes_on_when_it_is_back(shop: System) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    set_rule(shop, kpi="spread", limit=50.0, recovery=50.0)
    judge_now(shop.database, shop.road.desk, "shop", LATER)
    define(shop, None)
    renew_all(shop.road, LATER)
    judge_now(shop.database, shop.road.desk, "shop", LATER)
    assert said(shop) == [("", "firing", OCTOBER, 40)]
    define(shop, "2 * (revenue - cogs)")
    renew_all(shop.road, LATER)
    assert [state for _, state, *_ in said(shop)] == ["firing", "ok"]


def test_what_is_committed_meanwhile_is_in_the_renewed_version(shop: System, tmp_path: Path) -> None:
    """A load gets in between the working out and the writing of the renewal."""
    define(shop, "revenue - cogs")
    corrected = write(tmp_path, "shop.csv", *month(10, 200, 60))

    def overtake(seam: str) -> None:
        if seam == "before_commit" and versions(shop) == {"shop": 1}:
            load(shop, corrected, at=LATER)

    assert renew(replace(shop.road, reached=overtake), "shop", Cause.DEFINITIONS, LATER) == 3
    assert history(shop) == [(140, 1, 2, None)]


def test_a_renewal_that_is_overtaken_again_and_again_gives_up_with_a_reason(shop: System) -> None:
    define(shop, "revenue - cogs")

    def overtake(seam: str) -> None:
        if seam == "before_commit":
            renew(shop.road, "shop", Cause.DEFINITIONS, LATER)

    with pytest.raises(ConflictError, match="shop kept changing"):
        renew(replace(shop.road, reached=overtake), "shop", Cause.DEFINITIONS, LATER)


def test_the_service_renews_by_itself_and_one_dataset_that_cannot_be_keeps_no_other_from_it(
    shop: System, tmp_path: Path
) -> None:
    load(shop, write(tmp_path, "apples.csv", *month(10, 50, 10)))
    with shop.database.read() as connection:
        (broken,) = (one.snapshot for one in holding_loads(connection, "apples"))
    (shop.road.folders.snapshots / str(broken)).unlink()
    service = running(shop)
    define(shop, "revenue - cogs")
    until(lambda: versions(shop) == {"apples": 1, "shop": 2})
    time.sleep(1.5)
    service.stop()
    assert (failures(shop), history(shop)) == (["renew apples"], [(40, 1, 2, None)])


def test_renewing_all_from_the_command_line_passes_over_one_that_cannot_be_and_says_so_at_the_end(
    shop: System, tmp_path: Path
) -> None:
    load(shop, write(tmp_path, "apples.csv", *month(10, 50, 10)))
    with shop.database.read() as connection:
        (broken,) = (one.snapshot for one in holding_loads(connection, "apples"))
    (shop.road.folders.snapshots / str(broken)).unlink()
    define(shop, "revenue - cogs")
    with pytest.raises(Exception, match="parquet"):
        renew_all(shop.road, LATER)
    assert versions(shop) == {"apples": 1, "shop": 2}


def test_a_definition_that_no_version_of_the_program_understands_stops_no_load(
    shop: System, tmp_path: Path
) -> None:
    with shop.database.begin() as connection:
        broken = {**SPREAD, "formula": "revenue +"}
        row = {"id": 1, "key": "spread", "version": 1, "entry": broken, "owner": "Ada", "at": NOON}
        connection.execute(insert(definitions).values(**row))
    assert renew_all(shop.road, LATER) == {"shop": 2}
    load(shop, write(tmp_path, "shop.csv", *month(10, 200, 60)), at=LATER)
    assert months(shop) == {(OCTOBER, ""): 200}


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param("sum(revenue where region > 5)", id="text against a number"),
        pytest.param("sum(region)", id="the sum of a text"),
    ],
)
def test_a_definition_that_fits_one_dataset_leaves_another_whose_columns_it_does_not_fit_as_it_is(
    system: System, tmp_path: Path, formula: str
) -> None:
    numbers = [line.replace("North", "7") for line in month(10, 30)]
    load(system, write(tmp_path, "numbers.csv", *numbers, header="Date,Region,Revenue,COGS"))
    load(system, write(tmp_path, "shop.csv", *month(10, 100, 60)))
    with system.database.read() as connection:
        kinds = [find_dataset(connection, name) for name in ("numbers", "shop")]
    assert all(kinds)
    save_unchecked(system, formula)
    assert set(renew_all(system.road, LATER)) == {"numbers", "shop"}
    assert months(system) == {(OCTOBER, ""): 100}


def save_unchecked(system: System, formula: str) -> None:
    with system.database.begin() as connection:
        entry = {**SPREAD, "formula": formula}
        row = {"id": 1, "key": "spread", "version": 1, "entry": entry, "owner": "Ada", "at": NOON}
        connection.execute(insert(definitions).values(**row))


def test_a_restored_backup_speaks_by_the_same_definitions(shop: System, tmp_path: Path) -> None:
    define(shop, "revenue - cogs")
    renew_all(shop.road, LATER)
    back_up(shop.database, shop.road.folders.snapshots, tmp_path / "backup.tar")
    restore_into(tmp_path / "backup.tar", tmp_path / "other")
    database = Database.open(sqlite_url(tmp_path / "other" / "kpi.db"))
    folders = replace(shop.road.folders, snapshots=tmp_path / "other" / "snapshots")
    restored = replace(shop, database=database, road=replace(shop.road, database=database, folders=folders))
    assert (waiting(restored), months(restored, kpi="spread")) == ([], {(OCTOBER, ""): 40})
    database.dispose()
