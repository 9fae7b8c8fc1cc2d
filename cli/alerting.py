"""Everything about alerts on the command line; here its two plain commands: check and deliver."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from cli import alerting_book, alerts, deliveries, destinations, rules, scheduled_reports, silences
from cli.output import REFUSED, AsJson, now, opened, say, show_json, stop

if TYPE_CHECKING:  # the command line's help must not wait for these
    from alerts.delivery import Attempt
    from wiring import System

EVERY = 1.0  # seconds between two rounds of `kpi deliver`
PACE = timedelta(seconds=8)  # the slowest wants six seconds between two messages to one recipient


def add_to(app: typer.Typer) -> None:
    app.add_typer(rules.rules)
    alerts.add_to(app)
    app.command()(check)
    app.command()(deliver)
    for group in (deliveries, destinations, silences, scheduled_reports, alerting_book):
        group.add_to(app)


def check(
    dataset: Annotated[str, typer.Option(help="This dataset only.")] = "", as_json: AsJson = False
) -> None:
    """Judge every rule now, and owe what open breaches and due reports owe by now. Exit code 1 if anything fires."""
    import contract_alerting
    from monitor.alerting.evaluation import judge_clock, judge_now
    from storage.alerting.alert_log import list_alerts, standings
    from storage.alerting.unjudged import list_unjudged
    from storage.datasets import list_datasets

    with opened() as system:
        with system.database.read() as connection:
            names = [one.name for one in list_datasets(connection)]
            loading = {one.dataset for one in list_unjudged(connection) if one.waits(now())}
        if dataset and dataset not in names:
            stop(f"there is no dataset {dataset!r}; there is: {', '.join(names) or 'none'}")
        judge_clock(system.database, system.road.desk, now())
        for name in [dataset] if dataset else names:
            if name not in loading:  # whoever loads several files of it judges it after the last of them
                judge_now(system.database, system.road.desk, name, now())
        _owe_by_the_clock(system)
        with system.database.read() as connection:
            firing = list_alerts(connection, dataset or None, open_only=True)
            stand = standings(connection, {one.rule_id for one in firing})
    if as_json:
        show_json([contract_alerting.alert_json(alert, stand) for alert in firing])
    else:
        say(f"{len(firing)} firing" if firing else "Nothing fires.")
    if firing:
        raise typer.Exit(REFUSED)


def deliver(
    once: Annotated[bool, typer.Option("--once", help="One round, then end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send what is owed, repeats, second destinations and due reports among it; without --once again and again until stopped.

    One round waits out the pace that a provider wants between two messages, up to some seconds each.
    """
    with opened() as system:
        while True:
            done = _round(system) if once else _turn(system)
            if as_json:
                show_json([{"result": one.result.value, "detail": one.detail} for one in done])
            elif done or once:
                say(f"{sum(one.provider_id is not None for one in done)} of {len(done)} messages sent")
            if once:
                return
            time.sleep(EVERY)


def _round(system: System) -> list[Attempt]:
    """All that is due, and what only has to keep a provider's pace."""
    from storage.alerting.lanes import paced_until

    done = _turn(system)
    while True:
        with system.database.read() as connection:
            free_at = paced_until(connection, now(), PACE)
        if free_at is None:
            return done
        time.sleep(max(0.0, (free_at - now()).total_seconds()) + 0.01)
        more = _turn(system)
        if not more:
            return done
        done += more


def _turn(system: System) -> list[Attempt]:
    from monitor.alerting.dispatch import deliver_owed

    _owe_by_the_clock(system)
    standard = system.road.desk.destinations
    return deliver_owed(system.database, system.channels, standard, now, reached=system.road.reached)


def _owe_by_the_clock(system: System) -> None:
    """Repeats, second destinations, and the reports whose time has come."""
    from monitor.alerting.following import follow
    from monitor.alerting.reporting import ReportingLoop

    follow(system.database, system.road.desk.destinations, now())
    ReportingLoop(system.database, system.road.desk, system.drawn, now, _told).turn()


def _told(what: str, act: Callable[[], object]) -> None:
    """Do it; what goes wrong is said, and keeps nothing else from being sent. It is tried again in the next round."""
    try:
        act()
    except Exception:
        logging.getLogger(__name__).exception("%s could not be made.", what)
