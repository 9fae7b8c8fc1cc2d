"""Files that feed a dataset and can no longer be read: who is told, and why its other rules keep quiet meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from alerts.judging.conditions import SourceError
from alerts.judging.verdicts import source_verdict
from alerts.manager import Series
from alerts.rules import Rule, Severity
from alerts.sending.routing import Destination, Route, labels_of, recipients
from monitor.alerting.desk import Desk
from storage.alerting import thresholds
from storage.alerting.rule_checks import OF_FILES
from storage.alerting.source_states import SourceState
from storage.inbox import snake_case

PATIENCE = timedelta(minutes=2)  # somebody may have it open; what waits for longer cannot be read
UNREADABLE = ("it cannot be read", "an unexpected error")  # how intake and service begin to say so
MUTED = "no figure of the dataset is judged while a file of it cannot be read: "
URGENCY = (Severity.INFO, Severity.WARNING, Severity.CRITICAL)


@dataclass(frozen=True, slots=True)
class Broken:
    """A file that can no longer be read, since when, and why."""

    name: str
    since: datetime
    reason: str

    @property
    def mutes(self) -> str:
        """What is said of the rules whose figures it feeds."""
        return f"{MUTED}{self.name}: {self.reason}"


def broken(one: SourceState, at: datetime) -> Broken | None:
    """How the file is broken; None where it can be read. One in review can: it was read, and asks a question."""
    if one.refused_since is not None:
        why = one.refusal.removeprefix(f"{one.name}: ")  # a refusal begins with the file that it is about
        return Broken(one.name, one.refused_since, why or "it was refused")
    waits = one.waiting_since is not None and one.waiting_for.startswith(UNREADABLE)
    if one.waiting_since is not None and waits and at - one.waiting_since >= PATIENCE:
        return Broken(one.name, one.waiting_since, one.waiting_for)
    return None


def broken_feeding(sources: Iterable[SourceState], dataset: str, at: datetime) -> Broken | None:
    """The file that keeps the dataset's rules quiet: of those that its figures are made of, the longest broken.

    A file that never was part of the dataset breaks nothing.
    """
    feeding = (one for one in sources if one.dataset == dataset and one.feeds)
    found = [one for source in feeding if (one := broken(source, at)) is not None]
    return min(found, key=lambda one: (one.since, one.name), default=None)


def source_series(
    rules: Sequence[Rule], sources: Sequence[SourceState], desk: Desk, at: datetime
) -> tuple[list[Series], dict[str, str]]:
    """What the rules about broken files judge, one member for each file; and why those that are broken are, by name.

    A rule that names no file is about those that feed the dataset; one that the program made, about those of them that
    people have set no rule for.
    """
    reasons: dict[str, str] = {}
    found: list[Series] = []
    for rule in rules:
        states: dict[str, Broken | None] = {}
        for source in (one for one in sources if watches(rule, one)):
            watched = not (rule.automatic and covered(source, rules))
            one = broken(source, at) if watched else None
            states[source.name] = one or states.get(source.name)
        for name, state in states.items():
            since = state.since.astimezone(desk.zone).date() if state else None
            found.append(Series(rule, name, (source_verdict(since, desk.today(at)),), file=name))
        reasons |= {name: state.reason for name, state in states.items() if state}
    return found, reasons


def covered(source: SourceState, rules: Iterable[Rule]) -> bool:
    """Whether people have set a rule for the case that the file cannot be read."""
    return any(not rule.automatic and watches(rule, source) for rule in rules)


def uncovered(rules: Sequence[Rule], sources: Iterable[SourceState], at: datetime) -> list[str]:
    """The datasets whose rules go quiet without a word: a file of theirs is broken, and no rule would tell of it."""
    judged = {rule.dataset for rule in rules if not isinstance(rule.condition, OF_FILES)}
    made = {rule.dataset for rule in rules if rule.automatic}
    return sorted(
        {
            one.dataset
            for one in sources
            if one.dataset in judged - made and one.feeds and broken(one, at) and not covered(one, rules)
        }
    )


def make_rule(
    connection: Connection,
    dataset: str,
    destinations: Sequence[Destination],
    routes: Sequence[Route],
    at: datetime,
) -> Rule | None:
    """The rule that tells of broken files to all who hear of the dataset's figures; None where there is one already.

    Whom to tell is written into it, as it is told once however many rules it keeps quiet. The caller holds the dataset,
    so that of two processes one makes it.
    """
    rules = thresholds.list_rules(connection, dataset)
    judged = [rule for rule in rules if not isinstance(rule.condition, OF_FILES)]
    if not judged or any(rule.automatic for rule in rules):
        return None
    owners = {rule.owner for rule in judged}
    rule = Rule(
        id=0,
        name=f"{dataset}: a file cannot be read",
        dataset=dataset,
        kpi="",
        grain="",
        condition=SourceError(),
        severity=max((rule.severity for rule in judged), key=_urgency),
        owner=owners.pop() if len(owners) == 1 else "",
        channels=listeners(judged, destinations, routes),
        automatic=True,
    )
    return thresholds.add_rule(connection, rule, at)


def listeners(
    rules: Iterable[Rule], destinations: Sequence[Destination], routes: Sequence[Route]
) -> tuple[str, ...]:
    """The names of all who hear of any of the rules."""
    found = (
        one.destination
        for rule in rules
        for one in recipients(rule, labels_of(rule, ""), routes, destinations)
    )
    return tuple(dict.fromkeys(_name(to) for to in found))


def _name(to: Destination) -> str:
    return f"{to.channel}:{to.address}" if to.standard and to.address else to.name


def _urgency(severity: str) -> int:
    return URGENCY.index(Severity(severity)) if severity in set(URGENCY) else 1


def watches(rule: Rule, source: SourceState) -> bool:
    if not isinstance(rule.condition, SourceError) or rule.dataset != source.dataset:
        return False
    return is_about(rule.condition.file, source.name) if rule.condition.file else source.feeds


def is_about(file: str, name: str) -> bool:
    """Whether a rule means that file: by its name, or without its suffix, as the files of a dataset are told apart."""
    return name == file or snake_case(Path(name).stem) == snake_case(Path(file).stem)
