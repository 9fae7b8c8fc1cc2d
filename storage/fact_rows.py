"""The rows of a dataset as they were read, a page at a time in a stable order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, String, column, func, select, table
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import TypeEngine

from kpi.calculator import Executor
from kpi.language.compile import TYPES
from kpi.report import FactField

SHEET, ROW = "_sheet", "_row"


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows: `names` are the columns, each row is in their order; `total` counts all rows of the dataset."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


def row_page(run: Executor, fields: Sequence[FactField], offset: int, limit: int) -> RowPage:
    """Rows `offset` to `offset + limit`, by sheet and row; every row of the sheet keeps its place between two calls."""
    names = (SHEET, ROW, *(field.name for field in fields))
    kinds: tuple[TypeEngine[Any], ...] = (
        String(),
        Integer(),
        *(TYPES.get(field.kind, String()) for field in fields),
    )
    columns = (column(quoted_name(name, quote=True), kind) for name, kind in zip(names, kinds, strict=True))
    facts = table("facts", *columns)
    order = [facts.c[SHEET], facts.c[ROW], *(facts.c[field.name] for field in fields)]
    page = select(*(facts.c[name] for name in names)).order_by(*order).limit(limit).offset(offset)
    rows = tuple(tuple(row) for row in run(page))
    ((total,),) = run(select(func.count(facts.c[ROW])))
    return RowPage(names, rows, total)
