"""Version 1 of the API, about targets: those that hold, setting and removing them, and the pace of the running period."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from pydantic import BaseModel, ConfigDict, Field

from api.v1 import TheFigures, TheSystem, from_here
from contract import Json
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.targeting.target_terms import Terms, read_value
from kpi.targeting.targets import Target
from monitor.service import clock
from storage.target_terms import strangers, terms_for
from storage.targets import API, list_targets, remove_targets, set_targets
from wiring import System

MOST = 10_000  # in one request

router = APIRouter(prefix="/v1/targets")

Dataset = Annotated[str, Query(description="The dataset's name.", max_length=120)]


class Spot(BaseModel):
    """What a target is for. `period` such as 2025-03, Mar 2025, 2025-Q1, 2025, 2025-W12 or 2025-03-14; with a grain, a
    day stands for its period. `by` and `member` are left out for the whole.
    """

    model_config = ConfigDict(extra="forbid")

    kpi: str = Field(max_length=200, description="The KPI's key or label.")
    period: str = Field(max_length=40)
    grain: Grain | None = None
    by: str = Field("", max_length=120)
    member: str = Field("", max_length=255)


class Wanted(Spot):
    """A target: a number, or a text such as `30%`."""

    value: float | str


class Batch(BaseModel):
    """Targets that hold together or not at all."""

    model_config = ConfigDict(extra="forbid")

    targets: list[Wanted] = Field(max_length=MOST)


class Spots(BaseModel):
    """Targets that hold no longer."""

    model_config = ConfigDict(extra="forbid")

    targets: list[Spot] = Field(max_length=MOST)


@router.get("")
def read_targets(
    system: TheSystem,
    dataset: Annotated[str | None, Query(description="Of this dataset only.")] = None,
    kpi: Annotated[str | None, Query(description="Of this KPI only, by its key.")] = None,
) -> list[Json]:
    """The targets that hold, by KPI, member and period."""
    with system.database.read() as connection:
        return [one.to_dict() for one in list_targets(connection, dataset, kpi)]


@router.put("", dependencies=[Depends(from_here)])
def put_targets(system: TheSystem, dataset: Dataset, batch: Batch) -> Json:
    """Set targets, all of them or none; how many say something new. The service works the figures out within seconds.

    `warnings` name the members that the data do not have: their targets are kept for members to come.
    """
    with system.database.begin() as connection:
        terms = terms_for(connection, system.calculator, dataset)
        wanted = [_target(terms, one) for one in batch.targets]
        changed = set_targets(connection, dataset, wanted, API, clock())
    warnings = _strangers(system, dataset, wanted) if terms.fields else []
    return {"changed": len(changed), "warnings": warnings}


@router.post("/remove", dependencies=[Depends(from_here)])
def remove(system: TheSystem, dataset: Dataset, spots: Spots) -> Json:
    """Let targets hold no longer; how many there were. What they were stays in the history."""
    with system.database.begin() as connection:
        terms = terms_for(connection, system.calculator, dataset)
        unwanted = [
            terms.target(one.kpi, terms.period(one.period, one.grain), (one.by, one.member), 0.0)
            for one in spots.targets
        ]
        removed = remove_targets(connection, dataset, unwanted, clock())
    if not removed:
        raise HTTPException(404, "there is no such target")
    return {"removed": removed}


@router.get("/pace")
def read_paces(
    figures: TheFigures,
    kpi: Annotated[list[str], Query(description="Keys; all by default.")] = [],  # noqa: B006 - FastAPI copies it
    grain: Grain = Grain.MONTH,
    by: str | None = None,
) -> list[Json]:
    """How the latest period of each KPI with a target stands: so far against the same days, and where it may land."""
    return [one.to_dict() for one in figures.paces(Slice(tuple(kpi), grain, by))]


def _strangers(system: System, dataset: str, wanted: list[Target]) -> list[str]:
    """What to say of the members that the data do not have; the data are asked only where there are members."""
    if not any(one.dimension for one in wanted):
        return []
    with system.database.read() as connection, system.figures(connection, dataset, clock()) as figures:
        return strangers(figures, wanted)


def _target(terms: Terms, one: Wanted) -> Target:
    value, percent = read_value(one.value) if isinstance(one.value, str) else (one.value, False)
    period = terms.period(one.period, one.grain)
    return terms.target(one.kpi, period, (one.by, one.member), value, percent=percent)
