"""Dashboards and saved views: listed, shown, removed, and all of them as one TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import (
    REFUSED,
    AsJson,
    DatasetName,
    hand_out,
    now,
    opened,
    say,
    show_json,
    show_table,
    stop,
    text_of,
)

CLI = "cli"
Name = Annotated[str, typer.Argument(metavar="NAME", help="Its name.")]
OfDataset = Annotated[str, typer.Option("--dataset", help="Of this dataset only.")]

dashboards = typer.Typer(
    name="dashboards", help="Dashboards, and saved views as one TOML file with them.", no_args_is_help=True
)
views = typer.Typer(
    name="views", help="Saved views: what the page shows, under a name.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(dashboards)
    app.add_typer(views)


@dashboards.command("list")
def list_(dataset: OfDataset = "", as_json: AsJson = False) -> None:
    """The dashboards that people made, by dataset and in their order."""
    from dashboard.boards.keeping import board_json
    from storage.dashboards import list_boards

    with opened() as system, system.database.read() as connection:
        found = [board_json(one) for one in list_boards(connection, dataset or None)]
    if as_json:
        show_json(found)
        return
    rows = [(one["name"], one["dataset"], len(one.get("cards", ())), one["changed_at"]) for one in found]
    show_table("Dashboards", ["name", "dataset", "cards", "changed"], rows)


@dashboards.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """One dashboard, card by card, and who changed it last."""
    from dashboard.boards.keeping import board_json
    from storage.dashboards import find_board, last_change

    with opened() as system, system.database.read() as connection:
        found, change = find_board(connection, name), last_change(connection, name)
    if found is None:
        stop(f"there is no dashboard {name!r}; `kpi dashboards list` shows those there are")
    told = board_json(found)
    if as_json:
        show_json({**told, "changed_by": change.actor if change else None})
        return
    keys = ("look", "kpi", "by", "title", "text", "width", "height")
    rows = [
        (number, *(card.get(key) for key in keys))
        for number, card in enumerate(told.get("cards", ()), start=1)
    ]
    show_table(f"{name}, of {found.dataset}", ["card", *keys], rows)
    say(f"Changed {told['changed_at']}{f' by {change.actor}' if change else ''}.")


@dashboards.command("export")
def export(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default it is printed.")
    ] = None,
    dataset: OfDataset = "",
    as_json: AsJson = False,
) -> None:
    """Write dashboards and saved views as TOML, to be kept under version control or carried elsewhere."""
    from dashboard.boards.keeping import export_book
    from dashboard.boards.layout import UnfitBoardError

    with opened() as system, system.database.read() as connection:
        try:
            text = export_book(connection, dataset)
        except UnfitBoardError as error:
            stop(f"a dashboard cannot be written: {error}", REFUSED)
    hand_out(text, target, f"{target} is written.", as_json=as_json)


@dashboards.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", dir_okay=False, help="A TOML file as export writes it.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what it would change; change nothing.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Remove what the file does not have; otherwise it stays.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Take a file in: all of it, or nothing with the line and the key of everything that is wrong (exit code 1).

    Dashboards are known by their name, views by theirs within a dataset. What the data do not have is said, and waits.
    """
    import contract_alerting
    from alerts.book.toml import BookError
    from dashboard.boards.keeping import Pen, import_book
    from storage.dashboards import BoardError

    text = text_of(file)
    with opened() as system:
        try:
            with system.database.begin() as connection:
                pen = Pen(connection, CLI, now())
                taken = import_book(pen, system.calculator, text, replace=replace, dry_run=dry_run)
        except (BookError, BoardError) as error:
            stop(f"{file} was not taken:\n{error}", REFUSED)
    for why in taken.warnings:
        say(f"kpi: {why}")
    if as_json:
        changes = [contract_alerting.change_json(one) for one in taken.changes]
        show_json({"changes": changes, "warnings": taken.warnings})
        return
    rows = [(one.effect, one.table, one.name, one.detail or None) for one in taken.changes]
    show_table("Would change" if dry_run else "Changed", ["what", "of", "name", "how"], rows)
    count = len(rows)
    say(f"{count} change{'s' if count != 1 else ''}." if rows else "Nothing differs.")


@dashboards.command("remove")
def remove(name: Name, as_json: AsJson = False) -> None:
    """Forget a dashboard."""
    from storage.dashboards import remove_board

    with opened() as system, system.database.begin() as connection:
        if not remove_board(connection, name, CLI, now()):
            stop(f"there is no dashboard {name!r}; `kpi dashboards list` shows those there are")
    show_json({"removed": name}) if as_json else say(f"The dashboard {name!r} is removed.")


@views.command("list")
def list_views_(dataset: OfDataset = "", as_json: AsJson = False) -> None:
    """The saved views, by dataset and in their order, each with the address that shows it."""
    from dashboard.boards.keeping import view_json
    from dashboard.saved_views.address import link
    from storage.saved_views import list_views

    with opened() as system, system.database.read() as connection:
        found = list_views(connection, dataset or None)
    if as_json:
        show_json([{**view_json(one), "link": link(one)} for one in found])
        return
    rows = [(one.dataset, one.name, "yes" if one.is_default else None, link(one)) for one in found]
    show_table("Saved views", ["dataset", "name", "opens by itself", "address"], rows)


@views.command("default")
def default(
    dataset: DatasetName,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Its name; none for no view at all.")] = "",
    as_json: AsJson = False,
) -> None:
    """Let the page of a dataset open with this view."""
    from storage.saved_views import ViewError, set_default

    with opened() as system:
        try:
            with system.database.begin() as connection:
                set_default(connection, dataset, name, CLI, now())
        except ViewError as error:
            stop(f"{error}; `kpi views list` shows those there are")
    told = f"{dataset} opens {f'with {name!r}' if name else 'as at first'}."
    show_json({"dataset": dataset, "default": name or None}) if as_json else say(told)


@views.command("remove")
def remove_view_(dataset: DatasetName, name: Name, as_json: AsJson = False) -> None:
    """Forget a saved view. Links to it go on showing the same."""
    from storage.saved_views import remove_view

    with opened() as system, system.database.begin() as connection:
        if not remove_view(connection, dataset, name, CLI, now()):
            stop(f"there is no view {name!r} of {dataset}; `kpi views list` shows those there are")
    show_json({"removed": name}) if as_json else say(f"The view {name!r} is removed.")
