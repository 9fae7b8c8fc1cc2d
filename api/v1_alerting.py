"""Version 1 of the API, about alerting: what became of an alert, whom to tell and when, and all of it as one text."""

from __future__ import annotations

from typing import Annotated, Literal, NoReturn

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Response
from fastapi import Path as Path_
from pydantic import BaseModel, ConfigDict, Field

import contract_alerting
from alerts.book.addresses import fit_address
from alerts.book.entries import EntryError, WrittenDestination, WrittenRoute, WrittenSilence
from alerts.book.reading import destination_from, route_from, silence_from
from alerts.book.toml import MOST_BYTES
from alerts.manager import owed_trial
from api.v1 import TheSystem, from_here
from contract import Json
from monitor.service import clock
from storage.alert_book.book import Here, export_book, import_book
from storage.alerting import acknowledgements, destinations, lanes, outbox, silences
from storage.alerting.rule_fitting import check_route, who_names
from storage.alerting.thresholds import find_rule
from storage.alerting.why import why
from wiring import System

router = APIRouter(prefix="/v1")

Name = Annotated[str, Path_(description="Its name.", max_length=120)]
Toml = Annotated[
    str, Body(media_type="text/plain", max_length=MOST_BYTES, description="A book of alerting as TOML.")
]
Writing = Depends(from_here)


class Seen(BaseModel):
    """Who has seen a breach, and what is being done about it."""

    model_config = ConfigDict(extra="forbid")

    by: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=1000)


class AskedSilence(WrittenSilence):
    """A silence; its rule by its number."""

    rule_id: int | None = None


@router.post("/alerts/{alert_id}/acknowledge", dependencies=[Writing])
def acknowledge(system: TheSystem, alert_id: int, seen: Seen) -> Json:
    """Say that somebody has seen a breach: it is not repeated, and nobody else is called. The first word stands."""
    with system.database.begin() as connection:
        found = why(connection, alert_id)
        if found is None:
            _none("alert", alert_id)
        one, at = found.alert, clock()
        done = acknowledgements.acknowledge(
            connection, one.rule_id, one.member, one.episode, seen.by, seen.note, at
        )
        known = why(connection, alert_id) or found
    return {"acknowledged": done, **contract_alerting.why_json(known)["acknowledged"]}


@router.get("/alerts/{alert_id}/why")
def read_why(system: TheSystem, alert_id: int) -> Json:
    """Every message of an alert's episode: to whom, what became of it, each attempt, why it waits or was not sent."""
    with system.database.read() as connection:
        found = why(connection, alert_id)
    return contract_alerting.why_json(found) if found else _none("alert", alert_id)


@router.get("/destinations")
def read_destinations(system: TheSystem) -> list[Json]:
    """All there are: those that the environment sets up, and people's own; what is broken, and what waits there."""
    with system.database.read() as connection:
        found = destinations.everywhere(connection, system.road.desk.destinations)
        known = {(one.channel, one.address): one for one in lanes.list_lanes(connection)}
    return [contract_alerting.destination_json(one, known.get((one.channel, one.address))) for one in found]


@router.post("/destinations", status_code=201, dependencies=[Writing])
def set_destination(system: TheSystem, written: WrittenDestination) -> Json:
    """Name an address, so that rules and routes can; one of that name is changed."""
    channels = {one.name: one for one in system.channels}
    if written.channel not in channels:
        raise EntryError({"channel": f"found {written.channel!r}, wanted one of {', '.join(channels)}"})
    channel = channels[written.channel]
    try:
        address = fit_address(channel.name, written.address, channel.addresses(), channel.needs)
    except ValueError as error:
        raise EntryError({"address": str(error)}) from error
    fit = written.model_copy(update={"address": address})
    with system.database.begin() as connection:
        wanted = destination_from(fit, system.settings.alerts_per_hour)
        destinations.save_destination(connection, wanted, clock())
        there = destinations.everywhere(connection, system.road.desk.destinations)
    return contract_alerting.destination_json(next(one for one in there if one.name == written.name))


@router.delete("/destinations/{name}", dependencies=[Writing])
def remove_destination(system: TheSystem, name: Name) -> Json:
    """Forget a destination that was added; `named_by` are the rules and routes that still name it."""
    with system.database.begin() as connection:
        known = {one.name: one for one in destinations.stored_destinations(connection)}
        if name not in known:
            _none("destination that was added called", name)
        naming = who_names(connection, known[name])
        destinations.remove_destination(connection, name, clock())
    return {"removed": name, "named_by": naming}


@router.post("/destinations/{name}/test", status_code=202, dependencies=[Writing])
def test_destination(system: TheSystem, name: Name) -> Json:
    """Owe a test message to a destination; the service sends it, and `/v1/deliveries` says what came of it."""
    with system.database.begin() as connection:
        there = destinations.everywhere(connection, system.road.desk.destinations)
        to = next((one for one in there if one.name == name), None)
        if to is None:
            _none("destination", name)
        outbox.owe(connection, None, owed_trial(to, clock()), clock())
    return {"owed": name}


