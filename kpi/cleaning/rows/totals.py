"""Rows that add up others: found by their label or by arithmetic, set aside, and held against what they add up."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.rows.claims import (
    Claim,
    ask_claims,
    doubtful,
    find_claims,
    proven_claims,
    settle_periods,
    unfounded,
)
from kpi.cleaning.rows.members import MemberSums
from kpi.cleaning.rows.rows import Aside, Sorted, is_total, total_of
from kpi.cleaning.rows.sums import CENT, Measure, RunningSums, Stretch, agreeing, proves, read_measures
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed, shown
from kpi.report import Effect, Issue

_BACK = 12  # levels of subtotals and groups of one level that a total may reach back over
_DENSE = 0.9
_LEAST_ROWS = 3  # fewer may add up by chance where a row looks like data
_MOST_DOUBTS = 20
_ASIDE = "the total was set aside: find the rows that are missing or counted twice"


@dataclass(frozen=True, slots=True)
class Totals:
    """Rows that turned out to be totals beyond those that were sorted out by their label, and what disagrees."""

    rows: frozenset[int]
    issues: tuple[Issue, ...]


@dataclass(frozen=True, slots=True)
class TableRows:
    """What the search for totals works on; `undated` rows that `sorted` does not name are data so far."""

    place: Place
    plans: Sequence[Plan]
    typed: Mapping[str, Typed]
    undated: Sequence[int]
    sorted: Sorted

    @property
    def labels(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.role is Role.LABELS]

    def labelled(self) -> list[int]:
        """Undated rows that say that they are totals."""
        return sorted(row for row, why in self.sorted.aside.items() if why is Aside.TOTAL)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the arithmetic says: rows that add up others without saying so, and claims that are proven."""

    silent: set[int]
    proven: set[int]


def find_totals(table: TableRows) -> Totals:
    """Totals without a label, with a date, or of a longer period; and a doubt for each one that disagrees."""
    labelled = table.labelled()
    claims = find_claims(table.place, table.plans, table.typed, table.sorted.aside)
    unlabelled = {row for row in table.undated if row not in table.sorted.aside} | _unlabelled(table)
    if not (labelled or unlabelled or claims):
        return Totals(frozenset(), ())
    measures = read_measures(table.plans, table.typed)
    if not measures or table.place.table.turned:
        sure = [claim for claim in claims if not claim.weak]
        return Totals(frozenset(ask_claims(table.place, settle_periods(table.place, sure, ()))), ())
    judged = _judged(table, measures, claims, unlabelled)
    names = unfounded(claims, judged.proven)
    if names:  # they are data, and count in what the others add up
        claims = [claim for claim in claims if claim.row not in names]
        judged = _judged(table, measures, claims, unlabelled - names)
    proven = judged.proven - doubtful(claims, judged.proven)
    asked = ask_claims(table.place, settle_periods(table.place, claims, proven))
    totals = {*judged.silent, *proven, *asked}
    out = {*table.sorted.aside, *totals}
    sums = RunningSums(measures, out)
    by_member = MemberSums(measures, table.typed, table.plans, out)
    issues = _disagreements(table, sums, by_member, sorted({*labelled, *asked}), sorted({*labelled, *totals}))
    return Totals(frozenset(totals), tuple(issues))


def _judged(
    table: TableRows, measures: Sequence[Measure], claims: Sequence[Claim], unlabelled: Collection[int]
) -> _Judged:
    labelled = table.labelled()
    claimed = {claim.row for claim in claims}
    sums = RunningSums(measures, {*table.sorted.aside, *claimed})
    unknown = sorted(row for row in unlabelled if row not in claimed)
    silent = _without_label(table, unknown, sums, labelled, _dense_labels(table))
    bounds = sorted({*labelled, *silent, *claimed})
    out = {*table.sorted.aside, *claimed, *silent}
    by_member = MemberSums(measures, table.typed, table.plans, out)
    proven = proven_claims(claims, by_member, lambda row: _stretches(sums, row, bounds), measures)
    return _Judged(silent, proven)


def _without_label(
    table: TableRows,
    unknown: Sequence[int],
    sums: RunningSums,
    labelled: Sequence[int],
    dense: Sequence[pa.Array],
) -> set[int]:
    """Rows that say nothing and add up the rows above them."""
    undated = set(table.undated)
    least_dated = 2 if sum(row not in undated for row in unknown) > 1 else _LEAST_ROWS
    bounds: list[int] = []
    found: set[int] = set()
    waiting = iter([*labelled, table.place.table.height])
    following = next(waiting)
    for row in unknown:
        while following < row:
            bounds.append(following)
            following = next(waiting)
        dated = row not in undated
        least = least_dated if dated else _least_rows(table, row, dense)
        stretches = (s for s in _above(sums, row, bounds) if s.rows >= least)
        if least and any(proves(sums.measures, row, stretch, exact=dated) for stretch in stretches):
            sums.leave_out(row)
            bounds.append(row)
            found.add(row)
    return found


def _dense_labels(table: TableRows) -> list[pa.Array]:
    """The columns of labels that rows of data fill."""
    rows = table.place.table.height - len(table.undated)
    columns = [table.typed[plan.name].values for plan in table.labels]
    blanks = [
        column.null_count - sum(not column[row].is_valid for row in table.undated) for column in columns
    ]
    return [
        column for column, blank in zip(columns, blanks, strict=True) if rows and blank <= (1 - _DENSE) * rows
    ]


