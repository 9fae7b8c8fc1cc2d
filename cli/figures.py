"""Commands about numbers: values, where one comes from, and what was ever said of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import (
    REFUSED,
    AsJson,
    DatasetName,
    named,
    now,
    opened,
    say,
    show_json,
    show_table,
    stop,
    tell,
)

if TYPE_CHECKING:  # the command line's help must not wait for these
    from kpi.calculator import KpiValue, Slice
    from storage.evidence import Evidence, Restatement
    from storage.figures import Figures
    from wiring import System

GRAINS = ("day", "week", "month", "quarter", "year", "total")
PARTIALS = ("to_date", "complete", "full", "projected")
PROJECTIONS = ("weekday", "run_rate")
GrainName = Annotated[str, typer.Option("--grain", help=f"One of {', '.join(GRAINS)}.")]
KpiKey = Annotated[str, typer.Option("--kpi", help="The KPI's key, such as gross_margin.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Period = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], help="A day of the period. Not looked at for a total.")
]
Where = Annotated[list[str], typer.Option(help="DIM=MEMBER; may be repeated.")]
Reported = Annotated[
    str, typer.Option(help="As it was reported then: YYYY-MM-DD, which means its end, or YYYY-MM-DDTHH:MM.")
]


def add_to(app: typer.Typer) -> None:
    app.command()(values)
    app.command()(explain)
    app.command()(history)


def values(
    dataset: DatasetName,
    kpi: Annotated[list[str], typer.Option(help="A KPI's key; may be repeated. All by default.")] = [],  # noqa: B006
    grain: GrainName = "month",
    by: Annotated[
        str, typer.Option(help="A dimension, or a hierarchy such as place: one value a member.")
    ] = "",
    where: Where = [],  # noqa: B006
    start: Day = None,
    end: Day = None,
    reported: Reported = "",
    partial: Annotated[
        str, typer.Option(help=f"What becomes of a period that is not over: {', '.join(PARTIALS)}.")
    ] = "to_date",
    projection: Annotated[str, typer.Option(help=f"How: {', '.join(PROJECTIONS)}.")] = "weekday",
    top: Annotated[
        int | None, typer.Option(min=1, help="The largest members of one KPI, and all others as one.")
    ] = None,
    rank: Annotated[
        bool, typer.Option("--rank", help="With each member's rank and share, the largest first.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """KPI values by period, and by member where a dimension is named."""
    from dataclasses import replace

    from kpi.values import Partial, Projection

    policy = Partial(named(partial, PARTIALS, "--partial"))
    method = Projection(named(projection, PROJECTIONS, "--projection"))
    with opened() as system, asked_figures(system, dataset, reported) as figures:
        cut = replace(_slice(kpi, grain, by, where, start, end), partial=policy, projection=method)
        if rank or top is not None:
            _say_ranked(figures, cut, top, as_json)
        else:
            _say_values(figures, cut, as_json)


def _say_strangers(figures: Figures, cut: Slice) -> None:
    """Where nothing was found: which members that were asked for the data do not have."""
    from kpi.statements.members import no_member

    if figures.said is not None:  # its rows are gone
        return
    for dimension, member in dict.fromkeys(cut.where):
        if why := no_member(dimension, member, figures.members(dimension)):
            say(why)


def _say_values(figures: Figures, cut: Slice, as_json: bool) -> None:
    import contract

    found, level, name = figures.values(cut), figures.level_of(cut), figures.dataset.name
    if not any(one.value is not None for one in found):
        _say_strangers(figures, cut)
    if as_json:
        units = {one.key: one.unit.value for one in figures.definitions()}
        show_json([contract.value_json(name, value, units[value.kpi], level) for value in found])
    else:
        rows = [(v.kpi, v.period, v.member, v.value, _so_far(v, figures)) for v in found]
        show_table(f"{name} by {cut.grain}", ["KPI", "period", level or "member", "value", ""], rows)


def _say_ranked(figures: Figures, cut: Slice, top: int | None, as_json: bool) -> None:
    import contract
    from kpi.catalogue.definition import Unit
    from kpi.format import format_value

    found, level, name = figures.ranked(cut, top), figures.level_of(cut), figures.dataset.name
    if not found:
        _say_strangers(figures, cut)
    if as_json:
        units = {one.key: one.unit.value for one in figures.definitions()}
        show_json([contract.ranked_json(name, one, units[one.value.kpi], level) for one in found])
        return
    rows = [
        (
            one.rank,
            one.value.period,
            f"all others ({one.others})" if one.others else one.value.member,
            one.value.value,
            format_value(one.share, Unit.PERCENT, 1),
            _so_far(one.value, figures),
        )
        for one in found
    ]
    of = level or cut.by or "member"
    show_table(f"{name}: {' '.join(cut.kpis)} by {of}", ["rank", "period", of, "value", "share", ""], rows)


def explain(
    dataset: DatasetName,
    kpi: KpiKey,
    period: Period,
    grain: GrainName = "month",
    where: Where = [],  # noqa: B006
    start: Day = None,
    end: Day = None,
    reported: Reported = "",
    rows: Annotated[
        Path | None, typer.Option(help="Write the rows that it is made of into this CSV file.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Where one number comes from: definition, formula with its numbers, files and rows, earlier values."""
    import contract
    from storage.evidence import evidence_of

    with opened() as system:
        folder = system.road.folders.snapshots
        with asked_figures(system, dataset, reported) as figures, system.database.read() as connection:
            cut = _slice([kpi], grain, "", where, start, end)
            evidence = evidence_of(connection, figures, folder, cut, period.date())
            if evidence is None:
                stop(f"{dataset} has no data for {kpi} in the {grain} of {period.date()}", REFUSED)
            if rows is not None:
                _write(rows, evidence.rows_csv(folder))
    if as_json:
        show_json(contract.explanation_json(evidence))
    else:
        _tell(evidence)


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
    from storage.evidence import restatements

    with opened() as system, system.database.read() as connection:
        size = Grain(named(grain, GRAINS[:-1], "--grain"))
        start = system.calculator.calendar.start_of(period.date(), size)
        said = restatements(connection, dataset, kpi, size, start)
    if as_json:
        show_json([contract.restatement_json(one) for one in said])
    else:
        _show_history(f"{kpi} of {start}", said)


