"""The statements: every KPI that shares a shape comes out of one pass over the facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import floor, isfinite, log10
from typing import Any

from sqlalchemy import (
    Date,
    Double,
    FromClause,
    Integer,
    String,
    Subquery,
    TableClause,
    case,
    column,
    distinct,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.sql.expression import quoted_name

from kpi.calendar import PERIODS, Grain
from kpi.compile import NEARLY_ZERO, Sql, as_float, divide, facts_table, leaf_sql, to_sql
from kpi.definitions import MEMBERSHIP, Definition, KpiKind, resolve_inputs
from kpi.meaning import Scope, leaves, ratio
from kpi.report import NOT_STATED
from kpi.tree import Node
from kpi.values import BLANK, CURRENCY, Executor, Statement

DATES = table(
    "dates",
    *(column(quoted_name(name, quote=True), Date()) for name in ("date", *PERIODS)),
    *(column(f"{name}_no", Integer()) for name in PERIODS),
)
DIGITS = 12  # of a sum of floats; the rest differs from run to run
DECIMALS = 4  # that a large sum keeps: a billion is right to the cent


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with the two sides of its division, where it is one."""

    value: float | None
    numerator: float | None = None
    denominator: float | None = None


Spot = tuple[date, str]  # period and member
Cells = dict[str, dict[Spot, Cell]]  # by KPI


@dataclass(frozen=True, slots=True)
class Cut:
    """Which rows, and how they are grouped. `first` is the period that a total is known by."""

    grain: Grain
    by: str | None = None
    where: tuple[tuple[str, str], ...] = ()
    start: date | None = None
    end: date | None = None
    first: date = date.min

    def within(self, start: date, end: date) -> Cut:
        """One total over these days, under the same filters."""
        return replace(self, grain=Grain.TOTAL, start=start, end=end, first=start)


def extent(run: Executor, scope: Scope) -> tuple[date, date] | None:
    """First and last day of the data; None where there are none."""
    day = facts_table(scope.kinds).c["date"]
    ((first, last),) = run(select(func.min(day), func.max(day)))
    return None if first is None else (first, last)


def scan(run: Executor, wanted: Sequence[Definition], scope: Scope, cut: Cut) -> Cells:
    """The values of formula and membership KPIs where there are rows; a spot without rows has no cell."""
    trees = {one.key: resolve_inputs(one, scope) for one in wanted if one.kind is KpiKind.FORMULA}
    formulas = {key: tree for key, tree in trees.items() if tree is not None}
    cells: Cells = {one.key: {} for one in wanted}
    if formulas:
        _read(run(formula_statement(formulas, scope, cut)), _shape(formulas), cut, cells)
    for of in dict.fromkeys(one.of for one in wanted if one.kind in MEMBERSHIP):
        about = [one for one in wanted if one.kind in MEMBERSHIP and one.of == of]
        shape = [(one.key, one.kind is KpiKind.REPEAT_RATE) for one in about]
        _read(run(member_statement(about, scope, cut)), shape, cut, cells)
    return cells


def mixed_members(run: Executor, scope: Scope, cut: Cut, *, blank_is_one: bool) -> dict[str, tuple[str, str]]:
    """The members (the empty one for the whole) whose rows are in more than one currency, each with two of these.

    All rows that pass the filters count, on whatever day: a KPI is compared and added up over time, so a member whose
    currency changed has no value before the change either. `blank_is_one`: rows without one are no other's.
    """
    if cut.by == CURRENCY or len([name for name, _ in cut.where if name == CURRENCY]) == 1:
        return {}
    facts = facts_table(scope.kinds)
    stated: Sql = facts.c[CURRENCY]
    if blank_is_one:
        stated = func.coalesce(stated, literal(NOT_STATED, String()), type_=String())
    groups: list[Sql] = [facts.c[cut.by]] if cut.by else []
    ends = select(func.min(stated), func.max(stated), *groups).select_from(facts)
    always = replace(cut, start=None, end=None)
    rows = run(ends.where(*_filters(facts, always)).group_by(*groups))
    return {str(row[2] or BLANK) if cut.by else "": (row[0], row[1]) for row in rows if row[0] != row[1]}


def leaf_values(run: Executor, node: Node, scope: Scope, cut: Cut) -> dict[Node, float | None]:
    """The number behind each aggregate of a resolved formula, as one total."""
    parts = list(dict.fromkeys(leaves(node)))
    sums = _sums(parts, facts_table(scope.kinds), cut)
    (row,) = run(select(*(sums.c[f"a{at}"] for at in range(len(parts)))))
    return {part: settled(number) for part, number in zip(parts, row, strict=True)}


def formula_statement(formulas: Mapping[str, Node], scope: Scope, cut: Cut) -> Statement:
    """Rows, period, member, then for each KPI its value and, of a division, both sides: each sum is taken once."""
    parts = list(dict.fromkeys(part for tree in formulas.values() for part in leaves(tree)))
    sums = _sums(parts, facts_table(scope.kinds), cut)
    named = {part: sums.c[f"a{at}"] for at, part in enumerate(parts)}
    columns: list[Sql] = []
    for tree in formulas.values():
        for node in (tree, *(ratio(tree) or ())):
            columns.append(to_sql(node, named.__getitem__).label(f"v{len(columns)}"))
    return select(*(sums.c[name] for name in ("n", "period", "member") if name in sums.c), *columns)


