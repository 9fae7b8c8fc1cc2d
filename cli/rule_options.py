"""The options of a rule: one list for `kpi rules add`, `edit` and `backtest`, under the names that a book and REST use."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import typer
from typer.core import TyperCommand

from cli.output import named, stop

if TYPE_CHECKING:  # the command line's help must not wait for it
    from alerts.book.entries import EntryError

RULE_GRAINS = ("day", "week", "month", "quarter", "year")
CONDITIONS = (
    "below", "above", "outside", "change_below", "change_above", "below_target", "behind_pace", "unusual", "fresh",
    "unreadable",
)  # fmt: skip
# Options that mean something without a value, and what.
ALONE = {"--below-target": "100%", "--behind-pace": "100%", "--unreadable": "*"}
CHOOSE = (
    "give exactly one of --below and --above, or one of the other conditions: --outside, --change-below, "
    "--change-above, --below-target, --behind-pace, --unusual, --fresh, --unreadable"
)
LIMITS, CHANGES, FILES = "Limits", "Changes, targets, the unusual", "Files"
OTHERS = "How long, how grave, to whom"

Text = str | None


class Options(NamedTuple):
    """What can be said of a rule; None where it was not said. Numbers may be written as 0.3 or 30%."""

    kpi: Annotated[Text, typer.Option(help="The KPI's key, such as gross_margin.")] = None
    below: Annotated[Text, typer.Option(help="Fire below this value.", rich_help_panel=LIMITS)] = None
    above: Annotated[Text, typer.Option(help="Fire above this value.", rich_help_panel=LIMITS)] = None
    recover: Annotated[
        Text, typer.Option(help="Clear at this value; the limit by default.", rich_help_panel=LIMITS)
    ] = None
    outside: Annotated[
        Text, typer.Option(metavar="LOW,HIGH", help="Fire outside of these.", rich_help_panel=LIMITS)
    ] = None
    margin: Annotated[
        Text, typer.Option(help="With --outside: clear this far inside.", rich_help_panel=LIMITS)
    ] = None
    change_below: Annotated[
        Text,
        typer.Option(
            help="Fire where it changed by less: -10% is a fall of more than that.", rich_help_panel=CHANGES
        ),
    ] = None
    change_above: Annotated[
        Text, typer.Option(help="Fire where it changed by more, such as 10%.", rich_help_panel=CHANGES)
    ] = None
    against: Annotated[
        Text,
        typer.Option(help="The change is against the previous period, or a year.", rich_help_panel=CHANGES),
    ] = None
    below_target: Annotated[
        Text,
        typer.Option(
            metavar="[SHARE]",
            help="Fire below this share of the target; all of it by default.",
            rich_help_panel=CHANGES,
        ),
    ] = None
    behind_pace: Annotated[
        Text,
        typer.Option(
            metavar="[SHARE]",
            help="The same of the running period, over its days so far.",
            rich_help_panel=CHANGES,
        ),
    ] = None
    unusual: Annotated[
        bool | None,
        typer.Option("--unusual", help="Fire where it is out of its usual range.", rich_help_panel=CHANGES),
    ] = None
    width: Annotated[
        Text,
        typer.Option(
            help="With --unusual: robust standard deviations, 3.5 by default.", rich_help_panel=CHANGES
        ),
    ] = None
    side: Annotated[
        Text,
        typer.Option(help="With --unusual: only below or above the range.", rich_help_panel=CHANGES),
    ] = None
    fresh: Annotated[
        Text,
        typer.Option(
            metavar="FILE", help="Fire where this file has not come in time.", rich_help_panel=FILES
        ),
    ] = None
    on: Annotated[
        Text, typer.Option(help="With --fresh: the days, such as mon-fri.", rich_help_panel=FILES)
    ] = None
    by_time: Annotated[
        Text, typer.Option(help="With --fresh: the time, such as 09:00.", rich_help_panel=FILES)
    ] = None
    zone: Annotated[
        Text, typer.Option(help="With --fresh: its zone, such as Europe/Paris.", rich_help_panel=FILES)
    ] = None
    grace: Annotated[
        Text,
        typer.Option(help="With --fresh: how much later will do; 30m by default.", rich_help_panel=FILES),
    ] = None
    unreadable: Annotated[
        Text,
        typer.Option(
            metavar="[FILE]",
            help="Fire where this file, or any, can no longer be read.",
            rich_help_panel=FILES,
        ),
    ] = None
    grain: Annotated[Text, typer.Option(help=f"One of {', '.join(RULE_GRAINS)}; month by default.")] = None
    by: Annotated[Text, typer.Option(help="A dimension: each member is judged for itself.")] = None
    periods: Annotated[
        int | None,
        typer.Option("--for", min=1, help="Periods in a row that must breach.", rich_help_panel=OTHERS),
    ] = None
    for_time: Annotated[
        Text, typer.Option(help="How long it must breach, such as 30m.", rich_help_panel=OTHERS)
    ] = None
    keep: Annotated[
        Text, typer.Option(help="How long it must be clear, such as 1h.", rich_help_panel=OTHERS)
    ] = None
    severity: Annotated[
        Text,
        typer.Option(help="info, warning or critical; warning by default.", rich_help_panel=OTHERS),
    ] = None
    label: Annotated[
        list[str] | None,
        typer.Option(
            "--label", metavar="KEY=TEXT", help="A label for routes; repeatable.", rich_help_panel=OTHERS
        ),
    ] = None
    owner: Annotated[Text, typer.Option(help="Who answers for it.", rich_help_panel=OTHERS)] = None
    to: Annotated[
        Text,
        typer.Option(
            help="Destinations or channels, as slack,whatsapp; else the routes, or all that are set up.",
            rich_help_panel=OTHERS,
        ),
    ] = None
    name: Annotated[Text, typer.Option(help="A name for the rule.", rich_help_panel=OTHERS)] = None


class RuleCommand(TyperCommand):
    """A command in which some options mean something without a value."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(_filled(args)))


