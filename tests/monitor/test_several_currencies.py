"""Files in different currencies make one dataset in which nothing about money is added across them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from alerts.judging.conditions import Direction, Limit
from alerts.message import Message
from alerts.rules import Rule
from storage import kpi_data
from storage.alerting import thresholds
from storage.alerting.thresholds import RuleError, check_rule, why_silent
from storage.datasets import Dataset, find_dataset
from storage.schema import deliveries
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, load, month, months, save
from wiring import System

EUROS, DOLLARS = "Date,Region,Revenue (EUR),COGS", "Date,Region,Revenue (USD),COGS"
LOW = Rule(0, "Low", "shop", "revenue", "month", Limit(Direction.BELOW, 1000.0, 1000.0))


def two_files(system: System, folder: Path) -> Dataset:
    load(system, save(folder, "paris.csv", *month(10, 100, 40), header=EUROS), "shop")
    load(system, save(folder, "boston.csv", *month(10, 70, 30, "South"), header=DOLLARS), "shop")
    return shop(system)


def shop(system: System) -> Dataset:
    with system.database.read() as connection:
        found = find_dataset(connection, "shop")
    assert found is not None
    return found


def test_the_dataset_says_which_currencies_its_amounts_are_in(system: System, tmp_path: Path) -> None:
    dataset = two_files(system, tmp_path)
    assert dataset.currencies == ("EUR", "USD")
    assert [field.name for field in dataset.fields] == ["date", "region", "revenue", "cogs", "currency"]


def test_amounts_of_two_files_are_told_by_currency_only(system: System, tmp_path: Path) -> None:
    two_files(system, tmp_path)
    assert months(system) == {(OCTOBER, ""): None}
    assert months(system, kpi="gross_margin") == {(OCTOBER, ""): None}
    assert months(system, by="currency") == {(OCTOBER, "EUR"): 100, (OCTOBER, "USD"): 70}


def test_the_history_ends_where_a_second_currency_came(system: System, tmp_path: Path) -> None:
    two_files(system, tmp_path)
    with system.database.read() as connection:
        history = kpi_data.history(connection, "shop", "revenue", "month", OCTOBER)
    assert [(one.value, one.since_version) for one in history] == [(100, 1), (None, 2)]


def test_a_file_that_names_no_currency_goes_with_the_only_one(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "paris.csv", *month(10, 100), header=EUROS), "shop")
    load(system, save(tmp_path, "lyon.csv", *month(10, 70)), "shop")
    assert (shop(system).currencies, months(system)) == (("EUR",), {(OCTOBER, ""): 170})


def test_a_file_that_names_no_currency_is_no_part_of_either_of_two(system: System, tmp_path: Path) -> None:
    two_files(system, tmp_path)
    load(system, save(tmp_path, "lyon.csv", *month(10, 5)), "shop")
    assert months(system, by="currency") == {
        (OCTOBER, "(blank)"): 5,
        (OCTOBER, "EUR"): 100,
        (OCTOBER, "USD"): 70,
    }
    assert months(system, by="region") == {(OCTOBER, "North"): None, (OCTOBER, "South"): 70}


def test_a_rule_that_could_never_be_judged_is_refused_with_the_advice(system: System, tmp_path: Path) -> None:
    dataset = two_files(system, tmp_path)
    with pytest.raises(RuleError, match=r"several currencies \(EUR, USD\).* Set the rule by currency"):
        check_rule(LOW, dataset, system.calculator.catalog, ())


def test_a_rule_by_currency_and_a_rule_about_no_money_are_not(system: System, tmp_path: Path) -> None:
    for name, header in (("paris.csv", EUROS), ("boston.csv", DOLLARS)):
        counted = header.replace("COGS", "Quantity")
        load(system, save(tmp_path, name, *month(10, 100, 3), header=counted), "shop")
    rules = [replace(LOW, dimension="currency"), replace(LOW, kpi="units")]
    dataset, catalog = shop(system), system.calculator.catalog
    assert [why_silent(rule, dataset, catalog) for rule in rules] == ["", ""]
    for rule in rules:
        check_rule(rule, dataset, catalog, ())


def test_a_rule_that_was_there_before_says_why_it_is_silent(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "paris.csv", *month(10, 100), header=EUROS), "shop")
    assert why_silent(LOW, shop(system), system.calculator.catalog) == ""
    dataset = two_files(system, tmp_path)
    assert "in several currencies" in why_silent(LOW, dataset, system.calculator.catalog)


def test_an_alert_by_currency_names_the_amount_in_it(system: System, tmp_path: Path) -> None:
    with system.database.begin() as connection:
        below = replace(LOW, dimension="currency", condition=Limit(Direction.BELOW, 80.0, 80.0))
        thresholds.add_rule(connection, below, NOON)
    two_files(system, tmp_path)
    with system.database.read() as connection:
        owed = [
            Message.from_dict(payload)
            for payload in connection.execute(select(deliveries.c.payload)).scalars()
        ]
    assert [(one.member, one.value, one.limit) for one in owed] == [("USD", "$70.00", "$80.00")]
