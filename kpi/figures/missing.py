"""What a formula silently takes for 0: a measure that is empty in some of the rows that have the other one."""

from __future__ import annotations

from collections.abc import Iterator

from kpi.catalogue.definition import Definition, KpiKind, resolve_inputs
from kpi.figures.basis import Basis
from kpi.language.meaning import START, leaves
from kpi.language.tree import Aggregate, Name, Node, Null, Operation
from kpi.periods.windows import Window
from kpi.statements.statement import leaf_values

BY_FORMULA = (KpiKind.FORMULA, KpiKind.OFFSET, KpiKind.TO_DATE, KpiKind.ROLLING)


def missing(one: Definition, window: Window, basis: Basis) -> tuple[str, ...]:
    """Such as `cogs is empty in 28 of 56 rows that have revenue; these count as 0`, by each measure that is summed.

    Beside the first measure of the formula, whose rows are counted, with one more statement. Nothing is said where no
    row has both, as where profit and loss stand in rows of their own, nor of what a formula calls optional.
    """
    node = resolve_inputs(one, basis.scope) if one.kind in BY_FORMULA else None
    measures = list(dict.fromkeys(_summed(node))) if node is not None else []
    if len(measures) < 2:  # noqa: PLR2004 - nothing stands beside a single one
        return ()
    first, *others = measures
    every = _count(first, None)
    both = {other: _count(first, Operation("!=", other, Null(START), START)) for other in others}
    counts: Node = every
    for count in both.values():
        counts = Operation("+", counts, count, START)
    cut = basis.cut.within(window.first, window.last)
    rows = {
        leaf: int(number or 0) for leaf, number in leaf_values(basis.run, counts, basis.scope, cut).items()
    }
    return tuple(
        f"{other.name} is empty in {rows[every] - rows[count]:,} of {rows[every]:,} rows that have {first.name}; "
        "these count as 0"
        for other, count in both.items()
        if 0 < rows[count] < rows[every]
    )


def _summed(node: Node) -> Iterator[Name]:
    for leaf in leaves(node):
        match leaf:
            case Aggregate("sum", Name() as measure, None):
                yield measure


def _count(measure: Name, condition: Node | None) -> Aggregate:
    return Aggregate("count", measure, condition, START)
