"""Files that are expected at a time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from alerts.judging.conditions import Freshness, SourceError
from alerts.rules import Rule, State
from monitor.alerting.clock import judge_clock
from monitor.alerting.evaluation import rehearse
from storage.alerting import alert_log, thresholds
from tests.monitor.shop import alerts, load, month, save
from wiring import System

FRIDAY = datetime(2025, 11, 21, tzinfo=UTC)
BY_NINE = Freshness("shop.csv", (0, 1, 2, 3, 4), time(9), "UTC", timedelta(minutes=30))
HOUR = timedelta(hours=1)
SET = FRIDAY - 14 * 24 * HOUR


def expect(system: System, at: datetime = SET) -> Rule:
    with system.database.begin() as connection:
        rule = Rule(0, "Daily", "shop", "", "", BY_NINE, channels=("console",))
        return thresholds.add_rule(connection, rule, at)


def arrive(system: System, folder: Path, revenue: float, at: datetime) -> Path:
    path = save(folder, "shop.csv", *month(10, revenue))
    os.utime(path, (at.timestamp(), at.timestamp()))
    load(system, path, at=at)
    return path


def told(system: System, *at: datetime) -> list[tuple[str, datetime]]:
    for moment in at:
        judge_clock(system.database, system.road.desk, moment)
    return [(one.state.value, one.at) for one in alerts(system)]


def test_a_file_that_has_not_come_by_its_time_fires_once_its_grace_is_over(
    system: System, tmp_path: Path
) -> None:
    expect(system)
    arrive(system, tmp_path, 1, FRIDAY - 16 * HOUR)
    at = [FRIDAY + minutes * timedelta(minutes=1) for minutes in (9 * 60, 9 * 60 + 29, 9 * 60 + 30, 10 * 60)]
    assert told(system, *at) == [("firing", at[2])]
    (row,) = alerts(system)
    assert (row.period, row.kpi, row.grain) == (FRIDAY.date(), "", "")


def test_a_file_that_comes_late_ends_it(system: System, tmp_path: Path) -> None:
    expect(system)
    arrive(system, tmp_path, 1, FRIDAY - 16 * HOUR)
    told(system, FRIDAY + 10 * HOUR)
    arrive(system, tmp_path, 2, FRIDAY + 11 * HOUR)
    later = FRIDAY + 12 * HOUR
    assert told(system, later) == [("firing", FRIDAY + 10 * HOUR), ("ok", later)]


def test_a_file_that_has_come_is_quiet(system: System, tmp_path: Path) -> None:
    expect(system)
    arrive(system, tmp_path, 1, FRIDAY + 8 * HOUR)
    assert told(system, FRIDAY + 10 * HOUR) == []


def test_what_was_expected_before_the_rule_was_set_is_not_missed(system: System) -> None:
    expect(system, FRIDAY + 10 * HOUR)
    monday = FRIDAY + 3 * 24 * HOUR
    assert told(system, FRIDAY + 11 * HOUR, monday + 10 * HOUR) == [("firing", monday + 10 * HOUR)]


def test_a_new_file_that_lies_there_unread_is_not_missed(system: System, tmp_path: Path) -> None:
    """The service was off when it came, and has not got to it yet."""
    expect(system)
    path = arrive(system, tmp_path, 1, FRIDAY - 16 * HOUR)
    path.write_text(path.read_text().replace(",1,", ",2,"))
    os.utime(path, ((FRIDAY + 8 * HOUR).timestamp(),) * 2)
    assert told(system, FRIDAY + 10 * HOUR) == []


def test_a_file_that_was_only_touched_is_missed(system: System, tmp_path: Path) -> None:
    expect(system)
    path = arrive(system, tmp_path, 1, FRIDAY - 16 * HOUR)
    os.utime(path, ((FRIDAY + 8 * HOUR).timestamp(),) * 2)
    assert told(system, FRIDAY + 10 * HOUR) == [("firing", FRIDAY + 10 * HOUR)]


def test_a_file_that_came_broken_is_told_of_as_that_and_not_missed_as_well(
    system: System, tmp_path: Path
) -> None:
    rule = expect(system)
    with system.database.begin() as connection:
        broken = Rule(0, "Broken", "shop", "", "", SourceError(), channels=("console",))
        thresholds.add_rule(connection, broken, SET)
    arrive(system, tmp_path, 1, FRIDAY - 16 * HOUR)
    load(system, save(tmp_path, "shop.csv", "1,2", header="nothing,here"), at=FRIDAY + 8 * HOUR)
    told(system, FRIDAY + 10 * HOUR)
    with system.database.read() as connection:
        standing = alert_log.standings(connection, [rule.id])[rule.id, ""]
    assert [one.rule for one in alerts(system)] == ["Broken"]
    assert standing.state is State.ERROR


def test_a_rehearsal_tells_when_it_would_have_been_missed(system: System, tmp_path: Path) -> None:
    monday = FRIDAY - 4 * 24 * HOUR
    for revenue, at in ((1, monday + 8 * HOUR), (2, monday + 35 * HOUR), (3, monday + 56 * HOUR)):
        arrive(system, tmp_path, revenue, at)
    rule = Rule(0, "Daily", "shop", "", "", BY_NINE)
    (found,) = rehearse(system.database, system.road.desk, [rule], monday + 60 * HOUR)
    half = timedelta(minutes=30)
    assert [(str(one.tells), one.at) for one in found.transitions] == [
        ("firing", monday + 33 * HOUR + half),
        ("resolved", monday + 35 * HOUR),
    ]
    assert found.message is not None
    assert found.message.title.startswith("shop.csv has not come")
