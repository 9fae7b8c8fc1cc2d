"""Version 1 of the API, about the KPI definitions: those that ship, and people's own, which can be changed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi import Path as Path_
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

import contract
from api.v1 import TheFigures, TheSystem, from_here
from contract import Json
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.catalogue.catalog_text import MOST_BYTES
from monitor.service import clock
from storage import defining, definitions
from storage.catalogs import list_kpis
from storage.datasets import Dataset, find_dataset
from storage.definitions import Change, Wish
from storage.figures import UnknownDatasetError
from wiring import System

router = APIRouter(prefix="/v1/definitions")

Key = Annotated[str, Path_(description="The KPI's key, such as refund_share.", max_length=120)]
Owner = Annotated[str, Query(min_length=1, max_length=120, description="Who answers for it.")]
Expected = Annotated[
    int | None, Query(ge=0, description="The version you have seen, 0 for none: any other is a 409.")
]
OfDataset = Annotated[str, Query(description="Say what these data lack for each KPI.")]
Toml = Annotated[str, Field(max_length=MOST_BYTES, description="Tables like [kpi.refund_share].")]


class Sent(BaseModel):
    """A definition, with the keys of a catalogue file."""

    model_config = ConfigDict(extra="forbid")

    entry: dict[str, Any]


class Text(BaseModel):
    """Definitions as TOML."""

    model_config = ConfigDict(extra="forbid")

    toml: Toml


@router.get("")
def list_definitions(
    system: TheSystem,
    dataset: OfDataset = "",
    retired: Annotated[bool, Query(description="Those that were retired, too.")] = False,
) -> list[Json]:
    """Every KPI, those that ship and people's own, by the newest definitions."""
    with system.database.read() as connection:
        known = _dataset(connection, dataset)
        found = list_kpis(connection, system.calculator.catalog, known, retired=retired)
    return [contract.listed_json(one) for one in found]


@router.get("/export", response_class=Response)
def export(
    system: TheSystem,
    kpi: Annotated[list[str], Query(description="Keys; all of people's own by default.")] = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """People's own definitions as a TOML text."""
    with system.database.read() as connection:
        text = defining.export(connection, kpi)
    return Response(text, media_type="application/toml")


@router.post("/import", dependencies=[Depends(from_here)])
def import_(system: TheSystem, text: Text, owner: Owner) -> list[Json]:
    """Add and change KPIs as the text has them, all of them or none; what changed. `owner` for those that name none."""
    return [contract.change_json(one) for one in _save(system, defining.wishes_of(text.toml, owner))]


@router.post("/preview")
def preview(system: TheSystem, figures: TheFigures, text: Text, grain: Grain = Grain.MONTH) -> list[Json]:
    """What an import would change, and the values that its KPIs would have over a dataset. Nothing is saved."""
    wishes = defining.wishes_of(text.toml, "")
    with system.database.read() as connection:
        shown = defining.preview(
            connection, system.calculator.catalog, wishes, figures, Slice(grain=grain), clock()
        )
    return [contract.preview_json(figures.dataset.name, one) for one in shown]


@router.get("/{key}")
def show_definition(system: TheSystem, key: Key, dataset: OfDataset = "") -> Json:
    """One KPI with every version of its definition, oldest first."""
    with system.database.read() as connection:
        known = _dataset(connection, dataset)
        listed = list_kpis(connection, system.calculator.catalog, known, retired=True)
        changes = definitions.history(connection, key)
    found = next((one for one in listed if one.key == key), None)
    if found is None:
        raise HTTPException(404, f"there is no KPI `{key}`")
    return {**contract.listed_json(found), "history": [contract.change_json(one) for one in changes]}


@router.put("/{key}", dependencies=[Depends(from_here)])
def set_definition(
    system: TheSystem, key: Key, sent: Sent, owner: Owner, response: Response, expected: Expected = None
) -> Json:
    """Add a KPI or change it: 201 with its new version, 200 where it says so already. The service works it out then."""
    done = _save(system, [defining.wish_for(key, sent.entry, owner, expected)])
    response.status_code = 201 if done else 200
    with system.database.read() as connection:
        return contract.change_json(done[0] if done else definitions.latest_changes(connection)[key])


@router.delete("/{key}", dependencies=[Depends(from_here)])
def retire_definition(system: TheSystem, key: Key, owner: Owner, expected: Expected = None) -> Json:
    """Let a KPI of people's own hold no longer. Its values stay in the history, its rules keep their state."""
    with system.database.read() as connection:
        held = definitions.latest_changes(connection).get(key)
    if held is None or held.entry is None:
        raise HTTPException(404, f"nobody's own KPI `{key}` holds")
    (done,) = _save(system, [Wish(key, None, owner, expected)])
    return contract.change_json(done)


def _save(system: System, wishes: Sequence[Wish]) -> list[Change]:
    with system.database.begin() as connection:
        return defining.save(connection, system.calculator.catalog, wishes, clock())


def _dataset(connection: Connection, name: str) -> Dataset | None:
    """The dataset, None where none is named."""
    found = find_dataset(connection, name) if name else None
    if name and found is None:
        raise UnknownDatasetError(f"there is no dataset {name!r}")
    return found
