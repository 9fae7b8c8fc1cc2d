"""A book of alerting: rules, destinations, routes, silences, targets and reports as people write them down and keep them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from alerts.book.entries import (
    MOST,
    EntryError,
    Model,
    Written,
    WrittenDestination,
    WrittenReport,
    WrittenRoute,
    WrittenRule,
    WrittenSilence,
    WrittenTarget,
    checked,
)
from alerts.book.rules import rule_from
from alerts.book.toml import BookError, Found, Place, read_tables
from alerts.book.words import read_duration, read_hours, write_duration, write_hours
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence

SECOND_AFTER = read_duration(WrittenRoute.model_fields["second_after"].default)
Anything = TypeVar("Anything", bound=Written)


@dataclass(frozen=True, slots=True)
class Entry(Generic[Anything]):
    """One entry in its checked shape, and where it stands."""

    place: Place
    written: Anything


@dataclass(frozen=True, slots=True)
class Book:
    """All entries, of each kind in their order."""

    destinations: tuple[Entry[WrittenDestination], ...] = ()
    routes: tuple[Entry[WrittenRoute], ...] = ()
    rules: tuple[Entry[WrittenRule], ...] = ()
    silences: tuple[Entry[WrittenSilence], ...] = ()
    targets: tuple[Entry[WrittenTarget], ...] = ()
    reports: tuple[Entry[WrittenReport], ...] = ()


def read_book(text: str) -> Book:
    """The book of a TOML text; BookError says everything in it that makes no sense by itself, with line and key."""
    tables = read_tables(text)
    problems: list[str] = []
    book = Book(
        _entries(WrittenDestination, tables["destination"], problems),
        _entries(WrittenRoute, tables["route"], problems),
        _entries(WrittenRule, tables["rule"], problems),
        _entries(WrittenSilence, tables["silence"], problems),
        _entries(WrittenTarget, tables["target"], problems),
        _entries(WrittenReport, tables["report"], problems),
    )
    problems += _unfit_rules(book.rules) + _twice(book.destinations) + _twice(book.routes)
    problems += _twice(book.reports)
    if problems:
        raise BookError(*problems)
    return book


def destination_from(written: WrittenDestination, usual_budget: int | None) -> Destination:
    """The destination that was meant; one without a budget has the usual one, 0 is no limit.

    EntryError where it can be none.
    """
    budget = usual_budget if written.budget is None else written.budget
    return Destination(
        written.name,
        written.channel,
        written.address,
        standard=False,
        hours=read_hours(written.hours),
        budget=budget or None,
    )


def written_destination(one: Destination) -> dict[str, Any]:
    plain = {
        "name": one.name,
        "channel": one.channel,
        "address": one.address,
        "hours": write_hours(one.hours),
    }
    return {**_said(plain), "budget": one.budget or 0}


def route_from(written: WrittenRoute) -> Route:
    """The route that was meant; EntryError where it can be none."""
    try:
        return Route(
            name=written.name,
            matchers=dict(written.match),
            destinations=written.to,
            goes_on=written.goes_on,
            group_by=written.group_by,
            wait=read_duration(written.wait),
            interval=read_duration(written.interval),
            repeat=read_duration(written.repeat),
            second=written.second,
            second_after=read_duration(written.second_after),
        )
    except ValueError as error:
        raise EntryError({"": str(error)}) from error


def written_route(route: Route) -> dict[str, Any]:
    times = {"wait": route.wait, "interval": route.interval, "repeat": route.repeat}
    plain = {
        "name": route.name,
        "match": dict(route.matchers),
        "to": list(route.destinations),
        "goes_on": route.goes_on or "",
        "group_by": list(route.group_by),
        **{key: write_duration(length) if length else "" for key, length in times.items()},
        "second": route.second,
        "second_after": write_duration(route.second_after) if route.second_after != SECOND_AFTER else "",
    }
    return _said(plain)


def silence_from(written: WrittenSilence, rule_id: int | None, now: datetime) -> Silence:
    """The silence that was meant, its id 0; it begins now where no start was said. EntryError where it can be none."""
    try:
        return Silence(
            id=0,
            start=written.start or now,
            end=written.end,
            reason=written.reason,
            name=written.name,
            rule_id=rule_id,
            member=written.member,
            matchers=dict(written.match) or None,
            created_by=written.created_by,
        )
    except ValueError as error:
        raise EntryError({"": str(error)}) from error


def written_silence(silence: Silence, rule: tuple[str, str, int] = ("", "", 1)) -> dict[str, Any]:
    """`rule`: the dataset, the name and the how manieth of that name of the rule that it names, if it names one."""
    dataset, name, nth = rule
    plain = {
        "name": silence.name,
        "start": silence.start,
        "end": silence.end,
        "dataset": dataset,
        "rule": name,
        "nth": nth if nth > 1 else "",
        "match": dict(silence.matchers or {}),
        "reason": silence.reason,
        "created_by": silence.created_by,
    }
    return _said(plain) | ({} if silence.member is None else {"member": silence.member})


def problems_of(place: Place, error: EntryError) -> list[str]:
    """What an error of one entry says, with the line of each key."""
    return [place.problem(key, why) for key, why in error.problems.items()]


def _entries(model: type[Model], found: Sequence[Found], problems: list[str]) -> tuple[Entry[Model], ...]:
    entries = []
    if len(found) > MOST:
        problems.append(f"found {len(found)} entries of one kind, wanted at most {MOST}")
    for one in found[:MOST]:
        try:
            entries.append(Entry(one.place, checked(model, one.plain)))
        except EntryError as error:
            problems += problems_of(one.place, error)
    return tuple(entries)


def _unfit_rules(rules: Sequence[Entry[WrittenRule]]) -> list[str]:
    problems = []
    for one in rules:
        try:
            rule_from(one.written)
        except EntryError as error:
            problems += problems_of(one.place, error)
    return problems


def _twice(
    entries: Sequence[Entry[WrittenDestination]]
    | Sequence[Entry[WrittenRoute]]
    | Sequence[Entry[WrittenReport]],
) -> list[str]:
    """What two entries of one name have to say."""
    first: dict[str, Place] = {}
    problems = []
    for one in entries:
        before = first.setdefault(one.written.name, one.place)
        if before is not one.place:
            line = before.lines.get("name", 0)
            problems.append(one.place.problem("name", f"another one is called that, in line {line}"))
    return problems


def _said(plain: Mapping[str, Any]) -> dict[str, Any]:
    """Without what goes without saying."""
    return {key: value for key, value in plain.items() if value not in ("", [], {})}
