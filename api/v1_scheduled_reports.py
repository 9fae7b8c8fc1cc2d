"""Version 1 of the API, about reports that are sent by the clock."""

from __future__ import annotations

from typing import Annotated, NoReturn

from fastapi import APIRouter, Depends, HTTPException
from fastapi import Path as Path_
from pydantic import BaseModel, ConfigDict, Field

from api.v1 import TheSystem, from_here
from contract import Json
from contract_alerting import scheduled_report_json
from monitor.service import clock
from storage.scheduled_reports import (
    LONGEST_NAME,
    LONGEST_SCHEDULE,
    WantedReport,
    check_wanted,
    find_report,
    hints_for,
    list_reports,
    lost_view,
    remove_report,
    save_report,
)

API = "api"
router = APIRouter(prefix="/v1/scheduled-reports")
Writing = Depends(from_here)
Name = Annotated[str, Path_(description="Its name.", max_length=LONGEST_NAME)]


class WrittenReport(BaseModel):
    """Which dataset, when and to whom: `schedule` as `monday at 08:00` or five fields of cron, `to` as rules name it.

    `view`: a saved view of the dataset by its name; without one its latest period, all rows.
    """

    model_config = ConfigDict(extra="forbid")

    dataset: str = Field(max_length=120)
    schedule: str = Field(min_length=1, max_length=LONGEST_SCHEDULE)
    to: list[Annotated[str, Field(max_length=255)]] = Field(min_length=1, max_length=50)
    view: str = Field(default="", max_length=LONGEST_NAME)
    paused: bool = False


@router.get("")
def read_reports(system: TheSystem) -> list[Json]:
    """All of them, by name; `next` is when each is sent next, where the business is, null while it is paused.

    `view_gone`: its saved view is there no more; it is sent without one, and says so.
    """
    zone = system.settings.timezone
    with system.database.read() as connection:
        return [
            scheduled_report_json(one, zone, clock(), view_gone=lost_view(connection, one))
            for one in list_reports(connection)
        ]


@router.put("/{name:path}", dependencies=[Writing])
def put_report(system: TheSystem, name: Name, written: WrittenReport) -> Json:
    """Set a report under this name; one of that name is changed. `hints` say what it waits for."""
    to = tuple(written.to)
    wanted = WantedReport(name, written.dataset, written.schedule, to, written.paused, written.view)
    standard = system.road.desk.destinations
    with system.database.begin() as connection:
        kept = save_report(connection, check_wanted(connection, wanted, standard), API, clock())
        hints = hints_for(connection, wanted, standard)
    return {**scheduled_report_json(kept, system.settings.timezone, clock()), "hints": hints}


@router.delete("/{name:path}", dependencies=[Writing])
def delete_report(system: TheSystem, name: Name) -> Json:
    """Forget a report. What is owed already is still sent."""
    with system.database.begin() as connection:
        if not remove_report(connection, name, API, clock()):
            _none(name)
    return {"removed": name}


@router.post("/{name:path}/send", status_code=202, dependencies=[Writing])
def send_report(system: TheSystem, name: Name) -> Json:
    """Owe the report now, beside its times, paused or not; `messages` says how many. The service sends them."""
    with system.database.read() as connection:
        found = find_report(connection, name)
    if found is None:
        _none(name)
    return {"sent": name, "messages": system.send_report(found, API, clock())}


def _none(name: str) -> NoReturn:
    raise HTTPException(404, f"there is no scheduled report {name!r}")
