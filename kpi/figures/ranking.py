"""Members in order: the largest, what each has of the whole, and all others as one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from kpi.calendar import Grain
from kpi.values import KpiValue, Partial, Slice, SliceError

Ask = Callable[[Slice], Sequence[KpiValue]]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A value and the place of its member; `rank` is 1 for the largest, None for a member without a value.

    `share` is what the member has of the whole in that period (0.25 is a quarter); None where members do not add up
    to the whole, or the whole is not above zero. `others`: how many members the value stands for, 0 for a single one.
    """

    value: KpiValue
    rank: int | None
    share: float | None
    others: int = 0


def ranked(ask: Ask, asked: Slice, top: int | None, *, adds_up: bool) -> list[Ranked]:
    """The values of the one KPI that `asked` names, by member: the largest `top` (all by default), then the rest as one.

    Members are ranked by their value over the whole slice, or by that of its last period where the KPI has only
    values of periods; equal ones by name. The rest is worked out over its own rows, so that ratios and distinct
    counts of it are right. `adds_up`: the values of members are parts of the whole. SliceError without `by`.
    """
    if asked.by is None or len(asked.kpis) != 1:
        raise SliceError("members are ranked by one KPI and one dimension; name both")
    by, (values, at_hand) = asked.by, _by_member(ask, asked)
    order = _order(values)
    members = list(order)
    shown = members if top is None else members[:top]
    others = len(members) - len(shown)
    if not at_hand:
        values = ask(_only(asked, by, shown) if others else asked) if shown else ()
    place = {member: at for at, member in enumerate(shown)}
    found = sorted(
        (value for value in values if value.member in place),
        key=lambda value: (value.period, place[value.member]),
    )
    whole = {value.period: value.value for value in ask(replace(asked, by=None))} if adds_up else {}
    answer = [Ranked(value, order[value.member], _share(value, whole)) for value in found]
    if others:
        rest = replace(asked, by=None, without=(*asked.without, *((by, member) for member in shown)))
        answer += [Ranked(value, None, _share(value, whole), others) for value in ask(rest)]
    return answer


def _by_member(ask: Ask, asked: Slice) -> tuple[Sequence[KpiValue], bool]:
    """The values that members are ranked by, and whether these are already those asked for."""
    if asked.grain is Grain.TOTAL:
        return ask(asked), True
    overall = ask(replace(asked, grain=Grain.TOTAL, partial=Partial.TO_DATE))
    return (overall, False) if overall else (ask(asked), True)


def _order(values: Sequence[KpiValue]) -> dict[str, int | None]:
    """Each member with its rank by the last period, the largest first; those without a value at the end."""
    last = max((value.period for value in values), default=None)
    latest = [value for value in values if value.period == last]
    known = sorted((-value.value, value.member) for value in latest if value.value is not None)
    order: dict[str, int | None] = {member: place for place, (_, member) in enumerate(known, start=1)}
    return order | dict.fromkeys(sorted({value.member for value in latest} - order.keys()))


def _only(asked: Slice, by: str, shown: Sequence[str]) -> Slice:
    where = tuple(pair for pair in asked.where if pair[0] != by)
    return replace(asked, where=(*where, *((by, member) for member in shown)))


def _share(value: KpiValue, whole: dict[date, float | None]) -> float | None:
    total = whole.get(value.period)
    return value.value / total if total is not None and total > 0 and value.value is not None else None
