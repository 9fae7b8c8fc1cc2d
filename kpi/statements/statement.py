"""One statement for many KPIs over many stretches of days: each input is read once, then every KPI is made of these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Date, Double, Integer, Subquery, cast, func, literal_column, null, select, union_all

from kpi.calendar import Grain
from kpi.language.compile import Sql, facts_table, to_sql
from kpi.language.meaning import ORDER_STATISTICS, Scope, bare, leaves, ratio
from kpi.language.tree import Aggregate, Node
from kpi.periods.windows import Window
from kpi.statements.balances import balances
from kpi.statements.counts import counted, seen, values_of
from kpi.statements.cut import Cut, settled
from kpi.statements.inputs import NEW, REPEATED, ROWS, Branch, Source, finished, rolled
from kpi.statements.membership import membership
from kpi.statements.rollup import RollupExecutor, from_rollup, rollup_of
from kpi.statements.stretches import Stretch
from kpi.statements.sums import by_day, met, straight
from kpi.values import Executor, Statement

Formulas = Mapping[str, Node]  # resolved, by KPI
Needed = Mapping[Stretch, Formulas]


def statement(needed: Needed, scope: Scope, cut: Cut, rollup: RollupExecutor | None = None) -> Statement:
    """Number of the stretch, rows, period, member, then the `numbers` that KPIs are read from.

    Member only where the cut has members; the period is null where a stretch is one period. What is not needed over a
    stretch has nothing sound in its rows. What adds up comes from the `rollup` where there is one.
    """
    inputs = _Inputs.of(needed)
    groups = _groups(needed, list(_sources(inputs, needed, scope, cut, rollup)), inputs, cut)
    columns = [
        to_sql(node, lambda leaf: inputs.value(leaf, groups)).label(f"v{at}")
        for node, at in numbers(needed).items()
    ]
    keys = ("stretch", ROWS, "period", *(["member"] if cut.by else []))
    return select(*(groups.c[name] for name in keys), *columns)


def numbers(needed: Needed) -> dict[Node, int]:
    """The place of each number that a statement gives: once, however many KPIs are it or are divided by it."""
    found: dict[Node, int] = {}
    for formulas in needed.values():
        for tree in formulas.values():
            for node in sides(tree):
                found.setdefault(node, len(found))
    return found


def sides(tree: Node) -> tuple[Node, ...]:
    """The value of a KPI and, of a division, its numerator and its denominator."""
    return tuple(bare(node) for node in (tree, *(ratio(tree) or ())))


def formula_statement(formulas: Formulas, scope: Scope, cut: Cut) -> Statement:
    """The statement of these KPIs over the periods of a cut."""
    return statement({cut.grain: formulas}, scope, cut)


def leaf_values(run: Executor, node: Node, scope: Scope, cut: Cut) -> dict[Node, float | None]:
    """The number behind each aggregate of a resolved formula, as one total."""
    needed: Needed = {cut.grain: {"": node}}
    inputs = _Inputs.of(needed)
    sources = list(_sources(inputs, needed, scope, cut, rollup_of(run, cut)))
    groups = _groups(needed, sources, inputs, cut)
    rows = run(select(*(inputs.value(leaf, groups) for leaf in inputs.names)))
    numbers = rows[0] if rows else [None] * len(inputs.names)
    return {leaf: settled(number) for leaf, number in zip(inputs.names, numbers, strict=True)}


@dataclass(frozen=True, slots=True)
class _Inputs:
    """The names of the columns of all different aggregates, and those that are needed over each stretch."""

    names: Mapping[Node, str]
    needed: Mapping[Stretch, frozenset[str]]

    @classmethod
    def of(cls, needed: Needed) -> _Inputs:
        found: dict[Node, str] = {}
        over: dict[Stretch, frozenset[str]] = {}
        for stretch, formulas in needed.items():
            parts = [part for tree in formulas.values() for part in leaves(tree)]
            for part in parts:
                found.setdefault(part, f"a{len(found)}")
            over[stretch] = frozenset(found[part] for part in parts)
        return cls(found, over)

    def value(self, leaf: Node, groups: Subquery) -> Sql:
        name = self.names[leaf]
        return finished(leaf, groups.c[name], groups.c.get(met(name)))

    def select(self, *functions: str) -> dict[str, Aggregate]:
        """The aggregates of these functions."""
        return {
            name: leaf
            for leaf, name in self.names.items()
            if isinstance(leaf, Aggregate) and leaf.function in functions
        }


def _groups(needed: Needed, sources: Sequence[Source], inputs: _Inputs, cut: Cut) -> Subquery:
    """A row for each stretch, period and member, with every input."""
    branches = [
        (number, source.over(stretch))
        for number, stretch in enumerate(needed)
        for source in sources
        if source.inputs & (inputs.needed[stretch] | {ROWS})
    ]
    names = dict.fromkeys(name for _, branch in branches for name in branch.inputs)
    selects = [_branch(number, branch, list(names), cut) for number, branch in branches]
    if len(selects) == 1:
        return selects[0].subquery("grouped")
    parts = union_all(*selects).subquery("parts")
    keys = [parts.c[name] for name in ("stretch", "period", *(["member"] if cut.by else []))]
    of = {name: leaf for leaf, name in inputs.names.items()}
    sums = [_rolled(of.get(name), parts.c[name]).label(name) for name in names]
    return select(*keys, *sums).group_by(*keys).subquery("grouped")


def _rolled(leaf: Node | None, part: Sql) -> Sql:
    return func.sum(part) if leaf is None else rolled(leaf, part)


def _branch(number: int, branch: Branch, names: list[str], cut: Cut) -> Statement:
    spread = branch.spread
    period = cast(null(), Date()) if spread.period is None else spread.period
    keys = [literal_column(str(number), Integer()).label("stretch"), period.label("period")]
    if cut.by and spread.member is not None:
        keys.append(spread.member.label("member"))
    values = [branch.inputs.get(name, _nothing(name)).label(name) for name in names]
    rows = select(*keys, *values).select_from(spread.source).where(*spread.where)
    return rows.group_by(*spread.keys)


def _nothing(name: str) -> Sql:
    return literal_column("0", Integer()) if name == ROWS else cast(null(), Double())


def _sources(
    inputs: _Inputs, needed: Needed, scope: Scope, cut: Cut, rollup: RollupExecutor | None
) -> Iterator[Source]:
    facts = facts_table(scope.kinds)
    found = inputs.select("first", "last", "average_over_time")
    yield from balances(found, facts, _about(cut, found, inputs))
    members = inputs.select(NEW, REPEATED)
    returning = {leaf.operand for leaf in members.values() if leaf.function == REPEATED}
    distinct = inputs.select("count_distinct")
    members |= {
        name: leaf for name, leaf in distinct.items() if leaf.operand in returning and leaf.condition is None
    }
    yield from membership(members, facts, _about(cut, members, inputs))
    rest = {name: leaf for leaf, name in inputs.names.items() if name not in found | members}
    if rollup is not None:
        summed = {name: leaf for name, leaf in rest.items() if rollup.adds_up(leaf)}
        yield from_rollup(summed, cut)
        rest = {name: leaf for name, leaf in rest.items() if name not in summed}
        if not rest:
            return
    counting = rollup is None
    if len(needed) == 1 and all(isinstance(stretch, (Grain, Window)) for stretch in needed):
        yield straight(rest, facts, cut, counting=counting)
        return
    ordered = {name: leaf for name, leaf in rest.items() if name in inputs.select(*ORDER_STATISTICS)}
    if ordered:
        yield straight(ordered, facts, _about(cut, ordered, inputs), counting=False)
    for name, leaf in distinct.items():
        if name not in members:
            days = _about(cut, (name,), inputs)
            yield from counted(name, seen(name, values_of(leaf, facts, days)))
    by_days = {name: leaf for name, leaf in rest.items() if name not in ordered | distinct}
    if by_days or counting:
        every = inputs.names.values() if counting else by_days
        yield by_day(by_days, facts, _about(cut, every, inputs), counting=counting)


def _about(cut: Cut, names: Iterable[str], inputs: _Inputs) -> Cut:
    """The cut with only the days on which these inputs are needed, where that is not in all periods."""
    named = frozenset(names)
    stretches = [stretch for stretch, needed in inputs.needed.items() if not needed or needed & named]
    windows = tuple(stretch for stretch in stretches if isinstance(stretch, Window))
    return replace(cut, days=windows) if len(windows) == len(stretches) else cut
