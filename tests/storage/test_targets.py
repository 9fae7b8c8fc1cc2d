"""Targets at rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, func, select

from kpi.calendar import Grain
from kpi.targeting.targets import Target
from storage.database import Database
from storage.meaning_schema import targets
from storage.targets import (
    Said,
    SetTarget,
    last_change,
    list_targets,
    remove_targets,
    say_targets,
    set_targets,
    targets_at,
    targets_token,
    targets_with,
)
from tests.moments import NOON

LATER, LATEST = NOON + timedelta(hours=1), NOON + timedelta(hours=2)
FILE = "targets.xlsx"


def a_target(value: float, month: int = 3, member: str = "") -> Target:
    return Target("revenue", Grain.MONTH, date(2025, month, 1), "region" if member else "", member, value)


MARCH, MORE, APRIL, NORTH = a_target(100), a_target(150), a_target(110, month=4), a_target(60, member="North")


def a_file(now: Sequence[Target], before: Sequence[Target], *, restored: bool = False) -> Said:
    return Said(FILE, tuple(now), tuple(before), restored)


def held(connection: Connection) -> set[tuple[Target, str]]:
    return {(one.target, one.origin) for one in list_targets(connection, "shop")}


def test_a_target_comes_back_as_it_was_set(database: Database) -> None:
    with database.begin() as connection:
        assert set_targets(connection, "shop", [NORTH], "page", NOON) == [NORTH]
    with database.read() as connection:
        assert list_targets(connection) == [SetTarget(1, "shop", NORTH, "page", NOON)]


def test_a_new_value_ends_the_one_before_it_and_both_stay_on_record(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MARCH, APRIL, NORTH], "page", NOON)
        assert set_targets(connection, "shop", [MORE], "cli", LATER) == [MORE]
        assert held(connection) == {(MORE, "cli"), (APRIL, "page"), (NORTH, "page")}
        assert connection.execute(select(func.count()).select_from(targets)).scalar() == 4


def test_the_same_values_again_change_nothing(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MARCH, APRIL], "page", NOON)
        token = targets_token(connection)
        assert set_targets(connection, "shop", [MARCH, APRIL], "api", LATER) == []
        assert (targets_token(connection), last_change(connection, "shop")) == (token, NOON)


def test_of_two_values_for_one_period_the_last_one_counts(database: Database) -> None:
    with database.begin() as connection:
        assert set_targets(connection, "shop", [MARCH, MORE], "page", NOON) == [MORE]


def test_what_held_at_a_moment_can_be_asked_for_ever(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MARCH], "page", NOON)
        set_targets(connection, "shop", [MORE], "page", LATER)
        remove_targets(connection, "shop", [MARCH], LATEST)
        moments = (NOON - timedelta(seconds=1), NOON, LATER, LATEST)
        assert [targets_at(connection, "shop", at) for at in moments] == [(), (MARCH,), (MORE,), ()]
        assert last_change(connection, "shop") == LATEST


def test_a_removed_target_is_gone_once(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MARCH, APRIL], "page", NOON)
        assert [remove_targets(connection, "shop", [MORE], LATER) for _ in range(2)] == [1, 0]
        assert held(connection) == {(APRIL, "page")}


def test_datasets_keep_their_targets_apart(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MARCH], "page", NOON)
        set_targets(connection, "stall", [MORE], "page", NOON)
        assert held(connection) == {(MARCH, "page")}
        assert targets_at(connection, "stall", NOON) == (MORE,)
        assert last_change(connection, "nothing of that name") is None


def test_what_somebody_set_later_is_not_undone_by_a_file_that_was_read_before(database: Database) -> None:
    with database.begin() as connection:
        set_targets(connection, "shop", [MORE], "page", LATER)
        assert set_targets(connection, "shop", [MARCH], FILE, NOON) == []


def test_two_that_were_set_at_the_same_time_are_one_and_end_together(database: Database) -> None:
    row = {
        "dataset": "shop", "kpi": "revenue", "grain": "month", "period_start": MARCH.period, "dimension": "",
        "member": "", "origin": "page", "set_at": NOON,
    }  # fmt: skip
    with database.begin() as connection:
        connection.execute(targets.insert(), [{**row, "value": value} for value in (100.0, 150.0)])
        assert held(connection) == {(MORE, "page")}
        set_targets(connection, "shop", [MARCH], "page", LATER)
        assert held(connection) == {(MARCH, "page")}


class TestFiles:
    """`before` is what the file said until now."""

    def test_what_a_file_no_longer_says_ends(self, database: Database) -> None:
        with database.begin() as connection:
            say_targets(connection, "shop", a_file([MARCH, APRIL], []), NOON)
            say_targets(connection, "shop", a_file([MORE], [MARCH, APRIL]), LATER)
            assert held(connection) == {(MORE, FILE)}

    def test_what_was_typed_over_it_holds_while_the_file_says_the_same(self, database: Database) -> None:
        with database.begin() as connection:
            say_targets(connection, "shop", a_file([MARCH, APRIL], []), NOON)
            set_targets(connection, "shop", [MORE], "page", LATER)
            say_targets(connection, "shop", a_file([MARCH, NORTH], [MARCH, APRIL]), LATEST)
            assert held(connection) == {(MORE, "page"), (NORTH, FILE)}

    def test_what_a_file_says_anew_is_newer_than_what_was_typed(self, database: Database) -> None:
        with database.begin() as connection:
            set_targets(connection, "shop", [MORE], "page", NOON)
            say_targets(connection, "shop", a_file([MARCH], []), LATER)
            assert held(connection) == {(MARCH, FILE)}

    def test_what_was_typed_in_stays_when_the_file_says_nothing_any_more(self, database: Database) -> None:
        with database.begin() as connection:
            say_targets(connection, "shop", a_file([MARCH, APRIL], []), NOON)
            set_targets(connection, "shop", [MORE], "page", LATER)
            say_targets(connection, "shop", a_file([], [MARCH, APRIL]), LATEST)
            assert held(connection) == {(MORE, "page")}

    def test_what_is_put_back_takes_the_place_of_its_own_only(self, database: Database) -> None:
        with database.begin() as connection:
            say_targets(connection, "shop", a_file([MORE, NORTH], []), NOON)
            set_targets(connection, "shop", [a_target(70, member="North")], "page", LATER)
            back = a_file([MARCH, a_target(50, member="North")], [MORE, NORTH], restored=True)
            say_targets(connection, "shop", back, LATEST)
            assert held(connection) == {(MARCH, FILE), (a_target(70, member="North"), "page")}

    def test_what_would_hold_is_known_before_it_is_written(self, database: Database) -> None:
        with database.begin() as connection:
            say_targets(connection, "shop", a_file([MARCH, APRIL], []), NOON)
            wish = a_file([MORE, NORTH], [MARCH, APRIL])
            would = targets_with(connection, "shop", wish, LATER)
            say_targets(connection, "shop", wish, LATER)
            assert set(would) == set(targets_at(connection, "shop", LATER)) == {MORE, NORTH}


@pytest.mark.parametrize("kpi", [None, "revenue"])
def test_targets_are_listed_by_member_and_period(database: Database, kpi: str | None) -> None:
    year = Target("revenue", Grain.YEAR, date(2025, 1, 1), "", "", 1200)
    with database.begin() as connection:
        set_targets(connection, "shop", [NORTH, year, APRIL, MARCH], "page", NOON)
        assert [one.target for one in list_targets(connection, "shop", kpi)] == [MARCH, APRIL, year, NORTH]
        assert list_targets(connection, "shop", "orders") == []
