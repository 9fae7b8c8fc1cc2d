"""Sheets of one layout stacked, and stacks put together to one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kpi.calendar import cadence
from kpi.cleaning.facts import Facts
from kpi.cleaning.sheets.parts import NUMBERS, OWN_COLUMNS, Desk, Part
from kpi.cleaning.sheets.sheet_names import are_versions, say_their_dates
from kpi.cleaning.values.typed import label
from kpi.cleaning.words import plain
from kpi.report import Effect, FactField, Issue, Kind

_ALIKE = 0.7  # share of the fields of two sheets that both have
_HALF = 0.5
# What a column is if sheets differ: too many members on one sheet are too many in the file.
_WEAKEST_FIRST = (Kind.TEXT, Kind.IDENTIFIER, Kind.DIMENSION, Kind.RATE, Kind.MEASURE, Kind.DATE)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Sheets that are one table with one part of it each, in the order of the workbook."""

    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows for part in self.parts)

    @property
    def sums(self) -> frozenset[str]:
        return frozenset().union(*(part.sums for part in self.parts))

    @property
    def canonical(self) -> frozenset[str]:
        return frozenset().union(*(part.canonical for part in self.parts))

    @property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*(part.kinds for part in self.parts))

    @property
    def guessed(self) -> bool:
        return any(part.sheet.guessed for part in self.parts)


def stacks_of(parts: Sequence[Part]) -> list[Stack]:
    """The parts in stacks of one layout, largest stack first."""
    groups: list[list[Part]] = []
    for part in parts:
        joined = [group for group in groups if any(_is_one_layout(part, other) for other in group)]
        groups = [group for group in groups if group not in joined]
        groups.append([*(other for group in joined for other in group), part])
    stacks = [Stack(tuple(sorted(group, key=lambda part: part.position))) for group in groups]
    return sorted(stacks, key=lambda stack: (-stack.rows, min(part.name for part in stack.parts)))


def _is_one_layout(left: Part, right: Part) -> bool:
    """Whether the two are parts of one table: nearly the same fields, or half of them and nothing told twice.

    Sheets of different times cannot tell one sale twice, but two versions of one sheet do. Sheets with the same measures
    do not, as far as their rows were found to differ.
    """
    if left.is_plan is not right.is_plan:
        return False
    fields = left.kinds.keys() | left.sheet.blanks, right.kinds.keys() | right.sheet.blanks
    alike = len(fields[0] & fields[1]) / len(fields[0] | fields[1])
    apart = left.span[1] < right.span[0] or right.span[1] < left.span[0]
    if not apart and (_are_versions(left, right) or _differ_in_detail(left, right)):
        return False
    same = _numbers(left) - right.sheet.blanks == _numbers(right) - left.sheet.blanks
    return alike >= _ALIKE or (alike >= _HALF and (same or apart)) or (same and apart)


def _are_versions(left: Part, right: Part) -> bool:
    return left.name != right.name and are_versions(left.name, right.name)


def _differ_in_detail(left: Part, right: Part) -> bool:
    """Whether one has days and the other months, say, under other headers: then it may sum up the other."""
    return left.sheet.words != right.sheet.words and cadence(left.days) is not cadence(right.days)


def _numbers(part: Part) -> set[str]:
    return {name for name, kind in part.kinds.items() if kind in NUMBERS}


def together(stacks: Sequence[Stack], desk: Desk) -> Facts:
    """The rows of all stacks as one table; a column that a sheet lacks is empty in its rows."""
    parts = sorted((part for stack in stacks for part in stack.parts), key=lambda part: part.position)
    if len(parts) == 1:
        return parts[0].facts
    for stack in stacks:
        _note_missing(stack, desk)
    fields = _fields(parts)
    named = {part for stack in stacks if _needs_names(stack) for part in stack.parts}
    column = next(name for name in ("sheet", "sheet_name", "name_of_sheet") if name not in fields)
    tables = []
    for part in parts:
        table = _of_kinds(part, fields, desk)
        if part in named:
            name = pa.DictionaryArray.from_arrays(
                pa.repeat(pa.scalar(0, pa.int32()), part.rows), pa.array([part.name])
            )
            table = table.append_column(column, name)
        tables.append(table)
    if named:
        fields[column] = FactField(column, Kind.DIMENSION, "Sheet")
    table = pa.concat_tables(tables, promote_options="default").select([*fields, *OWN_COLUMNS])
    return Facts(table.unify_dictionaries(), tuple(fields.values()))


def _fields(parts: Sequence[Part]) -> dict[str, FactField]:
    """Every field by name, of the weakest kind that it has on any sheet."""
    fields: dict[str, FactField] = {}
    for part in parts:
        for about in part.facts.fields:
            known = fields.setdefault(about.name, about)
            kind = min(known.kind, about.kind, key=_WEAKEST_FIRST.index)
            fields[about.name] = FactField(about.name, kind, known.header)
    return fields


def _of_kinds(part: Part, fields: Mapping[str, FactField], desk: Desk) -> pa.Table:
    """The rows of a part with numbers as text where another sheet has text in that column."""
    table = part.facts.table
    for about in part.facts.fields:
        if about.kind in NUMBERS and fields[about.name].kind not in NUMBERS:
            place = table.column_names.index(about.name)
            texts = pa.array([label(value) for value in table.column(place).to_pylist()], pa.string())
            table = table.set_column(place, about.name, texts.dictionary_encode())
            problem = "the column holds text on other sheets"
            action = "its numbers were read as text and are not added up"
            desk.issues.append(
                Issue(part.name, part.cell, about.header, about.header, problem, action, Effect.NOTE)
            )
    return table


def _note_missing(stack: Stack, desk: Desk) -> None:
    """A column that only some sheets of a layout have may have been forgotten on the others."""
    headers = {about.name: about.header for part in stack.parts for about in part.facts.fields}
    for part in stack.parts:
        missing = sorted(stack.fields - part.kinds.keys() - part.sheet.blanks)
        if missing:
            found = ", ".join(headers[name] for name in missing)
            problem = "columns that other sheets of this layout have are missing here"
            action = "they are empty in the rows of this sheet"
            desk.issues.append(
                Issue(part.name, part.cell, "", found, problem, action, Effect.NOTE, len(missing))
            )


def _needs_names(stack: Stack) -> bool:
    """Whether the names of the sheets tell what no column does: a region, a shop, a team."""
    parts = stack.parts
    names = [part.name for part in parts]
    if len(set(names)) == 1 or say_their_dates(names, [part.span for part in parts]):
        return False
    shared = frozenset.intersection(*(frozenset(part.kinds) for part in parts))
    return not any(_says_names(parts, name) for name in shared if parts[0].kinds[name] is Kind.DIMENSION)


def _says_names(parts: Sequence[Part], column: str) -> bool:
    """Whether the column holds the name of its sheet in every row."""
    for part in parts:
        members = pc.unique(part.facts.table.column(column)).to_pylist()
        if len(members) != 1 or members[0] is None:
            return False
        said, name = set(plain(members[0]).split()), set(plain(part.name).split())
        if not said or not (said <= name or name <= said):
            return False
    return True
