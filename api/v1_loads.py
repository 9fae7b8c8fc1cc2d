"""Version 1 of the API, about one load: its issues, its marked copy, what it changed, and taking it back."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Response
from pydantic import Field
from sqlalchemy.exc import NoResultFound

import contract
from api.v1 import TheSystem, from_here
from contract import Json
from kpi.loading.issue_csv import issues_csv
from monitor import marked_copy, undo
from monitor.service import clock
from storage import loads
from storage.difference import difference_of
from storage.loads import Load
from storage.originals import NotMarkedError
from wiring import System

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XLSM = "application/vnd.ms-excel.sheet.macroEnabled.12"

LARGEST = 2**31 - 1  # as an id, or a place among rows: more is too much for some database
LoadId = Annotated[int, Path(ge=0, le=LARGEST)]

router = APIRouter(prefix="/v1/loads")


def load_of(system: System, load_id: int) -> Load:
    """The load of that number, or a 404 that names it."""
    try:
        with system.database.read() as connection:
            return loads.find_load(connection, load_id)
    except NoResultFound:
        raise HTTPException(404, f"there is no load {load_id}") from None


@router.get("/{load_id}/issues", response_model=None)
def list_issues(
    system: TheSystem,
    load_id: LoadId,
    as_format: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> list[Json] | Response:
    """Every issue of a load, as JSON, or as CSV that is safe to open in a spreadsheet program."""
    load = load_of(system, load_id)
    with system.database.read() as connection:
        found = loads.issues_of(connection, load.id, None)
    if as_format == "json":
        return [contract.issue_json(one) for one in found]
    return _file(issues_csv(found).encode(), f"{load.source} issues.csv", "text/csv; charset=utf-8")


@router.get("/{load_id}/marked", response_class=Response)
def marked(system: TheSystem, load_id: LoadId) -> Response:
    """The original with every problem coloured and commented. 409 with the reason where there is none."""
    try:
        made = marked_copy.marked_copy(system.road, load_id)
    except marked_copy.NoSuchLoadError as error:
        raise HTTPException(404, str(error)) from error
    except NotMarkedError as error:
        raise HTTPException(409, str(error)) from error
    return _file(made.content, made.name, XLSM if made.name.endswith(marked_copy.MACROS) else XLSX)


@router.get("/{load_id}/difference")
def difference(system: TheSystem, load_id: LoadId) -> Json | None:
    """What the load changed against the one that held before it; null for one that changed nothing."""
    load = load_of(system, load_id)
    with system.database.read() as connection:
        found = difference_of(connection, system.road.folders.snapshots, load)
    return found.to_dict() if found else None


@router.post("/{load_id}/undo", dependencies=[Depends(from_here)])
def undo_load(
    system: TheSystem,
    load_id: LoadId,
    also: Annotated[
        list[Annotated[int, Field(ge=0, le=LARGEST)]],
        Query(description="Predecessors of it to take back with it."),
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Json:
    """Take a load back: what held before it holds again, as a new version. 409 where it no longer holds."""
    try:
        done = undo.undo(system.road, [load_id, *also], "api", clock())
    except undo.NoSuchLoadError as error:
        raise HTTPException(404, str(error)) from error
    except undo.UndoError as error:
        raise HTTPException(409, str(error)) from error
    return done.to_dict()


def as_download(name: str) -> dict[str, str]:
    """The headers of a download. The name may be in any language."""
    plain = re.sub(r"[^\w. -]", "_", name, flags=re.ASCII)
    named = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": named, "X-Content-Type-Options": "nosniff"}


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers=as_download(name))
