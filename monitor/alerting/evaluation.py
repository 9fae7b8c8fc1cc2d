"""From a dataset's figures to transitions and owed messages: after a load, on the clock, or when somebody checks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from alerts.manager import Outcome, Series
from alerts.rules import Rule
from alerts.telling.wording import Moved
from kpi.calculator import KpiValue
from monitor.alerting.clock import judge_clock, judging_tokens
from monitor.alerting.desk import Desk
from monitor.alerting.judging import Spot, Standings, by_spot, judged_by, muted, of_figures
from monitor.alerting.moving import movers
from monitor.alerting.readings import Judged, judge_figures
from monitor.alerting.rehearsing import Rehearsal, rehearse
from monitor.alerting.source_errors import broken_feeding
from monitor.alerting.telling import Teller
from storage import datasets, loads
from storage.alerting import alert_log, thresholds, unjudged
from storage.alerting.source_states import source_states
from storage.catalogs import calculator_of
from storage.database import Database
from storage.datasets import Dataset
from storage.figures import figures_over

__all__ = [
    "Desk",
    "Rehearsal",
    "WorkedOut",
    "judge_clock",
    "judge_now",
    "judge_put_off",
    "judging_tokens",
    "record_emptied",
    "record_outcome",
    "rehearse",
    "work_out",
]


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """All that follows from one version of a dataset: the values to store, and what its rules judge."""

    dataset: Dataset
    values: tuple[KpiValue, ...]
    judged: Judged
    movers: Mapping[Spot, tuple[Moved, ...]] = field(default_factory=dict)


def work_out(
    desk: Desk,
    dataset: Dataset,
    paths: Sequence[Path],
    rules: Sequence[Rule],
    at: datetime,
    heard: Collection[Spot] = (),
) -> WorkedOut:
    """Every KPI at every grain, and what every rule judges. Touches no database.

    `heard`: the breaches that people have heard of; what moved these is not looked for again.
    """
    desk.engine.prepare(paths, at)
    with figures_over(dataset, paths, desk.calculator, desk.today(at), desk.engine) as figures:
        values = tuple(figures.values_at_every_grain())
        judged = judge_figures(rules, figures, values)
        return WorkedOut(dataset, values, judged, movers(judged.series, figures, heard))


def record_outcome(
    connection: Connection, desk: Desk, worked: WorkedOut, load_id: int, at: datetime
) -> Outcome:
    """Judge the rules against what they stood at, and write down what changed. `load_id`: of what the figures came with.

    A rule that was retired since the figures were worked out says nothing any more; while a file of the dataset cannot
    be read, none does.
    """
    name = worked.dataset.name
    unjudged.judged(connection, name)
    rules = of_figures(thresholds.list_rules(connection, name))
    if not rules:
        return Outcome()
    known = alert_log.standings(connection, [rule.id for rule in rules])
    stopped = broken_feeding(source_states(connection, name), name, at)
    series, gone = _series(rules, worked.judged, known)
    if stopped is not None:
        series, gone = muted(rules, known, stopped.mutes), []
    load = loads.find_load(connection, load_id)
    series = [replace(one, file=load.source) for one in series]
    given = worked.judged.given
    teller = Teller(desk, worked.dataset, load, at, by_spot(series), worked.movers, given=given)
    outcome = judged_by(connection, desk, series, known, teller.write, at)
    alert_log.record(connection, outcome, load_id, at)
    alert_log.forget(connection, gone)
    return outcome


def record_emptied(connection: Connection, desk: Desk, name: str, load_id: int, at: datetime) -> Outcome:
    """Nothing is left in the dataset: its rules have no data, and what was open is over. `load_id`: by which it went."""
    unjudged.judged(connection, name)
    rules = {rule.id: rule for rule in of_figures(thresholds.list_rules(connection, name))}
    known = alert_log.standings(connection, rules)
    load = loads.find_load(connection, load_id)
    gone = [spot for spot in known if rules[spot[0]].dimension and not known[spot].episode]
    series = [
        Series(rules[rule_id], member, (), file=load.source, over=f"there are no data of {name} any more")
        for rule_id, member in sorted(known.keys() - set(gone))
    ]
    given = {one.key: one for one in desk.calculator.catalog.definitions}
    teller = Teller(desk, None, load, at, by_spot(series), given=given)
    outcome = judged_by(connection, desk, series, known, teller.write, at)
    alert_log.record(connection, outcome, load_id, at)
    alert_log.forget(connection, gone)
    return outcome


def judge_now(database: Database, desk: Desk, name: str, at: datetime) -> Outcome:
    """Judge a dataset's figures as they stand, and write down what changed: for the clock and for `kpi check`.

    Where a load commits meanwhile nothing is written: it has judged its own, newer figures, or they are still to be.
    """
    with database.read() as connection:
        version, dataset = datasets.last_version(connection, name), datasets.find_dataset(connection, name)
        rules = of_figures(thresholds.list_rules(connection, name))
        held = loads.holding_loads(connection, name)
        desk = desk.by(calculator_of(connection, desk.calculator, name))
        heard = alert_log.open_spots(connection, name)
    if dataset is None or not rules:
        with database.begin() as connection:
            if datasets.version_held(connection, name) == version:
                unjudged.judged(connection, name)
        return Outcome()
    paths = [desk.snapshots / load.snapshot for load in held if load.snapshot]
    with figures_over(dataset, paths, desk.calculator, desk.today(at), desk.engine) as figures:
        judged = judge_figures(rules, figures)
        worked = WorkedOut(dataset, (), judged, movers(judged.series, figures, heard))
    newest = max(held, key=lambda load: load.id)
    with database.begin() as connection:
        if datasets.version_held(connection, name) != version:
            return Outcome()
        return record_outcome(connection, desk, worked, newest.id, at)


def judge_put_off(database: Database, desk: Desk, at: datetime, by: str = "") -> None:
    """Judge what was put off and nobody else means to judge, for one a process that died; and what `by` itself put off.

    Each is judged whatever becomes of the others; what went wrong is raised afterwards.
    """
    with database.read() as connection:
        waiting = [one for one in unjudged.list_unjudged(connection) if not one.waits(at, by)]
    with ExitStack() as each:
        for one in reversed(waiting):
            each.callback(judge_now, database, desk, one.dataset, at)


def _series(rules: Sequence[Rule], judged: Judged, known: Standings) -> tuple[list[Series], list[Spot]]:
    """What the rules that hold judge, as they are by now; and the members to forget.

    Of a member that the data have no more, in no period, nothing is left to judge: its breach is over, and people hear
    so. One that never fired is not spoken of again.
    """
    holding = {rule.id: rule for rule in rules}
    found = [
        replace(one, rule=replace(holding[one.rule.id], condition=one.rule.condition))
        for one in judged.series
        if one.rule.id in holding
    ]
    for rule in rules:
        if rule.id in judged.silent:
            found += muted([rule], known, judged.silent[rule.id])
    said = by_spot(found)
    gone = [spot for spot in known if spot not in said and spot[0] in judged.answered]
    found += [
        Series(holding[rule_id], member, (), over=f"{member} is no longer in the data")
        for rule_id, member in gone
        if known[rule_id, member].episode
    ]
    return found, [spot for spot in gone if not known[spot].episode]
