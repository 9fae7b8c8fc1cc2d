"""What waits in one lane, with all that decides what is sent of it next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, or_, select

from alerts.message import Message
from alerts.rules import Kind
from alerts.sending.planning import LaneState, Waiting
from alerts.sending.routing import Destination, Route, named
from alerts.sending.silences import Silence, matches
from storage.alerting.acknowledgements import acknowledged
from storage.alerting.breaks import refusals
from storage.alerting.destinations import everywhere, list_routes
from storage.alerting.lanes import PENDING, Place
from storage.alerting.outbox import DEAD, DROPPED, SENT
from storage.alerting.silences import list_silences
from storage.schema import alert_state, deliveries

FEW, MANY = 50, 1_000  # due messages looked at in one turn, and where all that waits is to go as one
COMPANY = 1_000  # and at most as many that belong to them
RELATED = ("threshold_id", "group_key", "batch")
HOUR = timedelta(hours=1)
Episode = tuple[int, str, int]  # of a rule, a member, and the how manieth


@dataclass(frozen=True, slots=True)
class Around:
    """What holds for all lanes at the moment: whom there is to tell, how, and of what not."""

    destinations: tuple[Destination, ...] = ()
    routes: tuple[Route, ...] = ()
    silences: tuple[Silence, ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What an address has heard of an episode; `thread` is the provider's id of the alert itself, where it was sent.

    `heard`: something arrived, or may have; `uncalled`: an escalation was dropped that certainly has not.
    """

    thread: str = ""
    heard: bool = False
    uncalled: bool = False


NOTHING = Told()


def look_around(connection: Connection, standard: Sequence[Destination], now: datetime) -> Around:
    return Around(
        everywhere(connection, standard), list_routes(connection), tuple(list_silences(connection, now))
    )


def rows_of(connection: Connection, place: Place, now: datetime, most: int = FEW) -> list[Row[Any]]:
    """The oldest messages that are due there, and what goes out with them or before them, by id."""
    here = and_(_at(place), deliveries.c.state == PENDING)
    first = select(deliveries).where(here, deliveries.c.due_at <= now).order_by(deliveries.c.id).limit(most)
    due = connection.execute(first).all()
    found = {name: {row._mapping[name] for row in due} - {None, ""} for name in RELATED}  # noqa: SLF001
    if not any(found.values()):
        return list(due)
    tried_later = and_(deliveries.c.threshold_id.in_(found["threshold_id"]), deliveries.c.due_at > now)
    together = [deliveries.c[name].in_(found[name]) for name in ("group_key", "batch") if found[name]]
    others = deliveries.c.id.not_in([row.id for row in due])
    second = select(deliveries).where(here, others, or_(tried_later, *together)).order_by(deliveries.c.id)
    return sorted([*due, *connection.execute(second.limit(COMPANY))], key=lambda row: row.id)


def waiting_of(
    connection: Connection, rows: Sequence[Row[Any]], place: Place, around: Around
) -> tuple[list[Waiting], Mapping[Episode, Told]]:
    """The rows as planning takes them, and what the address was told of their episodes."""
    rules = {row.threshold_id for row in rows} - {None}
    told = _told(connection, place, rows)
    heard = acknowledged(connection, rules) if rules else set()
    over = _over(connection, rules)
    refused = refusals(connection, [row.id for row in rows if row.attempts])
    found = []
    for row in rows:
        episode = (row.threshold_id, row.member, row.episode)
        known = told.get(episode, NOTHING)
        latest, is_open = over.get((row.threshold_id, row.member), (0, True))
        found.append(
            Waiting(
                id=row.id,
                kind=Kind(row.kind),
                rule_id=row.threshold_id,
                member=row.member,
                episode=row.episode,
                labels=row.labels or {},
                group_key=row.group_key,
                due_at=row.due_at,
                attempts=row.attempts,
                created_at=row.created_at,
                message=Message.from_dict(row.payload),
                route=_route(row, place, around),
                batch=row.batch,
                unsure_since=row.unsure_since,
                over=row.episode is not None and (latest, not is_open) >= (row.episode, True),
                heard=episode in heard,
                told=known.heard,
                uncalled=known.uncalled,
                refused=refused.get(row.id, 0),
            )
        )
    return found, told


def lane_state(
    connection: Connection, place: Place, waiting: Sequence[Waiting], around: Around, now: datetime
) -> LaneState:
    """What is known of the destination; one that nobody has set up says so in `needs`."""
    to = _destination(connection, place, around)
    sent = () if to.budget is None else _sent_at(connection, place, now)
    groups = _groups(connection, place, waiting, now)
    return LaneState(to, sent, groups, around.silences)


