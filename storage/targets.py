"""The targets people set. Each is one row; what takes its place or removes it ends it, so that its history stays.

One target holds for a KPI, a period and a member (or the whole) of a dataset: the one that was set last, whether it
was typed in or stood in a file. A file sets what it says otherwise than it did before: what somebody typed over it
holds until the file itself says something new about it, and what it no longer says ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from kpi.calendar import Grain
from kpi.targeting.targets import Target
from storage.meaning_schema import targets

PAGE, CLI, API = "page", "cli", "api"  # origins; the others are files
Spot = tuple[str, str, date, str, str]  # what a target is for: KPI, grain, period, dimension, member
CHUNK = 500  # keys in one IN list


@dataclass(frozen=True, slots=True)
class SetTarget:
    """A target as it was set. `origin` is page, cli, api, or `file` and the key of the source that said it."""

    id: int
    dataset: str
    target: Target
    origin: str
    set_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, for outsiders."""
        aim = self.target
        return {
            "dataset": self.dataset,
            "kpi": aim.kpi,
            "grain": aim.grain.value,
            "period": aim.period.isoformat(),
            "by": aim.dimension or None,
            "member": aim.member or None,
            "value": aim.value,
            "origin": self.origin,
            "at": self.set_at.isoformat(),
        }


# What holds for each spot, the newest last: more than one where two processes set it at the same time.
Held = dict[Spot, list[SetTarget]]


@dataclass(frozen=True, slots=True)
class Said:
    """What a file says `now`, in place of what it said `before`.

    `restored`: it only says again what it said once, so that nothing that was set since by others gives way.
    """

    origin: str
    now: tuple[Target, ...] = ()
    before: tuple[Target, ...] = ()
    restored: bool = False

    def new(self, held: Held) -> list[Target]:
        """What it says otherwise than it did before."""
        was = {_spot(target): target.value for target in self.before}
        differing = [target for target in self.now if was.get(_spot(target)) != target.value]
        return [target for target in differing if not self.restored or self._may_replace(_spot(target), held)]

    def gone(self, held: Held) -> set[Spot]:
        """What it said, says no longer, and holds by its word."""
        silent = {_spot(target) for target in self.before} - {_spot(target) for target in self.now}
        return {spot for spot in silent & held.keys() if self._may_replace(spot, held)}

    def _may_replace(self, spot: Spot, held: Held) -> bool:
        return spot not in held or held[spot][-1].origin == self.origin


def set_targets(
    connection: Connection, dataset: str, wanted: Iterable[Target], origin: str, at: datetime
) -> list[Target]:
    """Let these hold from now on, all in the caller's transaction; returns those that say something new.

    Of several for one spot the last one counts.
    """
    held = _held(connection, dataset)
    new = [
        target
        for spot, target in {_spot(target): target for target in wanted}.items()
        if _says_more(target, at, held.get(spot, []))
    ]
    _end(connection, (one.id for target in new for one in held.get(_spot(target), [])), at)
    if new:
        connection.execute(insert(targets), [_row(dataset, target, origin, at) for target in new])
    return new


def remove_targets(connection: Connection, dataset: str, unwanted: Iterable[Target], at: datetime) -> int:
    """Let none hold for the spots of these, whatever its value; returns how many there were."""
    held = _held(connection, dataset)
    spots = {_spot(target) for target in unwanted} & held.keys()
    _end(connection, (one.id for spot in spots for one in held[spot]), at)
    return len(spots)


def say_targets(connection: Connection, dataset: str, said: Said, at: datetime) -> None:
    """Let hold what a file says now: only what it says otherwise than before is set, and what is gone ends."""
    held = _held(connection, dataset)
    set_targets(connection, dataset, said.new(held), said.origin, at)
    _end(connection, (one.id for spot in said.gone(held) for one in held[spot]), at)


