"""The typed columns of one sheet put together: rows kept or dropped, fields named."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.columns.kinds import Plan, Role, label_kind
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.values.numbers import NumberRule
from kpi.cleaning.values.typed import TRIMMED, Typed, to_labels, to_numbers
from kpi.report import FactField

FACTORS = ("quantity", "unit_price")


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows of one sheet and what their columns are."""

    table: pa.Table
    fields: tuple[FactField, ...]


def read_columns(
    plans: Sequence[Plan], rules: Mapping[int, NumberRule], days: Typed, inquiry: Inquiry
) -> dict[str, Typed]:
    """Every column that is kept, by its name in the facts, all rows still in it."""
    typed = {}
    for number, plan in enumerate(plans):
        if plan.role is Role.DAYS:
            typed[plan.name] = days
        elif plan.role is Role.NUMBERS:
            typed[plan.name] = to_numbers(plan.content, rules[number])
        elif plan.role is Role.LABELS:
            labels = to_labels(plan.content.column.cells, plan.content.types)
            if labels.trimmed and not inquiry.repairs(TRIMMED):
                labels = to_labels(plan.content.column.cells, plan.content.types, trims=False)
            typed[plan.name] = labels
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
    return Facts(table, fields)


def _zeros(height: int) -> pa.Array:
    return pa.Array.from_buffers(pa.int32(), height, [None, pa.py_buffer(bytes(4 * height))])


def _field(plan: Plan, table: pa.Table) -> FactField:
    kind = plan.kind
    if plan.role is Role.LABELS:
        members = sum(len(chunk.dictionary) for chunk in table.column(plan.name).chunks[:1])
        kind = label_kind(plan, members, table.num_rows)
    return FactField(plan.name, kind, plan.content.column.header.text)


def rows_of_members(column: pa.Array, members: Collection[int]) -> list[int]:
    """The rows, from 0, that hold one of these entries of the column's dictionary."""
    found = pc.is_in(column.indices, value_set=pa.array(sorted(members), pa.int32()))
    rows: list[int] = pc.indices_nonzero(found).to_pylist()
    return rows