def _destination(connection: Connection, place: Place, around: Around) -> Destination:
    """Also one that is no longer set up: what was owed there still goes where messages have arrived before."""
    for one in around.destinations:
        if (one.channel, one.address) == place:
            return one
    (nobody, *_) = named(":".join(place), around.destinations)
    arrived = select(deliveries.c.id).where(_at(place), deliveries.c.state == SENT).limit(1)
    proved = nobody.proved or connection.execute(arrived).scalar() is not None
    return replace(nobody, channel=place[0], address=place[1], proved=proved)


def _at(place: Place) -> ColumnElement[bool]:
    return and_(deliveries.c.channel == place[0], deliveries.c.address == place[1])


def _told(connection: Connection, place: Place, rows: Sequence[Row[Any]]) -> dict[Episode, Told]:
    rules = {row.threshold_id for row in rows} - {None}
    episodes = {row.episode for row in rows} - {None}
    if not rules or not episodes:
        return {}
    names = ("threshold_id", "member", "episode", "kind", "provider_id", "state", "unsure_since")
    done = select(*(deliveries.c[name] for name in names)).where(
        _at(place),
        deliveries.c.state.in_((SENT, DEAD, DROPPED)),
        deliveries.c.threshold_id.in_(rules),
        deliveries.c.episode.in_(episodes),
    )
    found: dict[Episode, Told] = {}
    for row in connection.execute(done):
        episode = (row.threshold_id, row.member, row.episode)
        found[episode] = _with(found.get(episode, NOTHING), row)
    return found


def _with(told: Told, row: Row[Any]) -> Told:
    """And what became of one more message."""
    if row.state == SENT:
        is_alert = row.kind == Kind.FIRING.value and row.provider_id
        return replace(told, heard=True, thread=row.provider_id if is_alert else told.thread)
    if row.unsure_since is not None:
        return replace(told, heard=True)
    dropped_call = row.state == DROPPED and row.kind == Kind.ESCALATION.value
    return replace(told, uncalled=told.uncalled or dropped_call)


def _over(connection: Connection, rules: set[int]) -> dict[tuple[int, str], tuple[int, bool]]:
    """Of each rule and member the latest episode, and whether it is open."""
    if not rules:
        return {}
    names = ("threshold_id", "member", "episode", "open")
    stands = select(*(alert_state.c[name] for name in names)).where(alert_state.c.threshold_id.in_(rules))
    return {
        (rule_id, member): (episode, bool(is_open))
        for rule_id, member, episode, is_open in connection.execute(stands)
    }


def _route(row: Row[Any], place: Place, around: Around) -> Route | None:
    """By which it came here, as the routes are now: the first that matches and leads here, else the first that matches."""
    labels, first = row.labels or {}, None
    for route in around.routes:
        if not labels or not matches(route.matchers, labels):
            continue
        first = first or route
        reached = (one for name in route.destinations for one in named(name, around.destinations))
        if any((one.channel, one.address) == place for one in reached):
            return route
        if not route.goes_on:
            break
    return first


def _sent_at(connection: Connection, place: Place, now: datetime) -> tuple[datetime, ...]:
    """When messages went there in the last hour, oldest first; several that went as one count once."""
    recent = select(deliveries.c.id, deliveries.c.batch, deliveries.c.sent_at).where(
        _at(place), deliveries.c.state == SENT, deliveries.c.sent_at > now - HOUR
    )
    once = {row.batch or row.id: row.sent_at for row in connection.execute(recent)}
    return tuple(sorted(once.values()))


def _groups(
    connection: Connection, place: Place, waiting: Sequence[Waiting], now: datetime
) -> dict[str, datetime]:
    """When each group that has to wait between its messages was last told."""
    spans = {one.group_key: one.route.interval for one in waiting if one.group_key and one.route}
    longest = max(spans.values(), default=timedelta())
    if not longest:
        return {}
    told = (
        select(deliveries.c.group_key, func.max(deliveries.c.sent_at).label("at"))
        .where(
            _at(place),
            deliveries.c.state == SENT,
            deliveries.c.sent_at > now - longest,
            deliveries.c.group_key.in_(list(spans)),
        )
        .group_by(deliveries.c.group_key)
    )
    return {row.group_key: row.at for row in connection.execute(told)}
