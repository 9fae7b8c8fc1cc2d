"""What a rule says as soon as it is saved, told before it is saved: of what stands now, not of its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

from alerts.judging.conditions import Direction, Freshness, Limit, SourceError
from alerts.rules import Hold, Rule
from monitor.alerting.evaluation import rehearse
from monitor.alerting.rehearsing import Rehearsal
from monitor.alerting.saved import judge_what_was_saved
from storage.alerting import alert_log, thresholds
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, save
from wiring import System

LOW = Rule(0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 100, 100))
EACH_DAY = Freshness("shop.csv", tuple(range(7)), time(9), "UTC")


def rehearsed(system: System, rule: Rule) -> Rehearsal:
    (found,) = rehearse(system.database, system.road.desk, [rule], NOON)
    return found


def at_once(found: Rehearsal) -> list[tuple[str, str]]:
    return [(change.member, change.after.state.value) for change in found.at_once]


def test_the_message_at_once_is_of_the_latest_period_though_it_fired_first_long_ago(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "shop.csv", *month(8, 50), *month(9, 60), *month(10, 70)))
    found = rehearsed(system, LOW)
    assert found.message is not None
    assert found.told_at_once is not None
    assert (found.message.period, found.told_at_once.period) == ("Aug 2025", "Oct 2025")
    assert found.told_at_once.since == "21 Nov 2025, 12:00 (UTC)"
    assert at_once(found) == [("", "firing")]


def test_a_breach_that_must_last_is_told_later_and_not_at_once(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 60), *month(10, 70)))
    found = rehearsed(system, replace(LOW, hold=Hold(duration=timedelta(days=2))))
    assert found.message is not None
    assert (at_once(found), found.told_at_once) == ([("", "pending")], None)


def test_a_value_between_the_limits_is_still_open_in_the_history_and_nothing_at_once(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 60), *month(10, 110)))
    found = rehearsed(system, replace(LOW, condition=Limit(Direction.BELOW, 100, 120)))
    assert [str(change.tells) for change in found.transitions] == ["firing"]
    assert (found.at_once, found.told_at_once) == ((), None)


def test_of_several_members_the_first_that_fires_is_worded(system: System, tmp_path: Path) -> None:
    rows = (*month(9, 500), *month(9, 500, region="South"), *month(10, 70), *month(10, 20, region="South"))
    load(system, save(tmp_path, "shop.csv", *rows))
    found = rehearsed(system, replace(LOW, dimension="region"))
    assert found.told_at_once is not None
    assert at_once(found) == [("North", "firing"), ("South", "firing")]
    assert found.told_at_once.member == "North"


def test_an_open_breach_that_stays_open_is_not_told_again(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 70)))
    with system.database.begin() as connection:
        held = thresholds.add_rule(connection, LOW, NOON)
    judge_what_was_saved(system.database, system.road.desk, "shop", NOON)
    same = rehearsed(system, replace(held, severity="critical"))
    stricter = rehearsed(system, replace(held, condition=Limit(Direction.BELOW, 90, 90)))
    assert (at_once(same), at_once(stricter)) == ([], [("", "firing")])


def test_a_file_that_is_expected_says_nothing_of_what_was_due_before_the_rule_was_set(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 70)), at=NOON - timedelta(days=3))
    found = rehearsed(system, Rule(0, "Late", "shop", "", "", EACH_DAY))
    assert found.message is not None
    assert (found.at_once, found.told_at_once) == ((), None)


def test_a_file_that_cannot_be_read_now_is_told_at_once_with_why(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 70)))
    load(system, save(tmp_path, "shop.csv", "1,2", header="nothing,here"))
    found = rehearsed(system, Rule(0, "Broken", "shop", "", "", SourceError()))
    assert found.told_at_once is not None
    assert at_once(found) == [("shop.csv", "firing")]
    assert found.told_at_once.title.startswith("shop.csv can no longer be read: ")


def test_nothing_about_figures_fires_at_once_while_their_file_cannot_be_read(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 70)))
    load(system, save(tmp_path, "shop.csv", "1,2", header="nothing,here"))
    found = rehearsed(system, LOW)
    assert (at_once(found), found.told_at_once) == ([("", "error")], None)


def test_what_was_said_to_come_at_once_is_what_comes_when_it_is_saved(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 500), *month(10, 70)))
    said = rehearsed(system, LOW)
    with system.database.begin() as connection:
        held = thresholds.add_rule(connection, LOW, NOON)
    judge_what_was_saved(system.database, system.road.desk, "shop", NOON)
    with system.database.read() as connection:
        (stands,) = alert_log.standings(connection, [held.id]).values()
    assert (stands, stands.period) == (said.at_once[0].after, OCTOBER)
