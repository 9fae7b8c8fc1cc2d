"""Rules rehearsed over the stored history before they are saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts.judging.conditions import Direction, Limit, SourceError
from alerts.rules import Hold, Rule
from monitor.alerting.evaluation import rehearse
from tests.moments import NOON
from tests.monitor.shop import AUGUST, OCTOBER, SEPTEMBER, load, month, save, told
from wiring import System

LOW = Rule(0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 100, 100))


def history(system: System, folder: Path) -> None:
    load(system, save(folder, "shop.csv", *month(8, 50), *month(9, 150), *month(10, 60)))


def test_rules_that_are_not_stored_are_rehearsed_side_by_side(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    rules = [LOW, replace(LOW, condition=Limit(Direction.ABOVE, 100, 100)), replace(LOW, dimension="region")]
    found = rehearse(system.database, system.road.desk, rules, NOON)
    assert [one.rule for one in found] == rules
    assert [[told(change) for change in one.transitions] for one in found] == [
        [(AUGUST, "firing", 1), (SEPTEMBER, "resolved", 1), (OCTOBER, "firing", 2)],
        [(SEPTEMBER, "firing", 1), (OCTOBER, "resolved", 1)],
        [(AUGUST, "firing", 1), (SEPTEMBER, "resolved", 1), (OCTOBER, "firing", 2)],
    ]
    assert [change.member for change in found[2].transitions] == ["North"] * 3


def test_each_period_is_judged_as_it_ended(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    (found,) = rehearse(system.database, system.road.desk, [LOW], NOON)
    assert [change.at for change in found.transitions] == [
        datetime(2025, month, 1, tzinfo=UTC) for month in (9, 10, 11)
    ]


def test_a_breach_that_must_last_is_told_when_it_has(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    patient = replace(LOW, hold=Hold(duration=timedelta(days=2)))
    (found,) = rehearse(system.database, system.road.desk, [patient], NOON)
    assert found.transitions[0].at == datetime(2025, 9, 3, tzinfo=UTC)


def test_the_message_is_that_of_the_last_time_it_would_have_fired(system: System, tmp_path: Path) -> None:
    south = (*month(8, 90, region="South"), *month(9, 10, region="South"))
    load(system, save(tmp_path, "shop.csv", *month(8, 50), *month(9, 60), *south, *month(10, 160)))
    (found,) = rehearse(system.database, system.road.desk, [LOW], NOON)
    message = found.message
    assert message is not None
    assert (message.title, message.period) == ("Revenue is below its limit", "Sep 2025")
    assert [(one.dimension, one.member) for one in message.movers] == [("Region", "South")]
    assert message.moved_by == "Moved most against Aug 2025 by"
    assert message.provenance.workbook == "shop.csv"


def test_a_rule_that_the_data_do_not_answer_says_why(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    (found,) = rehearse(system.database, system.road.desk, [replace(LOW, dimension="city")], NOON)
    assert (found.transitions, found.message, found.problem) == (
        (),
        None,
        "shop has no dimension 'city'; it has: region",
    )


def test_what_was_judged_is_told_by_member_for_whoever_draws_it(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    (found,) = rehearse(system.database, system.road.desk, [LOW], NOON)
    (series,) = found.series
    assert [(one.period, one.quantity, one.breaches) for one in series.verdicts] == [
        (AUGUST, 50, True),
        (SEPTEMBER, 150, False),
        (OCTOBER, 60, True),
    ]


def test_a_file_that_was_broken_would_have_been_told_of(system: System, tmp_path: Path) -> None:
    history(system, tmp_path)
    load(system, save(tmp_path, "shop.csv", "1,2", header="nothing,here"), at=NOON + timedelta(hours=1))
    load(system, save(tmp_path, "shop.csv", *month(10, 7)), at=NOON + timedelta(hours=2))
    rule = Rule(0, "Broken", "shop", "", "", SourceError())
    (found,) = rehearse(system.database, system.road.desk, [rule], NOON + timedelta(hours=3))
    assert [(change.member, str(change.tells), change.at) for change in found.transitions] == [
        ("shop.csv", "firing", NOON + timedelta(hours=1)),
        ("shop.csv", "resolved", NOON + timedelta(hours=2)),
    ]


def test_nothing_to_rehearse_is_nothing(system: System) -> None:
    assert rehearse(system.database, system.road.desk, [], NOON) == []
