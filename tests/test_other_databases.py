"""The road on PostgreSQL and MariaDB, where a server is there: the same answers as on SQLite."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.channels.console import Console
from alerts.delivery import destinations
from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.loading.answers import Answers
from monitor.alerting.dispatch import deliver_owed
from monitor.pipeline import Job, process
from monitor.service import clock
from settings import Settings
from storage import evidence, kpi_data, mappings
from storage.alerting import alert_log, thresholds
from storage.editions import NothingReportedError, edition_at
from storage.evidence import evidence_of
from storage.figures import figures_of
from tests.servers import SERVERS, fresh_url
from wiring import System, build

GOOD = "Date,Region,Revenue,COGS\n2025-10-01,North,100,60\n2025-10-31,north,50,40\n2025-11-02,North,30,3\n"
THIN = GOOD.replace("100,60", "100,99")


@pytest.fixture(params=list(SERVERS))
def system(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[System]:
    """The parts over a database of their own on a real server, gone afterwards."""
    with fresh_url(request.param, tmp_path) as url:
        built = build(Settings.from_env({"KPI_HOME": str(tmp_path / "home"), "KPI_DATABASE_URL": url}))
        yield built
        built.close()


def load(system: System, folder: Path, content: str) -> None:
    path = folder / "shop.csv"
    path.write_text(content)
    process(system.road, Job(path, "cli"), clock())


def test_a_breach_is_told_once_a_member_and_a_corrected_value_keeps_its_history(
    system: System, tmp_path: Path
) -> None:
    rule = Rule(
        0,
        "Thin",
        "shop",
        "gross_margin",
        "month",
        Limit(Direction.BELOW, 0.1, 0.1),
        dimension="region",
        channels=("console",),
    )
    with system.database.begin() as connection:
        rule = thresholds.add_rule(connection, rule, clock())
    for content in (GOOD, THIN, THIN):
        load(system, tmp_path, content)
    said = io.StringIO()
    console = Console(said)
    standard = destinations([console])
    results = [deliver_owed(system.database, [console], standard, clock) for _ in range(2)]
    with system.database.read() as connection:
        told = alert_log.list_alerts(connection, open_only=True)
        history = kpi_data.history(connection, "shop", "gross_margin", "month", date(2025, 10, 1))
        kept = thresholds.list_rules(connection)
    assert [len(attempts) for attempts in results] == [1, 0]
    assert [(one.member, one.period) for one in told] == [("North", date(2025, 10, 1))]
    assert [one.value for one in history] == [pytest.approx(50 / 150), pytest.approx(11 / 150)]
    assert kept == [replace(rule)]


def test_answers_are_kept_by_layout_and_used_for_the_next_file(system: System, tmp_path: Path) -> None:
    long = "Net takings " + "x" * 1_000
    october, november = tmp_path / "october.csv", tmp_path / "november.csv"
    october.write_text(f"Date,{long}\n2025-10-01,100\n2025-10-31,50\n")
    november.write_text(f"Date,{long}\n2025-11-01,70\n2025-11-30,50\n")
    answers = Answers({long: "revenue"})
    first = [process(system.road, Job(october, "cli", answers=answers), clock()) for _ in range(2)]
    second = process(system.road, Job(november, "cli"), clock())
    with system.database.begin() as connection:
        kept = mappings.kept(connection)
        forgotten = [mappings.forget(connection, mark)[0] for mark in kept]
    assert [one.status.value for one in (*first, second)] == ["loaded", "unchanged", "loaded"]
    assert (list(kept.values()), forgotten) == ([answers], [1])
    assert [field.name for field in second.report.fields] == ["date", "revenue"]


def test_what_was_reported_is_said_again_with_what_brought_each_value(system: System, tmp_path: Path) -> None:
    folder, first = system.road.folders.snapshots, datetime(2025, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
    for content, at in ((GOOD, first), (THIN, first + timedelta(days=1))):
        path = tmp_path / "shop.csv"
        path.write_text(content)
        process(system.road, Job(path, "cli"), at)
    asked, october, said = Slice(("cogs",), Grain.MONTH), date(2025, 10, 1), []
    with system.database.read() as connection:
        for moment in (first, first + timedelta(days=1, microseconds=-1), None):
            with figures_of(
                connection, "shop", folder, system.calculator, date(2025, 12, 1), reported=moment
            ) as figures:
                found = evidence_of(connection, figures, folder, asked, october)
                assert found is not None
                said.append(found.explanation.value.value)
        with pytest.raises(NothingReportedError, match="its first version came at 2025-11-21 12:00:00"):
            edition_at(connection, "shop", first - timedelta(microseconds=1), folder)
        history = evidence.restatements(connection, "shop", "cogs", Grain.MONTH, october)
        kept = kpi_data.values_at(connection, "shop", 1)
    assert said == [100, 100, 139]
    assert [
        (one.stored.value, one.version and one.version.at, one.load and one.load.id) for one in history
    ] == [
        (100, first, 1),
        (139, first + timedelta(days=1), 2),
    ]
    assert [one.value for one in kept if (one.kpi, one.grain, one.period) == ("cogs", "month", october)] == [
        100
    ]
