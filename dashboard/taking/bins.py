"""Values sorted into bins of one size between round numbers, alike on the page of HTML, in its table and on paper. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

MOST = 30  # bins, or one more
ROUND = (1.0, 2.0, 5.0, 10.0)  # steps people count in
DECIMALS = 6  # of a value: more is noise of the engine
DIGITS = 12  # of an edge that matter


@dataclass(frozen=True, slots=True)
class Bin:
    """So many values from `low` on and below `high`."""

    low: float
    high: float
    count: int


def bins_of(values: Sequence[float], *, whole: bool = False) -> tuple[Bin, ...]:
    """From that of the lowest to that of the highest value, those without a value among them; none for no values.

    `whole`: the values are counts, which no bin parts.
    """
    known = [round(value, DECIMALS) for value in values]
    if not known:
        return ()
    low, high = min(known), max(known)
    step = _step((high - low) / MOST or abs(low) / MOST or 1.0)
    step = max(step, 1.0) if whole else step
    first, last = floor(low / step), floor(high / step)
    counts = Counter(min(max(floor(value / step), first), last) for value in known)
    return tuple(Bin(_edge(at, step), _edge(at + 1, step), counts[at]) for at in range(first, last + 1))


def _step(least: float) -> float:
    """The smallest round step that is not below it."""
    unit = 10.0 ** floor(log10(least))
    return next(step * unit for step in ROUND if step * unit >= least * (1 - 10**-DIGITS))


def _edge(at: int, step: float) -> float:
    return float(f"{at * step:.{DIGITS}g}")
