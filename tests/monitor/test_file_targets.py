"""Targets that stand in files: they come with the load, as its data do, and go with it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.report import Effect, Issue, Ledger, Status
from kpi.targeting.targets import Target
from monitor.intake import accepted, take
from monitor.pipeline import Loaded
from monitor.renewal import renew_all
from monitor.undo import undo
from storage import targets
from storage.alerting.alert_log import list_alerts
from storage.figures import figures_of
from storage.inbox import put
from storage.kpi_data import current_values
from tests.kpi.books import text, xlsx
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, SEPTEMBER, load, month, months, save, set_rule, versions
from wiring import System

LIST = ("KPI", "Period", "Region", "Value")
LATER, LATEST = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
ALONE = "KPI,Period,Value\nrevenue,2025-10,200\n"


def held(system: System) -> set[tuple[str, str, float, str]]:
    """What holds: KPI, member, value, origin."""
    with system.database.read() as connection:
        found = targets.list_targets(connection, "shop")
    return {(one.target.kpi, one.target.member, one.target.value, one.origin.split("/")[-1]) for one in found}


def a_list(folder: Path, *rows: tuple[object, ...], name: str = "targets.csv") -> Path:
    return text(folder / name, [LIST, *rows])


def type_in(system: System, value: float) -> None:
    target = Target("revenue", Grain.MONTH, OCTOBER, "", "", value)
    with system.database.begin() as connection:
        targets.set_targets(connection, "shop", [target], "page", LATER)


@pytest.fixture
def shop(system: System, tmp_path: Path) -> Path:
    """A folder, and a dataset with 50 in September and 100 in October."""
    load(system, save(tmp_path, "shop.csv", *month(9, 50), *month(10, 100)))
    return tmp_path


def give(system: System, path: Path, **how: Any) -> Loaded:
    return load(system, path, "shop", **how)


def test_a_workbook_brings_data_and_targets_in_one_version(system: System, tmp_path: Path) -> None:
    sales = [("Date", "Region", "Revenue"), ("2025-10-01", "North", 100), ("2025-10-31", "North", 0)]
    book = xlsx(tmp_path / "shop.xlsx", {"Sales": sales, "Targets": [LIST, ("Revenue", "2025-10", "", 400)]})
    loaded = load(system, book)
    assert (loaded.version, loaded.report.rows) == (1, Ledger(read=3, loaded=2, set_aside=1))
    assert held(system) == {("revenue", "", 400, "file shop")}
    assert months(system, kpi="target_attainment") == {(OCTOBER, ""): 0.25}
    with system.database.read() as connection:
        (stored,) = current_values(connection, "shop", "target_attainment", "month")
    assert (stored.value, stored.numerator, stored.denominator, stored.since_version) == (0.25, 100, 400, 1)


def test_a_file_of_targets_alone_makes_a_version_over_the_data_there_are(system: System, shop: Path) -> None:
    loaded = give(system, a_list(shop, ("Revenue", "2025-09", "", 100), ("Revenue", "2025-10", "", 200)))
    assert (loaded.status, loaded.version, loaded.report.rows) == (
        Status.LOADED,
        2,
        Ledger(read=2, set_aside=2),
    )
    assert months(system, kpi="target_attainment") == {(SEPTEMBER, ""): 0.5, (OCTOBER, ""): 0.5}
    assert months(system) == {(SEPTEMBER, ""): 50, (OCTOBER, ""): 100}


def test_the_same_bytes_again_change_nothing(system: System, shop: Path) -> None:
    path = a_list(shop, ("Revenue", "2025-10", "", 200))
    assert [give(system, path).status for _ in range(2)] == [Status.LOADED, Status.UNCHANGED]
    assert versions(system) == {"shop": 2}


def test_a_corrected_file_replaces_what_it_said_before(system: System, shop: Path) -> None:
    give(system, a_list(shop, ("Revenue", "2025-09", "", 100), ("Revenue", "2025-10", "", 200)))
    give(system, a_list(shop, ("Revenue", "2025-10", "", 250)), at=LATER)
    assert held(system) == {("revenue", "", 250, "file targets")}


def test_what_was_typed_over_it_stays_while_the_file_says_the_same(system: System, shop: Path) -> None:
    give(system, a_list(shop, ("Revenue", "2025-10", "", 200)))
    type_in(system, 300)
    give(system, a_list(shop, ("Revenue", "2025-10", "", 200), ("Revenue", "2025-09", "", 90)), at=LATEST)
    assert held(system) == {("revenue", "", 300, "page"), ("revenue", "", 90, "file targets")}


def test_a_line_that_cannot_be_understood_is_an_issue_and_takes_no_other_with_it(
    system: System, shop: Path
) -> None:
    loaded = give(system, a_list(shop, ("Revenu", "2025-10", "", 1), ("Revenue", "2025-10", "", 200)))
    assert loaded.report.rows == Ledger(read=2, rejected=1, set_aside=1)
    assert ("A2", "no target was set") in {(one.cell, one.action) for one in loaded.report.issues}
    assert held(system) == {("revenue", "", 200, "file targets")}


def test_a_member_that_the_data_do_not_have_is_noted_and_its_target_kept(system: System, shop: Path) -> None:
    sales = [("Date", "Region", "Revenue"), ("2025-10-31", "Sud", 10)]
    rows = [
        ("Revenue", "2025-10", "north", 1),
        ("Revenue", "2025-09", "north", 2),
        ("Revenue", "2025-10", "Sud", 3),
    ]
    loaded = give(system, xlsx(shop / "more.xlsx", {"Sales": sales, "Targets": [LIST, *rows]}))
    assert [one for one in loaded.report.issues if one.found == "north"] == [
        Issue(
            "Targets",
            "D2",
            "region",
            "north",
            "region has no member 'north'; did you mean `North`?",
            "It is kept for a member to come.",
            Effect.NOTE,
            count=2,
        )
    ]
    assert not [one for one in loaded.report.issues if one.found == "Sud"]
    assert {(member, value) for _, member, value, _ in held(system)} == {
        ("north", 1),
        ("north", 2),
        ("Sud", 3),
    }


def test_a_line_that_waited_for_a_column_counts_once_the_data_have_it(system: System, shop: Path) -> None:
    path = a_list(shop, ("Parcels", "2025-10", "", 7))
    give(system, path)
    save(shop, "more.csv", "2025-10-01,3", "2025-10-31,4", header="Date,Parcels")
    give(system, shop / "more.csv")
    assert give(system, path, at=LATER).status is Status.LOADED
    assert held(system) == {("parcels", "", 7, "file targets")}


def test_taking_the_load_back_brings_back_what_the_file_said_before(system: System, shop: Path) -> None:
    give(system, a_list(shop, ("Revenue", "2025-10", "", 200)))
    wrong = give(system, a_list(shop, ("Revenue", "2025-10", "", 2)), at=LATER)
    undo(system.road, [wrong.load_id or 0], "cli", LATEST)
    assert held(system) == {("revenue", "", 200, "file targets")}
    assert months(system, kpi="target_attainment")[OCTOBER, ""] == 0.5


def test_taking_the_only_load_back_leaves_no_targets_and_the_data(system: System, shop: Path) -> None:
    first = give(system, a_list(shop, ("Revenue", "2025-10", "", 200)))
    undo(system.road, [first.load_id or 0], "cli", LATER)
    assert held(system) == set()
    assert months(system)[OCTOBER, ""] == 100


def test_a_dry_run_sets_nothing(system: System, shop: Path) -> None:
    loaded = give(system, a_list(shop, ("Revenue", "2025-10", "", 200)), dry_run=True)
    assert (loaded.status, held(system), versions(system)) == (Status.LOADED, set(), {"shop": 1})
    assert loaded.difference is not None
    assert {one.kpi for one in loaded.difference.moved} == {"target_attainment"}


def test_without_data_the_file_is_refused_and_read_again_when_they_are_there(system: System) -> None:
    inbox = system.road.folders.inbox
    path = put(inbox / "shop", "targets.csv", ALONE.encode())
    assert take(system.road, path, NOON)
    assert (versions(system), held(system), accepted(system.road)) == ({}, set(), [])
    put(inbox / "shop", "sales.csv", b"Date,Revenue\n2025-10-01,100\n2025-10-31,0\n")
    take(system.road, inbox / "shop" / "sales.csv", NOON)
    assert accepted(system.road) == [path]
    take(system.road, path, LATER)
    assert held(system) == {("revenue", "", 200, "file targets")}
    assert accepted(system.road) == []


def test_the_refusal_says_where_the_file_belongs(system: System, shop: Path) -> None:
    loaded = load(system, a_list(shop, ("Revenue", "2025-10", "", 200)))
    assert loaded.report.error is not None
    assert loaded.report.error.code == "no_data_yet"
    assert "there are no data of 'targets'" in loaded.report.error.message
    assert "There is: shop." in loaded.report.error.message


def test_what_is_typed_in_makes_a_version_of_its_own(system: System, shop: Path) -> None:
    type_in(system, 400)
    assert renew_all(system.road, LATEST) == {"shop": 2}
    assert months(system, kpi="target_attainment")[OCTOBER, ""] == 0.25


def test_a_rule_watches_attainment_as_any_kpi(system: System, shop: Path) -> None:
    type_in(system, 400)
    set_rule(system, kpi="target_attainment", limit=0.5, recovery=0.5)
    renew_all(system.road, LATEST)
    with system.database.read() as connection:
        (alert,) = list_alerts(connection)
    assert (alert.period, alert.value, alert.limit) == (OCTOBER, 0.25, 0.5)


def test_as_reported_before_the_targets_there_was_no_attainment(system: System, shop: Path) -> None:
    give(system, a_list(shop, ("Revenue", "2025-10", "", 200)), at=LATER)
    cut = Slice(("target_attainment",), Grain.MONTH)
    folder, today = system.road.folders.snapshots, system.today(NOON)
    with system.database.read() as connection:
        for moment, known in ((NOON, False), (LATEST, True)):
            with figures_of(connection, "shop", folder, system.calculator, today, reported=moment) as figures:
                assert ("target_attainment" in {one.key for one in figures.definitions()}) is known
        with figures_of(connection, "shop", folder, system.calculator, today, reported=LATEST) as figures:
            assert [one.value for one in figures.values(cut)] == [None, 0.5]
