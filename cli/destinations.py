"""Whom to tell: destinations, tried out by a test message, and the routes that lead to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, now, opened, say, show_json, show_table, stop
from cli.rule_options import pairs
from cli.rules import refusals

if TYPE_CHECKING:  # the command line's help must not wait for these
    from sqlalchemy import Connection

    from alerts.sending.routing import Destination
    from wiring import System

JUST_NOW = 100  # messages among which the one just owed is found again

destinations = typer.Typer(name="destinations", help="Whom alerts can be told to.", no_args_is_help=True)
routes = typer.Typer(name="routes", help="Which alerts go to whom, by their labels.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(destinations)
    app.add_typer(routes)


@destinations.command("list")
def list_(as_json: AsJson = False) -> None:
    """All there are: those that the environment sets up, and people's own; what is broken, and what waits there."""
    import contract_alerting
    from storage.alerting.destinations import everywhere
    from storage.alerting.lanes import list_lanes

    with opened() as system, system.database.read() as connection:
        found = everywhere(connection, system.road.desk.destinations)
        lanes = {(one.channel, one.address): one for one in list_lanes(connection)}
    plain = [contract_alerting.destination_json(one, lanes.get((one.channel, one.address))) for one in found]
    if as_json:
        show_json(plain)
        return
    rows = [
        (one["name"], one["channel"], one["address"], one["hours"] or "any time", one["budget"] or "no limit",
         one["waiting"], contract_alerting.destination_words(one))
        for one in plain
    ]  # fmt: skip
    show_table("Destinations", ["name", "channel", "address", "hours", "an hour", "waiting", "is"], rows)