def with_rule_options(command: Callable[..., None]) -> Callable[..., None]:
    """The command with every option of a rule; it gets what was said of them as `written`, by the keys of a book."""
    hints = get_type_hints(Options, include_extras=True)
    defaults = Options._field_defaults
    options = [
        inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=hints[name]
        )
        for name in Options._fields
    ]
    own_hints = get_type_hints(command, include_extras=True)
    own = [
        one.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=own_hints[name])
        for name, one in inspect.signature(command).parameters.items()
        if name != "written"
    ]

    @wraps(command)
    def run(**given: Any) -> None:
        said = {name: given.pop(name) for name in Options._fields}
        command(written=_written(said), **given)

    parameters = sorted([*own, *options], key=lambda one: one.default is not inspect.Parameter.empty)
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def one_condition(written: Mapping[str, Any]) -> None:
    """End the command unless exactly one condition was given."""
    found = [key for key in CONDITIONS if key in written]
    if len(found) != 1:
        stop(CHOOSE if not found else f"{CHOOSE}; found {' and '.join(map(_option, found))}")


def stop_for(error: EntryError) -> None:
    """End the command with what an entry had wrong, by the names of its options."""
    stop("; ".join(f"{_option(key)}: {why}" if key else why for key, why in error.problems.items()))


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """`KEY=TEXT` as a mapping."""
    found = {}
    for text in texts:
        key, said, value = text.partition("=")
        if not said or not key.strip():
            stop(f"{option}: found {text!r}, wanted KEY=TEXT, such as team=finance")
        found[key.strip()] = value.strip()
    return found


def _written(said: Mapping[str, Any]) -> dict[str, Any]:
    written = {key: value for key, value in said.items() if value is not None and key != "label"}
    if said["label"]:
        written["labels"] = pairs(said["label"], "--label")
    if "grain" in written:
        named(written["grain"], RULE_GRAINS, "--grain")
    if "periods" in written:
        written["for"] = written.pop("periods")
    return written


def _filled(args: Sequence[str]) -> Iterator[str]:
    """The arguments, with what an option means that stands alone."""
    for number, argument in enumerate(args):
        yield argument
        following = args[number + 1 : number + 2]
        if argument in ALONE and (not following or following[0].startswith("--")):
            yield ALONE[argument]


def _option(key: str) -> str:
    return "--" + {"labels": "label", "match": "match"}.get(key, key).replace("_", "-")