def targets_with(connection: Connection, dataset: str, said: Said, at: datetime) -> tuple[Target, ...]:
    """Those that would hold at that moment once the file has said that. Nothing is written."""
    held = _held(connection, dataset)
    gone = said.gone(held)
    new = {_spot(one): one for one in said.new(held) if _says_more(one, at, held.get(_spot(one), []))}
    before = {_spot(target): target for target in targets_at(connection, dataset, at)}
    return tuple(target for spot, target in (before | new).items() if spot not in gone)


def list_targets(
    connection: Connection, dataset: str | None = None, kpi: str | None = None
) -> list[SetTarget]:
    """Those that hold now, by dataset, KPI, dimension, member, and period, finest first."""
    found = _newest(connection, _of(dataset, kpi).where(targets.c.ended_at.is_(None)))
    order = list(Grain)
    return sorted(
        found,
        key=lambda one: (
            one.dataset,
            one.target.kpi,
            one.target.dimension,
            one.target.member,
            order.index(one.target.grain),
            one.target.period,
        ),
    )


def targets_at(connection: Connection, dataset: str, moment: datetime) -> tuple[Target, ...]:
    """Those that held at the moment."""
    return tuple(one.target for one in set_targets_at(connection, dataset, moment))


def set_targets_at(
    connection: Connection, dataset: str, moment: datetime, kpi: str | None = None
) -> list[SetTarget]:
    """The same, as they were set."""
    unended = or_(targets.c.ended_at.is_(None), targets.c.ended_at > moment)
    return _newest(connection, _of(dataset, kpi).where(targets.c.set_at <= moment, unended))


def last_change(connection: Connection, dataset: str) -> datetime | None:
    """When a target of the dataset was last set or ended; None where there never was one."""
    of = targets.c.dataset == dataset
    moments = connection.execute(select(func.max(targets.c.set_at), func.max(targets.c.ended_at)).where(of))
    return max((moment for moment in moments.one() if moment), default=None)


def targets_token(connection: Connection) -> str:
    """A short text that changes when a target is set or ended."""
    counts = select(func.max(targets.c.id), func.count(targets.c.ended_at))
    return "-".join(str(part) for part in connection.execute(counts).one())


def _of(dataset: str | None = None, kpi: str | None = None) -> Select[Any]:
    statement = select(targets).order_by(targets.c.set_at, targets.c.id)
    if dataset is not None:
        statement = statement.where(targets.c.dataset == dataset)
    return statement if kpi is None else statement.where(targets.c.kpi == kpi)


def _newest(connection: Connection, statement: Select[Any]) -> list[SetTarget]:
    """One for each spot: where two processes set one at the same time, the later."""
    found = [_set(row) for row in connection.execute(statement)]
    return list({(one.dataset, _spot(one.target)): one for one in found}.values())


def _held(connection: Connection, dataset: str) -> Held:
    held: Held = {}
    for row in connection.execute(_of(dataset).where(targets.c.ended_at.is_(None))):
        one = _set(row)
        held.setdefault(_spot(one.target), []).append(one)
    return held


def _says_more(target: Target, at: datetime, held: Sequence[SetTarget]) -> bool:
    """Whether it is another value than the one that holds, and that was not set later."""
    return not held or (held[-1].target.value != target.value and held[-1].set_at <= at)


def _end(connection: Connection, ids: Iterable[int], at: datetime) -> None:
    ended = sorted(ids)
    for start in range(0, len(ended), CHUNK):
        these = targets.c.id.in_(ended[start : start + CHUNK])
        connection.execute(update(targets).where(these).values(ended_at=at))


def _spot(target: Target) -> Spot:
    return target.kpi, target.grain.value, target.period, target.dimension, target.member


def _row(dataset: str, target: Target, origin: str, at: datetime) -> dict[str, object]:
    return {
        "dataset": dataset,
        "kpi": target.kpi,
        "grain": target.grain.value,
        "period_start": target.period,
        "dimension": target.dimension,
        "member": target.member,
        "value": target.value,
        "origin": origin,
        "set_at": at,
    }


def _set(row: Row[Any]) -> SetTarget:
    target = Target(row.kpi, Grain(row.grain), row.period_start, row.dimension, row.member, row.value)
    return SetTarget(row.id, row.dataset, target, row.origin, row.set_at)
