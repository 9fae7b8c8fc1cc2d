"""Breaches of what is there no more: a member, all the data, the rule. They end, and say that nothing has become better."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule, Standing, State
from monitor.alerting.evaluation import judge_now
from monitor.alerting.following import follow
from monitor.undo import undo
from storage.alerting import alert_log, thresholds
from storage.schema import alert_state, deliveries
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, said, save, set_rule
from wiring import System

HOUR = timedelta(hours=1)
SOUTH = month(10, 500, region="South")


def titles(system: System) -> list[str]:
    """Of each message, in the order in which they were owed."""
    with system.database.read() as connection:
        payloads = connection.execute(select(deliveries.c.payload).order_by(deliveries.c.id)).scalars()
        return [one["headline"] or one["finding"] for one in payloads]


def standings(system: System, rule: Rule) -> dict[str, Standing]:
    with system.database.read() as connection:
        found = alert_log.standings(connection, [rule.id])
    return {member: standing for (_, member), standing in found.items()}


def open_rows(system: System) -> list[tuple[int, str]]:
    """Every breach that is not over, also of rules that hold no more."""
    with system.database.read() as connection:
        found = select(alert_state.c.threshold_id, alert_state.c.member).where(alert_state.c.open)
        return [tuple(row) for row in connection.execute(found)]


def test_the_breach_of_a_member_that_the_data_have_no_more_is_over_and_people_hear_why(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system, dimension="region")
    load(system, save(tmp_path, "shop.csv", *month(10, 50), *SOUTH))
    for _ in range(2):
        load(system, save(tmp_path, "shop.csv", *SOUTH), at=NOON + HOUR)
    found = standings(system, rule)["North"]
    assert (found.state, found.open, found.reason) == (
        State.NO_DATA,
        False,
        "North is no longer in the data",
    )
    assert said(system) == [("North", "firing", OCTOBER, 50), ("North", "ok", OCTOBER, None)]
    assert titles(system) == ["below its limit", "no longer watched: North is no longer in the data"]


def test_a_member_that_is_back_and_breaches_is_told_anew(system: System, tmp_path: Path) -> None:
    set_rule(system, dimension="region")
    for rows in ((*month(10, 50), *SOUTH), SOUTH, (*month(10, 50), *SOUTH)):
        load(system, save(tmp_path, "shop.csv", *rows))
    assert [state for _, state, _, _ in said(system)] == ["firing", "ok", "firing"]


def test_a_member_that_only_lacks_the_latest_period_keeps_its_breach(system: System, tmp_path: Path) -> None:
    rule = set_rule(system, dimension="region", kpi="gross_margin", limit=0.2, recovery=0.2)
    load(system, save(tmp_path, "shop.csv", *month(9, 50, 45), *month(9, 500, region="South")))
    load(system, save(tmp_path, "shop.csv", *month(9, 50, 45), *SOUTH))
    found = standings(system, rule)["North"]
    assert (found.state, found.open) == (State.NO_DATA, True)


def test_the_breach_of_the_only_member_is_over_where_no_period_of_what_is_left_is_complete(
    system: System, tmp_path: Path
) -> None:
    set_rule(system, dimension="region")
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    load(system, save(tmp_path, "shop.csv", "2025-11-02,South,1,0"))
    assert [state for _, state, _, _ in said(system)] == ["firing", "ok"]


def test_what_was_open_ends_where_all_the_data_were_taken_back_and_is_not_repeated(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system)
    wrong = load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    assert wrong.load_id is not None
    undo(system.road, [wrong.load_id], "cli", NOON + HOUR)
    found = standings(system, rule)[""]
    assert (found.state, found.open) == (State.NO_DATA, False)
    assert titles(system) == ["below its limit", "no longer watched: there are no data of shop any more"]
    assert follow(system.database, system.road.desk.destinations, NOON + 24 * HOUR) == 0


def test_members_that_never_fired_are_forgotten_with_the_data(system: System, tmp_path: Path) -> None:
    rule = set_rule(system, dimension="region", periods=2)
    first = load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 50)))
    assert first.load_id is not None
    before = {member: one.state for member, one in standings(system, rule).items()}
    undo(system.road, [first.load_id], "cli", NOON + HOUR)
    assert (before, standings(system, rule)) == ({"North": State.PENDING}, {})


def test_a_rule_that_judges_otherwise_from_now_on_ends_what_was_open_and_tells_what_it_finds(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(10, 50)))
    changed = replace(rule, condition=Limit(Direction.BELOW, 80.0, 80.0))
    with system.database.begin() as connection:
        made = thresholds.replace_rule(connection, rule.id, changed, NOON + HOUR)
    assert made is not None
    judge_now(system.database, system.road.desk, "shop", NOON + HOUR)
    assert titles(system) == [
        "below its limit",
        "no longer watched: its rule was changed",
        "below its limit",
    ]
    assert open_rows(system) == [(made.id, "")]


def test_a_rule_that_was_removed_ends_what_was_open(system: System, tmp_path: Path) -> None:
    rule = set_rule(system, dimension="region")
    load(system, save(tmp_path, "shop.csv", *month(10, 50), *month(10, 60, region="South")))
    with system.database.begin() as connection:
        thresholds.retire_rule(connection, rule.id, NOON + HOUR)
    assert titles(system)[2:] == ["no longer watched: its rule was removed"] * 2
    assert open_rows(system) == []


def test_a_rule_that_is_changed_while_nothing_is_open_says_nothing(system: System, tmp_path: Path) -> None:
    rule = set_rule(system)
    load(system, save(tmp_path, "shop.csv", *month(10, 500)))
    changed = replace(rule, condition=Limit(Direction.BELOW, 80.0, 80.0))
    with system.database.begin() as connection:
        thresholds.replace_rule(connection, rule.id, changed, NOON + HOUR)
    assert titles(system) == []
