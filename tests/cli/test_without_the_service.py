"""Who runs no service, but `kpi check` and `kpi deliver` from cron, is told the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from cli.output import now
from storage.alerting.unjudged import judged, put_off
from storage.database import Database, sqlite_url
from storage.processes import process_name
from storage.schema import alert_state
from tests.cli.test_cli import Kpi

RULE = ("rules", "add", "--dataset", "shop", "--kpi", "gross_margin", "--below", "20%")
ROUTE = ("routes", "add", "hourly", "--to", "console", "--repeat", "1h", "--second", "console")


@pytest.fixture
def home(thin: Kpi, tmp_path: Path) -> Database:
    return Database.open(sqlite_url(tmp_path / "home" / "kpi.db"))


def kinds(kpi: Kpi) -> list[str]:
    """What was or is owed, oldest first."""
    return [one["kind"] for one in kpi("deliveries", "--json").json][::-1]


@pytest.mark.parametrize("command", [("check",), ("deliver", "--once")])
def test_an_open_breach_is_repeated_and_goes_to_the_second_destination(
    thin: Kpi, home: Database, command: tuple[str, ...]
) -> None:
    thin(*ROUTE)
    thin(*RULE, "--severity", "critical")
    thin("check")
    with home.begin() as connection:
        connection.execute(update(alert_state).values(fired_at=now() - timedelta(hours=2)))
    thin(*command)
    assert sorted(kinds(thin)) == ["escalation", "firing", "repeat"]


def test_a_check_leaves_alone_what_a_living_process_loads_file_after_file(thin: Kpi, home: Database) -> None:
    thin(*RULE)
    with home.begin() as connection:
        put_off(connection, "shop", process_name(), now())
    early = kinds(thin) if thin("check").code == 0 else ["it was judged"]
    with home.begin() as connection:
        judged(connection, "shop")
    thin("check")
    assert (early, kinds(thin)) == ([], ["firing"])
