"""Commands that change people's own KPI definitions, and work out every dataset anew at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.definitions import Key, Owner, TomlFile, read_wishes, refusals, who
from cli.output import AsJson, now, opened, say, show_json, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from sqlalchemy import Connection

    from storage.definitions import Change, Wish
    from wiring import System

COMMON = ("label", "description", "unit", "favourable", "decimals")  # what a KPI keeps when its kind changes

What = Annotated[
    str, typer.Argument(metavar="KEY|FILE.toml", help="The KPI's key, or a file of definitions.")
]
Formula = Annotated[str | None, typer.Option(help="Such as 'refund / revenue'.")]
Label = Annotated[str | None, typer.Option(help="What people read.")]
Description = Annotated[str | None, typer.Option(help="What it says; the formula by default.")]
UnitName = Annotated[str | None, typer.Option(help="currency, number, count, percent, days or hours.")]
Decimals = Annotated[int | None, typer.Option(help="Of the full value.")]
Direction = Annotated[str | None, typer.Option(help="What is good: up, down, range or none.")]
Limit = Annotated[float | None, typer.Option(help="Of the range that is good.")]
Sample = Annotated[int | None, typer.Option(help="No value from fewer than so many.")]
Kind = Annotated[str | None, typer.Option(help="formula, growth, offset, to_date, rolling, …")]
Of = Annotated[str | None, typer.Option(help="The KPI or column that another kind is about.")]
By = Annotated[str | None, typer.Option(help="What is counted for each member.")]
Back = Annotated[str | None, typer.Option(help="How far back growth and offset look.")]
Since = Annotated[str | None, typer.Option(help="Where to_date begins.")]
Periods = Annotated[int | None, typer.Option(help="How many a rolling one adds up.")]
Grains = Annotated[list[str] | None, typer.Option("--grain", help="Where it has values; may be repeated.")]
Expected = Annotated[
    int | None,
    typer.Option("--expect", min=0, help="The version you have seen, 0 for none: refuse any other."),
]


def add_to(definitions: typer.Typer) -> None:
    definitions.command("set")(set_)
    definitions.command("retire")(retire)
    definitions.command("import")(import_)


def set_(
    what: What,
    formula: Formula = None,
    label: Label = None,
    description: Description = None,
    unit: UnitName = None,
    decimals: Decimals = None,
    favourable: Direction = None,
    low: Limit = None,
    high: Limit = None,
    min_sample: Sample = None,
    kind: Kind = None,
    of: Of = None,
    by: By = None,
    back: Back = None,
    since: Since = None,
    periods: Periods = None,
    grains: Grains = None,
    owner: Owner = "",
    expected: Expected = None,
    as_json: AsJson = False,
) -> None:
    """Add a KPI or change one: by a file, or by options, of which those that are not given stay as they are.

    Every dataset is worked out anew at once. Exit code 1 where it makes no sense, with the place.
    """
    given = {
        "formula": formula, "label": label, "description": description, "unit": unit, "decimals": decimals,
        "favourable": favourable, "low": low, "high": high, "min_sample": min_sample, "kind": kind, "of": of,
        "by": by, "back": back, "since": since, "periods": periods, "grains": grains,
    }  # fmt: skip
    said = {name: value for name, value in given.items() if value is not None}
    path = Path(what)
    if path.suffix.lower() != ".toml" and not path.is_file():
        _set_one(what, said, owner, expected, as_json=as_json)
    elif said or expected is not None:
        stop("a file says everything about its KPIs; give either the file or the options")
    else:
        import_(path, owner, as_json)


def _set_one(key: str, said: dict[str, Any], owner: str, expected: int | None, *, as_json: bool) -> None:
    if not said:
        stop("nothing was said; give --formula and what else is to change, or a file of definitions")
    with opened() as system, refusals():
        with system.database.read() as connection:
            wish = _wish(connection, key, said, owner or who(), expected)
        done = _save(system, [wish])
    _tell([wish], done, as_json=as_json)


def retire(key: Key, owner: Owner = "", expected: Expected = None, as_json: AsJson = False) -> None:
    """Let a KPI of people's own hold no longer. Its values stay in the history, its rules keep their state."""
    from storage.definitions import Wish

    wish = Wish(key, None, owner or who(), expected)
    with opened() as system, refusals():
        done = _save(system, [wish])
    _tell([wish], done, as_json=as_json)


def import_(file: TomlFile, owner: Owner = "", as_json: AsJson = False) -> None:
    """Add and change KPIs as a file has them: all of them, or none. Others stay as they are."""
    with opened() as system, refusals():
        wishes = read_wishes(file, owner)
        done = _save(system, wishes)
    _tell(wishes, done, as_json=as_json)


def _wish(connection: Connection, key: str, said: dict[str, Any], owner: str, expected: int | None) -> Wish:
    """What was said, over what holds."""
    from storage.defining import wish_for
    from storage.definitions import latest_changes

    held = latest_changes(connection).get(key)
    before = dict(held.entry) if held and held.entry else {}
    if before.get("description") == before.get("formula"):  # nobody has said more than the formula
        before.pop("description", None)
    if said.get("kind", before.get("kind", "formula")) != before.get("kind", "formula"):
        before = {name: value for name, value in before.items() if name in COMMON}
    return wish_for(key, {**before, **said}, owner, expected)


def _save(system: System, wishes: Sequence[Wish]) -> list[Change]:
    """Save them and work out every dataset anew."""
    from monitor.renewal import renew_all
    from storage.defining import save

    with system.database.begin() as connection:
        done = save(connection, system.calculator.catalog, wishes, now())
    renewed = renew_all(system.road, now())
    for dataset, version in renewed.items():
        say(f"{dataset} is at version {version}.")
    return done


def _tell(wishes: Sequence[Wish], done: Sequence[Change], *, as_json: bool) -> None:
    import contract

    if as_json:
        show_json([contract.change_json(one) for one in done])
        return
    for one in done:
        say(f"{one.key} is {'retired' if one.entry is None else 'saved'}: version {one.version}.")
    for key in [wish.key for wish in wishes if wish.key not in {one.key for one in done}]:
        say(f"{key} is unchanged.")
