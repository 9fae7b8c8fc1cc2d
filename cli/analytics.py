"""The command about the sales warehouse's numbers: kpi analytics."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, named, opened, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from collections.abc import Sequence

    from kpi.sales.analyses.question import Period, Question
    from kpi.sales.analyses.values import Record

MEASURES = ("revenue", "units")
Name = Annotated[str, typer.Argument(help="Which one. Without a name or --all they are listed.")]
Every = Annotated[bool, typer.Option("--all", help="The ten, one after the other.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])]
Top = Annotated[int | None, typer.Option(min=1, help="How many rows.")]
Where = Annotated[
    list[str], typer.Option(help="DIM=MEMBER, such as city=Paris or month=2025-03; may be repeated.")
]
By = Annotated[str, typer.Option(help=f"What the best are best by: {', '.join(MEASURES)}.")]
Returns = Annotated[bool, typer.Option("--returns/--no-returns", help="Whether returns are counted off.")]
Before = Annotated[str, typer.Option(help="The earlier period of price_volume_mix: DAY:DAY.")]
Support = Annotated[float, typer.Option(help="The least share of orders that a pair of basket_pairs is in.")]


def add_to(app: typer.Typer) -> None:
    app.command()(analytics)


def analytics(
    name: Name = "",
    every: Every = False,
    start: Day = None,
    end: Day = None,
    top: Top = None,
    where: Where = [],  # noqa: B006
    by: By = "revenue",
    returns: Returns = True,
    before: Before = "",
    support: Support = 0.001,
    as_json: AsJson = False,
) -> None:
    """The analyses of the sales warehouse: top customers, revenue by month, and what goes further."""
    import contract
    from kpi.sales.analyses.catalogue import TEN, found
    from kpi.sales.analyses.question import Measure, Question
    from kpi.values import SliceError

    if every and name:
        stop("name one analysis or ask for --all, not both")
    if not every and not name:
        _list(as_json)
        return
    try:
        names = TEN if every else (found(name).name,)
        measure = Measure(named(by, MEASURES, "--by"))
        conditions = tuple(contract.condition(text) for text in where)
        days = (_day(start), _day(end))
        question = Question(*days, conditions, top, measure, returns, _period(before), support)
        answers = _answers(names, question)
    except SliceError as error:
        stop(str(error))
    _show(answers, as_json)


def _answers(names: Sequence[str], question: Question) -> dict[str, list[Record]]:
    """The rows of each; the end of the command where there is no warehouse."""
    from kpi.sales.analyses.catalogue import answer
    from storage.warehouse.reading import NoWarehouseError, newest_star

    with opened() as system:
        try:
            with newest_star(system.sales.warehouse, system.engine, system.database) as star:
                return {name: answer(star.run, name, question) for name in names}
        except NoWarehouseError as error:
            stop(str(error), REFUSED)


def _list(as_json: bool) -> None:
    from kpi.sales.analyses.catalogue import ANALYSES

    if as_json:
        show_json(
            [{"name": one.name, "says": one.says, "columns": list(one.columns)} for one in ANALYSES.values()]
        )
    else:
        show_table("Analyses", ["name", "what it says"], [(one.name, one.says) for one in ANALYSES.values()])


def _show(answers: dict[str, list[Record]], as_json: bool) -> None:
    from kpi.sales.analyses.catalogue import ANALYSES
    from kpi.sales.analyses.values import as_json as plain

    if as_json:
        show_json({name: plain(records) for name, records in answers.items()})
        return
    for name, records in answers.items():
        analysis = ANALYSES[name]
        show_table(analysis.says, analysis.columns, (list(map(_written, one.values())) for one in records))


def _written(cell: object) -> object:
    """Numbers as people read them."""
    if isinstance(cell, float):
        return f"{cell:,.4f}".rstrip("0").rstrip(".")
    return f"{cell:,}" if isinstance(cell, int) else cell


def _period(text: str) -> Period | None:
    from kpi.sales.analyses.question import Period, QuestionError

    if not text:
        return None
    start, _, end = text.partition(":")
    try:
        return Period(date.fromisoformat(start.strip()), date.fromisoformat(end.strip()))
    except ValueError:
        raise QuestionError(
            f"--before: found {text!r}, wanted two days such as 2024-01-01:2024-06-30"
        ) from None


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
