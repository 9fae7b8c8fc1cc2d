"""How files stand, on every database: when they came, and since when they cannot be read."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from kpi.report import FileReport, Ledger, Refusal, Status
from storage.alerting.source_states import Reading, SourceState, past_readings, source_states
from storage.loads import NewLoad, ensure_source, mark_waiting, record_load
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

HOUR = timedelta(hours=1)
NEVER = SourceState("shop", "shop.csv", "/in/shop.csv", False, "", None, None, "", None, "")


def read(
    connection: Connection, source_id: int, status: Status, hours: int, version: int | None = None
) -> None:
    error = Refusal("no_dates", "it has no dates") if status is Status.REJECTED else None
    report = FileReport(status, Ledger(), error=error)
    record_load(
        connection,
        NewLoad(source_id, f"sha {hours}", report, "cli", NOON + hours * HOUR, 0.1, version=version),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_is_refused_since_the_first_time_after_it_was_last_read(kind: str, tmp_path: Path) -> None:
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        source = ensure_source(connection, "shop", "shop", "shop.csv", "/in/shop.csv")
        ensure_source(connection, "other", "other", "other.csv", "/in/other.csv")
        found = [source_states(connection, "shop")]
        statuses = (Status.REJECTED, Status.LOADED, Status.REJECTED, Status.REJECTED)
        for hours, status in enumerate(statuses):
            read(connection, source.id, status, hours, 1 if status is Status.LOADED else None)
        found.append(source_states(connection, "shop"))
        mark_waiting(connection, source.id, "it cannot be read", NOON)
        found.append(source_states(connection, "shop"))
        assert len(source_states(connection)) == 2
    refused = SourceState(
        "shop",
        "shop.csv",
        "/in/shop.csv",
        True,
        "sha 3",
        NOON + HOUR,
        NOON + 2 * HOUR,
        "it has no dates",
        None,
        "",
    )
    waits = SourceState(
        "shop", "shop.csv", "/in/shop.csv", True, "sha 3", NOON + HOUR, NOON + 2 * HOUR, "it has no dates", NOON,
        "it cannot be read",
    )  # fmt: skip
    assert found == [[NEVER], [refused], [waits]]


def test_every_reading_of_a_dataset_is_told_in_its_order(tmp_path: Path) -> None:
    with fresh_database("sqlite", tmp_path) as database, database.begin() as connection:
        source = ensure_source(connection, "shop", "shop", "shop.csv", "/in/shop.csv")
        for hours, status in enumerate((Status.LOADED, Status.REJECTED)):
            read(connection, source.id, status, hours)
        assert past_readings(connection, "shop") == [
            Reading("shop.csv", NOON, Status.LOADED, ""),
            Reading("shop.csv", NOON + HOUR, Status.REJECTED, "it has no dates"),
        ]
        assert past_readings(connection, "nothing") == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_a_person_cancelled_is_not_refused(kind: str, tmp_path: Path) -> None:
    report = FileReport(Status.REJECTED, Ledger(), error=Refusal("cancelled", "it was cancelled"))
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        source = ensure_source(connection, "shop", "shop", "shop.csv", "/in/shop.csv")
        record_load(connection, NewLoad(source.id, "sha", report, "watch", NOON, 0.1))
        assert [one.refused_since for one in source_states(connection, "shop")] == [None]


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_bytes_read_once_more_did_not_come_again(kind: str, tmp_path: Path) -> None:
    first, second, third = "first", "second", "third"
    steps = [
        (first, Status.LOADED, 0),
        (first, Status.LOADED, 0),
        (second, Status.REVIEW, 2),
        (second, Status.REJECTED, 2),
        (second, Status.LOADED, 2),
        (third, Status.REJECTED, 2),
        (second, Status.UNCHANGED, 6),
    ]
    with fresh_database(kind, tmp_path) as database, database.begin() as connection:
        source = ensure_source(connection, "shop", "shop", "shop.csv", "/in/shop.csv")
        for hours, (sha, status, arrived) in enumerate(steps):
            report = FileReport(status, Ledger())
            load = NewLoad(source.id, sha, report, "watch", NOON + hours * HOUR, 0.1)
            record_load(connection, load)
            (state,) = source_states(connection, "shop")
            assert state.arrived_at == NOON + arrived * HOUR
