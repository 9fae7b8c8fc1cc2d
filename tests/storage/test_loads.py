from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

from kpi.report import FileReport, Issue, Ledger, Question, Refusal, Status
from storage.database import Database
from storage.datasets import data_token, snapshots
from storage.loads import (
    Load,
    NewLoad,
    accept_guesses,
    ensure_source,
    find_load,
    find_source,
    holding_loads,
    issues_of,
    list_sources,
    mark_waiting,
    recent_loads,
    record_load,
    referenced_originals,
    referenced_snapshots,
    was_committed,
)
from tests.moments import NOON

GOOD = FileReport(
    Status.LOADED, Ledger(3, 2, 1, 0), issues=(Issue("A", "B2", "Day", "soon", "no date", "rejected"),)
)
BAD = FileReport(Status.REJECTED, Ledger(), error=Refusal("no_table", "There is no table."))
ASKED = FileReport(Status.REVIEW, Ledger(), questions=(Question("A", "B1", "Day", "Which?", ("date",)),))


def load(database: Database, report: FileReport, sha256: str = "a", version: int | None = None) -> int:
    with database.begin() as connection:
        source = ensure_source(connection, "shop", "march", "march.csv", "/inbox/shop/march.csv")
        snapshot = f"{sha256}.parquet" if version else None
        new = NewLoad(source.id, sha256, report, "watch", NOON, 0.5, version=version, snapshot=snapshot)
        return record_load(connection, new)


def test_a_load_is_read_back_as_it_was_written_and_its_issues_by_themselves(database: Database) -> None:
    number = load(database, GOOD, version=1)
    with database.read() as connection:
        (found,) = recent_loads(connection)
        issues = issues_of(connection, number)
    assert found == Load(
        id=number,
        dataset="shop",
        source="march.csv",
        path="/inbox/shop/march.csv",
        sha256="a",
        status=Status.LOADED,
        version=1,
        rows=Ledger(3, 2, 1, 0),
        report=replace(GOOD, issues=()),
        snapshot="a.parquet",
        error=None,
        origin="watch",
        at=NOON,
        seconds=0.5,
        source_id=1,
    )
    assert tuple(issues) == GOOD.issues


def test_a_file_whose_name_is_no_text_has_a_source_all_the_same(database: Database) -> None:
    name = os.fsdecode(b"m\xe4rz.csv")  # as a file system gives it that was written to in another encoding
    with database.begin() as connection:
        source = ensure_source(connection, "shop", "march", name, f"/inbox/{name}")
    assert (source.name, source.path) == ("m\\udce4rz.csv", "/inbox/m\\udce4rz.csv")


def test_a_new_version_takes_the_place_of_the_old_one_which_stays_known(database: Database) -> None:
    load(database, GOOD, "a", version=1)
    load(database, GOOD, "b", version=2)
    with database.read() as connection:
        assert [one.sha256 for one in holding_loads(connection, "shop")] == ["b"]
        assert [one.sha256 for one in recent_loads(connection, "shop")] == ["b", "a"]
        assert snapshots(connection, "shop") == ["b.parquet"]


def test_a_refusal_leaves_the_last_good_load_standing(database: Database) -> None:
    load(database, GOOD, "a", version=1)
    load(database, BAD, "b")
    with database.read() as connection:
        assert [one.sha256 for one in holding_loads(connection, "shop")] == ["a"]
        assert recent_loads(connection)[0].error == Refusal("no_table", "There is no table.")


def test_a_file_waits_from_the_first_time_it_could_not_be_read_until_it_is_loaded(database: Database) -> None:
    with database.begin() as connection:
        source = ensure_source(connection, "shop", "march", "march.csv", "/inbox/shop/march.csv")
        mark_waiting(connection, source.id, "it is locked", NOON)
        mark_waiting(connection, source.id, "it is still locked", NOON + timedelta(minutes=1))
        (waiting,) = list_sources(connection, "shop")
    assert (waiting.waiting_since, waiting.waiting_for) == (NOON, "it is still locked")
    load(database, GOOD, version=1)
    with database.read() as connection:
        found = find_source(connection, "shop", "march")
    assert found is not None
    assert (found.waiting_since, found.waiting_for) == (None, None)


def test_accepting_guesses_holds_until_the_file_is_read_again(database: Database) -> None:
    load(database, ASKED)
    with database.begin() as connection:
        (source,) = list_sources(connection)
        accept_guesses(connection, source.id)
        assert [one.accept for one in list_sources(connection)] == [True]
    load(database, GOOD, version=1)
    with database.read() as connection:
        assert [one.accept for one in list_sources(connection)] == [False]


def test_the_token_moves_with_every_load_and_stays_where_nothing_happened(database: Database) -> None:
    with database.read() as connection:
        before = data_token(connection)
        assert data_token(connection) == before
    load(database, BAD)
    with database.read() as connection:
        assert data_token(connection) != before


def test_snapshots_of_the_last_loads_are_kept(database: Database) -> None:
    for version, sha256 in enumerate("abc", start=1):
        load(database, GOOD, sha256, version=version)
    with database.read() as connection:
        assert referenced_snapshots(connection, keep=2) == {"b.parquet", "c.parquet"}


def test_bytes_that_were_ever_good_are_known_and_refused_ones_are_not(database: Database) -> None:
    load(database, GOOD, "a", version=1)
    load(database, GOOD, "b", version=2)
    number = load(database, BAD, "c")
    with database.read() as connection:
        (source,) = list_sources(connection)
        assert [was_committed(connection, source.id, sha256) for sha256 in "abc"] == [True, True, False]
        assert not was_committed(connection, source.id + 1, "a")
        assert find_load(connection, number).sha256 == "c"


def test_the_files_of_the_last_loads_stay_and_those_of_the_last_good_ones(database: Database) -> None:
    for number, sha256 in enumerate("abc", 1):
        load(database, GOOD, sha256, version=number)
    for sha256 in "xyz":
        load(database, BAD, sha256)
    with database.read() as connection:
        assert [referenced_originals(connection, keep) for keep in (1, 2)] == [
            {"c", "z"},
            {"b", "c", "y", "z"},
        ]


def test_facts_that_came_back_count_once_among_those_that_stay(database: Database) -> None:
    for number, sha256 in enumerate("abab", 1):
        load(database, GOOD, sha256, version=number)
    load(database, GOOD, "c", version=5)
    with database.read() as connection:
        assert referenced_snapshots(connection, 2) == {"b.parquet", "c.parquet"}