@destinations.command("add")
def add(
    name: Name,
    place: Annotated[
        str,
        typer.Argument(metavar="CHANNEL[:ADDRESS]", help="Such as slack:#finance or email:cfo@example.com."),
    ],
    hours: Annotated[
        str, typer.Option(help="When it wants to hear: mon-fri 08:00-18:00 Europe/Paris; else at any time.")
    ] = "",
    budget: Annotated[
        int | None, typer.Option(min=0, help="Messages an hour, then one digest; 0: no limit.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name an address, so that rules and routes can; one of that name is changed."""
    import contract_alerting
    from alerts.book.entries import WrittenDestination, checked
    from alerts.book.reading import destination_from
    from storage.alerting.destinations import save_destination

    with opened() as system, refusals():
        channel, address = _place(system, place)
        said = {"name": name, "channel": channel, "address": address, "hours": hours, "budget": budget}
        one = destination_from(checked(WrittenDestination, said), system.settings.alerts_per_hour)
        with system.database.begin() as connection:
            save_destination(connection, one, now())
            (kept,) = [here for here in _there(system, connection) if here.name == name]
    if as_json:
        show_json(contract_alerting.destination_json(kept))
    elif kept.proved:
        say(f"{name} is {channel}:{address}. `kpi destinations test {name}` tries it.")
    else:
        say(
            f"{name} is {channel}:{address}. Before any alert goes there a test message has to be accepted: "
            f"`kpi destinations test {name}` sends it now, else the first alert brings it about"
        )


@destinations.command("remove")
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget a destination that was added. What is owed there already is still sent."""
    from storage.alerting.destinations import remove_destination, stored_destinations
    from storage.alerting.rule_fitting import who_names

    with opened() as system, system.database.begin() as connection:
        known = {one.name: one for one in stored_destinations(connection)}
        if name not in known:
            stop(f"nobody added a destination {name!r}; added were: {', '.join(known) or 'none'}")
        naming = who_names(connection, known[name])
        remove_destination(connection, name, now())
    if naming:
        say(f"kpi: it is still named by {', '.join(naming)}; what they owe it waits until it is there again")
    if as_json:
        show_json({"removed": name, "named_by": naming})
    else:
        say(f"The destination {name} is removed.")


@destinations.command("test")
def try_out(
    name: Name,
    wait: Annotated[bool, typer.Option("--wait", help="Send it now, and say what came of it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Owe a test message to a destination; the service sends it. With --wait, exit code 1 where it did not arrive."""
    import contract_alerting
    from alerts.manager import owed_trial
    from alerts.rules import Kind
    from storage.alerting.outbox import SENT, find_delivery, owe, recent_deliveries

    with opened() as system:
        with system.database.begin() as connection:
            there = _there(system, connection)
            found = [one for one in there if name in (one.name, f"{one.channel}:{one.address}")]
            if not found:
                stop(f"there is no destination {name!r}; there is: {', '.join(one.name for one in there)}")
            (to, *_) = found
            owe(connection, None, owed_trial(to, now()), now())
            owed = next(
                one
                for one in recent_deliveries(connection, JUST_NOW)
                if (one.kind, one.channel, one.address) == (Kind.TEST, to.channel, to.address)
            )
        if wait:
            _send(system)
            with system.database.read() as connection:
                owed = find_delivery(connection, owed.id) or owed
    if as_json:
        show_json(contract_alerting.delivery_json(owed))
    elif wait:
        say(f"{owed.destination}: {owed.state}{f', {owed.error}' if owed.error else ''}")
    else:
        say(f"A test message to {owed.destination} is owed (number {owed.id}); the service sends it.")
    if wait and owed.state != SENT:
        raise typer.Exit(REFUSED)


@routes.command("list")
def list_routes_(as_json: AsJson = False) -> None:
    """The routes in the order in which they are tried. Without any, everybody who is set up is told."""
    import contract_alerting
    from storage.alerting.destinations import list_routes

    with opened() as system, system.database.read() as connection:
        found = list_routes(connection)
    if as_json:
        show_json([contract_alerting.route_json(one) for one in found])
        return
    rows = []
    for one in map(contract_alerting.route_json, found):
        match = ", ".join(f"{key}={text}" for key, text in one["match"].items()) or "everything"
        grouped = f"{', '.join(one['group_by'])} (wait {one['wait']}, then {one['interval']})"
        second = f"{one['second']} after {one['second_after']}" if one["second"] else None
        to = f"{', '.join(one['to'])}{' and on' if one['goes_on'] else ''}"
        rows.append((one["name"], match, to, grouped if one["group_by"] else None, one["repeat"], second))
    show_table(
        "Routes", ["name", "of what matches", "to", "together by", "again every", "unheard, also to"], rows
    )


@routes.command("add")
def add_route(
    name: Name,
    to: Annotated[str, typer.Option(help="Destinations or channels, as finance,slack.")],
    match: Annotated[
        list[str],
        typer.Option(metavar="KEY=TEXT", help="severity=critical, region=N*; repeatable; all must fit."),
    ] = [],  # noqa: B006
    goes_on: Annotated[bool, typer.Option("--goes-on", help="The routes after it are tried, too.")] = False,
    group_by: Annotated[str, typer.Option(help="Labels, as file,owner: the same go out together.")] = "",
    wait: Annotated[str, typer.Option(help="Of a group: how long to gather first, such as 30s.")] = "0",
    interval: Annotated[str, typer.Option(help="Of a group: not again before, such as 5m.")] = "0",
    repeat: Annotated[str, typer.Option(help="Say an open breach again, such as every 4h.")] = "0",
    second: Annotated[str, typer.Option(help="Whom else to tell of what nobody acknowledged.")] = "",
    second_after: Annotated[str, typer.Option(help="After how long, of what is critical.")] = "15m",
    as_json: AsJson = False,
) -> None:
    """Say where alerts go whose labels match; one of that name is changed, a new one is tried last."""
    import contract_alerting
    from alerts.book.entries import WrittenRoute, checked
    from alerts.book.reading import route_from
    from storage.alerting.destinations import save_route
    from storage.alerting.rule_fitting import check_route

    said = {
        "name": name,
        "to": to,
        "match": pairs(match, "--match"),
        "goes_on": goes_on,
        "group_by": group_by,
    }
    times = {"wait": wait, "interval": interval, "repeat": repeat, "second_after": second_after}
    with refusals():
        route = route_from(checked(WrittenRoute, {**said, **times, "second": second}))
    with opened() as system, refusals(), system.database.begin() as connection:
        check_route(connection, system.road.desk.destinations, route)
        save_route(connection, route, now())
    show_json(contract_alerting.route_json(route)) if as_json else say(f"The route {name} is set.")


@routes.command("remove")
def remove_route_(name: Name, as_json: AsJson = False) -> None:
    """Forget a route."""
    from storage.alerting.destinations import remove_route

    with opened() as system, system.database.begin() as connection:
        if not remove_route(connection, name, now()):
            stop(f"there is no route {name!r}; `kpi routes list` shows those there are")
    show_json({"removed": name}) if as_json else say(f"The route {name} is removed.")


def _place(system: System, place: str) -> tuple[str, str]:
    """`CHANNEL[:ADDRESS]` as the two; what is no address ends the command."""
    from alerts.book.addresses import fit_address

    channel, _, address = place.partition(":")
    known = {one.name: one for one in system.channels}
    if channel not in known:
        stop(f"there is no channel {channel!r}; there is: {', '.join(known)}")
    try:
        return channel, fit_address(channel, address, known[channel].addresses(), known[channel].needs)
    except ValueError as error:
        stop(str(error))


def _there(system: System, connection: Connection) -> tuple[Destination, ...]:
    from storage.alerting.destinations import everywhere

    return everywhere(connection, system.road.desk.destinations)


def _send(system: System) -> None:
    from monitor.alerting.dispatch import deliver_owed

    deliver_owed(
        system.database, system.channels, system.road.desk.destinations, now, reached=system.road.reached
    )
