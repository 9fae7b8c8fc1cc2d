"""All of alerting as one TOML file: written out, and taken in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import REFUSED, AsJson, hand_out, now, opened, say, show_json, show_table, stop, text_of

alerting = typer.Typer(
    name="alerting",
    help="Rules, routes, destinations, silences, targets and reports as one TOML file.",
    no_args_is_help=True,
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(alerting)


@alerting.command("export")
def export(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default it is printed.")
    ] = None,
    dataset: Annotated[str, typer.Option(help="Rules and targets of this dataset only.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write rules, routes, destinations, silences and targets as TOML, to be kept under version control."""
    from storage.alert_book.book import export_book

    with opened() as system, system.database.read() as connection:
        text = export_book(connection, system.calculator, now(), dataset)
    hand_out(text, target, f"{text.count(chr(10) + '[[')} entries are in {target}.", as_json=as_json)


@alerting.command("import")
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

    Rules are known by their name within a dataset, targets by what they are for, the others by their name.
    """
    import contract_alerting
    from alerts.book.toml import BookError
    from monitor.renewal import renew_all
    from storage.alert_book.book import Here, import_book

    text = text_of(file)
    with opened() as system:
        names = tuple(one.name for one in system.channels)
        standard, budget = system.road.desk.destinations, system.settings.alerts_per_hour
        here = Here(system.calculator, names, standard, budget, "cli")
        try:
            with system.database.begin() as connection:
                changes = import_book(connection, here, text, now(), replace=replace, dry_run=dry_run)
        except BookError as error:
            stop(f"{file} was not taken:\n{error}", REFUSED)
        if not dry_run and any(one.table == "target" for one in changes):
            renew_all(system.road, now())
    if as_json:
        show_json([contract_alerting.change_json(one) for one in changes])
        return
    rows = [(one.effect, one.table, one.name, one.detail or None) for one in changes]
    show_table("Would change" if dry_run else "Changed", ["what", "of", "name", "how"], rows)
    say(f"{len(changes)} change{'s' if len(changes) != 1 else ''}." if changes else "Nothing differs.")
