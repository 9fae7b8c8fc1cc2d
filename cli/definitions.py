"""The KPI definitions, those that ship and people's own: looked through, previewed, exported."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import (
    REFUSED,
    AsJson,
    DatasetName,
    hand_out,
    named,
    now,
    opened,
    say,
    show_json,
    show_table,
    stop,
    text_of,
)

if TYPE_CHECKING:  # the command line's help must not wait for these
    from sqlalchemy import Connection

    from storage.datasets import Dataset
    from storage.definitions import Wish

GRAINS = ("day", "week", "month", "quarter", "year", "total")

Key = Annotated[str, typer.Argument(metavar="KEY", help="The KPI's key, such as refund_share.")]
TomlFile = Annotated[
    Path,
    typer.Argument(metavar="FILE.toml", dir_okay=False, help="Definitions: tables like [kpi.refund_share]."),
]
Owner = Annotated[str, typer.Option(help="Who answers for it; by default whoever is logged in here.")]
OfDataset = Annotated[
    str, typer.Option("--dataset", help="Say what these data do not give, and what they lack.")
]

definitions = typer.Typer(
    name="definitions", help="The KPI definitions, and people's own.", no_args_is_help=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(definitions)


@definitions.command("list")
def list_(
    dataset: OfDataset = "",
    retired: Annotated[bool, typer.Option("--retired", help="Those that were retired, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Every KPI, those that ship and people's own."""
    import contract
    from storage.catalogs import list_kpis

    with opened() as system, system.database.read() as connection:
        known = _dataset(connection, dataset)
        found = list_kpis(connection, system.calculator.catalog, known, retired=retired)
    if as_json:
        show_json([contract.listed_json(one) for one in found])
        return
    rows = [
        (
            one.key,
            one.definition.label if one.definition else None,
            one.definition.formula if one.definition else None,
            one.definition.unit.value if one.definition else None,
            f"{one.change.owner}, version {one.change.version}" if one.change else "ships",
            "retired" if one.change and one.change.entry is None else one.missing,
        )
        for one in found
    ]
    show_table(
        "KPIs", ["key", "label", "formula", "unit", "of", f"missing in {dataset}" if dataset else ""], rows
    )


@definitions.command("show")
def show(key: Key, dataset: OfDataset = "", as_json: AsJson = False) -> None:
    """One KPI with every version of its definition, and who made it when."""
    import contract
    from storage.catalogs import list_kpis
    from storage.definitions import history

    with opened() as system, system.database.read() as connection:
        known = _dataset(connection, dataset)
        listed = list_kpis(connection, system.calculator.catalog, known, retired=True)
        found = next((one for one in listed if one.key == key), None)
        changes = history(connection, key)
    if found is None:
        stop(f"there is no KPI {key!r}; `kpi definitions list` shows those there are")
    if as_json:
        show_json({**contract.listed_json(found), "history": [contract.change_json(one) for one in changes]})
        return
    if found.definition:
        one = found.definition
        say(f"{one.label}: {one.formula}\n{one.description}\n{one.unit}, {one.decimals} decimals")
    if found.missing:
        say(f"Not in {dataset}: {found.missing}")
    if not changes:
        say("It ships with the program.")
    for change in changes:
        what = "retired" if change.entry is None else contract.change_json(change)["entry"]
        say(f"Version {change.version}, {change.at:%Y-%m-%d %H:%M} UTC, {change.owner}: {what}")


@definitions.command("export")
def export(
    target: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; by default it is printed.")
    ] = None,
    keys: Annotated[list[str], typer.Option("--kpi", help="Only this one; may be repeated.")] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """People's own definitions as TOML."""
    from storage.defining import export as as_toml

    with opened() as system, system.database.read() as connection:
        text = as_toml(connection, keys)
    hand_out(text, target, f"{text.count('[kpi.')} definitions are in {target}.", as_json=as_json)


@definitions.command("preview")
def preview(
    file: TomlFile,
    dataset: DatasetName,
    grain: Annotated[str, typer.Option("--grain", help=f"One of {', '.join(GRAINS)}.")] = "month",
    owner: Owner = "",
    as_json: AsJson = False,
) -> None:
    """What an import would change, and the values that its KPIs would have. Nothing is saved."""
    import contract
    from kpi.calculator import Slice
    from kpi.calendar import Grain
    from storage.defining import preview as previewed
    from storage.figures import UnknownDatasetError

    size = Grain(named(grain, GRAINS, "--grain"))
    with opened() as system, refusals(), system.database.read() as connection:
        wishes = read_wishes(file, owner)
        try:
            with system.figures(connection, dataset, now()) as figures:
                shown = previewed(
                    connection, system.calculator.catalog, wishes, figures, Slice(grain=size), now()
                )
        except UnknownDatasetError as error:
            stop(str(error))
    if as_json:
        show_json([contract.preview_json(dataset, one) for one in shown])
        return
    for one in shown:
        say(f"{one.wish.key}: {one.effect}, version {one.version}{f'; {one.missing}' if one.missing else ''}")
        rows = [(value.period, value.value, "" if value.complete else "not over yet") for value in one.gives]
        if rows:
            show_table(f"{one.wish.key} of {dataset} by {grain}", ["period", "value", ""], rows)


def _dataset(connection: Connection, name: str) -> Dataset | None:
    """The dataset, None where none is named; one that does not exist ends the command."""
    from storage.datasets import find_dataset, list_datasets

    found = find_dataset(connection, name) if name else None
    if name and found is None:
        known = ", ".join(one.name for one in list_datasets(connection)) or "none"
        stop(f"there is no dataset {name!r}; there is: {known}")
    return found


def read_wishes(file: Path, owner: str) -> list[Wish]:
    from storage.defining import wishes_of

    text = text_of(file)
    return wishes_of(text, owner or who())


@contextmanager
def refusals() -> Iterator[None]:
    """What cannot be saved ends the command with code 1; the message says why, and where in the formula."""
    from kpi.catalogue.catalog_file import CatalogError
    from monitor.pipeline import ConflictError
    from storage.definitions import MeanwhileError

    try:
        yield
    except (CatalogError, MeanwhileError, ConflictError) as error:
        stop(str(error), REFUSED)


def who() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        return "command line"
