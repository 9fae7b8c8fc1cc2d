"""What the taking in of a book is made of: what it is held against, what it changes, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from alerts.book.entries import EntryError
from alerts.book.reading import problems_of
from alerts.book.toml import Place
from alerts.sending.routing import Destination
from kpi.calculator import KPICalculator
from kpi.targeting.target_terms import TargetError
from storage.alerting.destinations import DestinationError
from storage.alerting.rule_checks import RuleError

NOTHING = object()


@dataclass(frozen=True, slots=True)
class Here:
    """What only the doors know: the definitions that ship, the channels there are, the destinations that the environment
    sets up, the usual budget an hour (None: no limit), and the door through which the book came.
    """

    calculator: KPICalculator
    channels: tuple[str, ...]
    standard: tuple[Destination, ...]
    usual_budget: int | None
    origin: str


class Effect(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that the book changed; `detail` says how, empty where it is new or gone."""

    effect: Effect
    table: str
    name: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """One book being taken in. Problems are gathered, so that all of them can be told at once."""

    connection: Connection
    here: Here
    at: datetime
    replace: bool
    problems: list[str] = field(default_factory=list)
    replaced: set[int] = field(default_factory=set)  # rules in whose place others now stand

    @contextmanager
    def telling(self, place: Place, key: str = "") -> Iterator[None]:
        """What cannot be taken becomes a problem with its place; `key` is what it is about unless it says so itself."""
        try:
            yield
        except EntryError as error:
            self.problems.extend(problems_of(place, error))
        except (RuleError, DestinationError, TargetError) as error:
            self.problems.append(place.problem(key, str(error)))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """The keys that say something else, as `below 0.3 -> 0.28, owner none -> finance`."""
    keys = [key for key in {**before, **after} if before.get(key, NOTHING) != after.get(key, NOTHING)]
    return ", ".join(f"{key} {_shown(before.get(key))} -> {_shown(after.get(key))}" for key in keys)


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, Mapping):
        return " ".join(f"{key}={text}" for key, text in value.items()) or "none"
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "none"
    return value.isoformat() if isinstance(value, datetime) else str(value)
