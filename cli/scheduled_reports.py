"""Reports that are sent by the clock: what, when and to whom; `kpi report` takes one away as a file instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from cli.output import REFUSED, AsJson, now, opened, say, show_json, show_table, stop, tell
from cli.rules import refusals

if TYPE_CHECKING:  # the command line's help must not wait for these
    from storage.scheduled_reports import ScheduledReport
    from wiring import System

CLI = "cli"
reports = typer.Typer(
    name="reports", help="Reports that are sent by the clock: figures and a chart.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(reports)


@reports.command("list")
def list_(as_json: AsJson = False) -> None:
    """All there are, and when each is sent next."""
    from contract_alerting import scheduled_report_json
    from storage.scheduled_reports import list_reports, lost_view

    with opened() as system, system.database.read() as connection:
        zone = system.settings.timezone
        found = [
            scheduled_report_json(one, zone, now(), view_gone=lost_view(connection, one))
            for one in list_reports(connection)
        ]
    if as_json:
        show_json(found)
        return
    rows = [
        (
            one["name"],
            one["dataset"],
            f"{one['view']} (is there no more)" if one["view_gone"] else one["view"],
            one["schedule"],
            "paused" if one["paused"] else one["next"],
            ", ".join(one["to"]),
        )
        for one in found
    ]
    show_table("Scheduled reports", ["name", "dataset", "view", "schedule", "next", "to"], rows)


@reports.command("add")
def add(
    name: Name,
    dataset: Annotated[str, typer.Option(help="The dataset's name.")],
    at: Annotated[str, typer.Option(help="When: 'monday to friday at 08:00', or cron as '0 8 * * 1-5'.")],
    to: Annotated[str, typer.Option(help="Destinations or channels, as finance,slack.")],
    view: Annotated[
        str, typer.Option(help="A saved view of it; without one its latest period, all rows.")
    ] = "",
    paused: Annotated[bool, typer.Option("--paused", help="Keep it, and do not send it yet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Have a dataset's figures sent by the clock; one of that name is changed."""
    from contract_alerting import scheduled_report_json
    from storage.scheduled_reports import WantedReport, check_wanted, hints_for, save_report

    wanted = WantedReport(name, dataset, at, tuple(to.split(",")), paused, view)
    with opened() as system, refusals(), system.database.begin() as connection:
        standard = system.road.desk.destinations
        fit = check_wanted(connection, wanted, standard)
        kept = save_report(connection, fit, CLI, now())
        hints = hints_for(connection, fit, standard)
        plain = scheduled_report_json(kept, system.settings.timezone, now())
    if as_json:
        show_json({**plain, "hints": hints})
        return
    due = f"it is sent next at {plain['next']}" if plain["next"] else "it is paused"
    say(f"The report {kept.name} is set; {due}.")
    for hint in hints:
        say(f"kpi: {hint}")


@reports.command("remove")
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget a report. What is owed already is still sent."""
    from storage.scheduled_reports import remove_report

    with opened() as system, system.database.begin() as connection:
        if not remove_report(connection, name, CLI, now()):
            _none(name)
    show_json({"removed": name}) if as_json else say(f"The report {name} is removed.")


@reports.command("preview")
def preview(
    name: Name,
    picture: Annotated[Path | None, typer.Option(help="Write its chart into this file, as PNG.")] = None,
    as_json: AsJson = False,
) -> None:
    """What it would say now; nothing is sent."""
    from alerts.telling.reporting import report_message

    with opened() as system:
        found, moment = _found(system, name), now()
        drawn = system.drawn(found.dataset, moment, found.view)
    message = report_message(found.name, drawn, moment, zone=system.settings.timezone.key)
    if picture is not None:
        if not drawn.picture:
            stop("there is no chart: the dataset has nothing to draw", REFUSED)
        try:
            picture.write_bytes(drawn.picture)
        except OSError as error:
            stop(f"--picture {picture}: {error.strerror}; name a file that can be written", REFUSED)
    if as_json:
        show_json({"title": message.title, "lines": list(message.summed_up), "data": message.age})
        return
    for line in (message.title, *message.summed_up, *(f"{label}: {text}" for label, text in message.origin)):
        tell(line)


@reports.command("send-now")
def send_now(name: Name, as_json: AsJson = False) -> None:
    """Owe it now, beside its times, paused or not; the service, or `kpi deliver --once`, sends it."""
    with opened() as system:
        made = system.send_report(_found(system, name), CLI, now())
    if as_json:
        show_json({"sent": name, "messages": made})
    else:
        say(f"{name}: {made} message{'' if made == 1 else 's'} owed; the service sends what is owed.")


def _found(system: System, name: str) -> ScheduledReport:
    from storage.scheduled_reports import find_report

    with system.database.read() as connection:
        return find_report(connection, name) or _none(name)


def _none(name: str) -> NoReturn:
    stop(f"there is no report {name!r}; `kpi reports list` shows those there are")
