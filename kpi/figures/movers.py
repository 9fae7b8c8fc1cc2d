"""Which members moved a KPI from one period to another, and by how much of the whole change each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import fsum

from kpi.values import KpiValue

TOP = 3
SAME = 1e-6  # relative: what the members' parts may miss of the whole change, by rounding
Pair = tuple[KpiValue | None, KpiValue | None]  # the same KPI before and after; None where there were no rows


@dataclass(frozen=True, slots=True)
class Move:
    """A member's part in the change of a KPI, in its unit; `share` of the whole change (0.4 for 40 %)."""

    dimension: str
    member: str
    amount: float
    share: float


def moves(whole: Pair, by_dimension: Mapping[str, Mapping[str, Pair]]) -> tuple[Move, ...]:
    """The three members that moved the KPI most its way, the greatest first, of the dimension that explains most.

    Empty where the KPI has not moved, or in no dimension the members' parts make the whole change: then it is neither a
    sum nor a ratio of sums over them.
    """
    found = [_top(dimension, whole, members) for dimension, members in by_dimension.items()]
    return max(found, key=_explained, default=())


def parts(whole: Pair, members: Mapping[str, Pair]) -> dict[str, float]:
    """What each member adds to the change of the whole; together they are that change. Empty where they are not.

    Of a sum it is the difference of the member's values. Of a ratio it is how much the member draws it away from what
    the whole was before: `(n1 - r0 d1) / D1 - (n0 - r0 d0) / D0`, so that one whose share and ratio stay adds nothing.
    """
    change = _change(whole)
    if change is None or len(members) < 2:  # noqa: PLR2004 - one member alone explains nothing
        return {}
    found = _of_ratio(whole, members) if _is_ratio(whole) else _of_sum(members)
    scale = max(abs(change), fsum(map(abs, found.values())))
    return found if abs(fsum(found.values()) - change) <= SAME * scale else {}


def _top(dimension: str, whole: Pair, members: Mapping[str, Pair]) -> tuple[Move, ...]:
    change, found = _change(whole), parts(whole, members)
    if not change:
        return ()
    its_way = ((amount / change, member) for member, amount in found.items() if amount / change > SAME)
    greatest = sorted(its_way, key=lambda one: (-one[0], one[1]))[:TOP]
    return tuple(Move(dimension, member, share * change, share) for share, member in greatest)


def _explained(top: Iterable[Move]) -> float:
    """Squares, so that one member with nearly all of it says more than three with a third each."""
    return fsum(min(move.share, 1.0) ** 2 for move in top)


def _change(whole: Pair) -> float | None:
    before, after = (one.value if one else None for one in whole)
    return None if before is None or after is None else after - before


def _is_ratio(whole: Pair) -> bool:
    return all(one is not None and one.numerator is not None and one.denominator for one in whole)


def _of_sum(members: Mapping[str, Pair]) -> dict[str, float]:
    values = {name: [one.value or 0.0 if one else 0.0 for one in pair] for name, pair in members.items()}
    return {name: after - before for name, (before, after) in values.items()}


def _of_ratio(whole: Pair, members: Mapping[str, Pair]) -> dict[str, float]:
    (above, below), (_, below_now) = _sides(whole[0]), _sides(whole[1])
    ratio = above / below
    drawn = {
        name: tuple((top - ratio * bottom) for top, bottom in map(_sides, pair))
        for name, pair in members.items()
    }
    return {name: now / below_now - then / below for name, (then, now) in drawn.items()}


def _sides(one: KpiValue | None) -> tuple[float, float]:
    return (one.numerator or 0.0, one.denominator or 0.0) if one else (0.0, 0.0)
