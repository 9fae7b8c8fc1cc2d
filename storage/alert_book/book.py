"""The book of alerting against the database: written out as TOML, and taken in as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from alerts.book.reading import read_book, written_destination, written_route, written_silence
from alerts.book.rules import written_rule
from alerts.book.toml import BookError, write_tables
from alerts.rules import Rule
from kpi.calculator import KPICalculator
from kpi.targeting.target_terms import Terms
from storage.alert_book.parts import Changed, Here, Taking
from storage.alert_book.reports import take_reports, written_report
from storage.alert_book.rules import take_rules, take_silences
from storage.alert_book.targets import take_targets
from storage.alert_book.ways import take_destinations, take_routes
from storage.alerting.destinations import list_routes, stored_destinations
from storage.alerting.silences import list_silences
from storage.alerting.thresholds import list_rules
from storage.scheduled_reports import list_reports
from storage.target_terms import terms_for
from storage.targets import SetTarget, list_targets

__all__ = ["Changed", "Here", "export_book", "import_book"]
LARGEST_SHARE = 1  # above it a percentage is only taken for one with its sign


def export_book(connection: Connection, calculator: KPICalculator, at: datetime, dataset: str = "") -> str:
    """All that people set, as the text that `import_book` takes as the same again; with a dataset only of that one.

    Silences that are over, and rules that the program made by itself, are left out.
    """
    rules = [one for one in list_rules(connection, dataset or None) if not one.automatic]
    known = {one.id: spot for one, spot in numbered(rules)}
    silences = (
        written_silence(one, ("", "", 1) if one.rule_id is None else known[one.rule_id])
        for one in list_silences(connection, at)
        if (one.rule_id is None and not dataset) or one.rule_id in known
    )
    whole = not dataset
    tables: dict[str, list[dict[str, Any]]] = {
        "destination": [written_destination(one) for one in stored_destinations(connection) if whole],
        "route": [written_route(one) for one in list_routes(connection) if whole],
        "rule": [written_rule(one) for one in rules],
        "silence": list(silences),
        "target": list(_targets(connection, calculator, dataset)),
        "report": [written_report(one) for one in list_reports(connection) if dataset in ("", one.dataset)],
    }
    return write_tables(tables)


def import_book(
    connection: Connection,
    here: Here,
    text: str,
    at: datetime,
    *,
    replace: bool = False,
    dry_run: bool = False,
) -> list[Changed]:
    """Take the text in, in the caller's transaction, and say what that changed; nothing for what is the same already.

    `replace` removes what the text does not have. With `dry_run` nothing is kept. BookError says everything that is
    wrong, with line and key; the caller's transaction must then be given up.
    """
    taking = Taking(connection, here, at, replace=replace)
    book = read_book(text)
    nested = connection.begin_nested()
    steps: Iterable[tuple[Callable[[Taking, Any], Iterator[Changed]], Sequence[Any]]] = (
        (take_destinations, book.destinations),
        (take_targets, book.targets),  # before the rules that are about them
        (take_routes, book.routes),
        (take_rules, book.rules),
        (take_silences, book.silences),
        (take_reports, book.reports),
    )
    changes = [change for take, entries in steps for change in take(taking, entries)]
    if taking.problems:
        nested.rollback()
        raise BookError(*taking.problems)
    nested.rollback() if dry_run else nested.commit()
    return changes


def numbered(rules: Sequence[Rule]) -> list[tuple[Rule, tuple[str, str, int]]]:
    """Each rule with its dataset, its name, and the how manieth of that name it is."""
    counts: dict[tuple[str, str], int] = {}
    found = []
    for one in rules:
        spot = (one.dataset, one.name)
        counts[spot] = counts.get(spot, 0) + 1
        found.append((one, (*spot, counts[spot])))
    return found


def _targets(connection: Connection, calculator: KPICalculator, dataset: str) -> Iterator[dict[str, Any]]:
    known: dict[str, Terms] = {}
    for one in list_targets(connection, dataset or None):
        if one.dataset not in known:
            known[one.dataset] = terms_for(connection, calculator, one.dataset)
        yield _target(one, known[one.dataset])


def _target(one: SetTarget, terms: Terms) -> dict[str, Any]:
    aim = one.target
    whom = {"by": aim.dimension, "member": aim.member} if aim.dimension else {}
    value: float | str = aim.value
    if abs(aim.value) > LARGEST_SHARE and any(
        kpi.key == aim.kpi and kpi.unit.value == "percent" for kpi in terms.known
    ):
        value = f"{aim.value * 100:.15g}%"
    period = terms.name(aim.grain, aim.period)
    return {"dataset": one.dataset, "kpi": aim.kpi, "period": period, **whom, "value": value}
