"""Values sorted into bins of one size between round numbers, alike on the page of HTML, in its table and on paper. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, isclose, log10

MOST = 30  # bins, or one more
ROUND = (1.0, 2.0, 5.0, 10.0)  # steps people count in
DECIMALS = 6  # of a value: more is noise of the engine
DIGITS = 12  # of an edge that matter
FINEST = 10**10  # steps up to the largest value, at most


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
    least = max(abs(low), abs(high)) / FINEST  # a finer step has edges that are alike
    step = _step(max((high - low) / MOST or abs(low) / MOST, least) or 1.0)
    step = max(step, 1.0) if whole else step
    first, last = _place(low, step), _place(high, step)
    counts = Counter(_place(value, step) for value in known)
    return tuple(Bin(_edge(at, step), _edge(at + 1, step), counts[at]) for at in range(first, last + 1))


def _place(value: float, step: float) -> int:
    """The bin that the value lies in; one that lies on an edge, but for the noise of a division, in that which begins there."""
    place = value / step
    return round(place) if isclose(place, round(place), rel_tol=10**-DIGITS) else floor(place)


def _step(least: float) -> float:
    """The smallest round step that is not below it."""
    unit = 10.0 ** floor(log10(least))
    return next(step * unit for step in ROUND if step * unit >= least * (1 - 10**-DIGITS))


def _edge(at: int, step: float) -> float:
    return float(f"{at * step:.{DIGITS}g}")
