"""Version 1 of the API: reading what there is, and handing in a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Form, HTTPException, Query, Request, Response, UploadFile
from fastapi import Path as Path_
from pydantic import BaseModel, ConfigDict, Field

import contract
import contract_alerting
from contract import Json
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.loading.answer_text import MOST_ANSWERS, checked_answers, read_answers
from kpi.report import Status
from kpi.values import Partial, Projection
from monitor.pipeline import Job, process
from monitor.service import clock
from monitor.watcher import SUFFIXES
from storage import datasets, loads, mappings
from storage.alerting import alert_log
from storage.editions import as_moment
from storage.figures import Figures
from storage.inbox import put, safe_file_name, snake_case
from wiring import System

LARGEST = 100 * 1024 * 1024  # bytes of one file

router = APIRouter(prefix="/v1")


def system_of(request: Request) -> System:
    """The parts that the application was built over."""
    system: System = request.app.state.system
    return system


def from_here(request: Request) -> None:
    """Refuse what another site's page makes a browser send: it would carry the reader's way in, not their will."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise HTTPException(403, "a page of another site may not write here")


TheSystem = Annotated[System, Depends(system_of)]


def figures_asked(
    system: TheSystem,
    dataset: Annotated[str, Query(description="The dataset's name.")],
    reported: Annotated[
        str, Query(description="As it was reported then: YYYY-MM-DD, its end, or YYYY-MM-DDTHH:MM.")
    ] = "",
) -> Iterator[Figures]:
    moment = as_moment(reported, system.settings.timezone) if reported else None
    with (
        system.database.read() as connection,
        system.figures(connection, dataset, clock(), moment) as found,
    ):
        yield found


TheFigures = Annotated[Figures, Depends(figures_asked)]


@router.get("/datasets")
def list_datasets(system: TheSystem) -> list[Json]:
    """What can be asked about."""
    with system.database.read() as connection:
        return [contract.dataset_json(one) for one in datasets.list_datasets(connection)]


@router.get("/kpis")
def list_kpis(figures: TheFigures) -> list[Json]:
    """The KPIs that a dataset gives."""
    return [contract.definition_json(one) for one in figures.definitions()]


@router.get("/values")
def list_values(
    figures: TheFigures,
    kpi: Annotated[list[str], Query(description="Keys; all by default.")] = [],  # noqa: B006 - FastAPI copies it
    grain: Grain = Grain.MONTH,
    by: Annotated[
        str | None, Query(description="A dimension; or a hierarchy: its first level that no filter fixes.")
    ] = None,
    where: Annotated[list[str], Query(description="DIM=MEMBER")] = [],  # noqa: B006 - FastAPI copies it
    start: date | None = None,
    end: date | None = None,
    partial: Annotated[
        Partial, Query(description="What becomes of a period that is not over.")
    ] = Partial.TO_DATE,
    projection: Annotated[
        Projection, Query(description="Where `partial` is `projected`.")
    ] = Projection.WEEKDAY,
    top: Annotated[
        int | None, Query(ge=1, description="The largest members of one KPI, all others as one.")
    ] = None,
    rank: Annotated[bool, Query(description="With each member's rank and share, the largest first.")] = False,
) -> list[Json]:
    """KPI values by period, and by member where a dimension is named."""
    conditions = tuple(contract.condition(text) for text in where)
    cut = Slice(tuple(kpi), grain, by, conditions, start, end, partial, projection=projection)
    units = {one.key: one.unit.value for one in figures.definitions()}
    name, level = figures.dataset.name, figures.level_of(cut)
    if rank or top is not None:
        found = figures.ranked(cut, top)
        return [contract.ranked_json(name, one, units[one.value.kpi], level) for one in found]
    return [contract.value_json(name, value, units[value.kpi], level) for value in figures.values(cut)]


