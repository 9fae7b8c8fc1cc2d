"""What the page reads and writes of destinations and routes: checked as a book, REST and the command line check them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.book.addresses import fit_address
from alerts.book.entries import EntryError, WrittenDestination, WrittenRoute, checked
from alerts.book.reading import destination_from, route_from
from alerts.manager import owed_trial
from alerts.sending.routing import CONSOLE, Destination, Route
from alerts.sending.turns import Turn
from dashboard.context import Way, current
from storage.alerting import destinations as places
from storage.alerting import outbox, thresholds, turns
from storage.alerting.lanes import Place
from storage.alerting.outbox import PENDING, DeliveryRow
from storage.alerting.rule_fitting import check_route, reports_naming


def channels() -> list[str]:
    """Those that can have addresses of people's own, in the order of the channels."""
    return list(dict.fromkeys(one.channel for one in current().destinations if one.channel != CONSOLE))


def way(channel: str) -> Way:
    return next((one for one in current().ways if one.channel == channel), Way(channel))


def addresses(channel: str) -> tuple[str, ...]:
    """Those that the environment sets up."""
    return tuple(one.address for one in current().destinations if one.channel == channel and one.address)


def usual_budget() -> int | None:
    return next((one.budget for one in current().destinations if one.channel != CONSOLE), None)


def saved() -> dict[Place, Sequence[str]]:
    """Where people saved something, their own and what the environment set up; and which rules, routes, reports name it."""
    with current().database.read() as connection:
        found = places.stored_destinations(connection)
        return {(one.channel, one.address): _named_by(connection, one) for one in found}


def save_destination(said: Mapping[str, Any], *, new: bool, then_test: bool = False) -> Destination:
    """Keep what was typed; with `then_test` a test message is owed there. EntryError says what is wrong, by key."""
    context = current()
    written = checked(WrittenDestination, said)
    needs = next((one.needs for one in context.destinations if one.channel == written.channel), "")
    try:
        address = fit_address(written.channel, written.address, addresses(written.channel), needs)
    except ValueError as error:
        raise EntryError({"address": str(error)}) from error
    wanted = destination_from(written.model_copy(update={"address": address}), usual_budget())
    with context.database.begin() as connection:
        if new:
            _check_new_name(connection, wanted)
        try:
            places.save_destination(connection, wanted, context.clock())
        except places.DestinationError as error:
            raise EntryError({"address": str(error)}) from error
        if then_test:
            outbox.owe(connection, None, owed_trial(wanted, context.clock()), context.clock())
    return wanted


def remove_destination(name: str) -> None:
    context = current()
    with context.database.begin() as connection:
        places.remove_destination(connection, name, context.clock())


def save_route(said: Mapping[str, Any], *, new: bool) -> Route:
    """Keep what was chosen; EntryError says what is wrong by key, RuleError which destination there is not."""
    context = current()
    route = route_from(checked(WrittenRoute, said))
    with context.database.begin() as connection:
        if new and any(one.name == route.name for one in places.list_routes(connection)):
            raise EntryError({"name": f"there is a route {route.name!r} already; choose another name"})
        check_route(connection, context.destinations, route)
        places.save_route(connection, route, context.clock())
    return route


def remove_route(name: str) -> None:
    context = current()
    with context.database.begin() as connection:
        places.remove_route(connection, name, context.clock())


def move_route_up(name: str) -> None:
    context = current()
    with context.database.begin() as connection:
        places.move_route_up(connection, name, context.clock())


def called(messages: Sequence[DeliveryRow]) -> dict[int, str]:
    """Whom each goes to, by the name that people gave it where they did: `finance (slack:C0123456789)`."""
    with current().database.read() as connection:
        names = {(one.channel, one.address): one.name for one in places.stored_destinations(connection)}
    own = {one.id: names.get((one.channel, one.address), "") for one in messages}
    return {
        one.id: f"{own[one.id]} ({one.destination})" if own[one.id] else one.destination for one in messages
    }


def sent_lately() -> Mapping[Place, int]:
    """How many messages each address got in the last hour."""
    context = current()
    with context.database.read() as connection:
        return turns.sent_lately(connection, context.clock())


def last_sent() -> Mapping[Place, datetime]:
    """When the last message went out to each address."""
    with current().database.read() as connection:
        return turns.last_sent(connection)


def turns_of(messages: Sequence[DeliveryRow]) -> dict[int, Turn]:
    """When those that wait go out as things stand, by their ids."""
    context = current()
    waiting = {(one.channel, one.address) for one in messages if one.state == PENDING and one.address}
    found: dict[int, Turn] = {}
    if not waiting:
        return found
    with context.database.read() as connection:
        for place in waiting:
            pace = way(place[0]).pace
            found |= turns.turns_at(connection, place, context.destinations, pace, context.clock())
    return found


def _named_by(connection: Connection, one: Destination) -> list[str]:
    words = {one.name, f"{one.channel}:{one.address}"}
    rules = (rule.name for rule in thresholds.list_rules(connection) if words & set(rule.channels))
    routes = (
        f"route {route.name}"
        for route in places.list_routes(connection)
        if words & {*route.destinations, route.second}
    )
    reports = (f"report {name}" for name in reports_naming(connection, words))
    return [*(f"rule {name}" for name in rules), *routes, *reports]


def _check_new_name(connection: Connection, wanted: Destination) -> None:
    """A name that the environment gave would mean two things; one that a person gave would be changed unawares."""
    context = current()
    for one in places.everywhere(connection, context.destinations):
        if one.name == wanted.name and (one.channel, one.address) != (wanted.channel, wanted.address):
            why = f"there is a destination {one.name!r} already; choose another name, or edit that one"
            raise EntryError({"name": why})
