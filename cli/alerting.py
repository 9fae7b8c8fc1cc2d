"""Commands about rules and alerts: rules, alerts, check, deliver."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import REFUSED, AsJson, DatasetName, named, now, opened, say, show_json, show_table, stop

if TYPE_CHECKING:  # the command line's help must not wait for it
    from alerts.rules import Direction, Rule

RULE_GRAINS = ("day", "week", "month", "quarter", "year")
EVERY = 1.0  # seconds between two rounds of `kpi deliver`

rules = typer.Typer(name="rules", help="The thresholds that people set.", no_args_is_help=True)
Grain = Annotated[str, typer.Option(help=f"One of {', '.join(RULE_GRAINS)}.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(rules)
    app.command("alerts")(alerts_)
    app.command()(check)
    app.command()(deliver)


@rules.command("add")
def add(
    dataset: DatasetName,
    kpi: Annotated[str, typer.Option(help="The KPI's key, such as gross_margin.")],
    below: Annotated[float | None, typer.Option(help="Fire below this value.")] = None,
    above: Annotated[float | None, typer.Option(help="Fire above this value.")] = None,
    recover: Annotated[float | None, typer.Option(help="Clear at this value; the limit by default.")] = None,
    grain: Grain = "month",
    by: Annotated[str, typer.Option(help="A dimension: each member is judged for itself.")] = "",
    periods: Annotated[int, typer.Option("--for", min=1, help="Periods in a row that must breach.")] = 1,
    severity: Annotated[str, typer.Option(help="A word for the message, such as critical.")] = "warning",
    to: Annotated[
        str, typer.Option(help="Channels, as slack,whatsapp; by default all that are set up.")
    ] = "",
    name: Annotated[str, typer.Option(help="A name for the rule.")] = "",
    as_json: AsJson = False,
) -> None:
    """Set a threshold. It is judged at the next load, by `kpi check`, and by the running service."""
    import contract
    from alerts.rules import Rule

    direction, limit = _side(below, above)
    try:
        rule = Rule(
            id=0,
            name=name or f"{kpi} {direction} {limit:g}",
            dataset=dataset,
            kpi=kpi,
            grain=named(grain, RULE_GRAINS, "--grain"),
            direction=direction,
            limit=limit,
            recovery=limit if recover is None else recover,
            dimension=by or None,
            periods=periods,
            severity=severity,
            channels=tuple(filter(None, (channel.strip() for channel in to.split(",")))),
        )
    except ValueError as error:
        stop(str(error))
    added = _add(rule)
    show_json(contract.rule_json(added)) if as_json else _show_rules([added])


def _side(below: float | None, above: float | None) -> tuple[Direction, float]:
    from alerts.rules import Direction

    limit = below if below is not None else above
    if limit is None or (below is not None and above is not None):
        stop("give exactly one of --below and --above")
    return (Direction.BELOW if below is not None else Direction.ABOVE), limit


def _add(rule: Rule) -> Rule:
    from storage.catalogs import calculator_of
    from storage.datasets import find_dataset
    from storage.thresholds import RuleError, add_rule, check_rule

    with opened() as system, system.database.begin() as connection:
        known = find_dataset(connection, rule.dataset)
        try:
            catalog = calculator_of(connection, system.calculator, rule.dataset).catalog
            check_rule(rule, known, catalog, [channel.name for channel in system.channels])
        except RuleError as error:
            stop(str(error))
        if known is None:
            say(f"kpi: there is no dataset {rule.dataset!r} yet; the rule waits for it")
        return add_rule(connection, rule, now())


@rules.command("list")
def list_(
    dataset: Annotated[str, typer.Option(help="Of this dataset only.")] = "", as_json: AsJson = False
) -> None:
    """The rules that hold."""
    import contract
    from storage.catalogs import calculator_of
    from storage.datasets import list_datasets
    from storage.definitions import retired_keys
    from storage.thresholds import list_rules, why_silent

    with opened() as system, system.database.read() as connection:
        found = list_rules(connection, dataset or None)
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
        pairs = zip(found, reasons, strict=True)
        show_json([{**contract.rule_json(rule), "silent": why or None} for rule, why in pairs])
        return
    _show_rules(found)
    for rule, why in zip(found, reasons, strict=True):
        if why:
            say(f"Rule {rule.id} has no data: {why}")


@rules.command("remove")
def remove(rule: Annotated[int, typer.Argument(help="The rule's number.")], as_json: AsJson = False) -> None:
    """Retire a rule. What it said stays in the history."""
    from storage.thresholds import retire_rule

    with opened() as system, system.database.begin() as connection:
        if not retire_rule(connection, rule, now()):
            stop(f"there is no rule {rule}; `kpi rules list` shows those there are")
    if as_json:
        show_json({"removed": rule})
    else:
        say(f"Rule {rule} is removed.")


@rules.command("backtest")
def backtest(
    rule: Annotated[int, typer.Argument(help="The rule's number.")], as_json: AsJson = False
) -> None:
    """When the rule would have fired and cleared over the data as they are now. Nothing is written or sent."""
    from monitor.evaluation import rehearse
    from storage.thresholds import find_rule

    with opened() as system:
        with system.database.read() as connection:
            found = find_rule(connection, rule)
        if found is None:
            stop(f"there is no rule {rule}; `kpi rules list` shows those there are")
        changes = rehearse(system.database, system.road.desk, found, now())
    if as_json:
        show_json(
            [
                {
                    "period": one.reading.period.isoformat(),
                    "member": one.member or None,
                    "state": one.state.value,
                    "value": one.reading.value,
                }
                for one in changes
            ]
        )
    else:
        rows = [(one.reading.period, one.member, one.state.value, one.reading.value) for one in changes]
        show_table(found.name, ["period", "member", "becomes", "value"], rows)


def alerts_(
    dataset: Annotated[str, typer.Option(help="Of this dataset only.")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="Only breaches that are not over.")] = False,
    as_json: AsJson = False,
) -> None:
    """What fired and what cleared, newest first, and what became of each message."""
    import contract
    from storage.alert_log import list_alerts

    with opened() as system, system.database.read() as connection:
        found = list_alerts(connection, dataset or None, open_only=open_only)
    if as_json:
        show_json([contract.alert_json(alert) for alert in found])
        return
    rows = [
        (
            alert.id,
            alert.rule,
            alert.member,
            alert.state.value,
            alert.period,
            alert.value,
            alert.limit,
            ", ".join(f"{sent.destination}: {sent.state}" for sent in alert.deliveries),
        )
        for alert in found
    ]
    show_table("Alerts", ["id", "rule", "member", "state", "period", "value", "limit", "deliveries"], rows)


def check(
    dataset: Annotated[str, typer.Option(help="This dataset only.")] = "", as_json: AsJson = False
) -> None:
    """Judge every rule now. Exit code 1 if anything fires."""
    import contract
    from monitor.evaluation import judge_now
    from storage.alert_log import list_alerts
    from storage.datasets import list_datasets

    with opened() as system:
        with system.database.read() as connection:
            names = [one.name for one in list_datasets(connection)]
        if dataset and dataset not in names:
            stop(f"there is no dataset {dataset!r}; there is: {', '.join(names) or 'none'}")
        for name in [dataset] if dataset else names:
            judge_now(system.database, system.road.desk, name, now())
        with system.database.read() as connection:
            firing = list_alerts(connection, dataset or None, open_only=True)
    if as_json:
        show_json([contract.alert_json(alert) for alert in firing])
    else:
        say(f"{len(firing)} firing" if firing else "Nothing fires.")
    if firing:
        raise typer.Exit(REFUSED)


def deliver(
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send what is owed; without --once again and again until stopped."""
    from monitor.dispatch import deliver_owed

    with opened() as system:
        while True:
            done = deliver_owed(system.database, system.channels, now, system.road.reached)
            if as_json:
                show_json([{"result": one.result.value, "detail": one.detail} for one in done])
            elif done or once:
                say(f"{sum(one.provider_id is not None for one in done)} of {len(done)} messages sent")
            if once:
                return
            time.sleep(EVERY)


def _show_rules(found: list[Rule]) -> None:
    rows = [
        (one.id, one.name, one.dataset, one.kpi, one.grain, one.dimension, f"{one.direction} {one.limit:g}",
         f"{one.recovery:g}", ", ".join(one.channels) or "all that are set up")
        for one in found
    ]  # fmt: skip
    show_table("Rules", ["id", "name", "dataset", "KPI", "grain", "by", "fires", "clears at", "to"], rows)
