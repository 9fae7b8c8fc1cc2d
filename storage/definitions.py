"""People's own KPI definitions: every change is a row and a version of its KPI; the newest row of a key holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, insert, null, select
from sqlalchemy.exc import IntegrityError

from storage.meaning_schema import definitions


class MeanwhileError(Exception):
    """Somebody else has changed the definition; the message says what to look at. Nothing was written."""


class Effect(StrEnum):
    """What saving a definition does."""

    NEW = "new"
    CHANGED = "changed"
    RETIRED = "retired"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a definition. `entry` is as in a catalogue file; None where the KPI was retired.

    `id` counts the changes of all definitions, without gaps, in the order in which they were committed.
    """

    id: int
    key: str
    version: int
    entry: Mapping[str, Any] | None
    owner: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a definition to be; an `entry` of None retires it.

    `expected` is the version that they have seen, 0 where there was none; None: whatever it is by now.
    """

    key: str
    entry: Mapping[str, Any] | None
    owner: str
    expected: int | None = None

    def effect(self, held: Change | None) -> Effect:
        """What it does to what holds."""
        if not self.differs(held):
            return Effect.UNCHANGED
        if self.entry is None:
            return Effect.RETIRED
        return Effect.NEW if held is None or held.entry is None else Effect.CHANGED

    def differs(self, held: Change | None) -> bool:
        """Whether it is any other than what holds; another owner of the same formula is."""
        if held is None or held.entry is None or self.entry is None:
            return (held.entry if held else None) != self.entry
        return (held.entry, held.owner) != (self.entry, self.owner)


def newest_change(connection: Connection) -> int:
    """The number of the last change; 0 where there is none."""
    return connection.execute(select(func.max(definitions.c.id))).scalar() or 0


def latest_changes(connection: Connection, through: int | None = None) -> dict[str, Change]:
    """The last change of each key, retired ones too, in the order in which the keys came; as of the change `through`."""
    return {change.key: change for change in _changes(connection, through)}


def retired_keys(connection: Connection) -> set[str]:
    """The keys that hold no longer."""
    return {key for key, change in latest_changes(connection).items() if change.entry is None}


def history(connection: Connection, key: str) -> list[Change]:
    """Every change of one key, oldest first; empty where it is nobody's own."""
    return [change for change in _changes(connection) if change.key == key]


def record_changes(connection: Connection, wishes: Iterable[Wish], at: datetime) -> list[Change]:
    """Write those wishes that change something, unchecked, and return them. MeanwhileError where others were quicker.

    Their numbers are given here and not by the database: so of two transactions the one that commits later cannot
    have the smaller number, and a dataset version that names a change includes all that came before it.
    """
    known, last = latest_changes(connection), newest_change(connection)
    made: list[Change] = []
    for wish in wishes:
        held = known.get(wish.key)
        _refuse_stale(wish, held)
        if wish.differs(held):
            version = held.version + 1 if held else 1
            made.append(Change(last + len(made) + 1, wish.key, version, wish.entry, wish.owner, at))
    _insert(connection, made)
    return made


def _refuse_stale(wish: Wish, held: Change | None) -> None:
    if wish.expected is None or wish.expected == (held.version if held else 0):
        return
    now = f"at version {held.version} by now, of {held.owner}" if held else "nobody's yet"
    raise MeanwhileError(
        f"KPI `{wish.key}` is {now}; version {wish.expected} was expected. Nothing was saved; look at what it says "
        "now, and save again."
    )


def _insert(connection: Connection, made: Sequence[Change]) -> None:
    try:
        with connection.begin_nested():
            for one in made:
                entry = null() if one.entry is None else dict(one.entry)  # a plain None would be JSON's null
                values = {
                    "id": one.id,
                    "key": one.key,
                    "version": one.version,
                    "owner": one.owner,
                    "at": one.at,
                }
                connection.execute(insert(definitions).values(entry=entry, **values))
    except IntegrityError:
        raise MeanwhileError(
            "Somebody else saved a definition at the same moment. Nothing was saved; look at what there is now, and "
            "save again."
        ) from None


def _changes(connection: Connection, through: int | None = None) -> list[Change]:
    """Oldest first."""
    statement = select(definitions).order_by(definitions.c.id)
    if through is not None:
        statement = statement.where(definitions.c.id <= through)
    return [_change(row) for row in connection.execute(statement)]


def _change(row: Row[Any]) -> Change:
    return Change(row.id, row.key, row.version, row.entry, row.owner, row.at)
