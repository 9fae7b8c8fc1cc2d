"""The destinations and routes of a book, taken in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from alerts.book.addresses import NAMED_BY_SETTINGS, fit_address
from alerts.book.entries import EntryError, WrittenDestination, WrittenRoute
from alerts.book.reading import Entry, destination_from, route_from, written_destination, written_route
from alerts.sending.routing import Destination, Route
from storage.alert_book.parts import Changed, Effect, Taking, differences
from storage.alerting.destinations import (
    everywhere,
    list_routes,
    remove_destination,
    remove_route,
    save_destination,
    save_route,
    stored_destinations,
)
from storage.alerting.rule_fitting import check_name

DESTINATION, ROUTE = "destination", "route"


def take_destinations(taking: Taking, entries: Sequence[Entry[WrittenDestination]]) -> Iterator[Changed]:
    """Removals first, so that an address may be given another name in one go."""
    connection, at = taking.connection, taking.at
    held = {one.name: one for one in stored_destinations(connection)}
    named = {entry.written.name for entry in entries}
    for name in sorted(held.keys() - named) if taking.replace else ():
        remove_destination(connection, name, at)
        yield Changed(Effect.REMOVED, DESTINATION, name)
    for entry in entries:
        with taking.telling(entry.place):
            wanted = _destination(taking, entry.written)
            before = held.get(wanted.name)
            if before is not None and replace(before, proved=True) == wanted:
                continue
            save_destination(connection, wanted, at)
            yield _changed(DESTINATION, before, wanted)


def take_routes(taking: Taking, entries: Sequence[Entry[WrittenRoute]]) -> Iterator[Changed]:
    """Routes are tried in their order: those of the book come to stand in the order of the book."""
    connection, at = taking.connection, taking.at
    held = {one.name: one for one in list_routes(connection)}
    there = everywhere(connection, taking.here.standard)
    named = [entry.written.name for entry in entries]
    for name in sorted(held.keys() - set(named)) if taking.replace else ():
        remove_route(connection, name, at)
        yield Changed(Effect.REMOVED, ROUTE, name)
    for entry in entries:
        with taking.telling(entry.place):
            wanted = route_from(entry.written)
            for name, key in (*((name, "to") for name in wanted.destinations), (wanted.second, "second")):
                with taking.telling(entry.place, key):
                    check_name(name, there) if name else None
            before = held.get(wanted.name)
            if before == wanted:
                continue
            save_route(connection, wanted, at)
            yield _route_changed(before, wanted)
    yield from _in_order(taking, named)


def _in_order(taking: Taking, named: Sequence[str]) -> Iterator[Changed]:
    now = list_routes(taking.connection)
    ours = {one.name: one for one in now if one.name in named}
    wanted = iter([ours[name] for name in named if name in ours])
    ordered = [next(wanted) if one.name in ours else one for one in now]
    if [one.name for one in ordered] == [one.name for one in now]:
        return
    for one in now:
        remove_route(taking.connection, one.name)
    for one in ordered:
        save_route(taking.connection, one, taking.at)
    yield Changed(Effect.CHANGED, ROUTE, "their order", " before ".join(one.name for one in ordered))


def _destination(taking: Taking, written: WrittenDestination) -> Destination:
    if written.channel not in taking.here.channels:
        listed = ", ".join(taking.here.channels)
        raise EntryError({"channel": f"found {written.channel!r}, wanted one of {listed}"})
    address = written.address
    if written.channel not in NAMED_BY_SETTINGS:  # what they stand for may be set up later
        try:
            address = fit_address(written.channel, address, ())
        except ValueError as error:
            raise EntryError({"address": str(error)}) from error
    try:
        return replace(destination_from(written, taking.here.usual_budget), address=address)
    except ValueError as error:
        raise EntryError({"": str(error)}) from error


def _changed(table: str, before: Destination | None, after: Destination) -> Changed:
    if before is None:
        return Changed(Effect.ADDED, table, after.name)
    how = differences(written_destination(before), written_destination(after))
    return Changed(Effect.CHANGED, table, after.name, how)


def _route_changed(before: Route | None, after: Route) -> Changed:
    if before is None:
        return Changed(Effect.ADDED, ROUTE, after.name)
    return Changed(
        Effect.CHANGED, ROUTE, after.name, differences(written_route(before), written_route(after))
    )
