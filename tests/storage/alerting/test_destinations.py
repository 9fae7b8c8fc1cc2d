"""Destinations and routes that people saved, beside those that the environment sets up."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlalchemy import update

from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from storage.alerting.destinations import (
    DestinationError,
    everywhere,
    list_routes,
    move_route_up,
    remove_destination,
    remove_route,
    save_destination,
    save_route,
    stored_destinations,
)
from storage.alerting.lanes import make_lanes
from storage.alerting.schema import lanes
from storage.database import Database
from tests.alerts.builders import CONSOLE, SLACK
from tests.moments import NOON

OFFICE = Hours((0, 1, 2, 3, 4), time(9), time(17, 30), "Europe/Paris")
OPS = Destination("ops", "slack", "C7", standard=False, hours=OFFICE, budget=5)
PHONE = Destination("phone", "whatsapp", "+49", standard=False)
UNPROVED = Destination("whatsapp", "whatsapp", "", "set WHATSAPP_TOKEN", proved=False)
NIGHT = Route(
    "night",
    {"severity": "critical", "owner": "a*"},
    ("ops", "console"),
    goes_on=True,
    group_by=("dataset", "owner"),
    wait=timedelta(seconds=30),
    interval=timedelta(minutes=5),
    repeat=timedelta(hours=4),
    second="phone",
    second_after=timedelta(minutes=20),
)
REST = Route("the rest", {}, ("console",))


def save(database: Database, *found: Destination) -> None:
    with database.begin() as connection:
        for one in found:
            save_destination(connection, one, NOON)


def all_of(database: Database, *standard: Destination) -> tuple[Destination, ...]:
    with database.read() as connection:
        return everywhere(connection, standard)


def test_a_destination_comes_back_as_it_was_saved(database: Database) -> None:
    save(database, OPS, PHONE)
    assert all_of(database) == (OPS, PHONE)
    save(database, replace(OPS, address="C8", hours=None, budget=None))
    assert all_of(database)[0] == Destination("ops", "slack", "C8", standard=False)
    with database.begin() as connection:
        assert [remove_destination(connection, "ops") for _ in range(2)] == [True, False]
        assert [one.name for one in stored_destinations(connection)] == ["phone"]


def test_an_address_has_one_name(database: Database) -> None:
    save(database, OPS)
    with pytest.raises(DestinationError, match="slack:C7 is the destination 'ops' already"):
        save(database, replace(OPS, name="other"))
    with pytest.raises(DestinationError, match="has no address"):
        save(database, replace(PHONE, address=""))


def test_what_people_saved_of_a_standard_address_holds_and_it_stays_standard(database: Database) -> None:
    save(database, replace(OPS, address=SLACK.address))
    assert all_of(database, CONSOLE, SLACK) == (
        CONSOLE,
        replace(SLACK, name="ops", hours=OFFICE, budget=5),
    )


def test_where_a_channel_wants_proof_a_destination_is_proved_by_its_test_message(database: Database) -> None:
    save(database, OPS, PHONE)
    assert [one.proved for one in all_of(database, CONSOLE, UNPROVED)] == [True, False, True, False]
    with database.begin() as connection:
        make_lanes(connection, [("whatsapp", "+49")], NOON)
        connection.execute(update(lanes).values(proved_at=NOON))
    assert [one.proved for one in all_of(database, CONSOLE, UNPROVED)] == [True, False, True, True]


def test_routes_keep_their_order_and_all_that_they_say(database: Database) -> None:
    with database.begin() as connection:
        for route in (NIGHT, REST):
            save_route(connection, route, NOON)
        save_route(connection, NIGHT, NOON)
        assert list_routes(connection) == (NIGHT, REST)
        assert [remove_route(connection, "night") for _ in range(2)] == [True, False]
        save_route(connection, NIGHT, NOON)
        assert [route.name for route in list_routes(connection)] == ["the rest", "night"]


def test_a_route_is_moved_before_the_one_above_it_and_the_first_stays(database: Database) -> None:
    with database.begin() as connection:
        for route in (NIGHT, REST, replace(REST, name="third")):
            save_route(connection, route, NOON)
        moved = [move_route_up(connection, name, NOON) for name in ("third", "night", "third", "third", "no")]
        assert moved == [True, False, True, False, False]
        assert [one.name for one in list_routes(connection)] == ["third", "night", "the rest"]