def _so_far(value: KpiValue, figures: Figures) -> str:
    """What there is to say of a period that is not over, or that the slice cuts."""
    if value.projected:
        return f"no projection: {value.why}" if value.why else "projection"
    if value.complete:
        return ""
    if value.grain.value == "total":
        return "not over yet"
    end = figures.calculator.calendar.end_of(value.period, value.grain)
    return "not over yet" if end > figures.upto else "in part"


def _slice(
    kpis: list[str], grain: str, by: str, where: list[str], start: datetime | None, end: datetime | None
) -> Slice:
    import contract
    from kpi.calculator import Slice
    from kpi.calendar import Grain

    size = Grain(named(grain, GRAINS, "--grain"))
    conditions = tuple(contract.condition(text) for text in where)
    return Slice(tuple(kpis), size, by or None, conditions, _day(start), _day(end))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _write(path: Path, lines: Iterator[str]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        stop(f"--rows {path}: {error.strerror}; name a file that can be written", REFUSED)


def _tell(evidence: Evidence) -> None:
    """The number and what it rests on, for people."""
    found, one = evidence.explanation, evidence.definition
    of = f", of {one.owner}" if one.owner else ""
    tell(f"{found.label}, {found.period}: {found.text}\n{found.description}")
    for note in found.notes:
        tell(f"Note: {note}.")
    tell(f"Formula: {found.formula} (definition version {one.version}{of}; {one.kind.value})")
    if evidence.targets:
        aims = [
            (t.target.grain, t.target.period, t.target.member, t.target.value, t.origin, t.set_at)
            for t in evidence.targets
        ]
        show_table(
            "Targets of these days; a finer one wins",
            ["grain", "from", "member", "value", "origin", "set at"],
            aims,
        )
    if found.used is None:
        tell(evidence.lost)
    else:
        tell(f"{found.used.words} {evidence.rows:,} in all.")
        ranges = [(one.source, one.sheet, one.in_words(), one.rows, one.load_id) for one in evidence.sheets]
        show_table("Rows", ["file", "sheet", "rows", "count", "load"], ranges)
    loads = [(one.id, one.source, one.at, one.sha256, one.version) for one in evidence.loads]
    show_table("Loads", ["load", "file", "at", "SHA-256", "since version"], loads)
    if evidence.said:
        _show_history("Values that were said", evidence.said)


def _show_history(title: str, said: list[Restatement] | tuple[Restatement, ...]) -> None:
    rows = [
        (
            one.stored.value,
            one.stored.since_version,
            one.stored.until_version,
            one.stored.computed_at,
            one.version.cause.value if one.version else None,
            one.load.source if one.load else None,
            one.stored.definition_version,
        )
        for one in said
    ]
    names = ["value", "since version", "until version", "at", "cause", "file", "definition version"]
    show_table(title, names, rows)


@contextmanager
def asked_figures(system: System, dataset: str, reported: str = "") -> Iterator[Figures]:
    """The dataset's figures; a question they cannot answer ends the command with code 2."""
    from kpi.catalogue.catalog_file import CatalogError
    from kpi.values import SliceError
    from storage.editions import as_moment
    from storage.figures import UnknownDatasetError

    try:
        moment = as_moment(reported, system.settings.timezone) if reported else None
        with (
            system.database.read() as connection,
            system.figures(connection, dataset, now(), moment) as figures,
        ):
            yield figures
    except (UnknownDatasetError, CatalogError, SliceError) as error:
        stop(str(error))
