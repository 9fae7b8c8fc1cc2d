"""Version 1 of the API, about the sales warehouse: asking for runs, following them, their rejected rows."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict

import contract_sales
from api.v1 import TheSystem, from_here
from api.v1_loads import LARGEST, as_download
from contract import Json
from kpi.sales.options import Mode
from monitor.service import clock
from storage.warehouse import files, rejects, runs, versions
from storage.warehouse.asking import ask_for
from storage.warehouse.reject_csv import reject_lines
from storage.warehouse.runs import Run, Wish
from wiring import System

CSV = "text/csv"
MOST = 5_000

RunId = Annotated[int, Path(ge=0, le=LARGEST)]

router = APIRouter(prefix="/v1/etl")


class Asked(BaseModel):
    """What kind of run is asked for."""

    model_config = ConfigDict(extra="forbid")

    mode: Mode = Mode.RELOAD


@router.post("/runs", status_code=202, dependencies=[Depends(from_here)])
def ask(system: TheSystem, request: Request, response: Response, asked: Asked | None = None) -> Json:
    """Ask for a run: 202 and where to follow it. One that does the same and is under way is that run; 409 for others.

    The service carries it out.
    """
    sales, mode = system.sales, (asked or Asked()).mode
    wish = Wish("api", str(sales.source), mode, sales.options.mark)
    run = ask_for(system.database, wish, clock())
    response.headers["Location"] = f"{request.scope.get('root_path', '')}/v1/etl/runs/{run.id}"
    response.headers["Retry-After"] = "1"
    return contract_sales.run_json(run)


@router.get("/runs")
def list_runs(
    system: TheSystem,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    before: Annotated[int | None, Query(ge=0, le=LARGEST, description="Go on after this run.")] = None,
) -> list[Json]:
    """The runs with their ledgers, newest first."""
    with system.database.read() as connection:
        return [contract_sales.run_json(one) for one in runs.list_runs(connection, limit, before)]


@router.get("/runs/{run_id}")
def one_run(system: TheSystem, run_id: RunId) -> Json:
    """One run: how far it is, or how it ended."""
    return contract_sales.run_json(_run_of(system, run_id))


@router.get("/runs/{run_id}/rejects", response_model=None)
def list_rejects(
    system: TheSystem,
    run_id: RunId,
    as_format: Annotated[Literal["json", "csv"] | None, Query(alias="format")] = None,
    accept: Annotated[str, Header()] = "",
    limit: Annotated[int, Query(ge=1, le=MOST)] = 500,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="`next` of the page before.")] = 0,
) -> Json | Response:
    """The rows that a run did not load: a page of them, or as CSV all of them, safe to open as a sheet."""
    run = _run_of(system, run_id)
    if (as_format or ("csv" if accept.startswith(CSV) else "json")) == "csv":
        lines = reject_lines(system.database, run.id)
        named = as_download(f"rejects of run {run.id}.csv")
        return StreamingResponse(lines, media_type=f"{CSV}; charset=utf-8", headers=named)
    with system.database.read() as connection:
        count = rejects.count(connection, run.id)
        found = rejects.page(connection, run.id, limit, after)
    return {
        "run": run.id,
        "count": count,
        "rejects": [contract_sales.reject_json(one) for _, one in found],
        "next": found[-1][0] if len(found) == limit else None,
    }


@router.get("/warehouse")
def warehouse(system: TheSystem) -> Json:
    """What the warehouse holds: its version, its tables, the files it is made of."""
    with system.database.read() as connection:
        version = versions.newest(connection)
        held = files.held(connection, system.sales.warehouse)
    return contract_sales.warehouse_json(version, held)


def _run_of(system: System, run_id: int) -> Run:
    """The run of that number, or a 404 that names it."""
    with system.database.read() as connection:
        run = runs.find_run(connection, run_id)
    if run is None:
        raise HTTPException(404, f"there is no run {run_id}")
    return run
