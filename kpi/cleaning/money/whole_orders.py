"""Columns whose amounts are of whole orders, in a table of their lines: found before it is asked what the revenue is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kpi.cleaning.columns.mapper import Mapper
from kpi.cleaning.money.order_levels import add_up, are_lines, level_of
from kpi.reading.cells import Cell

_ORDER = re.compile(r"#\s?[A-Z]{0,4}-?\d{2,}", re.IGNORECASE)


def whole_orders(mapper: Mapper) -> dict[int, bool]:
    """The columns by position, each with whether quantity × unit price of the lines add up to it.

    Empty where the table does not have these two, or no column that tells its orders.
    """
    quantity, price = mapper.column_of("quantity"), mapper.column_of("unit_price")
    orders = _orders(mapper)
    if quantity is None or price is None or orders is None:
        return {}
    block = mapper.sample.block
    keys = [orders[row] for row in block.rows]
    pairs = zip(block.values(quantity), block.values(price), strict=True)
    lines = [None if left is None or right is None else left * right for left, right in pairs]
    numeric = [column for column in range(len(mapper.columns)) if column not in (quantity, price)]
    found = {}
    for column in numeric:
        amounts = block.values(column) if mapper.columns[column].is_numeric() else []
        if amounts and level_of(keys, amounts) and not are_lines(amounts, lines):
            found[column] = add_up(keys, amounts, lines)
    return found


def _orders(mapper: Mapper) -> Sequence[Cell] | None:
    """The numbers of the orders: the column that is called so, or one of texts such as `#1001`."""
    column = mapper.column_of("order_id")
    if column is not None:
        return mapper.columns[column].column.cells
    for free in mapper.free():
        cells = mapper.columns[free].column.cells
        texts = {cell for cell in cells if isinstance(cell, str) and cell.strip()}
        if texts and all(_ORDER.fullmatch(text.strip()) for text in texts):
            return cells
    return None
