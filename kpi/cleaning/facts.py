"""The typed columns of one sheet put together: rows kept or dropped, fields named, revenue worked out."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.kinds import Plan, Role, label_kind
from kpi.cleaning.numbers import Sign
from kpi.cleaning.typed import Typed, to_labels, to_numbers
from kpi.report import FactField, Kind

FACTORS = ("quantity", "unit_price")


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of one sheet and what their columns are."""

    table: pa.Table
    fields: tuple[FactField, ...]


def read_columns(plans: Sequence[Plan], signs: Mapping[int, Sign], days: Typed) -> dict[str, Typed]:
    """Every column that is kept, by its name in the facts, all rows still in it."""
    typed = {}
    for number, plan in enumerate(plans):
        if plan.role is Role.DAYS:
            typed[plan.name] = days
        elif plan.role is Role.NUMBERS:
            typed[plan.name] = to_numbers(plan.content, signs[number], plan.content.column.header.scale)
        elif plan.role is Role.LABELS:
            typed[plan.name] = to_labels(plan.content.column.cells, plan.content.types)
    return typed


def build_facts(
    plans: Sequence[Plan],
    typed: Mapping[str, Typed],
    dropped: Collection[int],
    sheet: str,
    row_numbers: Sequence[int],
) -> Facts:
    """The facts without the dropped rows, with the sheet and the row (as Excel counts) of each."""
    height = len(next(iter(typed.values())).values)
    columns = {name: column.values for name, column in typed.items()}
    columns["_sheet"] = pa.DictionaryArray.from_arrays(_zeros(height), pa.array([sheet]))
    columns["_row"] = pa.array(row_numbers, pa.int32())
    table = pa.table(columns)
    if dropped:
        table = table.filter(pa.array([row not in dropped for row in range(height)], pa.bool_()))
    fields = tuple(_field(plan, table) for plan in plans if plan.role is not Role.LEFT_OUT)
    return _with_revenue(Facts(table, fields))


def _zeros(height: int) -> pa.Array:
    return pa.Array.from_buffers(pa.int32(), height, [None, pa.py_buffer(bytes(4 * height))])


def _field(plan: Plan, table: pa.Table) -> FactField:
    kind = plan.kind
    if plan.role is Role.LABELS:
        members = sum(len(chunk.dictionary) for chunk in table.column(plan.name).chunks[:1])
        kind = label_kind(plan, members, table.num_rows)
    return FactField(plan.name, kind, plan.content.column.header.text)


def _with_revenue(facts: Facts) -> Facts:
    """Revenue as quantity times unit price, where the sheet has these and no revenue."""
    headers = {field.name: field.header for field in facts.fields}
    if "revenue" in headers or not headers.keys() >= set(FACTORS):
        return facts
    revenue = pc.multiply(*(facts.table.column(name) for name in FACTORS))
    header = " × ".join(headers[name] for name in FACTORS)
    table = facts.table.add_column(facts.table.num_columns - 2, "revenue", revenue)
    return Facts(table, (*facts.fields, FactField("revenue", Kind.MEASURE, header)))


def rows_of_members(column: pa.Array, members: Collection[int]) -> list[int]:
    """The rows, from 0, that hold one of these entries of the column's dictionary."""
    found = pc.is_in(column.indices, value_set=pa.array(sorted(members), pa.int32()))
    rows: list[int] = pc.indices_nonzero(found).to_pylist()
    return rows
