"""Standings and alerts on every database: of two that judge the same, one is recorded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.manager import Series
from alerts.rules import Hold, State
from storage.alerting.alert_log import (
    forget,
    list_alerts,
    open_episodes,
    open_spots,
    record,
    standings,
    told_of,
    waiting_spots,
)
from storage.alerting.thresholds import add_rule
from tests.alerts.builders import CONSOLE, SLACK, manager, thin_margin, verdicts
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("kind", KINDS)
def test_an_episode_from_its_waiting_to_its_end(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database:
        with database.begin() as connection:
            rule = add_rule(connection, thin_margin(id=0, hold=Hold(duration=HOUR)), NOON)
        told = []
        for at, value in enumerate((0.1, 0.1, 0.05, 0.3)):
            now = NOON + at * HOUR
            with database.begin() as connection:
                known = standings(connection, [rule.id])
                series = [Series(rule, "", verdicts(value))]
                outcome = manager(CONSOLE, SLACK).judge(series, known, now, told_of(connection, known))
                told.append([record(connection, outcome, None, now) for _ in range(2)])
                if at == 2:
                    assert len(open_episodes(connection, [CONSOLE, SLACK])) == 1
                    assert open_spots(connection, "finance") == {(rule.id, "")}
        with database.read() as connection:
            assert told == [[0, 0], [1, 0], [0, 0], [1, 0]]
            assert [(row.state, row.worst) for row in list_alerts(connection)] == [
                (State.NORMAL, 0.05),
                (State.FIRING, None),
            ]


@pytest.mark.parametrize("kind", KINDS)
def test_what_waits_and_what_is_gone(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        rule = add_rule(connection, thin_margin(id=0, hold=Hold(duration=HOUR)), NOON)
        series = [Series(rule, "Nord", ()), Series(rule, "Süd", verdicts(0.1))]
        record(connection, manager(CONSOLE).judge(series, {}, NOON), None, NOON)
        assert waiting_spots(connection, NOON + HOUR) == {"finance": [(rule.id, "Süd")]}
        forget(connection, [(rule.id, "Nord")])
        assert list(standings(connection, [rule.id])) == [(rule.id, "Süd")]
