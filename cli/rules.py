"""The rules that people set: added, listed, changed, removed and rehearsed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import AsJson, DatasetName, now, opened, say, show_json, show_table, stop
from cli.rehearsal import show_rehearsal
from cli.rule_options import RuleCommand, one_condition, stop_for, with_rule_options

if TYPE_CHECKING:  # the command line's help must not wait for these
    from sqlalchemy import Connection

    from alerts.rules import Rule
    from storage.alerting.rule_fitting import Fitted
    from wiring import System

Written = Mapping[str, Any]
Number = Annotated[int, typer.Argument(metavar="ID", help="The rule's number.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Rehearse it over the data; save nothing.")]

rules = typer.Typer(name="rules", help="The rules that people set.", no_args_is_help=True)


@rules.command("add", cls=RuleCommand)
@with_rule_options
def add(written: Written, dataset: DatasetName, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Set a rule. It is judged at the next load, by `kpi check`, and by the running service.

    Numbers are in the KPI's own unit: 0.3 or 30% for a percentage. Exactly one condition is given.
    """
    import contract_alerting
    from storage.alerting.thresholds import add_rule

    rule = _meant(written, dataset)
    with opened() as system:
        if dry_run:
            show_rehearsal(system, _read(system, rule), as_json=as_json)
            return
        with refusals(), system.database.begin() as connection:
            rule = add_rule(connection, _fit(system, connection, rule), now())
    show_json(contract_alerting.rule_json(rule)) if as_json else _show([rule])


