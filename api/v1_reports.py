"""Version 1 of the API: the dashboard as a file to take away."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path as FilePath
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

import contract
from api.v1 import TheSystem, figures_asked
from api.v1_loads import as_download
from dashboard.boards.board import Board
from dashboard.boards.finding import UnknownBoardError, board_named
from dashboard.taking.forms import Form, file_name, write
from dashboard.taking.making import report_of_board
from dashboard.taking.rows import rows_of
from dashboard.taking.viewing import Choices, view_of
from dashboard.view import Versus
from kpi.calendar import Grain
from kpi.values import Partial
from monitor.service import clock
from storage.editions import as_moment
from storage.figures import Figures

router = APIRouter(prefix="/v1/reports")

Reported = Annotated[
    str, Query(description="As it was reported then: YYYY-MM-DD, its end, or YYYY-MM-DDTHH:MM.")
]


def figures_named(
    system: TheSystem,
    dataset: Annotated[str, Path(description="The dataset's name.")],
    reported: Reported = "",
) -> Iterator[Figures]:
    yield from figures_asked(system, dataset, reported)


def choices_made(
    period: Annotated[
        Literal["latest", "12-months", "year-to-date", "all"], Query(description="Which time it is about.")
    ] = "latest",
    grain: Grain = Grain.MONTH,
    where: Annotated[list[str], Query(description="DIM=MEMBER")] = [],  # noqa: B006 - FastAPI copies it
    start: Annotated[date | None, Query(description="Goes before `period`, as `end` does.")] = None,
    end: date | None = None,
    partial: Annotated[
        Partial, Query(description="What becomes of a period that is not over.")
    ] = Partial.TO_DATE,
    versus: Annotated[Versus, Query(description="What the tiles are compared with.")] = Versus.PREVIOUS,
) -> Choices:
    conditions = tuple(contract.condition(text) for text in where)
    return Choices(period, grain, conditions, start, end, partial, versus)


def _board(system: TheSystem, dataset: str, name: str) -> Board | None:
    with system.database.read() as connection:
        try:
            return board_named(connection, dataset, name)
        except UnknownBoardError as error:
            raise HTTPException(404, str(error)) from error


@router.get("/{dataset}.{form}", response_class=FileResponse)
def take(
    system: TheSystem,
    figures: Annotated[Figures, Depends(figures_named)],
    choices: Annotated[Choices, Depends(choices_made)],
    form: Annotated[Form, Path(description="What the file is.")],
    reported: Reported = "",
    board: Annotated[
        str, Query(description="The name of a dashboard of that dataset; by default the Overview.")
    ] = "",
) -> FileResponse:
    """The dashboard as one file: a page for any browser, a PDF, or a workbook that gives the same KPIs when it is loaded."""
    zone, moment = system.settings.timezone, clock()
    then = as_moment(reported, zone) if reported else None
    view = view_of(figures, choices, system.today(moment), then)
    named = _board(system, figures.dataset.name, board)
    report = report_of_board(figures, view, moment.astimezone(zone), named)
    handle, name = tempfile.mkstemp(suffix=f".{form}")
    os.close(handle)
    path = FilePath(name)
    try:
        with system.database.read() as connection:
            write(
                form, path, report, lambda: rows_of(connection, figures, system.road.folders.snapshots, view)
            )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return FileResponse(
        path,
        media_type=form.content_type,
        headers=as_download(file_name(report.dataset, report.upto.isoformat(), form, report.board)),
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
