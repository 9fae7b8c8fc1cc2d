"""A rule's rehearsal, as `kpi rules add --dry-run` and `kpi rules backtest` show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.output import now, say, show_json, show_table, tell

if TYPE_CHECKING:  # the command line's help must not wait for these
    from storage.alerting.rule_fitting import Fitted
    from wiring import System


def show_rehearsal(
    system: System, fitted: Fitted, *, as_json: bool = False, transitions_only: bool = False
) -> None:
    """When the rule would have fired and cleared, and the last message in full. Nothing is written or sent.

    As JSON an object, or just the list of transitions where no more is asked for.
    """
    import contract_alerting
    from alerts.forms.whatsapp import whatsapp_text
    from monitor.alerting.evaluation import rehearse

    (found,) = rehearse(system.database, system.road.desk, [fitted.rule], now())
    templates = system.templates
    if as_json:
        plain = contract_alerting.rehearsal_json(found, templates)
        show_json(plain["transitions"] if transitions_only else {**plain, "hints": list(fitted.hints)})
        return
    for hint in fitted.hints:
        say(f"kpi: {hint}")
    changes = contract_alerting.transitions_json(found.transitions)
    rows = [(one["period"], one["member"], one["state"], one["value"]) for one in changes]
    show_table(fitted.rule.name, ["period", "member", "becomes", "value"], rows)
    if found.message is None:
        tell("It would never have fired over these data.")
        return
    tell(f"The last message in Slack:\n  {found.message.text}")
    tell(f"The last message in WhatsApp:\n  {whatsapp_text(found.message, templates)}")
    if found.told_at_once is not None:
        tell(f"It fires now. What is told as soon as it is saved:\n  {found.told_at_once.text}")
