"""The command that loads workbooks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.loads import what_changed
from cli.mapping import Choices, Maps, Off, given, repeated, review_json, tell_questions
from cli.output import REFUSED, AsJson, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from monitor.pipeline import Job, Loaded
    from wiring import System

AskPassword = Annotated[bool, typer.Option("--password", help="Ask for the password of locked workbooks.")]
TOLD = 20  # issues printed for people; JSON has more


def add_to(app: typer.Typer) -> None:
    app.command()(load)


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
        done = _taken(system, jobs)
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
        tell_loads(done)
        for text in changed:
            say(text)
        for path, one in zip(files, done, strict=True):
            tell_questions(path, one, options)
    if any(one.status in (Status.REJECTED, Status.REVIEW) for one in done):
        raise typer.Exit(REFUSED)


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


def _taken(system: System, jobs: list[Job]) -> list[Loaded]:
    """What came of each. Their rules are judged once for each dataset, with its last file, and so are the files."""
    from monitor.alerting.evaluation import judge_clock, judge_put_off
    from monitor.pipeline import place
    from storage.processes import process_name

    me, road = process_name(), system.road
    datasets = [place(road, job.path, job.dataset)[0] for job in jobs]
    last = {name: number for number, name in enumerate(datasets)}
    try:
        return [
            processed(system, replace(job, later=lambda: me) if number < last[datasets[number]] else job)
            for number, job in enumerate(jobs)
        ]
    finally:  # also where one of them ends the command
        if not any(job.dry_run for job in jobs):
            judge_clock(system.database, road.desk, now())
            judge_put_off(system.database, road.desk, now(), me)


def processed(system: System, job: Job) -> Loaded:
    """What came of the job, also where the file cannot be opened; files that others keep changing end the command."""
    from monitor.pipeline import ConflictError, process, unreadable

    try:
        return process(system.road, job, now())
    except OSError as error:
        return unreadable(system.road, job, error)
    except ConflictError as error:
        stop(str(error), REFUSED)


def tell_loads(done: list[Loaded]) -> None:
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
