from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection

from alerts.judging.conditions import Direction, Limit
from alerts.rules import Rule
from kpi.report import Cadence, FactField, FileReport, Kind, Ledger, Status
from storage.alerting.outbox import owe
from storage.alerting.thresholds import add_rule, retire_rule
from storage.database import Database
from storage.datasets import (
    Dataset,
    data_token,
    find_dataset,
    list_datasets,
    merge_currencies,
    merge_fields,
    rules_token,
    save_dataset,
    snapshots,
    together,
    version_held,
)
from storage.loads import NewLoad, ensure_source, mark_waiting, record_load
from tests.moments import NOON
from tests.storage.alerting.sending import note

REGION = FactField("region", Kind.DIMENSION, "Region")
REVENUE = FactField("revenue", Kind.MEASURE, "Umsatz €")
SHOP = Dataset(
    "shop", 1, (REGION, REVENUE), date(2025, 1, 31), date(2025, 11, 2), Cadence.MONTH, NOON
)  # fmt: skip
RULE = Rule(0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 1.0, 1.0))


def test_a_dataset_is_read_back_as_it_was_saved(database: Database) -> None:
    with database.begin() as connection:
        assert save_dataset(connection, SHOP)
        assert save_dataset(connection, replace(SHOP, name="bakery"))
        assert find_dataset(connection, "shop") == SHOP
        assert [one.name for one in list_datasets(connection)] == ["bakery", "shop"]
        assert (find_dataset(connection, "nope"), version_held(connection, "nope")) == (None, None)


def test_the_currencies_of_a_dataset_are_read_back(database: Database) -> None:
    with database.begin() as connection:
        save_dataset(connection, replace(SHOP, currencies=("EUR", "USD")))
        found = find_dataset(connection, "shop")
    assert found is not None
    assert found.currencies == ("EUR", "USD")


def test_a_source_that_names_no_currency_goes_with_the_others_unless_nobody_looked_at_its_column() -> None:
    silent = FileReport(Status.LOADED, Ledger(), fields=(REVENUE,))
    euros = replace(silent, currencies=("EUR",))
    dollars = replace(silent, currencies=("USD",))
    unread = replace(silent, fields=(REVENUE, FactField("currency", Kind.DIMENSION, "Currency")))
    assert [
        merge_currencies(of) for of in ([silent], [silent, euros], [dollars, euros], [euros, unread])
    ] == [
        (),
        ("EUR",),
        ("EUR", "USD"),
        (),
    ]


def test_a_source_of_nothing_but_a_plan_moves_the_days_of_others_no_further_than_to_its_month() -> None:
    sold = FileReport(
        Status.LOADED,
        Ledger(),
        fields=(REVENUE,),
        first_day=date(2025, 10, 3),
        last_day=date(2025, 11, 14),
        cadence=Cadence.DAY,
    )
    aim = FactField("target", Kind.MEASURE, "Ziel")
    plan = replace(sold, fields=(aim,), first_day=date(2025, 1, 1), last_day=date(2025, 12, 31))
    found = together("shop", 1, [plan, sold], NOON)
    assert (found.first_day, found.last_day) == (date(2025, 10, 1), date(2025, 11, 14))
    alone = together("shop", 1, [plan], NOON)
    assert (alone.first_day, alone.last_day) == (date(2025, 1, 1), date(2025, 12, 31))


def test_a_version_takes_the_place_of_the_one_before_it(database: Database) -> None:
    second = replace(SHOP, version=2, last_day=date(2025, 12, 1))
    with database.begin() as connection:
        save_dataset(connection, SHOP)
        assert save_dataset(connection, second)
        assert (find_dataset(connection, "shop"), version_held(connection, "shop")) == (second, 2)


@pytest.mark.parametrize("version", [1, 2, 4], ids=["first again", "the one held", "one too far"])
def test_a_version_that_was_worked_out_over_another_one_changes_nothing(
    database: Database, version: int
) -> None:
    with database.begin() as connection:
        save_dataset(connection, SHOP)
        save_dataset(connection, replace(SHOP, version=2))
    with database.begin() as connection:
        assert not save_dataset(connection, replace(SHOP, version=version, fields=()))
        assert find_dataset(connection, "shop") == replace(SHOP, version=2)


def test_the_columns_of_several_files_come_together_in_the_order_of_their_first_appearance() -> None:
    units = FactField("units", Kind.MEASURE, "Units")
    assert merge_fields([(REGION, REVENUE), (units, replace(REVENUE, header="Revenue"))]) == (
        REGION,
        REVENUE,
        units,
    )
    assert merge_fields([]) == ()


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("one", "other", "kept"),
    [
        (Kind.MEASURE, Kind.DIMENSION, Kind.DIMENSION),
        (Kind.MEASURE, Kind.RATE, Kind.RATE),
        (Kind.DIMENSION, Kind.TEXT, Kind.TEXT),
        (Kind.DIMENSION, Kind.IDENTIFIER, Kind.IDENTIFIER),
    ],
)
def test_where_two_files_disagree_the_plainer_kind_holds_whichever_comes_first(
    one: Kind, other: Kind, kept: Kind, order: int
) -> None:
    parts = [(replace(REVENUE, kind=kind),) for kind in (one, other)[::order]]
    assert [field.kind for field in merge_fields(parts)] == [kept]


def loaded(connection: Connection) -> None:
    source = ensure_source(connection, "shop", "march", "march.csv", "/inbox/shop/march.csv")
    report = FileReport(Status.LOADED, Ledger(1, 1))
    record_load(connection, NewLoad(source.id, "a", report, "cli", NOON, 0.1, 1, "a.parquet"))


def waits(connection: Connection) -> None:
    source = ensure_source(connection, "shop", "april", "april.csv", "/inbox/shop/april.csv")
    mark_waiting(connection, source.id, "it is still being written", NOON)


CHANGES: dict[str, Callable[[Connection], object]] = {
    "a load": loaded,
    "a version": lambda connection: save_dataset(connection, SHOP),
    "a rule": lambda connection: add_rule(connection, RULE, NOON),
    "a message": lambda connection: owe(connection, None, [note(1)], NOON),
    "a waiting file": waits,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_token_of_the_page_moves_with_all_that_it_shows(
    database: Database, change: Callable[[Connection], object]
) -> None:
    with database.begin() as connection:
        before = [data_token(connection) for _ in range(2)]
        change(connection)
        assert before[0] == before[1] != data_token(connection)


def test_the_token_of_the_rules_moves_when_one_is_set_and_when_one_is_retired(database: Database) -> None:
    with database.begin() as connection:
        tokens = [rules_token(connection)]
        rule = add_rule(connection, RULE, NOON)
        tokens.append(rules_token(connection))
        retire_rule(connection, rule.id, NOON)
        tokens.append(rules_token(connection))
        save_dataset(connection, SHOP)
        assert rules_token(connection) == tokens[-1]
    assert len(set(tokens)) == 3


def test_the_snapshots_of_a_dataset_are_those_of_its_files_that_hold(database: Database) -> None:
    with database.begin() as connection:
        loaded(connection)
        waits(connection)
        assert (snapshots(connection, "shop"), snapshots(connection, "nope")) == (["a.parquet"], [])
