"""Rows that a column calls returns, refunds or credit notes, with amounts that are positive like those of sales."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role
from kpi.cleaning.facts import rows_of_members
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import plain
from kpi.report import Effect, Issue

REPAIR = "returns"
_MOST_MEMBERS = 12
_TURNED = ("revenue", "quantity", "cogs", "discount")
_ANSWERS = ("they are returns: deduct them", "they are amounts like the others: add them")


@dataclass(frozen=True, slots=True)
class Returned:
    """The columns with what came back as negative amounts, and what there is to say about it."""

    typed: dict[str, Typed]
    issues: tuple[Issue, ...] = ()


def deduct_returns(
    place: Place, plans: Sequence[Plan], typed: dict[str, Typed], rows: Sequence[int]
) -> Returned:
    """Asks whether rows that are called returns count negative, where none of their amounts is; `rows` are data."""
    named = {plan.name: plan for plan in plans if plan.canonical and plan.role is Role.NUMBERS}
    told = next((name for name in ("revenue", "quantity") if name in named), None)
    if told is None or place.table.turned:
        return Returned(typed)
    for plan in plans:
        found = _rows_of_returns(typed[plan.name].values) if plan.role is Role.LABELS else []
        kept = set(rows) if found else set()
        back = [row for row in found if row in kept]
        if not back or not _are_positive(typed[told].values, back):
            continue
        if not place.inquiry.repairs(REPAIR) or not _is_agreed(place, plan, back):
            return Returned(typed)
        turned = [name for name in _TURNED if name in named and _are_positive(typed[name].values, back)]
        changed = {name: replace(typed[name], values=_negated(typed[name].values, back)) for name in turned}
        labels = [named[name].content.column.label for name in turned]
        return Returned({**typed, **changed}, (_issue(place, plan, back, labels),))
    return Returned(typed)


def _rows_of_returns(column: pa.DictionaryArray) -> list[int]:
    """The rows of returns, none where a member is neither a sale nor a return."""
    texts = column.dictionary.to_pylist()
    if not 1 < len(texts) <= _MOST_MEMBERS:
        return []
    back = {number for number, text in enumerate(texts) if is_return(text)}
    if not back or len(back) == len(texts):
        return []
    if not all(number in back or _is_sale(text) for number, text in enumerate(texts)):
        return []
    return rows_of_members(column, back)


def is_return(text: str) -> bool:
    """`Refund`, `Sales return`, `Credit note`, `Retoure`."""
    tokens = plain(text).split()
    sets = vocabulary().sets
    return " ".join(tokens) in sets["returns"] or not sets["returns"].isdisjoint(tokens)


def _is_sale(text: str) -> bool:
    return not vocabulary().sets["sales"].isdisjoint(plain(text).split())


def _are_positive(values: pa.Array, rows: Sequence[int]) -> bool:
    """Whether some of the amounts are, and none is negative."""
    ends = pc.min_max(values.take(pa.array(rows, pa.int64()))).as_py()
    return ends["min"] is not None and ends["min"] >= 0 < ends["max"]


def _negated(values: pa.Array, rows: Sequence[int]) -> pa.Array:
    chosen = set(rows)
    mask = pa.array([row in chosen for row in range(len(values))], pa.bool_())
    return pc.if_else(mask, pc.negate(values), values)


def _is_agreed(place: Place, plan: Plan, back: Sequence[int]) -> bool:
    column = plan.content.column
    names = ", ".join(dict.fromkeys(str(column.cells[row]).strip() for row in back[:1_000]))
    question = (
        f"{len(back):,} rows are called {names}, and their amounts are positive. Are they to be deducted?"
    )
    key = f"{REPAIR}:{column.header.words}"
    cell = place.table.cell(column, back[0])
    return place.ask(plan.content, key, question, _ANSWERS, cell=cell) == _ANSWERS[0]


def _issue(place: Place, plan: Plan, back: Sequence[int], labels: Sequence[str]) -> Issue:
    column = plan.content.column
    return Issue(
        place.sheet,
        place.table.cell(column, back[0]),
        column.label,
        f"{len(back):,} rows",
        "the rows are returns, and their amounts are written like those of sales",
        f"{', '.join(labels)} of these rows were counted as negative",
        Effect.REPAIRED,
        len(back),
        REPAIR,
    )
