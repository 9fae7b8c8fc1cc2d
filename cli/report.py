"""The command that takes a dashboard away as a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.figures import GRAINS, PARTIALS, Day, GrainName, Reported, Where, asked_figures
from cli.output import REFUSED, AsJson, DatasetName, named, now, opened, show_json, stop, tell

if TYPE_CHECKING:  # the command line's help must not wait for these
    from sqlalchemy import Connection

    from dashboard.boards.board import Board
    from dashboard.taking.viewing import Choices

FORMS = ("html", "pdf", "xlsx")
PERIODS = ("latest", "12-months", "year-to-date", "all")
VERSUS = ("previous", "last year", "target", "nothing")


def add_to(app: typer.Typer) -> None:
    app.command()(report)


def report(
    dataset: DatasetName,
    out: Annotated[
        Path | None,
        typer.Option(help="The file, which ends in .html, .pdf or .xlsx; by default DATASET DAY.html here."),
    ] = None,
    period: Annotated[str, typer.Option(help=f"One of {', '.join(PERIODS)}.")] = "latest",
    grain: GrainName = "month",
    where: Where = [],  # noqa: B006
    start: Day = None,
    end: Day = None,
    partial: Annotated[
        str, typer.Option(help=f"What becomes of a period that is not over: {', '.join(PARTIALS)}.")
    ] = "to_date",
    versus: Annotated[str, typer.Option(help=f"One of {', '.join(VERSUS)}.")] = "previous",
    reported: Reported = "",
    board: Annotated[
        str, typer.Option(help="The name of a dashboard of that dataset; by default the Overview.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """The dashboard as one file to take away: a page for any browser, a PDF, or a workbook that can be loaded again."""
    choices = _choices(period, grain, start, end, partial, versus)
    said = _take(_Asked(dataset, board, reported, tuple(where)), out, choices)
    if as_json:
        show_json(said)
    else:
        about = f"{said['dataset']} version {said['version']}, {said['period']}, {said['filters']}"
        tell(f"{said['file']}: {about}")


def _choices(
    period: str, grain: str, start: datetime | None, end: datetime | None, partial: str, versus: str
) -> Choices:
    from dashboard.taking.viewing import Choices
    from dashboard.view import Versus
    from kpi.calendar import Grain
    from kpi.values import Partial

    return Choices(
        named(period, PERIODS, "--period"),
        Grain(named(grain, GRAINS[:-1], "--grain")),
        (),
        start.date() if start else None,
        end.date() if end else None,
        Partial(named(partial, PARTIALS, "--partial")),
        Versus(named(versus, VERSUS, "--versus")),
    )


def _form(out: Path | None) -> str:
    if out is None:
        return FORMS[0]
    ending = out.suffix.lower().removeprefix(".")
    if ending not in FORMS:
        stop(
            f"--out {out}: found a name that ends in {out.suffix or 'nothing'!r}, wanted .html, .pdf or .xlsx"
        )
    return ending


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the file is about: which dashboard of which dataset, as it was reported when, and with which filters."""

    dataset: str
    board: str
    reported: str
    where: tuple[str, ...]


def _board(connection: Connection, asked: _Asked) -> Board | None:
    from dashboard.boards.finding import UnknownBoardError, board_named
    from dashboard.boards.layout import UnfitBoardError

    try:
        return board_named(connection, asked.dataset, asked.board)
    except (UnknownBoardError, UnfitBoardError) as error:
        stop(f"--board: {error}")


def _take(asked: _Asked, out: Path | None, choices: Choices) -> dict[str, object]:
    import contract
    from dashboard.taking.forms import Form, file_name, write
    from dashboard.taking.making import report_of_board
    from dashboard.taking.rows import rows_of
    from dashboard.taking.viewing import view_of
    from storage.editions import as_moment

    form, moment = Form(_form(out)), now()
    with (
        opened() as system,
        asked_figures(system, asked.dataset, asked.reported) as figures,
        system.database.read() as connection,
    ):
        board = _board(connection, asked)
        choices = replace(choices, where=tuple(contract.condition(text) for text in asked.where))
        zone, folder = system.settings.timezone, system.road.folders.snapshots
        then = as_moment(asked.reported, zone) if asked.reported else None
        view = view_of(figures, choices, system.today(moment), then)
        made = report_of_board(figures, view, moment.astimezone(zone), board)
        path = out or Path(file_name(asked.dataset, made.upto.isoformat(), form, made.board))
        try:
            write(form, path, made, lambda: rows_of(connection, figures, folder, view))
        except OSError as error:
            stop(f"--out {path}: {error.strerror}; name a file that can be written", REFUSED)
    return {
        "dataset": asked.dataset,
        "board": made.board or None,
        "version": made.version,
        "file": str(path),
        "form": form.value,
        "bytes": path.stat().st_size,
        "as_of": made.upto.isoformat(),
        "period": made.shown,
        "filters": made.filters,
        "kpis": len(made.lines),
    }