def member_statement(about: Sequence[Definition], scope: Scope, cut: Cut) -> Statement:
    """Rows, period, member, then for each KPI about the same column of members its value.

    A member is new in the period that holds its first row ever: in all the facts, whatever the cut.
    """
    facts = facts_table(scope.kinds)
    who = facts.c[scope.field(about[0].of)]
    members = _per_member(about, facts, scope, cut)
    firsts = _first_days(facts, who)
    begin = members.c["period"] if cut.grain is not Grain.TOTAL else literal(cut.first, Date())
    columns: list[Sql] = []
    for one in about:
        columns += _membership(one.kind, members, firsts.c["first_day"], begin)
    keys = [
        func.sum(members.c["n"]),
        *(members.c[name] for name in ("period", "member") if name in members.c),
    ]
    labelled = [value.label(f"v{at}") for at, value in enumerate(columns)]
    joined = members.join(firsts, members.c["who"] == firsts.c["who"])
    return select(*keys, *labelled).select_from(joined).group_by(*keys[1:])


def _membership(kind: KpiKind, members: Subquery, first_day: Sql, begin: Sql) -> list[Sql]:
    if kind is KpiKind.REPEAT_RATE:
        repeated, everyone = (
            _count_where(members.c["times"] >= literal(2.0, Double())),
            as_float(func.count()),
        )
        return [divide(repeated, everyone), repeated, everyone]
    return [_count_where(first_day >= begin if kind is KpiKind.NEW_MEMBERS else first_day < begin)]


def _count_where(condition: Sql) -> Sql:
    return as_float(func.count(case((condition, literal_column("1")))))


def _per_member(about: Sequence[Definition], facts: TableClause, scope: Scope, cut: Cut) -> Subquery:
    """One row for each member of the column in each group, with the number of different `by` where asked for."""
    who = facts.c[scope.field(about[0].of)]
    repeats = [one for one in about if one.by]
    times = [
        as_float(func.count(distinct(facts.c[scope.field(one.by)]))).label("times") for one in repeats[:1]
    ]
    keys = [*_groups(facts, cut), who.label("who")]
    rows = select(func.count().label("n"), *keys, *times).select_from(_source(facts, cut))
    return (
        rows.where(who.is_not(None), *_filters(facts, cut))
        .group_by(*_grouped_by(facts, cut), who)
        .subquery("members")
    )


def _first_days(facts: TableClause, who: Sql) -> Subquery:
    rows = select(who.label("who"), func.min(facts.c["date"]).label("first_day"))
    return rows.where(who.is_not(None)).group_by(who).subquery("firsts")


def _sums(parts: Sequence[Node], facts: TableClause, cut: Cut) -> Subquery:
    """Each aggregate once (`a0`, `a1`, …), by period and member, with the number of rows as `n`."""
    sums = [leaf_sql(part, facts).label(f"a{at}") for at, part in enumerate(parts)]
    rows = select(func.count().label("n"), *_groups(facts, cut), *sums).select_from(_source(facts, cut))
    return rows.where(*_filters(facts, cut)).group_by(*_grouped_by(facts, cut)).subquery("sums")


def _source(facts: TableClause, cut: Cut) -> FromClause:
    return facts if cut.grain is Grain.TOTAL else facts.join(DATES, facts.c["date"] == DATES.c["date"])


def _grouped_by(facts: TableClause, cut: Cut) -> list[Sql]:
    period: list[Sql] = [] if cut.grain is Grain.TOTAL else [DATES.c[cut.grain.value]]
    return period + ([facts.c[cut.by]] if cut.by else [])


def _groups(facts: TableClause, cut: Cut) -> list[Sql]:
    names = (["period"] if cut.grain is not Grain.TOTAL else []) + (["member"] if cut.by else [])
    return [group.label(name) for group, name in zip(_grouped_by(facts, cut), names, strict=True)]


def _filters(facts: TableClause, cut: Cut) -> list[Sql]:
    """Days within the cut; of one dimension any of the members asked for, of several dimensions all."""
    wanted: list[Sql] = []
    if cut.start is not None:
        wanted.append(facts.c["date"] >= literal(cut.start, Date()))
    if cut.end is not None:
        wanted.append(facts.c["date"] <= literal(cut.end, Date()))
    for name in dict.fromkeys(name for name, _ in cut.where):
        members = [member for where, member in cut.where if where == name]
        wanted.append(or_(*(_is(facts.c[name], member) for member in members)))
    return wanted


def _is(dimension: Sql, member: str) -> Sql:
    return dimension.is_(None) if member == BLANK else dimension == literal(member, String())


def _shape(formulas: Mapping[str, Node]) -> list[tuple[str, bool]]:
    return [(key, ratio(tree) is not None) for key, tree in formulas.items()]


def _read(rows: Sequence[Sequence[Any]], shape: Sequence[tuple[str, bool]], cut: Cut, into: Cells) -> None:
    """Put rows of `n, period, member, values` into cells; the shape says which KPIs bring both sides of a division."""
    for row in rows:
        if not row[0]:
            continue  # a total over no rows
        rest = iter(row[1:])
        period = cut.first if cut.grain is Grain.TOTAL else next(rest)
        member = str(next(rest) or BLANK) if cut.by else ""
        for key, divided in shape:
            value = settled(next(rest))
            sides = (settled(next(rest)), settled(next(rest))) if divided else (None, None)
            into[key][period, member] = Cell(value, *sides)


def settled(number: float | None) -> float | None:
    """A number without the noise of float sums; None where it is no number, never infinity."""
    if number is None or not isfinite(number):
        return None
    if abs(number) < NEARLY_ZERO:
        return 0.0
    return round(number, max(DECIMALS, DIGITS - 1 - floor(log10(abs(number)))))
