"""What fired and what cleared; acknowledged by people, and why a message came or did not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.definitions import who
from cli.output import AsJson, now, opened, say, show_json, show_table, stop, tell

if TYPE_CHECKING:  # the command line's help must not wait for it
    from storage.alerting.why import Why

alerts = typer.Typer(
    name="alerts", help="What fired and what cleared, newest first.", invoke_without_command=True
)
Number = Annotated[int, typer.Argument(metavar="ID", help="The alert's number.")]


def add_to(app: typer.Typer) -> None:
    app.add_typer(alerts)


@alerts.callback()
def list_(
    context: typer.Context,
    dataset: Annotated[str, typer.Option(help="Of this dataset only.")] = "",
    open_only: Annotated[bool, typer.Option("--open", help="Only breaches that are not over.")] = False,
    as_json: AsJson = False,
) -> None:
    """What fired and what cleared, newest first, and what became of each message."""
    import contract_alerting
    from storage.alerting.alert_log import list_alerts, standings

    if context.invoked_subcommand is not None:
        return
    with opened() as system, system.database.read() as connection:
        found = list_alerts(connection, dataset or None, open_only=open_only)
        stand = standings(connection, {one.rule_id for one in found})
    plain = [contract_alerting.alert_json(alert, stand) for alert in found]
    if as_json:
        show_json(plain)
        return
    rows = [
        (one["id"], one["rule"], one["member"], one["in_words"], one["standing"], one["period"], one["value"],
         one["limit"], "yes" if one["acknowledged"] else None,
         ", ".join(f"{sent['destination']}: {sent['state']}" for sent in one["deliveries"]))
        for one in plain
    ]  # fmt: skip
    headers = [
        "id",
        "rule",
        "member",
        "state",
        "now",
        "period",
        "value",
        "limit",
        "acknowledged",
        "deliveries",
    ]
    show_table("Alerts", headers, rows)


@alerts.command("ack")
def ack(
    number: Number,
    by: Annotated[str, typer.Option(help="Who has seen it; by default whoever is logged in here.")] = "",
    note: Annotated[str, typer.Option(help="What is being done about it.")] = "",
    as_json: AsJson = False,
) -> None:
    """Acknowledge a breach: it is not repeated any more, and nobody else is called. Its end is still told."""
    import contract_alerting
    from storage.alerting.acknowledgements import acknowledge
    from storage.alerting.why import why

    with opened() as system, system.database.begin() as connection:
        found = why(connection, number)
        if found is None:
            stop(_unknown(number))
        one = found.alert
        done = acknowledge(connection, one.rule_id, one.member, one.episode, by or who(), note, now())
        found = why(connection, number) or found
    if as_json:
        show_json({"acknowledged": done, **contract_alerting.why_json(found)["acknowledged"]})
    elif done:
        say(f"Alert {number} is acknowledged.")
    elif found.acknowledged:
        seen = found.acknowledged
        say(f"{seen.by} has acknowledged alert {number} already, at {seen.at:%Y-%m-%d %H:%M} UTC.")


@alerts.command("why")
def why_(number: Number, as_json: AsJson = False) -> None:
    """Every message about an alert: to whom, what became of it, each attempt, and why it was held back or not sent."""
    import contract_alerting
    from storage.alerting.why import why

    with opened() as system, system.database.read() as connection:
        found = why(connection, number)
    if found is None:
        stop(_unknown(number))
    if as_json:
        show_json(contract_alerting.why_json(found))
    else:
        _tell(found)


def _tell(found: Why) -> None:
    from contract_alerting import IN_WORDS

    one, seen = found.alert, found.acknowledged
    about = f"{one.rule}{f' ({one.member})' if one.member else ''}"
    tell(f"Alert {one.id}: {about} became {IN_WORDS[one.state]} at {one.at:%Y-%m-%d %H:%M} UTC.")
    if seen:
        tell(
            f"{seen.by} acknowledged it at {seen.at:%Y-%m-%d %H:%M} UTC{f': {seen.note}' if seen.note else ''}."
        )
    if found.silent:
        tell(f"No message: {found.silent}.")
    for told in found.messages:
        tell(
            f"\n{told.message.kind} to {told.message.destination} (number {told.message.id}): {told.outcome}"
        )
        for line in told.lines:
            code = f" [{line.code}]" if line.code else ""
            tell(f"  {line.at:%Y-%m-%d %H:%M:%S} {line.result}{code}: {line.detail}")


def _unknown(number: int) -> str:
    return f"there is no alert {number}; `kpi alerts` shows those there are"