@router.get("/routes")
def read_routes(system: TheSystem) -> list[Json]:
    """The routes in the order in which they are tried. Without any, everybody who is set up is told."""
    with system.database.read() as connection:
        return [contract_alerting.route_json(one) for one in destinations.list_routes(connection)]


@router.post("/routes", status_code=201, dependencies=[Writing])
def set_route(system: TheSystem, written: WrittenRoute) -> Json:
    """Say where alerts go whose labels match; one of that name is changed, a new one is tried last."""
    route = route_from(written)
    with system.database.begin() as connection:
        check_route(connection, system.road.desk.destinations, route)
        destinations.save_route(connection, route, clock())
    return contract_alerting.route_json(route)


@router.delete("/routes/{name}", dependencies=[Writing])
def remove_route(system: TheSystem, name: Name) -> Json:
    """Forget a route."""
    with system.database.begin() as connection:
        if not destinations.remove_route(connection, name, clock()):
            _none("route", name)
    return {"removed": name}


@router.get("/silences")
def read_silences(
    system: TheSystem,
    everything: Annotated[bool, Query(alias="all", description="Those that are over, too.")] = False,
) -> list[Json]:
    """The silences that hold or are to come."""
    with system.database.read() as connection:
        found = silences.list_silences(connection, None if everything else clock())
    return [contract_alerting.silence_json(one) for one in found]


@router.post("/silences", status_code=201, dependencies=[Writing])
def set_silence(system: TheSystem, written: AskedSilence) -> Json:
    """Tell nobody of what matches for a while. The states go on; what is open afterwards is told then."""
    if written.rule or written.dataset:
        raise EntryError({"rule": "give the rule by its number, as rule_id; a dataset is matched by match"})
    with system.database.begin() as connection:
        if written.rule_id is not None and find_rule(connection, written.rule_id) is None:
            raise EntryError({"rule_id": f"there is no rule {written.rule_id}"})
        made = silences.add_silence(connection, silence_from(written, written.rule_id, clock()), clock())
    return contract_alerting.silence_json(made)


@router.delete("/silences/{silence_id}", dependencies=[Writing])
def end_silence(system: TheSystem, silence_id: int) -> Json:
    """End a silence now; what it held back and is still true is told."""
    with system.database.begin() as connection:
        if not silences.end_silence(connection, silence_id, clock()):
            _none("silence that holds or is to come numbered", silence_id)
    return {"ended": silence_id}


@router.get("/deliveries")
def read_deliveries(
    system: TheSystem,
    state: Literal["pending", "sending", "sent", "dead", "dropped"] | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> list[Json]:
    """The messages that are or were owed, newest first, tests among them; `dead` are those that were given up."""
    with system.database.read() as connection:
        found = outbox.recent_deliveries(connection, limit, state)
    return [contract_alerting.delivery_json(one) for one in found]


@router.post("/deliveries/{delivery_id}/resend", status_code=202, dependencies=[Writing])
def resend(system: TheSystem, delivery_id: int) -> Json:
    """Owe a message once more that was given up or not sent. 409 where it still waits or has been sent."""
    with system.database.begin() as connection:
        known = outbox.find_delivery(connection, delivery_id)
        if known is None:
            _none("message", delivery_id)
        if not outbox.send_again(connection, delivery_id, clock(), "api"):
            raise HTTPException(
                409, f"message {delivery_id} is {known.state}; only what is dead or dropped is sent again"
            )
        return contract_alerting.delivery_json(outbox.find_delivery(connection, delivery_id) or known)


@router.get("/alerting/export", response_class=Response)
def export(
    system: TheSystem,
    dataset: Annotated[str, Query(description="Rules and targets of this dataset only.")] = "",
) -> Response:
    """Rules, routes, destinations, silences and targets as a TOML text."""
    with system.database.read() as connection:
        text = export_book(connection, system.calculator, clock(), dataset)
    return Response(text, media_type="text/plain; charset=utf-8")


@router.post("/alerting/import", dependencies=[Writing])
def import_(
    system: TheSystem,
    toml: Toml,
    dry_run: Annotated[bool, Query(description="Say what it would change; change nothing.")] = False,
    replace: Annotated[bool, Query(description="Remove what the text does not have.")] = False,
) -> list[Json]:
    """Take such a text in, all of it or nothing; what that changed. 422 with line and key of everything that is wrong."""
    with system.database.begin() as connection:
        changes = import_book(connection, _here(system), toml, clock(), replace=replace, dry_run=dry_run)
    return [contract_alerting.change_json(one) for one in changes]


def _here(system: System) -> Here:
    names = tuple(one.name for one in system.channels)
    standard = system.road.desk.destinations
    return Here(system.calculator, names, standard, system.settings.alerts_per_hour, "api")


def _none(what: str, mark: str | int) -> NoReturn:
    raise HTTPException(
        404, f"there is no {what} {mark!r}" if isinstance(mark, str) else f"there is no {what} {mark}"
    )
