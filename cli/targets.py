"""Targets: set, listed, removed, imported and exported; and how the running period stands against them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.data import asked_password, processed, tell_loads
from cli.figures import asked_figures
from cli.output import REFUSED, AsJson, DatasetName, named, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from kpi.calendar import Grain as Size
    from kpi.targeting.target_terms import Terms
    from kpi.targeting.targets import Target
    from storage.targets import SetTarget
    from wiring import System

TARGET_GRAINS = ("day", "week", "month", "quarter", "year")
HEADERS = ("kpi", "period", "dimension", "member", "value")

Kpi = Annotated[str, typer.Option(help="The KPI's key or label, such as revenue.")]
Period = Annotated[str, typer.Option(help="2025-03, 'Mar 2025', 2025-Q1, 2025, 2025-W12 or 2025-03-14.")]
Grain = Annotated[
    str, typer.Option(help=f"With a day as --period: its {', '.join(TARGET_GRAINS[1:])}, instead of the day.")
]
By = Annotated[str, typer.Option(help="A dimension, for a target of one of its members.")]
Member = Annotated[str, typer.Option(help="The member of the dimension.")]

targets = typer.Typer(name="targets", help="What the KPIs are to reach.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    app.add_typer(targets)


@targets.command("set")
def set_(
    dataset: DatasetName,
    kpi: Kpi,
    period: Period,
    value: Annotated[str, typer.Option(help="A number; 30% or 0.3 for a percentage.")],
    grain: Grain = "",
    by: By = "",
    member: Member = "",
    as_json: AsJson = False,
) -> None:
    """Set a target; it takes the place of the one that held for the same. The dataset is worked out anew at once."""
    from kpi.targeting.target_terms import read_value
    from storage.target_terms import strangers
    from storage.targets import CLI, list_targets, set_targets

    with _writing() as system:
        terms = _terms(system, dataset)
        number, percent = read_value(value)
        target = terms.target(kpi, _period(terms, period, grain), (by, member), number, percent=percent)
        with system.database.begin() as connection:
            set_targets(connection, dataset, [target], CLI, now())
            held = [one for one in list_targets(connection, dataset, target.kpi) if one.target == target]
        if not terms.fields:
            say(f"kpi: there is no dataset {dataset!r} yet; the target waits for it")
        elif target.dimension:
            with asked_figures(system, dataset) as figures:
                for why in strangers(figures, [target]):
                    say(why)
    show_json(held[0].to_dict()) if as_json else _show(held)


@targets.command("list")
def list_(
    dataset: Annotated[str, typer.Option(help="Of this dataset only.")] = "",
    kpi: Annotated[str, typer.Option(help="Of this KPI only, by its key.")] = "",
    as_json: AsJson = False,
) -> None:
    """The targets that hold."""
    from storage.targets import list_targets

    with opened() as system, system.database.read() as connection:
        found = list_targets(connection, dataset or None, kpi or None)
    show_json([one.to_dict() for one in found]) if as_json else _show(found)


@targets.command("remove")
def remove(
    dataset: DatasetName,
    kpi: Kpi,
    period: Period,
    grain: Grain = "",
    by: By = "",
    member: Member = "",
    as_json: AsJson = False,
) -> None:
    """Let a target hold no longer. What it was stays in the history."""
    from storage.targets import remove_targets

    with _writing() as system, system.database.begin() as connection:
        terms = _terms(system, dataset)
        target = terms.target(kpi, _period(terms, period, grain), (by, member), 0.0)
        if not remove_targets(connection, dataset, [target], now()):
            stop("there is no such target; `kpi targets list` shows those there are")
    show_json({"removed": 1}) if as_json else say("The target is removed.")


@targets.command("pace")
def pace(
    dataset: DatasetName,
    kpi: Annotated[list[str], typer.Option(help="A KPI's key; may be repeated. All by default.")] = [],  # noqa: B006
    grain: Annotated[str, typer.Option(help=f"One of {', '.join(TARGET_GRAINS)}.")] = "month",
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """How the latest period stands: so far, against the target of the same days, and where it may land."""
    from kpi.calculator import Slice
    from kpi.calendar import Grain as Size

    size = Size(named(grain, TARGET_GRAINS, "--grain"))
    with opened() as system, asked_figures(system, dataset) as figures:
        found = figures.paces(Slice(tuple(kpi), size, by or None))
    if as_json:
        show_json([one.to_dict() for one in found])
        return
    rows = [
        (one.kpi, one.member, one.period.first, one.last, one.actual, one.so_far,
         None if one.attainment is None else f"{one.attainment:.1%}", one.ahead, one.target, one.landing)
        for one in found
    ]  # fmt: skip
    show_table(
        f"{dataset} by {grain}",
        [
            "KPI",
            "member",
            "period",
            "until",
            "actual",
            "target so far",
            "reached",
            "ahead",
            "target",
            "landing",
        ],
        rows,
    )


@targets.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A workbook or CSV file with a list of targets.")],
    dataset: DatasetName,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report; set nothing.")] = False,
    password: Annotated[bool, typer.Option("--password", help="Ask for the password.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take the targets of a file, in place of what it said before. Exit code 1 where a line is not understood.

    A list has a column KPI, one of periods (or a column for each period) and one of values; the name of its sheet, of
    the file or of that column says that they are targets. Columns of dimensions name members.
    """
    import contract
    from kpi.report import Effect
    from monitor.pipeline import Job

    secret = asked_password() if password else ""
    with opened() as system:
        done = processed(system, Job(file, "cli", dataset, dry_run=dry_run, password=secret))
    show_json(contract.load_json(done)) if as_json else tell_loads([done])
    lost = [issue for issue in done.report.issues if issue.effect in (Effect.REJECTED, Effect.EMPTIED)]
    if done.report.error or lost:
        raise typer.Exit(REFUSED)
    if not done.report.targets:
        stop(
            f"{file.name}: no list of targets was found. It needs a column called KPI, and a sheet, file or column of "
            "values whose name says Targets",
            REFUSED,
        )


