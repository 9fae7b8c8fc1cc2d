"""Names of customers in two columns, put together into a third that the table then has as well."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from kpi.sales.extract.words import halves_of_name
from kpi.sales.source import RawColumn, RawTable, Role

_FIELD = "customer"


def with_full_names(table: RawTable) -> RawTable:
    """The table with the names in a column of their own, behind the others; as it is where it has them, or has none."""
    if table.role is Role.PRODUCTS or table.place_of(_FIELD) is not None:
        return table
    halves = halves_of_name([column.header for column in table.columns])
    if halves is None:
        return table
    first, last = (table.columns[at] for at in halves)
    if first.field or last.field:
        return table
    whole = RawColumn(f"c{len(table.columns)}", f"{first.header} {last.header}", _FIELD)
    role = Role.FLAT if table.role is Role.SALES else table.role
    batches = partial(_joined, table.batches, (first.place, last.place), whole.place)
    return replace(table, role=role, columns=(*table.columns, whole), batches=batches)


def _joined(
    batches: Callable[[], Iterator[pa.RecordBatch]], halves: tuple[str, str], place: str
) -> Iterator[pa.RecordBatch]:
    for batch in batches():
        # Empty cells as empty texts: joined as nulls, a row without any name would be lost.
        first, last = (pc.fill_null(pc.utf8_trim_whitespace(batch.column(half)), "") for half in halves)
        names = pc.utf8_trim_whitespace(pc.binary_join_element_wise(first, last, " "))
        yield batch.append_column(place, pc.if_else(pc.equal(names, ""), None, names))
