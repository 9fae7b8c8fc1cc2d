"""Version 1 of the API, about dashboards: those that people made, one by one, and all with the saved views as one text."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

from fastapi import APIRouter, Body, Depends, HTTPException, Query, Response
from fastapi import Path as Path_
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, WithJsonSchema

import contract_alerting
from alerts.book.toml import MOST_BYTES
from api.v1 import TheSystem, from_here
from contract import Json
from dashboard.boards.board import COLUMNS, HEIGHTS, Look
from dashboard.boards.keeping import (
    Lookup,
    Pen,
    board_json,
    export_book,
    import_book,
    stored_from,
    view_json,
    warnings_of,
)
from dashboard.boards.layout import CARDS, FEWEST_MEMBERS, MOST_CARDS, MOST_MEMBERS, board_of
from dashboard.saved_views.address import link
from monitor.service import clock
from storage.dashboards import find_board, list_boards, put_board, remove_board, save_board
from storage.saved_views import list_views

API = "api"
router = APIRouter(prefix="/v1")
Writing = Depends(from_here)
Name = Annotated[str, Path_(description="Its name.", max_length=120)]
OfDataset = Annotated[str | None, Query(description="Of this dataset only.")]
Toml = Annotated[
    str,
    Body(media_type="text/plain", max_length=MOST_BYTES, description="Dashboards and saved views as TOML."),
]
# Checked in `dashboard.boards.layout`, for the page, the command line and REST in the same words; described here.
Card = Annotated[
    dict[str, Any],
    WithJsonSchema(
        {
            "type": "object",
            "title": "Card",
            "additionalProperties": False,
            "required": ["look"],
            "properties": {
                "look": {"enum": list(Look)},
                "kpi": {"type": "string", "description": "A KPI's key."},
                "by": {"type": "string", "description": "A dimension; a breakdown needs one."},
                "title": {"type": "string"},
                "text": {"type": "string", "description": "What a card of text says, as Markdown."},
                "top": {"type": "integer", "minimum": FEWEST_MEMBERS, "maximum": MOST_MEMBERS},
                "width": {"type": "integer", "minimum": 1, "maximum": COLUMNS},
                "height": {"type": "integer", "minimum": 1, "maximum": max(HEIGHTS)},
            },
        }
    ),
]


class WrittenBoard(BaseModel):
    """A dashboard: cards in a grid of four columns, one beside the other. `seen` is the `changed_at` of the state that it
    was made from: where that is no longer the newest, it is refused with 409.
    """

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=120)
    cards: list[Card] = Field(default=[], max_length=MOST_CARDS)
    seen: AwareDatetime | None = None


class StoredBoardAnswer(BaseModel):
    """A dashboard as it is kept."""

    name: str
    dataset: str
    position: int
    changed_at: str
    cards: list[Card] = []


@router.get("/dashboards", response_model=list[StoredBoardAnswer])
def read_dashboards(system: TheSystem, dataset: OfDataset = None) -> list[Json]:
    """The dashboards that people made, by dataset and in their order."""
    with system.database.read() as connection:
        return [board_json(one) for one in list_boards(connection, dataset)]


@router.get("/dashboards/export.toml", response_class=Response)
def export(
    system: TheSystem,
    dataset: Annotated[str, Query(description="Dashboards and views of this dataset only.")] = "",
) -> Response:
    """Dashboards and saved views as a TOML text."""
    with system.database.read() as connection:
        text = export_book(connection, dataset)
    return Response(text, media_type="application/toml; charset=utf-8")


@router.post("/dashboards/import", dependencies=[Writing])
def import_(
    system: TheSystem,
    toml: Toml,
    dry_run: Annotated[bool, Query(description="Say what it would change; change nothing.")] = False,
    replace: Annotated[bool, Query(description="Remove what the text does not have.")] = False,
) -> Json:
    """Take such a text in, all of it or nothing: what that changed, and what in it the data do not have.

    422 with line and key of everything that is wrong.
    """
    with system.database.begin() as connection:
        pen = Pen(connection, API, clock())
        taken = import_book(pen, system.calculator, toml, replace=replace, dry_run=dry_run)
    changes = [contract_alerting.change_json(one) for one in taken.changes]
    return {"changes": changes, "warnings": taken.warnings}


@router.get("/dashboards/{name:path}", response_model=StoredBoardAnswer)
def read_dashboard(system: TheSystem, name: Name) -> Json:
    """One dashboard."""
    with system.database.read() as connection:
        found = find_board(connection, name)
    return board_json(found) if found else _none(name)


@router.put("/dashboards/{name:path}", dependencies=[Writing])
def put_dashboard(system: TheSystem, name: Name, written: WrittenBoard) -> Json:
    """Keep a dashboard under this name; one of that name is changed. `warnings` say what the data do not have."""
    board = board_of(name, written.dataset, {CARDS: written.cards})
    with system.database.begin() as connection:
        stored = stored_from(board, written.seen)
        write = save_board if written.seen else put_board
        kept = write(connection, stored, API, clock())
        warnings = warnings_of(board, Lookup(connection, system.calculator))
    return {**board_json(kept), "warnings": warnings}


@router.delete("/dashboards/{name:path}", dependencies=[Writing])
def remove_dashboard(system: TheSystem, name: Name) -> Json:
    """Forget a dashboard."""
    with system.database.begin() as connection:
        if not remove_board(connection, name, API, clock()):
            _none(name)
    return {"removed": name}


@router.get("/views")
def read_views(system: TheSystem, dataset: OfDataset = None) -> list[Json]:
    """The saved views, by dataset and in their order; `link` is the address on the page, from its question mark on."""
    with system.database.read() as connection:
        return [{**view_json(one), "link": link(one)} for one in list_views(connection, dataset)]


def _none(name: str) -> NoReturn:
    raise HTTPException(404, f"there is no dashboard {name!r}")
