"""Every kind of condition over real figures: what is measured against what, and what cannot be judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from alerts.judging.conditions import Against, Anomaly, Band, Change, Direction, Target
from alerts.rules import Hold, Standing, State
from kpi.calendar import Grain
from kpi.targeting.targets import Target as Aim
from monitor.alerting.evaluation import judge_now
from monitor.renewal import renew_all
from storage import targets
from storage.alerting import alert_log
from storage.schema import deliveries
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, alerts, load, month, said, save, set_rule
from wiring import System

FALLS = Change(Direction.BELOW, -0.2, -0.1)


def judged(system: System) -> list[tuple[str, float | None, float | None]]:
    """Each alert: what it became, what was judged, and what it was held against."""
    return [(one.state.value, one.quantity, one.limit) for one in alerts(system)]


def standing(system: System, rule_id: int, member: str = "") -> Standing:
    with system.database.read() as connection:
        return alert_log.standings(connection, [rule_id])[rule_id, member]


def payload(system: System) -> dict[str, Any]:
    with system.database.read() as connection:
        *_, newest = connection.execute(select(deliveries.c.payload).order_by(deliveries.c.id)).scalars()
    return dict(newest)


def aim(system: System, *aims: Aim, at: datetime = NOON) -> None:
    with system.database.begin() as connection:
        targets.set_targets(connection, "shop", aims, "test", at)


def monthly(value: float, period: date = OCTOBER, **where: str) -> Aim:
    place = {"dimension": "", "member": "", **where}
    return Aim("revenue", Grain.MONTH, period, value=value, **place)


def test_a_fall_against_the_month_before_fires_and_its_recovery_clears(
    system: System, tmp_path: Path
) -> None:
    set_rule(system, condition=FALLS)
    load(system, save(tmp_path, "shop.csv", *month(9, 100), *month(10, 70)))
    load(system, save(tmp_path, "shop.csv", *month(9, 100), *month(10, 85)))
    load(system, save(tmp_path, "shop.csv", *month(9, 100), *month(10, 95)))
    assert judged(system) == [("firing", -0.3, -0.2), ("ok", -0.05, -0.2)]


def test_a_fall_of_a_rate_is_measured_in_points(system: System, tmp_path: Path) -> None:
    """From 50 % to 35 %: 15 points, though it is 30 % of it."""
    set_rule(system, kpi="gross_margin", condition=FALLS)
    load(system, save(tmp_path, "shop.csv", *month(9, 100, 50), *month(10, 100, 65)))
    assert said(system) == []
    load(system, save(tmp_path, "shop.csv", *month(9, 100, 50), *month(10, 100, 80)))
    assert [(state, round(found or 0, 9)) for state, found, _ in judged(system)] == [("firing", -0.3)]


def test_a_change_against_the_same_month_a_year_before(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=replace(FALLS, against=Against.YEAR))
    year = tuple(row.replace("2025-", "2024-") for row in month(10, 100))
    load(system, save(tmp_path, "shop.csv", *year, *month(9, 10), *month(10, 60)))
    assert judged(system) == [("firing", -0.4, -0.2)]


def test_a_change_without_an_earlier_month_cannot_be_judged_and_says_why(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system, condition=FALLS)
    load(system, save(tmp_path, "shop.csv", *month(10, 70)))
    found = standing(system, rule.id)
    assert (found.state, found.reason) == (
        State.NO_DATA,
        "there is no earlier value above 0 that the latest one could be measured against",
    )


def test_a_value_outside_its_band_fires(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=Band(50, 150))
    for revenue in (100, 160, 150):
        load(system, save(tmp_path, "shop.csv", *month(10, revenue)))
    assert judged(system) == [("firing", 160, 150), ("ok", 150, 150)]


def test_an_unusual_month_fires_and_says_what_was_expected(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=Anomaly())
    usual = [month(which, 100 + which) for which in range(3, 10)]
    load(system, save(tmp_path, "shop.csv", *(row for rows in usual for row in rows), *month(10, 10)))
    assert [state for state, _, _ in judged(system)] == ["firing"]
    assert "expected" in payload(system)["finding"]


def test_what_is_short_of_its_target_fires(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=Target())
    aim(system, monthly(100))
    load(system, save(tmp_path, "shop.csv", *month(9, 10), *month(10, 80)))
    load(system, save(tmp_path, "shop.csv", *month(9, 10), *month(10, 110)))
    assert judged(system) == [("firing", 0.8, 1.0), ("ok", 1.1, 1.0)]


def test_members_are_held_against_their_own_targets(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=Target(), dimension="region")
    aim(
        system,
        monthly(100, dimension="region", member="North"),
        monthly(10, dimension="region", member="South"),
    )
    load(system, save(tmp_path, "shop.csv", *month(10, 80), *month(10, 20, region="South")))
    assert said(system) == [("North", "firing", OCTOBER, 80)]


def test_a_column_of_targets_in_the_data_will_do(system: System, tmp_path: Path) -> None:
    set_rule(system, condition=Target())
    rows = ("2025-10-01,North,60,100", "2025-10-31,North,20,0")
    load(system, save(tmp_path, "shop.csv", *rows, header="Date,Region,Revenue,Target"))
    assert judged(system) == [("firing", 0.8, 1.0)]


def test_a_running_month_is_held_against_the_target_of_its_days_so_far(
    system: System, tmp_path: Path
) -> None:
    """By 15 November half of the month's 300 are due."""
    set_rule(system, condition=Target(pace=True))
    aim(system, monthly(100), monthly(300, date(2025, 11, 1)))
    begun = ("2025-11-01,North,60,0", "2025-11-15,North,60,0")
    load(system, save(tmp_path, "shop.csv", *month(10, 100), *begun))
    assert judged(system) == [("firing", 0.8, 1.0)]
    assert said(system) == [("", "firing", date(2025, 11, 1), 120)]


