"""Hierarchies: columns to go down by, such as country, region, city, and where the filters of a slice stand in one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kpi.report import FactField, Kind
from kpi.values import Slice

Hierarchies = Mapping[
    str, tuple[str, ...]
]  # columns from the coarsest to the finest, by the hierarchy's name
Conditions = Sequence[tuple[str, str]]
FEWEST = 2  # levels; a single one is a dimension


def levels_in(hierarchies: Hierarchies, fields: Iterable[FactField]) -> dict[str, tuple[str, ...]]:
    """The hierarchies of which the data have two levels or more, without the levels that are no dimensions there.

    Empty where there are none. A column of a hierarchy's own name goes before it.
    """
    kinds = {field.name: field.kind for field in fields}
    found = {
        name: tuple(level for level in levels if kinds.get(level) is Kind.DIMENSION)
        for name, levels in hierarchies.items()
        if name not in kinds
    }
    return {name: levels for name, levels in found.items() if len(levels) >= FEWEST}


def trail(levels: Sequence[str], where: Conditions) -> tuple[tuple[str, str], ...]:
    """The coarsest levels that the filters fix to one member each, with that member: the way down so far."""
    found: list[tuple[str, str]] = []
    for level in levels[:-1]:
        members = [member for name, member in where if name == level]
        if len(members) != 1:
            break
        found.append((level, members[0]))
    return tuple(found)


def level(levels: Sequence[str], where: Conditions) -> str:
    """The first level that the filters do not fix to one member; the finest where they fix all."""
    return levels[len(trail(levels, where))]


def on_level(asked: Slice, hierarchies: Hierarchies) -> Slice:
    """A slice by a hierarchy as one by the column of its level; any other slice as it is."""
    levels = hierarchies.get(asked.by or "")
    return replace(asked, by=level(levels, asked.where)) if levels else asked
