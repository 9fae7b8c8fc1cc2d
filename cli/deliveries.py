"""Owed messages: what became of each, and sending once more what was given up."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import AsJson, now, opened, say, show_json, show_table, stop

MOST = 1_000

deliveries = typer.Typer(
    name="deliveries", help="Messages that are or were owed, newest first.", invoke_without_command=True
)


def add_to(app: typer.Typer) -> None:
    app.add_typer(deliveries)


@deliveries.callback()
def list_(
    context: typer.Context,
    dead: Annotated[bool, typer.Option("--dead", help="Only what was given up.")] = False,
    state: Annotated[
        str, typer.Option(help="Only those that are pending, sending, sent, dead or dropped.")
    ] = "",
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 100,
    as_json: AsJson = False,
) -> None:
    """The messages that are or were owed, newest first, tests among them."""
    import contract_alerting
    from storage.alerting.outbox import DEAD, recent_deliveries

    if context.invoked_subcommand is not None:
        return
    with opened() as system, system.database.read() as connection:
        found = recent_deliveries(connection, limit, DEAD if dead else state or None)
    if as_json:
        show_json([contract_alerting.delivery_json(one) for one in found])
        return
    rows = [
        (one.id, one.kind, one.destination, one.title, one.state, one.attempts, f"{one.created_at:%Y-%m-%d %H:%M}",
         one.error)
        for one in found
    ]  # fmt: skip
    headers = ["id", "kind", "to", "message", "is", "attempts", "since (UTC)", "why"]
    show_table("Messages", headers, rows)


@deliveries.command("resend")
def resend(
    number: Annotated[int, typer.Argument(metavar="ID", help="The message's number.")],
    as_json: AsJson = False,
) -> None:
    """Owe a message once more that was given up or not sent; what became of it before stays."""
    import contract_alerting
    from storage.alerting.outbox import find_delivery, send_again

    with opened() as system, system.database.begin() as connection:
        known = find_delivery(connection, number)
        if known is None:
            stop(f"there is no message {number}; `kpi deliveries` shows those there are")
        if not send_again(connection, number, now(), "cli"):
            stop(f"message {number} is {known.state}; only what was given up (dead) or dropped is sent again")
        owed = find_delivery(connection, number) or known
    if as_json:
        show_json(contract_alerting.delivery_json(owed))
    else:
        say(f"Message {number} is owed again; the service sends it.")
