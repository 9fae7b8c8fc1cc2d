"""Version 1 of the API, about the numbers of the sales warehouse: its analyses, and its rows as they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query

import contract
from api.v1 import TheSystem
from api.v1_loads import LARGEST
from contract import Json
from kpi.sales import raw_rows
from kpi.sales.analyses.catalogue import ANALYSES, answer, found
from kpi.sales.analyses.question import Measure, Period, Question, QuestionError
from kpi.sales.analyses.values import as_json
from storage.warehouse.reading import Star, newest_star

MOST = 5_000  # rows of a page

router = APIRouter(prefix="/v1")


def star_asked(system: TheSystem) -> Iterator[Star]:
    with newest_star(system.sales.warehouse, system.engine, system.database) as star:
        yield star


def question_asked(
    start: date | None = None,
    end: date | None = None,
    top: Annotated[int | None, Query(ge=1, le=LARGEST, description="How many rows.")] = None,
    where: Annotated[list[str], Query(description="DIM=MEMBER, such as city=Paris or month=2025-03")] = [],  # noqa: B006 - FastAPI copies it
    by: Annotated[Measure, Query(description="What the best are best by.")] = Measure.REVENUE,
    returns: Annotated[bool, Query(description="Whether returns are counted off.")] = True,
    before_start: Annotated[date | None, Query(description="The earlier period of a comparison.")] = None,
    before_end: date | None = None,
    support: Annotated[float, Query(ge=0, le=1, description="Of a pair of products, of all orders.")] = 0.001,
) -> Question:
    if (before_start is None) != (before_end is None):
        raise QuestionError("before_start, before_end: found one of them, wanted both or neither")
    before = Period(before_start, before_end) if before_start and before_end else None
    conditions = tuple(contract.condition(text) for text in where)
    return Question(start, end, conditions, top, by, returns, before, support)


TheStar = Annotated[Star, Depends(star_asked)]
TheQuestion = Annotated[Question, Depends(question_asked)]


@router.get("/analytics")
def list_analyses() -> list[Json]:
    """The analyses that there are; the first ten are those of `kpi analytics --all`."""
    return [{"name": one.name, "says": one.says, "columns": list(one.columns)} for one in ANALYSES.values()]


def name_asked(name: Annotated[str, Path(description="The analysis's name.")]) -> str:
    try:
        return found(name).name
    except QuestionError as error:
        raise HTTPException(404, str(error)) from None


@router.get("/analytics/{name}")
def analyse(name: Annotated[str, Depends(name_asked)], question: TheQuestion, star: TheStar) -> Json:
    """The rows of one analysis under its name, as `kpi analytics` says them."""
    return {name: as_json(answer(star.run, name, question))}


@router.get("/warehouse/{table}/rows")
def list_rows(
    star: TheStar,
    table: Annotated[str, Path(description=f"One of {', '.join(raw_rows.TABLES)}.")],
    offset: Annotated[int, Query(ge=0, le=LARGEST)] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = raw_rows.PAGE,
    sort: Annotated[str, Query(description="A column; -column for the largest first.")] = "",
    search: Annotated[str, Query(description="A text that one of the row's texts has in it.")] = "",
) -> Json:
    """Rows of a table as they are, in a stable order, and how many there are in all."""
    if table not in raw_rows.TABLES:
        raise HTTPException(404, f"there is no table {table!r}, wanted one of {', '.join(raw_rows.TABLES)}")
    by = (sort.removeprefix("-"), sort.startswith("-")) if sort else None
    rows = star.run(raw_rows.page(table, offset, limit, by, search))
    ((total,),) = star.run(raw_rows.total(table, search))
    columns = raw_rows.columns_of(table)
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    return {
        "table": table,
        "version": star.version.version,
        "offset": offset,
        "total": int(total),
        "rows": as_json(records),
    }
