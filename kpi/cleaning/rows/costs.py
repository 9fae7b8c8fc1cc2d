"""Costs that are written as negative amounts, and columns of profit that contradict the columns they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.wide.accounts import computed_of
from kpi.report import Effect, Issue, Kind

REPAIR = "cost_sign"
_COSTS = ("cogs", "operating_expenses", "tax", "interest", "discount", "refund")
_LEAST_ROWS = 2
_AGREE = 0.95
_SMALL = 0.01
_CENT, _RELATIVE = 0.011, 1e-6  # a profit is a difference of two amounts that were rounded
_ANSWERS = ("they are costs: turn the sign", "they are what they say: keep the sign")


@dataclass(frozen=True, slots=True)
class Signed:
    """The columns with every cost as a positive amount, and what there is to say about it."""

    typed: dict[str, Typed]
    issues: tuple[Issue, ...]


def check_costs(
    place: Place, plans: Sequence[Plan], typed: dict[str, Typed], kept: Sequence[int] | None
) -> Signed:
    """Turns the sign of costs that are negative in every row, and doubts profits that do not follow from them.

    `kept` are the rows of data, None where all are.
    """
    named = {plan.name: plan for plan in plans if plan.canonical and plan.role is Role.NUMBERS}
    if place.table.turned or "revenue" not in named or not named.keys() & set(_COSTS):
        return Signed(typed, ())
    amounts = {name: _kept(typed[name].values, kept) for name in named}
    own = {
        plan.name: _kept(typed[plan.name].values, kept)
        for plan in plans
        if plan.role is Role.NUMBERS and plan.kind is Kind.MEASURE and not plan.canonical
    }
    found, issues = dict(typed), list[Issue]()
    negative = [name for name in _COSTS if name in named and _is_negative(amounts[name], amounts["revenue"])]
    proofs = _proofs(negative, amounts, own)
    for name in negative:
        if _is_turned(place, named[name], proofs.get(name)):
            found[name] = replace(found[name], values=pc.negate(found[name].values))
            amounts[name] = pc.negate(amounts[name])
            label = next((p.content.column.label for p in plans if p.name == proofs.get(name)), "")
            issues.append(_turned_issue(place, named[name], label, len(amounts[name])))
    issues += _doubts(place, plans, amounts, own)
    return Signed(found, tuple(issues))


def _kept(values: pa.Array, rows: Sequence[int] | None) -> pa.Array:
    return values if rows is None else values.take(pa.array(rows, pa.int64()))


def _is_negative(cost: pa.Array, revenue: pa.Array) -> bool:
    """Whether all of the amounts are, while the revenue is not."""
    nonzero = pc.sum(pc.not_equal(cost, 0.0)).as_py() or 0
    ends = pc.min_max(cost).as_py()
    return nonzero >= _LEAST_ROWS and ends["max"] <= 0 < (pc.sum(revenue).as_py() or 0)


def _proofs(
    negative: Sequence[str], amounts: Mapping[str, pa.Array], own: Mapping[str, pa.Array]
) -> dict[str, str]:
    """For each cost the column that is the revenue plus the cost, alone or with others, or from which these leave the revenue.

    Only negative costs add up so.
    """
    found: dict[str, str] = {}
    for count in range(1, len(negative) + 1):
        for some in combinations(negative, count):
            expected = amounts["revenue"]
            for name in some:
                expected = pc.add(expected, amounts[name])
            for column, stated in own.items():
                added = pc.add(stated, pc.subtract(expected, amounts["revenue"]))
                both = (_agreement(stated, expected), _agreement(amounts["revenue"], added))
                if any(agreed is not None and agreed.share >= _AGREE for agreed in both):
                    found.update((name, column) for name in some if name not in found)
    return found


@dataclass(frozen=True, slots=True)
class _Agreement:
    """In how many rows two columns agree; `apart` is how far they are apart, as a part of the first."""

    rows: int
    wrong: int
    apart: float

    @property
    def share(self) -> float:
        return 1 - self.wrong / self.rows


def _agreement(stated: pa.Array, expected: pa.Array) -> _Agreement | None:
    """None where there are not enough rows to tell."""
    gaps = pc.abs(pc.subtract(stated, expected))
    rows = len(gaps) - gaps.null_count
    whole = pc.sum(pc.abs(stated)).as_py() or 0.0
    if rows < _LEAST_ROWS or not whole:
        return None
    margin = pc.max_element_wise(pc.multiply(pc.abs(stated), _RELATIVE), _CENT)
    wrong = pc.sum(pc.greater(gaps, margin)).as_py() or 0
    return _Agreement(rows, wrong, (pc.sum(gaps).as_py() or 0.0) / whole)


def _is_turned(place: Place, plan: Plan, proof: str | None) -> bool:
    if not place.inquiry.repairs(REPAIR):
        return False
    if proof is not None:
        return True
    label = plan.content.column.label
    question = f"Every amount of {label} is negative, while the revenue is positive. Are they costs with a minus sign?"
    return place.ask(plan.content, f"{REPAIR}:{plan.name}", question, _ANSWERS) == _ANSWERS[0]


def _turned_issue(place: Place, plan: Plan, proof: str, rows: int) -> Issue:
    column = plan.content.column
    problem = "costs are written as negative amounts" + (f", as the column {proof} proves" if proof else "")
    return Issue(
        place.sheet,
        place.header_cell(plan.content),
        column.label,
        f"no amount of {column.label} is positive",
        problem,
        "their sign was turned: a cost is a positive amount",
        Effect.REPAIRED,
        rows,
        REPAIR,
    )


def _doubts(
    place: Place, plans: Sequence[Plan], amounts: Mapping[str, pa.Array], own: Mapping[str, pa.Array]
) -> list[Issue]:
    """One issue for each column of profits that are not what the revenue leaves after the costs."""
    issues = []
    for plan in plans:
        if plan.name not in own or "cogs" not in amounts:
            continue
        agreed = [
            found
            for expected in _expected(plan.content.column.header.words, amounts)
            if (found := _agreement(own[plan.name], expected)) is not None
        ]
        best = max(agreed, key=lambda found: found.share, default=None)
        if best is not None and best.share < _AGREE and best.apart > _SMALL:
            issues.append(_doubt(place, plan, best))
    return issues


def _expected(words: str, amounts: Mapping[str, pa.Array]) -> Iterator[pa.Array]:
    """What a column of that name may be: revenue less cost of goods, and less other costs the name includes."""
    computed = computed_of(words)
    if computed is None or (
        not computed.of and words not in ("margin", "marge", "margen", "margine", "margem")
    ):
        return
    needed = set(computed.of) - {"other_income", "interest", "tax"}
    bare = len(words.split()) == 1  # `Profit` may be the profit before or after operating expenses
    if not bare and not needed <= amounts.keys():
        return
    gross = pc.subtract(amounts["revenue"], amounts["cogs"])
    if bare or "operating_expenses" not in computed.of:
        yield gross
        if "discount" in amounts:
            yield pc.subtract(gross, amounts["discount"].fill_null(0.0))
    net = gross
    for name, sign in computed.of.items():
        if name not in ("revenue", "cogs") and name in amounts:
            part = amounts[name].fill_null(0.0)
            net = pc.add(net, part) if sign > 0 else pc.subtract(net, part)
            yield net


def _doubt(place: Place, plan: Plan, found: _Agreement) -> Issue:
    column = plan.content.column
    return Issue(
        place.sheet,
        place.header_cell(plan.content),
        column.label,
        f"{found.wrong:,} of {found.rows:,} rows",
        f"{column.label} is not what the revenue leaves after the costs of the row",
        "nothing was changed: the profit that is shown is worked out from the revenue and the costs",
        Effect.DOUBT,
        found.wrong,
    )
