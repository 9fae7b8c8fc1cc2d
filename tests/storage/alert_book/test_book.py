"""The book of alerting against the database, on every kind of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from alerts.book.toml import BookError
from alerts.judging.conditions import Direction, Freshness, Limit, SourceError
from alerts.rules import Hold, Rule
from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from kpi.calculator import KPICalculator
from kpi.calendar import Calendar, Grain
from kpi.definitions import load_catalog
from kpi.targeting.targets import Target
from storage.alert_book.book import Changed, Here, export_book, import_book
from storage.alert_book.parts import Effect
from storage.alerting.destinations import list_routes, save_destination, save_route, stored_destinations
from storage.alerting.silences import add_silence, list_silences
from storage.alerting.thresholds import add_rule, list_rules, replace_rule
from storage.database import Database
from storage.targets import set_targets, targets_at
from tests.alerts.builders import CONSOLE, thin_margin
from tests.moments import NOON
from tests.servers import KINDS, fresh_database

CALCULATOR = KPICalculator(load_catalog(), Calendar())
NOT_PROVED = Destination("whatsapp", "whatsapp", "4915100000001", proved=False)
HERE = Here(
    CALCULATOR, ("console", "slack", "whatsapp", "email", "webhook"), (CONSOLE, NOT_PROVED), 20, "cli"
)
LATER = NOON + timedelta(hours=1)

WEEK = Hours((0, 1, 2, 3, 4), time(8), time(18), "Europe/Paris")
OPS = Destination("ops", "email", "ops@example.com", standard=False, hours=WEEK, budget=5)
CRITICAL = Route("critical", {"severity": "critical"}, ("ops",), repeat=timedelta(hours=4), second="console")
ALL = Route("all", {}, ("console",), group_by=("file",), wait=timedelta(seconds=30))
THIN = replace(
    thin_margin(),
    hold=Hold(2, timedelta(minutes=30), timedelta(hours=1)),
    labels={"team": "x"},
    channels=("ops",),
)
AGAIN = replace(THIN, dimension="region", channels=())
LATE = Rule(0, "Late", "shop", "", "", Freshness("a.csv", (0, 1), time(9), "UTC", timedelta(0)), owner="ann")
COUNTING = Silence(
    0, NOON, NOON + timedelta(days=1), "we count", "stocktaking", None, "", {"file": "st*"}, "ann"
)
MARCH = Target("revenue", Grain.MONTH, date(2025, 3, 1), "", "", 100.25)
SHARE = Target("gross_margin", Grain.YEAR, date(2025, 1, 1), "region", "North", 1.2)


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    with fresh_database(request.param, tmp_path) as opened:
        yield opened


def fill(connection: Connection) -> None:
    """Everything that a book can hold, two rules of one name among it."""
    save_destination(connection, OPS, NOON)
    for route in (CRITICAL, ALL):
        save_route(connection, route, NOON)
    thin, again, _ = (add_rule(connection, rule, NOON) for rule in (THIN, AGAIN, LATE))
    add_rule(connection, Rule(0, "made", "shop", "", "", SourceError(), automatic=True), NOON)
    add_silence(connection, COUNTING, NOON)
    for rule in (thin, again):
        silence = Silence(0, NOON, NOON + timedelta(hours=2), "busy", rule_id=rule.id, created_by="bob")
        add_silence(connection, silence, NOON)
    set_targets(connection, "finance", [MARCH, SHARE], "cli", NOON)


def written(database: Database, at: datetime = NOON) -> str:
    with database.read() as connection:
        return export_book(connection, CALCULATOR, at)


def taken(database: Database, text: str, *, replace: bool = False, dry_run: bool = False) -> list[Changed]:
    with database.begin() as connection:
        return import_book(connection, HERE, text, LATER, replace=replace, dry_run=dry_run)


def test_what_was_written_out_is_taken_in_as_the_same_everywhere(database: Database, tmp_path: Path) -> None:
    with database.begin() as connection:
        fill(connection)
    text = written(database)
    folder = tmp_path / "other"
    folder.mkdir()
    with fresh_database("sqlite", folder) as other:
        added = taken(other, text)
        again = written(other)
        with other.read() as connection:
            rules = [replace(one, id=0) for one in list_rules(connection)]
            assert rules == [replace(one, id=0) for one in (THIN, AGAIN, LATE)]
            assert [replace(one, proved=True) for one in stored_destinations(connection)] == [OPS]
            assert list_routes(connection) == (CRITICAL, ALL)
            assert set(targets_at(connection, "finance", LATER)) == {MARCH, SHARE}
            silences = list_silences(connection)
            assert replace(silences[0], id=0) == COUNTING
            assert [one.rule_id for one in silences[1:]] == [one.id for one in list_rules(connection)[:2]]
    assert again == text
    assert {one.effect for one in added} == {Effect.ADDED}


def test_the_same_again_changes_nothing(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
    assert taken(database, written(database), replace=True) == []


def test_what_differs_is_changed_and_told(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
    text = written(database)
    for old, new in (('owner = "ann"', 'owner = "bob"'), ("budget = 5", "budget = 0"), ("100.25", "99")):
        text = text.replace(old, new)
    text = text.replace('repeat = "4h"', 'repeat = "2h"').replace('"we count"', '"we counted"')
    changes = taken(database, text)
    assert [(one.effect, one.table, one.name, one.detail) for one in changes] == [
        (Effect.CHANGED, "destination", "ops", "budget 5 -> 0"),
        (Effect.CHANGED, "target", "finance: revenue, month of 2025-03-01", "value 100.25 -> 99"),
        (Effect.CHANGED, "route", "critical", "repeat 4h -> 2h"),
        (Effect.CHANGED, "rule", "shop: Late", "owner ann -> bob"),
        (Effect.CHANGED, "silence", "stocktaking", "reason we count -> we counted"),
    ]
    assert written(database, LATER).count("we count") == 1


def test_a_dry_run_says_the_same_and_changes_nothing(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
    text = written(database)
    assert len(taken(database, "", replace=True, dry_run=True)) == 11
    assert written(database) == text


def test_what_the_book_does_not_have_stays_unless_it_replaces_all(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
    assert taken(database, "") == []
    gone = taken(database, "", replace=True)
    assert {one.effect for one in gone} == {Effect.REMOVED}
    with database.read() as connection:
        assert [one.name for one in list_rules(connection)] == ["made"]
        assert (list_routes(connection), stored_destinations(connection)) == ((), ())
        assert list_silences(connection, LATER) == []
        assert targets_at(connection, "finance", LATER) == ()


def test_routes_come_to_stand_in_the_order_of_the_book(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
        save_route(connection, replace(ALL, name="own"), NOON)
    first, second = (f'[[route]]\nname = "{name}"\nto = ["console"]\n' for name in ("all", "critical"))
    changes = taken(database, first + second)
    with database.read() as connection:
        assert [one.name for one in list_routes(connection)] == ["all", "critical", "own"]
    assert (changes[-1].name, changes[-1].detail) == ("their order", "all before critical before own")


def test_a_rule_may_name_a_destination_of_the_same_book(database: Database) -> None:
    text = """\
