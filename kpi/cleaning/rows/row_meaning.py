"""What the amounts of the rows are: actual or planned, of a line or of a whole order, of a sale or of a return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kpi.cleaning.columns.kinds import Plan
from kpi.cleaning.money.orders import settle_orders
from kpi.cleaning.rows.returns import deduct_returns
from kpi.cleaning.rows.rows import Aside
from kpi.cleaning.rows.scenarios import split_scenarios
from kpi.cleaning.values.styles import Place
from kpi.cleaning.values.typed import Typed
from kpi.report import Issue


@dataclass(frozen=True, slots=True)
class Told:
    """The table with amounts that may be added up; `planned` are the rows whose revenue is a target."""

    plans: tuple[Plan, ...]
    typed: dict[str, Typed]
    aside: dict[int, Aside]
    planned: frozenset[int]
    issues: tuple[Issue, ...]


def tell_rows(
    place: Place, plans: tuple[Plan, ...], typed: dict[str, Typed], aside: Mapping[int, Aside]
) -> Told:
    """Tells the rows that are not `aside` apart, and asks where their cells do not say enough."""
    rows = [row for row in range(place.table.height) if row not in aside]
    split = split_scenarios(place, plans, typed, rows)
    rows = [row for row in rows if row not in split.aside]
    orders = settle_orders(place, plans, typed, rows)
    returned = deduct_returns(place, orders.plans, orders.typed, rows)
    issues = (*split.issues, *orders.issues, *returned.issues)
    return Told(orders.plans, returned.typed, {**aside, **split.aside}, split.planned, issues)