@router.get("/loads")
def list_loads(
    system: TheSystem, dataset: str | None = None, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[Json]:
    """The latest loads, newest first."""
    with system.database.read() as connection:
        return [contract.recorded_load_json(one) for one in loads.recent_loads(connection, dataset, limit)]


@router.post("/loads", dependencies=[Depends(from_here)])
def load(
    system: TheSystem,
    file: UploadFile,
    response: Response,
    dataset: Annotated[
        str, Form(description="Its folder below the inbox; by default named by the file.")
    ] = "",
    accept: Annotated[bool, Form(description="Take best guesses instead of asking.")] = False,
    fields: Annotated[
        list[str], Form(alias="map", description="HEADER=FIELD; HEADER= leaves the column out.")
    ] = [],  # noqa: B006 - FastAPI copies it
    choices: Annotated[list[str], Form(alias="answer", description="KEY=CANDIDATE of a question.")] = [],  # noqa: B006
    off: Annotated[list[str], Form(alias="no_repair", description="The code of a repair not to make.")] = [],  # noqa: B006
) -> Json:
    """Put a file into the inbox and load it: 201 where its data are in, 200 where nothing changed, else 422.

    What is said in `map`, `answer` and `no_repair` is kept for every later file of the same layout.
    """
    answers = read_answers(fields, choices, off)
    name = safe_file_name(file.filename or "")
    if Path(name).suffix.lower() not in SUFFIXES:
        wanted = ", ".join(sorted(SUFFIXES))
        raise HTTPException(
            415, f"{name}: found another type of file, wanted one of {wanted}. Nothing was loaded."
        )
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise HTTPException(413, f"{name} is larger than {LARGEST >> 20} MiB. Nothing was loaded.")
    inbox = system.road.folders.inbox
    path = put(inbox / snake_case(dataset) if dataset else inbox, name, content)
    loaded = process(system.road, Job(path, "api", accept=accept, answers=answers), clock())
    response.status_code = {Status.LOADED: 201, Status.UNCHANGED: 200}.get(loaded.status, 422)
    return contract.load_json(loaded)


class Said(BaseModel):
    """What is said about a layout."""

    model_config = ConfigDict(extra="forbid")

    fields: dict[str, str] = Field(
        {}, max_length=MOST_ANSWERS, description="Field by header; an empty field leaves the column out."
    )
    choices: dict[str, str] = Field(
        {}, max_length=MOST_ANSWERS, description="The chosen candidate by the question's key."
    )
    off: list[str] = Field([], max_length=MOST_ANSWERS, description="Codes of repairs that must not be made.")


Fingerprint = Annotated[
    str,
    Path_(description="The layout's fingerprint, or as much of its beginning as tells it.", max_length=64),
]


@router.get("/mappings")
def list_mappings(
    system: TheSystem, dataset: Annotated[str | None, Query(description="Said first about it.")] = None
) -> list[Json]:
    """What people said about layouts, kept for every file that has them."""
    with system.database.read() as connection:
        return [contract.mapping_json(one) for one in mappings.list_mappings(connection, dataset)]


@router.put("/mappings/{fingerprint}", dependencies=[Depends(from_here)])
def set_mappings(system: TheSystem, fingerprint: Fingerprint, said: Said) -> Json:
    """Say something about a layout. What else was said about it stays; its files in the inbox are read again."""
    answers = checked_answers(said.fields.items(), said.choices.items(), said.off)
    with system.database.begin() as connection:
        mark = mappings.find_fingerprint(connection, fingerprint)
        again = mappings.say(connection, mark, answers, clock())
        kept = [one for one in mappings.list_mappings(connection) if one.fingerprint == mark]
    return {
        "fingerprint": mark,
        "mappings": [contract.mapping_json(one) for one in kept],
        "read_again": _names(system, again),
    }


@router.delete("/mappings/{fingerprint}", dependencies=[Depends(from_here)])
def remove_mappings(
    system: TheSystem,
    fingerprint: Fingerprint,
    key: Annotated[str | None, Query(description="The header, question or repair; all by default.")] = None,
) -> Json:
    """Forget what was said about a layout: its next file is asked about again."""
    with system.database.begin() as connection:
        mark = mappings.find_fingerprint(connection, fingerprint)
        removed, again = mappings.forget(connection, mark, key)
    if not removed:
        raise HTTPException(404, f"nothing of that is kept about the layout {mark[:12]}")
    return {"fingerprint": mark, "removed": removed, "read_again": _names(system, again)}


def _names(system: System, paths: list[str]) -> list[str]:
    """The files that the service reads again by itself, by their place in the inbox."""
    inbox = system.road.folders.inbox
    return sorted(str(Path(path).relative_to(inbox)) for path in paths if Path(path).is_relative_to(inbox))


@router.get("/alerts")
def list_alerts(
    system: TheSystem,
    dataset: str | None = None,
    open_only: Annotated[bool, Query(alias="open", description="Only breaches that are not over.")] = False,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> list[Json]:
    """What fired and what cleared, newest first."""
    with system.database.read() as connection:
        found = alert_log.list_alerts(connection, dataset, open_only=open_only, limit=limit)
        stand = alert_log.standings(connection, {one.rule_id for one in found})
    return [contract_alerting.alert_json(alert, stand) for alert in found]
