"""How large the sample is that a value rests on, and whether it is too small to be shown.

The sample of a division by a count (of orders, of customers, of rows, of filled cells) is that count: what a share of
them or an average over them rests on. That of a repeat rate is the members that it is a share of. The sample of any
other value is the number of rows that it is made of. A KPI that is made of another one has no `min_sample` of its own: that
of the other one counts, over the days that it looks at.
"""

from __future__ import annotations

from kpi.catalogue.definition import Definition
from kpi.language.meaning import ratio
from kpi.language.sense import COUNTING
from kpi.language.tree import Aggregate, Node, Reference


def counts_its_sample(node: Node | None) -> bool:
    """Whether a resolved formula is a division by a count, so that its denominator is its sample."""
    below = (ratio(node) or (None, None))[1] if node is not None else None
    while isinstance(below, Reference):
        below = below.node
    return isinstance(below, Aggregate) and below.function in COUNTING


def too_few(one: Definition, rows: float, denominator: float | None = None) -> bool:
    """Whether the value of a KPI rests on less than its `min_sample`.

    `denominator` only where it is the sample, as `counts_its_sample` says; `rows` otherwise. A KPI without a
    `min_sample` always has a value.
    """
    return (rows if denominator is None else denominator) < one.min_sample
