"""Commands about loads: loads, issues, changes, undo."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from kpi.report import Issue
    from monitor.pipeline import Loaded
    from storage.loads import Load
    from wiring import System

MOST = 50
LoadId = Annotated[
    int | None, typer.Argument(metavar="LOAD_ID", help="A load's number; `kpi loads` lists them.")
]
Of = Annotated[str, typer.Option("--dataset", help="The dataset whose latest load is meant.")]


def add_to(app: typer.Typer) -> None:
    for command in (loads, issues, changes, undo):
        app.command()(command)


def loads(
    dataset: Annotated[str, typer.Option(help="Only of this dataset.")] = "", as_json: AsJson = False
) -> None:
    """The latest loads, newest first, with the numbers by which they are named."""
    import contract
    from storage.loads import recent_loads

    with opened() as system, system.database.read() as connection:
        found = recent_loads(connection, dataset or None, MOST)
    if as_json:
        show_json([contract.recorded_load_json(one) for one in found])
        return
    rows = [
        (
            one.id,
            one.source,
            one.dataset,
            f"{one.at:%Y-%m-%d %H:%M}",
            one.status.value,
            one.version,
            one.rows.loaded,
        )
        for one in found
    ]
    show_table("Loads", ["load", "file", "dataset", "at (UTC)", "", "version", "rows loaded"], rows)


def issues(
    load_id: LoadId = None,
    dataset: Of = "",
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print CSV to stdout, safe to open as a sheet.")
    ] = False,
    marked: Annotated[
        Path | None, typer.Option(help="Write a copy of the workbook in which every problem is coloured.")
    ] = None,
    password: Annotated[
        bool, typer.Option("--password", help="Ask for the password of a locked workbook; its copy has none.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """All issues of a load, by default of the latest one; or a marked copy of its workbook."""
    import contract
    from kpi.loading.issue_csv import issues_csv
    from storage.loads import issues_of

    with opened() as system:
        load = _load(system, load_id, dataset)
        with system.database.read() as connection:
            found = issues_of(connection, load.id, None)
        if marked is not None:
            from cli.data import asked_password

            _write_marked(system, load, marked, asked_password() if password else "")
    if as_json:
        show_json([contract.issue_json(one) for one in found])
    elif as_csv:
        sys.stdout.write(issues_csv(found))
    elif marked is None:
        _tell(load, found)


def changes(load_id: LoadId = None, dataset: Of = "", as_json: AsJson = False) -> None:
    """What a load changed against the one that held before it, by default what the latest one did."""
    from kpi.loading.difference import in_words
    from storage.difference import difference_of

    with opened() as system:
        load = _load(system, load_id, dataset)
        with system.database.read() as connection:
            found = difference_of(connection, system.road.folders.snapshots, load)
    if as_json:
        show_json(found.to_dict() if found else None)
    else:
        said = in_words(found) if found else f"it was {load.status.value} and changed no figure."
        say(f"Load {load.id}, {load.source}: {said}")


def undo(
    load_ids: Annotated[
        list[int] | None,
        typer.Argument(
            metavar="LOAD_ID…", help="The load that holds, and predecessors of it to take back too."
        ),
    ] = None,
    dataset: Of = "",
    as_json: AsJson = False,
) -> None:
    """Take a load back: what held before it holds again, as a new version. Load the file again to take that back."""
    from monitor.pipeline import ConflictError
    from monitor.undo import UndoError, latest_of
    from monitor.undo import undo as take_back

    if bool(load_ids) == bool(dataset):
        stop("name the load to undo, or with --dataset the dataset whose latest load is meant")
    with opened() as system:
        try:
            with system.database.read() as connection:
                named = load_ids or [latest_of(connection, dataset)]
            done = take_back(system.road, named, "cli", now())
        except (UndoError, ConflictError) as error:
            stop(str(error), REFUSED)
    if as_json:
        show_json(done.to_dict())
    else:
        say(done.in_words())


def what_changed(system: System, done: Sequence[Loaded]) -> Iterator[str]:
    """For each file that took the place of an earlier one, or would, a paragraph on what that changes."""
    from kpi.loading.difference import in_words
    from storage.difference import difference_of
    from storage.loads import find_load

    for one in done:
        found = one.difference
        if found is None and one.version is not None and one.load_id is not None:
            with system.database.read() as connection:
                load = find_load(connection, one.load_id)
                found = difference_of(connection, system.road.folders.snapshots, load)
        if found is not None and found.against is not None:
            yield f"{one.source}: {in_words(found)}"


def _load(system: System, load_id: int | None, dataset: str) -> Load:
    """The load that is named, else the latest of the dataset, else the latest of all."""
    from sqlalchemy.exc import NoResultFound

    from storage.loads import find_load, recent_loads

    with system.database.read() as connection:
        if load_id is None:
            latest = recent_loads(connection, dataset or None, 1)
            return latest[0] if latest else stop(f"there is no load{' of ' + dataset if dataset else ''} yet")
        try:
            return find_load(connection, load_id)
        except NoResultFound:
            stop(f"there is no load {load_id}; `kpi loads` lists them")


def _write_marked(system: System, load: Load, out: Path, password: str) -> None:
    """Written aside and named in one step, so that no half of a workbook lies there."""
    from monitor.marked_copy import marked_copy
    from storage.originals import NotMarkedError

    try:
        made = marked_copy(system.road, load.id, suffix=out.suffix.lower() or ".xlsx", password=password)
        aside = out.with_name(f".{out.name}.tmp")
        aside.write_bytes(made.content)
        aside.replace(out)
    except (NotMarkedError, OSError) as error:
        stop(str(error), REFUSED)
    say(f"{out}: {load.source} of load {load.id} with its problems marked")


def _tell(load: Load, found: list[Issue]) -> None:
    rows = [
        ("!".join(filter(None, (one.sheet, one.cell))), one.header, one.found, one.problem, one.action,
         one.effect.value.replace("_", " "), one.count)
        for one in found
    ]  # fmt: skip
    headers = ["where", "column", "found", "problem", "done", "effect", "count"]
    show_table(f"Issues of load {load.id}, {load.source}", headers, rows)
