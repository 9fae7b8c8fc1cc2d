"""Rules at rest."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.rules import Direction, Rule
from storage.database import Database
from storage.thresholds import add_rule, find_rule, list_rules, retire_rule
from tests.alerts.builders import thin_margin
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
    periods=3,
    severity="critical",
    channels=("slack", "whatsapp"),
)


@pytest.mark.parametrize("rule", [PLAIN, FULL])
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
