"""Version 1 of the API, about one value: what it rests on, its rows, and what was ever said of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import StreamingResponse

import contract
from api.v1 import TheFigures, TheSystem
from api.v1_loads import as_download
from contract import Json
from kpi.calculator import Slice
from kpi.calendar import PERIODS, Grain
from storage.evidence import Evidence, evidence_of, restatements

LINES = 1_000  # of CSV that are sent together

router = APIRouter(prefix="/v1")

Kpi = Annotated[str, Query(description="The KPI's key.")]
Period = Annotated[date, Query(description="A day of the period. Not looked at for a total.")]


def evidence_asked(
    system: TheSystem,
    figures: TheFigures,
    kpi: Kpi,
    period: Period,
    grain: Grain = Grain.MONTH,
    where: Annotated[list[str], Query(description="DIM=MEMBER")] = [],  # noqa: B006 - FastAPI copies it
    start: date | None = None,
    end: date | None = None,
) -> Evidence:
    cut = Slice((kpi,), grain, None, tuple(contract.condition(text) for text in where), start, end)
    with system.database.read() as connection:
        found = evidence_of(connection, figures, system.road.folders.snapshots, cut, period)
    if found is None:
        raise HTTPException(
            404, f"{figures.dataset.name} has no data for {kpi} in the {grain.value} of {period}"
        )
    return found


TheEvidence = Annotated[Evidence, Depends(evidence_asked)]


@router.get("/explain")
def explain(evidence: TheEvidence) -> Json:
    """Where one value comes from: definition, formula with its numbers, files and rows, loads, restatements."""
    return contract.explanation_json(evidence)


@router.get("/explain/rows", response_class=StreamingResponse)
def explain_rows(system: TheSystem, evidence: TheEvidence) -> StreamingResponse:
    """Exactly the rows that the value is made of, as CSV that is safe to open in a spreadsheet program."""
    found = evidence.explanation
    name = f"{evidence.dataset.name} {found.kpi} {found.value.grain.value} {found.value.period}.csv"
    return StreamingResponse(
        _together(evidence.rows_csv(system.road.folders.snapshots)),
        media_type="text/csv; charset=utf-8",
        headers=as_download(name),
    )


@router.get("/history")
def history(
    system: TheSystem,
    dataset: Annotated[str, Query(description="The dataset's name.")],
    kpi: Kpi,
    period: Period,
    grain: Grain = Grain.MONTH,
) -> list[Json]:
    """Every value that was ever said for one period, oldest first, with what brought it."""
    if grain not in PERIODS:
        raise HTTPException(422, f"no history is kept by {grain.value}; wanted one of {', '.join(PERIODS)}")
    start = system.calculator.calendar.start_of(period, grain)
    with system.database.read() as connection:
        said = restatements(connection, dataset, kpi, grain, start)
    return [contract.restatement_json(one) for one in said]


def _together(lines: Iterator[str]) -> Iterator[bytes]:
    """Some thousand lines at a time: each piece costs a change of thread."""
    while some := list(islice(lines, LINES)):
        yield "".join(some).encode()
