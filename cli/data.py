"""Commands about data and numbers: load, values, explain, history."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.loads import what_changed
from cli.mapping import Choices, Maps, Off, given, repeated, review_json, tell_questions
from cli.output import REFUSED, AsJson, DatasetName, named, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from monitor.pipeline import Job, Loaded
    from storage.figures import Figures
    from wiring import System

GRAINS = ("day", "week", "month", "quarter", "year", "total")
GrainName = Annotated[str, typer.Option("--grain", help=f"One of {', '.join(GRAINS)}.")]
KpiKey = Annotated[str, typer.Option("--kpi", help="The KPI's key, such as gross_margin.")]
Period = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A day of the period.")]
AskPassword = Annotated[bool, typer.Option("--password", help="Ask for the password of locked workbooks.")]
TOLD = 20  # issues printed for people; JSON has more
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]


def add_to(app: typer.Typer) -> None:
    app.command()(load)
    app.command()(values)
    app.command()(explain)
    app.command()(history)


def load(
    paths: Annotated[list[Path], typer.Argument(help="Workbooks or CSV files, or folders of them.")],
    dataset: Annotated[
        str, typer.Option(help="The dataset to load into; by default named by the file.")
    ] = "",
    accept: Annotated[bool, typer.Option("--accept", help="Take best guesses instead of asking.")] = False,
    fields: Maps = [],  # noqa: B006
    choices: Choices = [],  # noqa: B006
    off: Off = [],  # noqa: B006
    password: AskPassword = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; commit nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load workbooks. Exit code 1 if one was refused or has to be asked about.

    What is said with --map, --answer and --no-repair is kept for every later file of the same layout.
    """
    from kpi.report import Status
    from monitor.pipeline import Job

    answers = given(fields, choices, off)
    secret = asked_password() if password else ""
    with opened() as system:
        files = list(_files(paths))
        jobs = [Job(path, "cli", dataset or None, accept, answers, dry_run, secret) for path in files]
        done = [_process(system, job) for job in jobs]
        changed = [] if as_json else list(what_changed(system, done))
    options = [
        *(["--dataset", dataset] if dataset else []),
        *(["--password"] if password else []),
        *repeated("--map", fields),
        *repeated("--answer", choices),
        *repeated("--no-repair", off),
    ]
    if as_json:
        show_json([review_json(path, one, options) for path, one in zip(files, done, strict=True)])
    else:
        _tell(done)
        for text in changed:
            say(text)
        for path, one in zip(files, done, strict=True):
            tell_questions(path, one, options)
    if any(one.status in (Status.REJECTED, Status.REVIEW) for one in done):
        raise typer.Exit(REFUSED)


def values(
    dataset: DatasetName,
    kpi: Annotated[list[str], typer.Option(help="A KPI's key; may be repeated. All by default.")] = [],  # noqa: B006
    grain: GrainName = "month",
    by: Annotated[str, typer.Option(help="A dimension: one value a member.")] = "",
    where: Annotated[list[str], typer.Option(help="DIM=MEMBER; may be repeated.")] = [],  # noqa: B006
    start: Day = None,
    end: Day = None,
    as_json: AsJson = False,
) -> None:
    """KPI values by period, and by member where a dimension is named."""
    import contract
    from kpi.calculator import Slice
    from kpi.calendar import Grain

    size = Grain(named(grain, GRAINS, "--grain"))
    with opened() as system, _figures(system, dataset) as figures:
        conditions = tuple(contract.condition(text) for text in where)
        cut = Slice(tuple(kpi), size, by or None, conditions, _day(start), _day(end))
        found = figures.values(cut)
        units = {one.key: one.unit.value for one in figures.definitions()}
    if as_json:
        show_json([contract.value_json(dataset, value, units[value.kpi]) for value in found])
    else:
        rows = [(v.kpi, v.period, v.member, v.value, "" if v.complete else "not over yet") for v in found]
        show_table(f"{dataset} by {grain}", ["KPI", "period", "member", "value", ""], rows)