def _unlabelled(table: TableRows) -> set[int]:
    """Rows with a date that bear none of the labels that most rows bear."""
    columns = [table.typed[plan.name].values for plan in table.labels]
    usual = [column for column in columns if column.null_count * 2 < len(column)]
    if not usual or not all(column.null_count for column in usual):
        return set()
    blank = reduce(pc.and_, [column.is_null() for column in usual])
    return set(pc.indices_nonzero(blank).to_pylist()) - set(table.undated) - table.sorted.aside.keys()


def _least_rows(table: TableRows, row: int, dense: Sequence[pa.Array]) -> int:
    """Of how many rows one without a date must be the sum; 0 where it looks like data in all but the date."""
    if any(not column[row].is_valid for column in dense):
        return 1
    if any(table.typed[plan.name].values[row].is_valid for plan in table.labels):
        return 0
    unknown = sum(row not in table.sorted.aside for row in table.undated)
    dated = table.place.table.height - len(table.undated)
    return _LEAST_ROWS if unknown > dated / 2 else 2  # dates may stand once for several rows


def _above(sums: RunningSums, row: int, bounds: Sequence[int]) -> Iterator[Stretch]:
    """The rows above since each of the last totals, and all of them."""
    for bound in bounds[: -_BACK - 1 : -1]:
        yield sums.between(bound + 1, row)
    yield sums.between(0, row)


def _stretches(sums: RunningSums, row: int, bounds: Sequence[int]) -> Iterator[Stretch]:
    """Every stretch of rows that the row may add up, above it first; `bounds` are all totals, in order."""
    at = bisect_left(bounds, row)
    yield from _above(sums, row, bounds[max(at - _BACK, 0) : at])
    after = bisect_right(bounds, row)
    for bound in bounds[after : after + _BACK]:
        yield sums.between(row + 1, bound)
    height = len(sums.measures[0].values)
    yield sums.between(row + 1, height)
    yield sums.between(0, height)


def _disagreements(
    table: TableRows, sums: RunningSums, members: MemberSums, checked: Sequence[int], bounds: Sequence[int]
) -> list[Issue]:
    """A doubt for each amount of a total that none of the rows it may be of add up to."""
    found: dict[str, list[Issue]] = {}
    for row in checked:
        stretches = [*_named(table, members, row), *_stretches(sums, row, bounds)]
        for measure, added in _wrong(sums.measures, row, [s for s in stretches if s.rows]):
            found.setdefault(measure.plan.name, []).append(_doubt(table.place, measure, row, added))
    return [issue for issues in found.values() for issue in _few(issues)]


def _named(table: TableRows, members: MemberSums, row: int) -> list[Stretch]:
    """The rows of the member or the period that the total names."""
    cells = [column.cells[row] for column in (*table.place.table.columns, *table.place.table.strays)]
    labels = [cell for cell in cells if isinstance(cell, str) and is_total(cell)]
    return [stretch for label in labels for stretch in members.named(total_of(label))]


def _wrong(
    measures: Sequence[Measure], row: int, stretches: Sequence[Stretch]
) -> list[tuple[Measure, float]]:
    """The amounts that are not the sums of the stretch that agrees best, with these sums."""
    best: tuple[tuple[int, float], Stretch, list[bool | None]] | None = None
    for stretch in stretches:
        verdicts = [
            None if verdict is False and _is_average(measure, row, added, stretch.rows) else verdict
            for measure, added, verdict in zip(
                measures, stretch.sums, agreeing(measures, row, stretch), strict=True
            )
        ]
        score = (verdicts.count(False), _distance(measures, row, stretch))
        if best is None or score < best[0]:
            best = (score, stretch, verdicts)
        if not score[0]:
            return []
    if best is None:
        return []
    _, stretch, verdicts = best
    return [(m, added) for m, added, v in zip(measures, stretch.sums, verdicts, strict=True) if v is False]


def _is_average(measure: Measure, row: int, added: float, rows: int) -> bool:
    """Whether the total gives the mean of an own column, as it does for numbers of people or days."""
    stated = measure.values[row]
    return not measure.plan.canonical and stated is not None and abs(stated - added / rows) <= CENT


def _distance(measures: Sequence[Measure], row: int, stretch: Stretch) -> float:
    stated = [measure.values[row] for measure in measures]
    return sum(
        abs(value - added) / max(abs(value), abs(added), 1.0)
        for value, added in zip(stated, stretch.sums, strict=True)
        if value is not None
    )


def _doubt(place: Place, measure: Measure, row: int, added: float) -> Issue:
    stated = measure.values[row] or 0.0
    problem = (
        f"the total says {stated:,.2f}, its rows add up to {added:,.2f} (difference {stated - added:,.2f})"
    )
    column = measure.column
    found = shown(column.cells[row])
    return Issue(
        place.sheet, place.table.cell(column, row), column.label, found, problem, _ASIDE, Effect.DOUBT
    )


def _few(issues: Sequence[Issue]) -> list[Issue]:
    """The first of many doubts about one column, and a line that counts the rest."""
    first, rest = list(issues[:_MOST_DOUBTS]), issues[_MOST_DOUBTS:]
    if rest:
        one = rest[0]
        found = f"{len(rest):,} more totals from {one.cell} on"
        problem = "the totals are not what their rows add up to"
        first.append(Issue(one.sheet, one.cell, one.header, found, problem, _ASIDE, Effect.DOUBT, len(rest)))
    return first
