"""Members of a column that add up all its other members: `Company` above its branches, `(All)` of a cube."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.facts import rows_of_members
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.report import Effect, Issue, Kind

_MOST_MEMBERS = 60
_LEAST_OTHERS, _LEAST_DAYS = 2, 2
_CENT = 0.005


def find_member_totals(
    place: Place, plans: Sequence[Plan], typed: Mapping[str, Typed], out: Collection[int]
) -> tuple[set[int], list[Issue]]:
    """The rows of such members, and an issue for each; `out` are rows that are no data.

    A member is a total where on every day each measure of it is the sum of that of all others, to the cent.
    """
    rows: set[int] = set()
    issues: list[Issue] = []
    day = next(plan.name for plan in plans if plan.role is Role.DAYS)
    measures = [plan.name for plan in plans if plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE]
    labels = [plan for plan in plans if plan.role is Role.LABELS and plan.kind is not Kind.IDENTIFIER]
    if place.table.turned or not measures:
        return rows, issues
    for plan in labels:
        column = typed[plan.name].values
        if not _LEAST_OTHERS < len(column.dictionary) <= _MOST_MEMBERS:
            continue
        table = _kept(column, typed[day].values, [typed[name].values for name in measures], out)
        member = _total_member(table, len(measures))
        if member is not None:
            found = set(rows_of_members(column, [column.dictionary.index(member).as_py()])) - set(out)
            issues.append(_issue(place, plan, member, found))
            rows |= found
    return rows, issues


def _kept(column: pa.Array, days: pa.Array, measures: Sequence[pa.Array], out: Collection[int]) -> pa.Table:
    names = [f"m{number}" for number in range(len(measures))]
    table = pa.table([column.cast(pa.string()), days, *measures], names=["member", "day", *names])
    if out:
        table = table.filter(pa.array([row not in out for row in range(table.num_rows)], pa.bool_()))
    return table.filter(pc.is_valid(table.column("member")))


def _total_member(table: pa.Table, measures: int) -> str | None:
    """The member that is the sum of the others on every day, None where none is."""
    names = [f"m{number}" for number in range(measures)]
    by_day = table.group_by("day").aggregate([(name, "sum") for name in names])
    wholes = {row["day"]: [row[f"{name}_sum"] or 0.0 for name in names] for row in by_day.to_pylist()}
    by_member = table.group_by(["member", "day"]).aggregate([(name, "sum") for name in names])
    found: dict[str, dict[object, list[float]]] = {}
    for row in by_member.to_pylist():
        found.setdefault(row["member"], {})[row["day"]] = [row[f"{name}_sum"] or 0.0 for name in names]
    if len(wholes) < _LEAST_DAYS or len(found) <= _LEAST_OTHERS:
        return None
    for member, days in found.items():
        if days.keys() == wholes.keys() and all(_is_half(days[day], whole) for day, whole in wholes.items()):
            return member
    return None


def _is_half(amounts: Sequence[float], wholes: Sequence[float]) -> bool:
    """Whether what is left of the whole without the member is once more the member."""
    pairs = zip(amounts, wholes, strict=True)
    agrees = all(abs(whole - 2 * amount) <= 2 * _CENT + 1e-9 * abs(whole) for amount, whole in pairs)
    return agrees and any(amounts)


def _issue(place: Place, plan: Plan, member: str, rows: Collection[int]) -> Issue:
    return Issue(
        place.sheet,
        place.table.cell(plan.content.column, min(rows)),
        plan.content.column.label,
        f"{len(rows):,} rows of {member}",
        "on every day they add up to what all other members do",
        "they were set aside as totals",
        Effect.SET_ASIDE,
        len(rows),
    )
