"""The values of KPIs wherever there are rows: all of them, over all stretches of days, out of one statement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from kpi.catalogue.sample import counts_its_sample, too_few
from kpi.definitions import MEMBERSHIP, Definition, KpiKind, resolve_inputs
from kpi.language.meaning import Scope
from kpi.language.tree import Node
from kpi.statements.cut import Cell, Cells, Cut, Spot, settled
from kpi.statements.membership import membership_tree
from kpi.statements.rollup import rollup_of
from kpi.statements.statement import Needed, numbers, sides, statement
from kpi.statements.stretches import Stretch, first_day
from kpi.values import BLANK, Executor

Row = dict[Spot, Cell]


def scan(run: Executor, wanted: Sequence[Definition], scope: Scope, cut: Cut) -> Cells:
    """The values of formula and membership KPIs over the periods of a cut; a spot without rows has no cell."""
    return scan_all(run, {cut.grain: wanted}, scope, cut)[cut.grain]


def scan_all(
    run: Executor, wanted: Mapping[Stretch, Sequence[Definition]], scope: Scope, cut: Cut
) -> dict[Stretch, Cells]:
    """The same over several stretches of days at once, whatever the grain of the cut."""
    needed: Needed = {
        stretch: {one.key: tree for one in own if (tree := _tree(one, scope)) is not None}
        for stretch, own in wanted.items()
    }
    cells: dict[Stretch, Cells] = {stretch: {one.key: {} for one in own} for stretch, own in wanted.items()}
    needed = {stretch: formulas for stretch, formulas in needed.items() if formulas}
    if needed:
        small = {
            stretch: [one for one in own if one.min_sample and one.key in needed.get(stretch, {})]
            for stretch, own in wanted.items()
        }
        _read(run(statement(needed, scope, cut, rollup_of(run, cut))), needed, cut, cells, small)
    return cells


def _tree(one: Definition, scope: Scope) -> Node | None:
    if one.kind in MEMBERSHIP:
        return membership_tree(one, scope)
    return resolve_inputs(one, scope) if one.kind is KpiKind.FORMULA else None


def _read(
    rows: Sequence[Sequence[Any]],
    needed: Needed,
    cut: Cut,
    into: Mapping[Stretch, Cells],
    small: Mapping[Stretch, Sequence[Definition]],
) -> None:
    """Put rows of `stretch, n, period, member, values` into cells; the KPIs in `small` need a sample for their values."""
    places, keys = numbers(needed), 4 if cut.by else 3
    stretches = [
        (
            first_day(stretch, cut.first),
            [(into[stretch][key], *_places(places, tree)) for key, tree in formulas.items()],
            [(into[stretch][one.key], one, counts_its_sample(formulas[one.key])) for one in small[stretch]],
        )
        for stretch, formulas in needed.items()
    ]
    for row in rows:
        if not row[1]:
            continue  # a total over no rows
        first, columns, sampled = stretches[row[0]]
        spot = (row[2] or first, str(row[3] or BLANK) if cut.by else "")
        found = [*map(settled, row[keys:]), None]
        for cells, value, numerator, denominator in columns:
            cells[spot] = Cell(found[value], found[numerator], found[denominator])
        for cells, one, counted in sampled:
            cell = cells[spot]
            if too_few(one, row[1], cell.denominator if counted else None):
                cells[spot] = replace(cell, value=None)


def _places(places: Mapping[Node, int], tree: Node) -> tuple[int, int, int]:
    """Where a KPI's value and both sides of its division stand, the last place where it is none."""
    value, *divided = (places[node] for node in sides(tree))
    numerator, denominator = divided or (-1, -1)
    return value, numerator, denominator