def test_a_rule_for_a_target_that_is_gone_is_in_error_until_there_is_one(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system, condition=Target())
    load(system, save(tmp_path, "shop.csv", *month(10, 80)))
    found = standing(system, rule.id)
    assert (found.state, found.reason.split(";")[0]) == (State.ERROR, "shop has no target for Revenue")
    later = NOON + timedelta(minutes=1)
    aim(system, monthly(100), at=later)
    renew_all(system.road, later)
    assert said(system) == [("", "firing", OCTOBER, 80)]


def test_a_rule_without_its_dimension_is_in_error_and_forgets_that_where_it_is_back(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system, dimension="region")
    load(system, save(tmp_path, "shop.csv", "2025-10-01,7", "2025-10-31,8", header="Date,Revenue"))
    assert standing(system, rule.id).state is State.ERROR
    load(system, save(tmp_path, "shop.csv", *month(10, 500)))
    with system.database.read() as connection:
        assert alert_log.standings(connection, [rule.id]) == {}


def test_a_breach_that_must_last_fires_on_the_clock(system: System, tmp_path: Path) -> None:
    set_rule(system, hold=Hold(duration=timedelta(hours=2)))
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    before = said(system)
    for hours in (1, 2):
        judge_now(system.database, system.road.desk, "shop", NOON + timedelta(hours=hours))
    assert (before, [(one.period, one.at) for one in alerts(system)]) == (
        [],
        [(OCTOBER, NOON + timedelta(hours=2))],
    )


def test_who_moved_it_is_named(system: System, tmp_path: Path) -> None:
    set_rule(system)
    south = (*month(9, 100, region="South"), *month(10, 20, region="South"))
    load(system, save(tmp_path, "shop.csv", *month(9, 50), *month(10, 45), *south))
    assert payload(system)["movers"] == [
        {"dimension": "Region", "member": "South", "moved": payload(system)["movers"][0]["moved"]},
        {"dimension": "Region", "member": "North", "moved": payload(system)["movers"][1]["moved"]},
    ]
