"""Files that can no longer be read: told once, to all who hear of their figures, which keep quiet meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.judging.conditions import SourceError
from alerts.rules import Rule, State
from monitor.alerting.clock import judge_clock, judging_tokens
from monitor.alerting.desk import Desk
from monitor.alerting.evaluation import judge_now
from settings import Settings
from storage import loads
from storage.alerting import alert_log, thresholds
from storage.schema import deliveries
from tests.alerts.builders import CONSOLE, SLACK
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, alerts, load, month, said, save, set_rule
from tests.servers import KINDS, fresh_url
from wiring import System, build

MINUTE = timedelta(minutes=1)


def broken(
    system: System, folder: Path, name: str = "shop.csv", at: datetime = NOON, dataset: str = "shop"
) -> None:
    """A file without any date column is refused."""
    load(system, save(folder, name, "1,2", header="nothing,here"), dataset, at=at)


def good(
    system: System, folder: Path, revenue: float = 50, at: datetime = NOON, name: str = "shop.csv"
) -> None:
    load(system, save(folder, name, *month(10, revenue)), "shop", at=at)


def tick(system: System, at: datetime = NOON + MINUTE, desk: Desk | None = None) -> None:
    judge_clock(system.database, desk or system.road.desk, at)


def rules(system: System) -> list[Rule]:
    with system.database.read() as connection:
        return thresholds.list_rules(connection)


def states(system: System) -> dict[tuple[int, str], State]:
    with system.database.read() as connection:
        found = alert_log.standings(connection, [rule.id for rule in rules(system)])
    return {spot: standing.state for spot, standing in found.items()}


def messages(system: System) -> list[tuple[str, str]]:
    """The channel and the title of each owed message, in order."""
    with system.database.read() as connection:
        rows = connection.execute(select(deliveries).order_by(deliveries.c.id)).all()
    return [(row.channel, row.payload["headline"] or row.payload["finding"]) for row in rows]


def test_a_broken_file_is_told_once_however_many_rules_it_stops(system: System, tmp_path: Path) -> None:
    for limit in (10, 20, 30):
        set_rule(system, limit=limit, recovery=limit)
    good(system, tmp_path)
    broken(system, tmp_path)
    tick(system)
    tick(system, NOON + 2 * MINUTE)
    (made,) = [rule for rule in rules(system) if rule.automatic]
    assert (made.name, made.condition, made.channels) == (
        "shop: a file cannot be read",
        SourceError(),
        ("console:console",),
    )
    assert [(one.rule, one.member, one.state.value) for one in alerts(system)] == [
        (made.name, "shop.csv", "firing")
    ]
    assert {state for spot, state in states(system).items() if spot[0] != made.id} == {State.ERROR}


def test_it_is_told_to_all_who_hear_of_any_of_the_figures(system: System, tmp_path: Path) -> None:
    desk = replace(system.road.desk, destinations=(CONSOLE, SLACK))
    set_rule(system, channels=("console",), owner="ada")
    set_rule(system, channels=("slack",), owner="bob", severity="critical")
    good(system, tmp_path, 500)
    broken(system, tmp_path)
    tick(system, desk=desk)
    (made,) = [rule for rule in rules(system) if rule.automatic]
    assert (made.owner, made.severity) == ("", "critical")
    assert [channel for channel, _ in messages(system)] == ["console", "slack"]


def test_the_message_says_which_file_and_why(system: System, tmp_path: Path) -> None:
    set_rule(system)
    good(system, tmp_path, 500)
    broken(system, tmp_path)
    tick(system)
    ((_, title),) = messages(system)
    assert title.startswith("shop.csv can no longer be read: found no column of dates")


def test_it_is_over_when_the_file_can_be_read_again_and_the_rules_are_judged_again(
    system: System, tmp_path: Path
) -> None:
    set_rule(system)
    good(system, tmp_path, 500)
    broken(system, tmp_path)
    tick(system)
    good(system, tmp_path, 50, NOON + 2 * MINUTE)
    tick(system, NOON + 3 * MINUTE)
    assert [(one.rule.split(":")[0], one.state.value) for one in alerts(system)] == [
        ("shop", "firing"),
        ("Low", "firing"),
        ("shop", "ok"),
    ]


def test_an_open_breach_stays_open_while_its_file_is_broken(system: System, tmp_path: Path) -> None:
    rule = set_rule(system)
    good(system, tmp_path, 50)
    broken(system, tmp_path)
    tick(system)
    judge_now(system.database, system.road.desk, "shop", NOON + 2 * MINUTE)
    with system.database.read() as connection:
        standing = alert_log.standings(connection, [rule.id])[rule.id, ""]
    assert (standing.state, standing.open, len(messages(system))) == (State.ERROR, True, 2)


def test_another_file_of_the_dataset_judges_nothing_while_one_is_broken(
    system: System, tmp_path: Path
) -> None:
    rule = set_rule(system)
    good(system, tmp_path, 500)
    broken(system, tmp_path)
    load(system, save(tmp_path, "more.csv", *month(10, -490)), "shop", at=NOON + MINUTE)
    assert states(system) == {(rule.id, ""): State.ERROR}
    assert said(system) == []


def test_the_same_good_bytes_again_bring_the_rules_back(system: System, tmp_path: Path) -> None:
    """Nothing is committed then: the tokens say that the dataset wants to be judged again."""

    def token() -> str:
        with system.database.read() as connection:
            return judging_tokens(connection, system.road.desk, NOON + 3 * MINUTE)["shop"]

    rule = set_rule(system)
    good(system, tmp_path, 500)
    fine = token()
    broken(system, tmp_path)
    tick(system)
    stopped = token()
    good(system, tmp_path, 500, NOON + 2 * MINUTE)
    judge_now(system.database, system.road.desk, "shop", NOON + 3 * MINUTE)
    assert len({fine, stopped, token()}) == 3
    assert states(system)[rule.id, ""] is State.NORMAL


def test_a_file_that_was_never_part_of_the_data_stops_nothing(system: System, tmp_path: Path) -> None:
    set_rule(system)
    good(system, tmp_path, 50)
    broken(system, tmp_path, "notes.csv")
    tick(system)
    assert [rule.automatic for rule in rules(system)] == [False]
    assert said(system) == [("", "firing", OCTOBER, 50)]


def test_a_dataset_without_rules_about_its_figures_needs_no_word(system: System, tmp_path: Path) -> None:
    good(system, tmp_path)
    broken(system, tmp_path)
    tick(system)
    assert rules(system) == []


@pytest.mark.parametrize("file", ["", "shop.csv", "shop.xlsx"])
def test_a_rule_that_people_have_set_tells_of_it_in_the_place_of_one_that_is_made(
    system: System, tmp_path: Path, file: str
) -> None:
    set_rule(system, limit=1, recovery=1)
    with system.database.begin() as connection:
        mine = Rule(0, "Mine", "shop", "", "", SourceError(file), channels=("console",))
        thresholds.add_rule(connection, mine, NOON)
    good(system, tmp_path)
    broken(system, tmp_path)
    tick(system)
    assert [rule.name for rule in rules(system)] == ["Low", "Mine"]
    assert [(one.rule, one.state.value) for one in alerts(system)] == [("Mine", "firing")]


def test_a_file_that_somebody_has_open_is_given_some_time(system: System, tmp_path: Path) -> None:
    set_rule(system, limit=1, recovery=1)
    good(system, tmp_path)
    with system.database.begin() as connection:
        (source,) = loads.list_sources(connection)
        loads.mark_waiting(connection, source.id, "it cannot be read: Permission denied", NOON)
    tick(system, NOON + MINUTE)
    early = said(system)
    tick(system, NOON + 2 * MINUTE)
    assert (early, [one.member for one in alerts(system)]) == ([], ["shop.csv"])


def test_an_engine_that_is_away_is_no_fault_of_the_file(system: System, tmp_path: Path) -> None:
    set_rule(system, limit=1, recovery=1)
    good(system, tmp_path)
    with system.database.begin() as connection:
        (source,) = loads.list_sources(connection)
        loads.mark_waiting(connection, source.id, "the engine sc://host cannot be reached", NOON)
    tick(system, NOON + 60 * MINUTE)
    assert said(system) == []


def test_who_hears_of_it_is_looked_up_anew_each_time(system: System, tmp_path: Path) -> None:
    desk = replace(system.road.desk, destinations=(CONSOLE, SLACK))
    rule = set_rule(system, limit=1, recovery=1)
    good(system, tmp_path)
    broken(system, tmp_path)
    tick(system, desk=desk)
    good(system, tmp_path, 60, NOON + 2 * MINUTE)
    tick(system, NOON + 3 * MINUTE, desk)
    with system.database.begin() as connection:
        thresholds.replace_rule(connection, rule.id, replace(rule, channels=("slack",)), NOON)
    broken(system, tmp_path, at=NOON + 4 * MINUTE)
    tick(system, NOON + 5 * MINUTE, desk)
    assert [channel for channel, _ in messages(system)] == ["console", "console", "slack"]


@pytest.mark.parametrize("kind", KINDS)
def test_several_processes_that_see_it_make_one_rule_and_tell_it_once(kind: str, tmp_path: Path) -> None:
    with fresh_url(kind, tmp_path) as url:
        settings = Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_DATABASE_URL": url})
        system = build(settings)
        set_rule(system, limit=1, recovery=1)
        good(system, tmp_path)
        broken(system, tmp_path)
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(tick, system) for _ in range(4)]:
                done.result()
        found = ([rule.automatic for rule in rules(system)], [one.state.value for one in alerts(system)])
        owed = messages(system)
        system.close()
    assert (found, len(owed)) == (([False, True], ["firing"]), 1)
