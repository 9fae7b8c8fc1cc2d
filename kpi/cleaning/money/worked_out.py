"""Revenue and cost of goods worked out where a sheet has quantities and prices and does not have them; targets apart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan
from kpi.cleaning.facts import FACTORS, Facts
from kpi.cleaning.money.discounts import Deduction, find_deduction
from kpi.cleaning.values.styles import Place
from kpi.report import Effect, FactField, Issue, Kind

_REPAIRS = {"revenue": "worked_out_revenue", "cogs": "worked_out_cogs"}
_SPOKEN = {"revenue": "revenue", "cogs": "cost of goods"}
_COST_FACTORS = ("quantity", "unit_cost")
_NUMBERS = (Kind.MEASURE, Kind.RATE)


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """The facts with what was worked out, and what there is to say about it."""

    facts: Facts
    issues: tuple[Issue, ...]


def work_out(place: Place, plans: Sequence[Plan], facts: Facts, planned: Collection[int] = ()) -> WorkedOut:
    """Adds revenue and cost of goods where their factors are there, and the target of `planned` rows of the sheet.

    Of the revenue the discount of its line is deducted where a column holds one. Rows count from 0 below the header.
    """
    done = _with_revenue(place, plans, WorkedOut(facts, ()))
    done = _with_cogs(place, plans, done)
    return WorkedOut(_with_target(place, done.facts, planned), done.issues)


def _with_revenue(place: Place, plans: Sequence[Plan], done: WorkedOut) -> WorkedOut:
    headers = {field.name: field.header for field in done.facts.fields}
    if "revenue" in headers or not headers.keys() >= set(FACTORS):
        return done
    if not place.inquiry.repairs(_REPAIRS["revenue"]):
        return done
    deduction = find_deduction(place, plans, done.facts)
    product = " × ".join(headers[name] for name in FACTORS)
    values = pc.multiply(*(done.facts.table.column(name) for name in FACTORS))
    facts = done.facts
    if deduction is not None:
        values = pc.subtract(values, deduction.amounts)
        facts = _with_amounts(facts, deduction)
    formula = product if deduction is None else deduction.formula(product)
    issue = _issue(place, _plan_of(plans, "quantity"), "revenue", formula, facts.table.num_rows)
    return WorkedOut(_added(facts, "revenue", values, formula), (*done.issues, issue))


def _with_amounts(facts: Facts, deduction: Deduction) -> Facts:
    """The facts with the discount as an amount of the line, or, under a name of its own, never added up."""
    if deduction.is_amount:
        return facts
    table = facts.table
    if deduction.field == "discount":
        table = table.set_column(table.column_names.index("discount"), "discount", deduction.amounts)
        return Facts(table, facts.fields)
    fields = tuple(
        FactField(field.name, Kind.RATE, field.header) if field.name == deduction.field else field
        for field in facts.fields
    )
    return Facts(table, fields)


def _with_cogs(place: Place, plans: Sequence[Plan], done: WorkedOut) -> WorkedOut:
    headers = {field.name: field.header for field in done.facts.fields}
    if "cogs" in headers or not headers.keys() >= set(_COST_FACTORS):
        return done
    if not place.inquiry.repairs(_REPAIRS["cogs"]):
        return done
    formula = " × ".join(headers[name] for name in _COST_FACTORS)
    values = pc.multiply(*(done.facts.table.column(name) for name in _COST_FACTORS))
    rows = done.facts.table.num_rows
    issue = _issue(place, _plan_of(plans, "unit_cost"), "cogs", formula, rows)
    return WorkedOut(_added(done.facts, "cogs", values, formula), (*done.issues, issue))


def _added(facts: Facts, name: str, values: Any, header: str) -> Facts:
    """The facts with one more measure, before the columns that say where each row stands."""
    table = facts.table.add_column(facts.table.num_columns - 2, name, values)
    return Facts(table, (*facts.fields, FactField(name, Kind.MEASURE, header)))


def _with_target(place: Place, facts: Facts, planned: Collection[int]) -> Facts:
    """The facts with the revenue of planned rows as their target, where there is one, and no other numbers in these."""
    if not planned:
        return facts
    numbers = place.table.row_numbers()
    rows = pa.array(sorted(numbers[row] for row in planned), pa.int32())
    is_planned = pc.is_in(facts.table.column("_row"), value_set=rows)
    nothing = pa.scalar(None, pa.float64())
    table = facts.table
    for field in facts.fields:
        if field.kind in _NUMBERS:
            values = pc.if_else(is_planned, nothing, table.column(field.name))
            table = table.set_column(table.column_names.index(field.name), field.name, values)
    revenue = next((field for field in facts.fields if field.name == "revenue"), None)
    bare = Facts(table, facts.fields)
    if revenue is None:
        return bare
    target = pc.if_else(is_planned, facts.table.column("revenue"), nothing)
    return _added(bare, "target", target, revenue.header)


def _issue(place: Place, plan: Plan, name: str, formula: str, rows: int) -> Issue:
    return Issue(
        place.sheet,
        place.header_cell(plan.content),
        "",
        f"no column of {_SPOKEN[name]}",
        f"{_SPOKEN[name]} is not in the sheet",
        f"it was worked out as {formula}",
        Effect.REPAIRED,
        rows,
        _REPAIRS[name],
    )


def _plan_of(plans: Sequence[Plan], name: str) -> Plan:
    return next(plan for plan in plans if plan.name == name)