@rules.command("edit", cls=RuleCommand)
@with_rule_options
def edit(written: Written, number: Number, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Change what is given of a rule, and leave the rest; `--owner ""` takes something away.

    An open breach stays open unless another condition or other data are judged: then the rule starts anew, under a
    number of its own.
    """
    import contract_alerting
    from storage.alerting.thresholds import replace_rule

    if not written:
        stop("nothing was said to be changed; `kpi rules edit --help` lists what can be")
    with opened() as system, refusals():
        rule = _amended(system, number, written)
        if dry_run:
            show_rehearsal(system, _read(system, rule), as_json=as_json)
            return
        with system.database.begin() as connection:
            done = replace_rule(connection, number, _fit(system, connection, rule), now())
        if done is None:
            stop(unknown(number))
    if done.id != number:
        say(f"Rule {number} judged something else; it is removed, and rule {done.id} has taken its place.")
    show_json(contract_alerting.rule_json(done)) if as_json else _show([done])


@rules.command("list")
def list_(
    dataset: Annotated[str, typer.Option(help="Of this dataset only.")] = "", as_json: AsJson = False
) -> None:
    """The rules that hold, and how each stands."""
    import contract_alerting
    from storage.alerting.alert_log import standings
    from storage.alerting.thresholds import list_rules, why_silent
    from storage.catalogs import calculator_of
    from storage.datasets import list_datasets
    from storage.definitions import retired_keys

    with opened() as system, system.database.read() as connection:
        found = list_rules(connection, dataset or None)
        stand = standings(connection, [one.id for one in found])
        known = {one.name: one for one in list_datasets(connection)}
        retired = retired_keys(connection)
        catalogs = {name: calculator_of(connection, system.calculator, name).catalog for name in known}
    reasons = [
        why_silent(rule, known[rule.dataset], catalogs[rule.dataset], retired)
        if rule.dataset in known
        else ""
        for rule in found
    ]
    if as_json:
        show_json(
            [
                {
                    **contract_alerting.rule_json(rule),
                    "silent": why or None,
                    "standings": contract_alerting.standings_json(rule.id, stand),
                }
                for rule, why in zip(found, reasons, strict=True)
            ]
        )
        return
    _show(found, {rule.id: contract_alerting.standing_words(rule.id, stand) for rule in found})
    for rule, why in zip(found, reasons, strict=True):
        if why:
            say(f"Rule {rule.id} has no data: {why}")


@rules.command("remove")
def remove(number: Number, as_json: AsJson = False) -> None:
    """Retire a rule. What it said stays in the history."""
    from storage.alerting.thresholds import retire_rule

    with opened() as system, system.database.begin() as connection:
        if not retire_rule(connection, number, now()):
            stop(unknown(number))
    if as_json:
        show_json({"removed": number})
    else:
        say(f"Rule {number} is removed.")


@rules.command("backtest", cls=RuleCommand)
@with_rule_options
def backtest(
    written: Written,
    number: Annotated[int | None, typer.Argument(metavar="[ID]", help="The rule's number.")] = None,
    dataset: Annotated[str, typer.Option(help="Without an ID: the dataset's name.")] = "",
    messages: Annotated[
        bool, typer.Option("--messages", help="With an ID and --json: the messages, too.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """When a rule would have fired and cleared over the data as they are now, and the last message in full.

    With an ID, of a rule that is set, changed by the options that are given; without one, of a rule that is not saved
    yet. Nothing is written or sent.
    """
    if number is None and not dataset:
        stop("say which rule: its number, or --dataset and what `kpi rules add` takes")
    rule = _meant(written, dataset) if number is None else None
    with opened() as system, refusals():
        wanted = rule or _amended(system, number or 0, written)
        fitted = _read(system, wanted) if written else _as_it_is(wanted)
        short = number is not None and not messages
        show_rehearsal(system, fitted, as_json=as_json, transitions_only=short)


@contextmanager
def refusals() -> Iterator[None]:
    """What cannot be kept ends the command, with the reason."""
    from alerts.book.entries import EntryError
    from storage.alerting.destinations import DestinationError
    from storage.alerting.rule_checks import RuleError

    try:
        yield
    except EntryError as error:
        stop_for(error)
    except (RuleError, DestinationError) as error:
        stop(str(error))


def unknown(number: int) -> str:
    return f"there is no rule {number}; `kpi rules list` shows those there are"


def _meant(written: Written, dataset: str) -> Rule:
    """The rule that the options say."""
    from alerts.book.entries import WrittenRule, checked
    from alerts.book.rules import rule_from

    one_condition(written)
    said = {key: value for key, value in written.items() if value != ""}
    with refusals():
        return rule_from(checked(WrittenRule, {**said, "dataset": dataset}))


def _amended(system: System, number: int, written: Written) -> Rule:
    from alerts.book.rules import amended
    from storage.alerting.thresholds import find_rule

    with system.database.read() as connection:
        found = find_rule(connection, number)
    if found is None:
        stop(unknown(number))
    if "labels" not in written:
        return amended(found, written)
    labels = {key: text for key, text in {**found.labels, **written["labels"]}.items() if text}
    return amended(found, {**written, "labels": labels})


def _read(system: System, rule: Rule) -> Fitted:
    """The rule as it would be kept, with its hints told; nothing is written."""
    from storage.alerting.rule_fitting import fit_rule

    with refusals(), system.database.read() as connection:
        return fit_rule(connection, system.calculator, system.road.desk.destinations, rule)


def _as_it_is(rule: Rule) -> Fitted:
    from storage.alerting.rule_fitting import Fitted

    return Fitted(rule, ())


def _fit(system: System, connection: Connection, rule: Rule) -> Rule:
    """The rule as it is to be kept; what a person should know of it is said."""
    from storage.alerting.rule_fitting import fit_rule

    fitted = fit_rule(connection, system.calculator, system.road.desk.destinations, rule)
    for hint in fitted.hints:
        say(f"kpi: {hint}")
    return fitted.rule


def _show(found: list[Rule], stand: Mapping[int, str] | None = None) -> None:
    from alerts.book.said import said

    rows = [
        (one.id, one.name, one.dataset, one.kpi or None, one.grain or None, one.dimension, said(one.condition),
         one.severity, ", ".join(one.channels) or "as the routes say", (stand or {}).get(one.id))
        for one in found
    ]  # fmt: skip
    headers = ["id", "name", "dataset", "KPI", "grain", "by", "fires", "severity", "to", "stands"]
    show_table("Rules", headers if stand else headers[:-1], rows if stand else [row[:-1] for row in rows])