[[rule]]
name = "x"
dataset = "shop"
kpi = "revenue"
below = 1
to = ["ops"]

[[destination]]
name = "ops"
channel = "email"
address = "ops@example.com"
"""
    assert [one.table for one in taken(database, text)] == ["destination", "rule"]


WRONG = """\
[[destination]]
name = "fine"
channel = "email"
address = "fine@example.com"

[[destination]]
name = "odd"
channel = "fax"
address = "1"

[[route]]
name = "r"
to = ["console", "nobody"]

[[rule]]
name = "x"
dataset = "shop"
kpi = "revenue"
below = 1
to = ["pigeon"]

[[silence]]
rule = "y"
dataset = "shop"
end = 2030-01-01T00:00:00Z

[[target]]
dataset = "shop"
kpi = "revenue"
period = "soon"
value = 1
"""


def test_one_thing_that_is_wrong_keeps_everything_out_and_all_of_it_is_told(database: Database) -> None:
    with pytest.raises(BookError) as caught:
        taken(database, WRONG)
    assert [line.partition(";")[0] for line in str(caught.value).splitlines()] == [
        "line 8, destination \"odd\", key `channel`: found 'fax', wanted one of console, slack, whatsapp, email, webhook",
        "line 13, route \"r\", key `to`: there is no channel or destination 'nobody'",
        "line 20, rule \"x\", key `to`: there is no channel or destination 'pigeon'",
        "line 23, silence, key `rule`: found 'y'",
        "line 27, target \"revenue\": found the period 'soon'",
    ]
    assert written(database).count("[[") == 0


def test_a_silence_that_is_over_is_left_out_and_not_taken_in(database: Database) -> None:
    with database.begin() as connection:
        add_silence(connection, replace(COUNTING, end=NOON + timedelta(minutes=1)), NOON)
    text = written(database)
    assert text.count("[[silence]]") == 1
    with database.read() as connection:
        assert export_book(connection, CALCULATOR, LATER).count("[[silence]]") == 0
    assert taken(database, text) == []


def test_only_the_rules_and_targets_of_one_dataset_are_written_where_it_is_named(database: Database) -> None:
    with database.begin() as connection:
        fill(connection)
        text = export_book(connection, CALCULATOR, NOON, "shop")
    assert [line for line in text.splitlines() if line.startswith("[[")] == ["[[rule]]"]


def test_the_limit_of_a_rule_is_written_to_its_last_digit(database: Database) -> None:
    rule = replace(thin_margin(), condition=Limit(Direction.BELOW, 0.1 + 0.2, 1e300))
    with database.begin() as connection:
        add_rule(connection, rule, NOON)
    assert taken(database, written(database)) == []


def test_a_silence_of_a_rule_that_no_book_has_is_left_alone(database: Database) -> None:
    quiet = Silence(0, NOON, NOON + timedelta(hours=2), "known", rule_id=1, created_by="bob")
    with database.begin() as connection:
        made = add_rule(connection, Rule(0, "made", "shop", "", "", SourceError(), automatic=True), NOON)
        old = add_rule(connection, THIN, NOON)
        for rule in (made, old):
            add_silence(connection, replace(quiet, rule_id=rule.id), NOON)
        new = replace_rule(connection, old.id, replace(THIN, kpi="revenue", channels=()), NOON)
        assert new is not None
    text = written(database)
    assert text.count("[[silence]]") == 1
    assert taken(database, text, replace=True) == []
    assert len(taken(database, text.replace('"revenue"', '"net_profit"'), replace=True)) == 1
    with database.read() as connection:
        assert [one.rule_id for one in list_silences(connection, LATER)] == [
            made.id,
            old.id,
            new.id,
            new.id + 1,
        ]