def explain(
    dataset: DatasetName,
    kpi: KpiKey,
    period: Period,
    grain: GrainName = "month",
    as_json: AsJson = False,
) -> None:
    """Where one number comes from: definition, formula with its numbers, files and rows, earlier values."""
    import contract
    from kpi.calendar import Grain
    from storage.kpi_data import history as read_history
    from storage.loads import holding_loads
    from storage.provenance import rows_between

    with opened() as system, _figures(system, dataset) as figures:
        size = Grain(named(grain, GRAINS, "--grain"))
        start = system.calculator.calendar.start_of(period.date(), size)
        found = figures.explain(kpi, size, start)
        if found is None:
            stop(f"{dataset} has no data for {kpi} in the {grain} of {start}", REFUSED)
        with system.database.read() as connection:
            held = holding_loads(connection, dataset)
            earlier = read_history(connection, dataset, kpi, grain, start)
        rows = rows_between(
            held, system.road.folders.snapshots, start, system.calculator.calendar.end_of(start, size)
        )
        answer = contract.explanation_json(figures, found, rows, earlier)
    if as_json:
        show_json(answer)
    else:
        say(f"{found.label}, {found.period}: {found.text}\n{found.description}\nFormula: {found.formula}")
        ranges = [
            (one.source, one.sheet, f"{one.first_row}–{one.last_row}", one.rows, one.version) for one in rows
        ]
        show_table("Rows", ["file", "sheet", "rows", "count", "version"], ranges)


def history(
    dataset: DatasetName,
    kpi: KpiKey,
    period: Period,
    grain: GrainName = "month",
    as_json: AsJson = False,
) -> None:
    """Every value that was ever said for one period, with the load that brought it."""
    import contract
    from kpi.calendar import Grain
    from storage.kpi_data import history as read_history
    from storage.loads import load_of_version

    with opened() as system, system.database.read() as connection:
        size = Grain(named(grain, GRAINS[:-1], "--grain"))
        start = system.calculator.calendar.start_of(period.date(), size)
        said = [
            (stored, load_of_version(connection, dataset, stored.since_version))
            for stored in read_history(connection, dataset, kpi, grain, start)
        ]
    if as_json:
        show_json([contract.stored_json(stored, load) for stored, load in said])
    else:
        rows = [
            (one.value, one.since_version, one.computed_at, load.source if load else None)
            for one, load in said
        ]
        show_table(f"{kpi} of {start}", ["value", "since version", "at", "file"], rows)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _files(paths: list[Path]) -> Iterator[Path]:
    from monitor.watcher import list_workbooks

    for path in paths:
        if path.is_dir():
            yield from list_workbooks(path)
        else:
            yield path


def asked_password() -> str:
    """Asked for without echo; a line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, err=True))
    return sys.stdin.readline().rstrip("\r\n")


def _process(system: System, job: Job) -> Loaded:
    from monitor.pipeline import ConflictError, process, unreadable

    try:
        return process(system.road, job, now())
    except OSError as error:
        return unreadable(system.road, job, error)
    except ConflictError as error:
        stop(str(error), REFUSED)


def _tell(done: list[Loaded]) -> None:
    """The loads for people: what came in, then what to do about the rest."""
    rows = [
        (
            one.source,
            one.dataset,
            one.status.value,
            one.version,
            one.report.rows.read,
            one.report.rows.loaded,
            one.report.rows.rejected,
            one.report.rows.set_aside,
            f"{one.seconds:.1f} s",
        )
        for one in done
    ]
    show_table(
        "Loads", ["file", "dataset", "", "version", "read", "loaded", "rejected", "set aside", "took"], rows
    )
    for one in done:
        if one.report.error:
            message = one.report.error.message
            say(message if message.startswith(one.source) else f"{one.source}: {message}")
        for issue in one.report.issues[:TOLD]:
            say(f"{one.source}: {issue.sheet}!{issue.cell} {issue.header}: {issue.problem}; {issue.action}")
        if len(one.report.issues) > TOLD:
            say(f"{one.source}: {len(one.report.issues) - TOLD} more issues; --json lists them")


@contextmanager
def _figures(system: System, dataset: str) -> Iterator[Figures]:
    """The dataset's figures; a question they cannot answer ends the command with code 2."""
    from kpi.catalog_file import CatalogError
    from kpi.values import SliceError
    from storage.figures import UnknownDatasetError, figures_of

    try:
        with (
            system.database.read() as connection,
            figures_of(
                connection, dataset, system.road.folders.snapshots, system.calculator, system.today(now())
            ) as figures,
        ):
            yield figures
    except (UnknownDatasetError, CatalogError, SliceError) as error:
        stop(str(error))
