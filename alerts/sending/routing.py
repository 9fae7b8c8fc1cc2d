"""Who hears of what: a rule's labels, the routes that people set, and the destinations there are. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from alerts.rules import Rule
from alerts.sending.hours import Hours
from alerts.sending.silences import matches

CONSOLE = "console"
LONGEST_CHANNEL = 20  # what a row has room for
LEAST_REPEAT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Destination:
    """One address of a channel by its name. An empty address waits, for `needs`, until the channel is set up.

    `standard`: set up by the environment, also where people have saved hours or a budget for it since; these are told
    where neither rule nor route names anybody. `budget`: messages an hour, then one digest; None: no limit. `proved`
    False: a test message has to be accepted there first.
    """

    name: str
    channel: str
    address: str
    needs: str = ""
    standard: bool = True
    hours: Hours | None = None
    budget: int | None = None
    proved: bool = True

    def __post_init__(self) -> None:
        if self.budget is not None and self.budget < 1:
            raise ValueError(
                f"destination {self.name!r}: a budget of {self.budget} messages an hour would send nothing; "
                "give 1 or more, or leave it out for no limit"
            )


@dataclass(frozen=True, slots=True)
class Route:
    """What matches goes to `destinations` (names, channels or channel:address); the first that matches, unless it `goes_on`.

    No matcher matches everything. Messages with the same values of `group_by` go out together: the first after `wait`,
    more of the group not before `interval` has passed, an open breach again every `repeat` (zero: never). What nobody
    has acknowledged `second_after` it fired, and is critical, goes to `second`, too. ValueError where that cannot work.
    """

    name: str
    matchers: Mapping[str, str]
    destinations: tuple[str, ...]
    goes_on: bool = False
    group_by: tuple[str, ...] = ()
    wait: timedelta = timedelta()
    interval: timedelta = timedelta()
    repeat: timedelta = timedelta()
    second: str = ""
    second_after: timedelta = timedelta(minutes=15)

    def __post_init__(self) -> None:
        for wrong, why in self._faults():
            if wrong:
                raise ValueError(f"route {self.name!r}: {why}")

    def _faults(self) -> Iterator[tuple[bool, str]]:
        spans = {"wait": self.wait, "interval": self.interval, "repeat": self.repeat}
        spans["second after"] = self.second_after
        yield not self.name.strip(), "it has no name; give it one"
        yield not self.destinations, "it leads nowhere; name at least one destination"
        yield (
            not all(one.strip() for one in self.destinations),
            "the name of a destination is empty; leave it out",
        )
        for label, span in spans.items():
            yield span < timedelta(), f"{label} is {span}, less than nothing; give zero or more"
        together = bool(self.wait or self.interval)
        yield (
            together and not self.group_by,
            "wait and interval are of groups; say what it groups by, or drop them",
        )
        yield (
            timedelta() < self.repeat < LEAST_REPEAT,
            f"it repeats every {self.repeat}; give a minute or more",
        )


@dataclass(frozen=True, slots=True)
class Recipient:
    """One destination that hears of an alert, and how: by the first route that matches it and leads there.

    Where the rule itself names the destination: by the first route that matches. None where there is none.
    """

    destination: Destination
    route: Route | None = None


def labels_of(rule: Rule, member: str, file: str = "") -> dict[str, str]:
    """What routes, silences and groups know an alert by: the rule's own labels, and over them `rule, dataset, kpi, grain,
    severity, owner, file, member` and, where the rule has a dimension, its name with the member. None is empty.
    """
    by_itself = {
        "rule": rule.name,
        "dataset": rule.dataset,
        "kpi": rule.kpi,
        "grain": rule.grain,
        "severity": str(rule.severity),
        "owner": rule.owner,
        "file": file,
        "member": member,
    }
    place = (
        {rule.dimension: member} if rule.dimension else {}
    )  # under the others: a column may be called `owner`
    labels = {**rule.labels, **place, **{label: text for label, text in by_itself.items() if text}}
    return {label: text for label, text in labels.items() if text}


def recipients(
    rule: Rule, labels: Mapping[str, str], routes: Sequence[Route], destinations: Sequence[Destination]
) -> tuple[Recipient, ...]:
    """Whom to tell, each destination once: whom the rule names, else the routes in their order, else the console and all
    standard destinations that are set up. A name that nobody has becomes a destination that waits for it.
    """
    ways = tuple(_ways(labels, routes))
    if rule.channels:
        first = ways[0] if ways else None
        chosen = [(one, first) for name in rule.channels for one in named(name, destinations)]
    elif ways:
        chosen = [
            (one, way) for way in ways for name in way.destinations for one in named(name, destinations)
        ]
    else:
        chosen = [
            (one, None) for one in destinations if one.standard and (one.address or one.channel == CONSOLE)
        ]
    found: dict[tuple[str, str], Recipient] = {}
    for one, way in chosen:
        found.setdefault((one.channel, one.address), Recipient(one, way))
    return tuple(found.values())


def named(name: str, destinations: Sequence[Destination]) -> tuple[Destination, ...]:
    """Those that a word in a rule or route means: one by its name, all standard ones of a channel, or channel:address.

    Never empty: a name that nobody has is a destination that says in `needs` what is missing.
    """
    saved = tuple(one for one in destinations if one.name == name and not one.standard)
    if saved:
        return saved
    ways = (
        lambda one: one.standard and one.channel == name,
        lambda one: one.name == name,
        lambda one: bool(one.address) and f"{one.channel}:{one.address}" == name,
    )
    for means in ways:
        found = tuple(one for one in destinations if means(one))
        if found:
            return found
    return (_nobody(name, destinations),)


def group_key(route: Route | None, labels: Mapping[str, str], recipient: Destination) -> str:
    """The same for messages that go out together; empty where the route groups nothing. 64 characters."""
    if route is None or not route.group_by:
        return ""
    values = [[label, labels.get(label, "")] for label in sorted(set(route.group_by))]
    together = json.dumps([route.name, recipient.channel, recipient.address, values])
    return hashlib.sha256(together.encode()).hexdigest()


def _ways(labels: Mapping[str, str], routes: Iterable[Route]) -> Iterator[Route]:
    """The routes that an alert with these labels takes, in their order."""
    for route in routes:
        if matches(route.matchers, labels):
            yield route
            if not route.goes_on:
                return


def _nobody(name: str, destinations: Sequence[Destination]) -> Destination:
    """Where a name leads that nobody has: to an address of its own that waits, or to none where even the channel is unknown."""
    channel, _, address = name.partition(":")
    known = list(dict.fromkeys(one.channel for one in destinations))
    if address and channel in known:
        needs = (
            f"{address!r} is no address of {channel} that is set up; set it up or correct the rule or route"
        )
        return Destination(name, channel, address, needs, standard=False, proved=False)
    words = list(dict.fromkeys([*known, *(one.name for one in destinations)]))
    needs = f"there is no destination named {name!r}, only {', '.join(words)}; correct the rule or route"
    short = name if len(name) <= LONGEST_CHANNEL else name[: LONGEST_CHANNEL - 1] + "…"
    return Destination(name, short, "", needs, standard=False)
