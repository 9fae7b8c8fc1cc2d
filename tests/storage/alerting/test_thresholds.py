"""Rules at rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from alerts.judging.conditions import (
    Against,
    Anomaly,
    Band,
    Change,
    Condition,
    Direction,
    Freshness,
    Limit,
    SourceError,
    Target,
)
from alerts.rules import Hold, Rule
from alerts.sending.routing import Destination
from alerts.sending.silences import Silence
from kpi.definitions import load_catalog
from kpi.report import Cadence, FactField, Kind
from storage.alerting.silences import add_silence, list_silences
from storage.alerting.thresholds import (
    RuleError,
    add_rule,
    check_rule,
    find_rule,
    list_rules,
    replace_rule,
    retire_rule,
    set_at,
    why_silent,
)
from storage.database import Database
from storage.datasets import Dataset, rules_token
from storage.schema import thresholds
from tests.alerts.builders import CONSOLE, NO_SLACK, OCTOBER, SEPTEMBER, thin_margin
from tests.moments import NOON

PLAIN = thin_margin(id=0)
FULL = thin_margin(
    id=0,
    name="Costs <b>&",
    dataset="sales",
    kpi="cogs",
    direction=Direction.ABOVE,
    limit=100.5,
    recovery=90.25,
    dimension="region",
    hold=Hold(3, timedelta(hours=2), timedelta(minutes=30)),
    severity="critical",
    labels={"team": "sales"},
    owner="ada",
    channels=("slack", "whatsapp"),
    automatic=True,
)
LATE = Freshness("sales.xlsx", (0, 1, 2, 3, 4), time(9), "Europe/Paris", timedelta(minutes=15))
UNPROVED = Destination("whatsapp", "whatsapp", "+4915100000001", proved=False)
PLACES = (CONSOLE, NO_SLACK, UNPROVED)


def on_file(condition: Freshness | SourceError, **changes: Any) -> Rule:
    return Rule(0, "File", "finance", "", "", condition, **changes)


def finance(*currencies: str) -> Dataset:
    """Revenue and costs by day and region."""
    fields = (
        FactField("date", Kind.DATE, "Date"),
        FactField("region", Kind.DIMENSION, "Region"),
        FactField("revenue", Kind.MEASURE, "Revenue"),
        FactField("cogs", Kind.MEASURE, "COGS"),
    )
    return Dataset("finance", 1, fields, SEPTEMBER, OCTOBER, Cadence.DAY, NOON, currencies)


def refusal(rule: Rule, dataset: Dataset | None = None) -> str:
    with pytest.raises(RuleError) as error:
        check_rule(rule, dataset or finance(), load_catalog(), PLACES)
    return str(error.value)


@pytest.mark.parametrize(
    "rule",
    [
        PLAIN,
        FULL,
        thin_margin(id=0, condition=Band(0.1, 0.3, 0.02)),
        thin_margin(id=0, condition=Change(Direction.BELOW, -0.1, -0.05, Against.YEAR, points=True)),
        thin_margin(id=0, condition=Target(pace=True)),
        thin_margin(id=0, condition=Anomaly(direction=Direction.ABOVE)),
        on_file(LATE),
        on_file(SourceError("sales.xlsx")),
    ],
)
def test_a_rule_comes_back_as_it_was_set(database: Database, rule: Rule) -> None:
    with database.begin() as connection:
        added = add_rule(connection, rule, NOON)
    with database.read() as connection:
        assert list_rules(connection) == [added]
        assert find_rule(connection, added.id) == added
    assert replace(added, id=0) == rule


def test_rules_are_listed_in_the_order_in_which_they_were_set(database: Database) -> None:
    with database.begin() as connection:
        ids = [add_rule(connection, rule, NOON).id for rule in (FULL, PLAIN, FULL)]
    with database.read() as connection:
        assert [rule.id for rule in list_rules(connection)] == ids
        assert [rule.id for rule in list_rules(connection, "finance")] == [ids[1]]
        assert list_rules(connection, "nothing of that name") == []


def test_a_retired_rule_is_no_longer_listed_and_retires_once(database: Database) -> None:
    with database.begin() as connection:
        added = add_rule(connection, PLAIN, NOON)
        assert [retire_rule(connection, added.id, NOON) for _ in range(2)] == [True, False]
        assert retire_rule(connection, 99, NOON) is False
        assert (list_rules(connection), find_rule(connection, added.id)) == ([], None)


@pytest.mark.parametrize(
    ("condition", "columns"),
    [
        pytest.param(Limit(Direction.BELOW, 0.15, 0.18), ("below", 0.15, 0.18), id="limit"),
        pytest.param(Band(0.25, 1.0, 0.25), ("above", 1.0, 0.75), id="the upper end of a band"),
        pytest.param(Change(Direction.BELOW, -0.1, -0.05), ("below", -0.1, -0.05), id="change"),
        pytest.param(Anomaly(), ("above", 0.0, 0.0), id="anomaly"),
    ],
)
def test_the_columns_that_others_read_say_what_they_can(
    database: Database, condition: Condition, columns: tuple[str, float, float]
) -> None:
    with database.begin() as connection:
        add_rule(connection, thin_margin(id=0, condition=condition), NOON)
        names = (thresholds.c.direction, thresholds.c.limit_value, thresholds.c.recovery_value)
        assert tuple(connection.execute(select(*names)).one()) == columns


def test_a_rule_that_was_set_before_there_were_conditions_is_a_limit(database: Database) -> None:
    with database.begin() as connection:
        added = add_rule(connection, PLAIN, NOON)
        connection.execute(update(thresholds).values(condition=None, labels=None))
        assert find_rule(connection, added.id) == added


def test_a_rule_that_still_judges_the_same_keeps_its_id_when_it_is_changed(database: Database) -> None:
    with database.begin() as connection:
        added = add_rule(connection, PLAIN, NOON)
        changed = replace(added, name="Margin", owner="ada", channels=("slack",), hold=Hold(2))
        before = rules_token(connection)
        assert replace_rule(connection, added.id, replace(changed, id=0), NOON) == changed
        assert (list_rules(connection), rules_token(connection) == before) == ([changed], False)


def test_a_rule_that_judges_otherwise_starts_anew(database: Database) -> None:
    with database.begin() as connection:
        added = add_rule(connection, PLAIN, NOON)
        other = replace(added, condition=Limit(Direction.BELOW, 0.1, 0.1))
        made = replace_rule(connection, added.id, other, NOON)
        assert made == replace(other, id=added.id + 1)
        assert list_rules(connection) == [made]
        assert set_at(connection, "finance") == {added.id + 1: NOON}


def test_a_rule_that_is_gone_cannot_be_changed(database: Database) -> None:
    with database.begin() as connection:
        assert replace_rule(connection, 7, PLAIN, NOON) is None
        assert list_rules(connection) == []


def test_a_destination_that_nobody_has_is_named_with_those_there_are() -> None:
    found = refusal(thin_margin(channels=("console", "pigeon")))
    assert found == "there is no channel or destination 'pigeon'; choose from console, slack, whatsapp"


def test_a_channel_that_is_not_set_up_may_be_named_and_waits() -> None:
    rule = thin_margin(kpi="gross_margin", channels=("slack",))
    assert check_rule(rule, finance(), load_catalog(), PLACES) == rule


def test_a_destination_that_waits_for_its_test_message_may_be_named() -> None:
    rule = thin_margin(kpi="gross_margin", channels=("whatsapp",))
    assert check_rule(rule, finance(), load_catalog(), PLACES) == rule


def test_what_the_data_do_not_give_is_refused() -> None:
    assert refusal(thin_margin(kpi="gross_margin", dimension="city")) == (
        "finance has no dimension 'city'; it has: region"
    )
    assert "there is no KPI" in refusal(thin_margin(kpi="nonsense")) or "nonsense" in refusal(
        thin_margin(kpi="nonsense")
    )
    assert refusal(thin_margin(kpi="revenue_growth_mom", grain="day")) == (
        "Revenue growth, month on month has no values by day, only by month; set the rule by one of these"
    )


def test_a_target_that_nobody_has_set_is_asked_for() -> None:
    assert refusal(thin_margin(kpi="revenue", condition=Target())) == (
        "finance has no target for Revenue; set one first, under Targets"
    )


def test_a_rule_about_a_target_is_taken_once_there_is_one() -> None:
    catalog = replace(load_catalog(), targeted=frozenset({"revenue"}))
    rule = thin_margin(kpi="revenue", condition=Target())
    assert check_rule(rule, finance(), catalog, PLACES) == rule


def test_a_change_of_a_rate_is_one_in_points_and_of_an_amount_a_share() -> None:
    falls = Change(Direction.BELOW, -0.1, -0.05)
    wanted = {"gross_margin": True, "revenue": False}
    for kpi, points in wanted.items():
        for said in (True, False):
            rule = thin_margin(kpi=kpi, condition=replace(falls, points=said))
            for dataset in (finance(), None):
                found = check_rule(rule, dataset, load_catalog(), PLACES)
                assert found.condition == replace(falls, points=points)


def test_a_rule_about_a_file_needs_no_data_and_is_never_silent() -> None:
    for rule in (on_file(LATE), on_file(SourceError())):
        assert check_rule(rule, None, load_catalog(), PLACES) == rule
        assert why_silent(rule, finance(), load_catalog()) == ""


def test_what_silenced_a_rule_silences_the_one_in_its_place_too(database: Database) -> None:
    over, holds = (Silence(0, NOON, NOON + timedelta(hours=hours), "busy", rule_id=1) for hours in (1, 3))
    with database.begin() as connection:
        held = add_rule(connection, PLAIN, NOON)
        for silence in (over, holds):
            add_silence(connection, replace(silence, rule_id=held.id), NOON)
        made = replace_rule(connection, held.id, replace(PLAIN, kpi="revenue"), NOON + timedelta(hours=2))
        assert made is not None
        assert [one.rule_id for one in list_silences(connection)] == [held.id, held.id, made.id]
        assert replace(list_silences(connection)[2], id=0) == replace(holds, rule_id=made.id)
