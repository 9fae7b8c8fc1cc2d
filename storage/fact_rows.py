"""The rows of a dataset as they were read, a page at a time in a stable order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

from sqlalchemy import Date, Integer, String, TableClause, column, func, or_, select, table
from sqlalchemy.sql.expression import quoted_name
from sqlalchemy.types import TypeEngine

from kpi.calculator import Executor
from kpi.language.compile import TYPES, Sql
from kpi.report import FactField

SHEET, ROW = "_sheet", "_row"


@dataclass(frozen=True, slots=True)
class RowPage:
    """Some rows: `names` are the columns, each row is in their order; `total` counts all rows that were asked for."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    total: int


def row_page(
    run: Executor, fields: Sequence[FactField], offset: int, limit: int, search: str = ""
) -> RowPage:
    """Rows `offset` to `offset + limit`, by sheet and row; every row of the sheet keeps its place between two calls.

    `search` keeps the rows that have it in one of their texts, in whatever case, or that hold exactly this number
    or this day (`2025-10-31`).
    """
    names = (SHEET, ROW, *(field.name for field in fields))
    kinds: tuple[TypeEngine[Any], ...] = (
        String(),
        Integer(),
        *(TYPES.get(field.kind, String()) for field in fields),
    )
    columns = (column(quoted_name(name, quote=True), kind) for name, kind in zip(names, kinds, strict=True))
    facts = table("facts", *columns)
    order = [facts.c[SHEET], facts.c[ROW], *(facts.c[field.name] for field in fields)]
    kept = _matching(facts, search.strip())
    page = (
        select(*(facts.c[name] for name in names)).where(*kept).order_by(*order).limit(limit).offset(offset)
    )
    rows = tuple(tuple(row) for row in run(page))
    ((total,),) = run(select(func.count(facts.c[ROW])).where(*kept))
    return RowPage(names, rows, total)


def _matching(facts: TableClause, search: str) -> list[Sql]:
    if not search:
        return []
    number, day = _number(search), _day(search)
    found: list[Sql] = []
    for one in facts.c:
        if isinstance(one.type, String):
            found.append(func.lower(one).contains(search.lower(), autoescape=True))
        elif isinstance(one.type, Date):
            found += [one == day] if day else []
        elif number is not None:
            found.append(one == number)
    return [or_(*found)]


def _number(text: str) -> float | None:
    """Also as the table writes it, with commas between the thousands."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