@targets.command("export")
def export(
    target: Annotated[Path, typer.Argument(help="The CSV file to write, such as targets.csv.")],
    dataset: DatasetName,
    as_json: AsJson = False,
) -> None:
    """Write the targets that hold into a CSV file that can be imported again."""
    from kpi.safe_csv import csv_lines
    from storage.targets import list_targets

    with opened() as system:
        terms = _terms(system, dataset)
        with system.database.read() as connection:
            found = [one.target for one in list_targets(connection, dataset)]
    try:
        with target.open("w", encoding="utf-8", newline="") as out:
            out.writelines(csv_lines(HEADERS, (_row(terms, one) for one in found)))
    except OSError as error:
        stop(f"{target} cannot be written: {error.strerror}", REFUSED)
    if as_json:
        show_json({"file": str(target), "targets": len(found)})
    else:
        say(f"{target}: {len(found)} targets")


def _row(terms: Terms, one: Target) -> Sequence[object]:
    """One target as a list of them has it; percentages are shares."""
    return one.kpi, terms.name(one.grain, one.period), one.dimension, one.member, one.value


def _period(terms: Terms, period: str, grain: str) -> tuple[Size, date]:
    from kpi.calendar import Grain as Size

    return terms.period(period, Size(named(grain, TARGET_GRAINS, "--grain")) if grain else None)


def _terms(system: System, dataset: str) -> Terms:
    from storage.target_terms import terms_for

    with system.database.read() as connection:
        return terms_for(connection, system.calculator, dataset)


@contextmanager
def _writing() -> Iterator[System]:
    """The system, and afterwards the figures of whatever was changed; what can be no target ends the command."""
    from kpi.targeting.target_terms import TargetError
    from monitor.renewal import renew_all

    try:
        with opened() as system:
            yield system
            renew_all(system.road, now())
    except TargetError as error:
        stop(str(error))


def _show(found: Sequence[SetTarget]) -> None:
    aims = ((one, one.target) for one in found)
    rows = [
        (one.dataset, aim.kpi, aim.grain, aim.period, aim.dimension, aim.member, aim.value, one.origin,
         f"{one.set_at:%Y-%m-%d %H:%M}")
        for one, aim in aims
    ]  # fmt: skip
    headers = ["dataset", "KPI", "each", "from", "by", "member", "target", "set by", "at (UTC)"]
    show_table("Targets", headers, rows)
