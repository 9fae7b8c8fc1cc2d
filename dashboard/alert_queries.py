"""What the page reads and writes of alerting. It writes rows and sends nothing: the service does that by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.manager import owed_trial
from alerts.rules import Rule, Standing, State
from alerts.sending.routing import CONSOLE, Destination, Route
from alerts.sending.silences import Silence
from dashboard.context import current
from storage import loads
from storage.alert_book import book as alert_book
from storage.alert_book.book import Changed, Here
from storage.alerting import (
    acknowledgements,
    alert_log,
    dead_letters,
    lanes,
    letting_go,
    outbox,
    silences,
    thresholds,
)
from storage.alerting import destinations as places
from storage.alerting import why as alert_why
from storage.alerting.alert_log import AlertRow
from storage.alerting.lanes import Lane
from storage.alerting.outbox import AttemptRow, DeliveryRow
from storage.alerting.why import Why
from storage.catalogs import calculator_of
from storage.datasets import find_dataset
from storage.engines.contract import EngineUnavailableError
from storage.loads import Source

Episode = tuple[int, str, int]  # of a rule, a member, and the how manieth
MOST = 200  # messages of which the page knows


@dataclass(frozen=True, slots=True)
class Judged:
    """A rule and how it stands for each of its members that was ever anything but normal."""

    rule: Rule
    standings: Mapping[str, Standing]

    @property
    def firing(self) -> tuple[str, ...]:
        """The members that breach it, whatever the state between firing and resolved."""
        return tuple(sorted(member for member, one in self.standings.items() if one.open))

    @property
    def state(self) -> State:
        """The worst of its members' states."""
        found = {one.state for one in self.standings.values()}
        return next((state for state in WORST_FIRST if state in found), State.NORMAL)


WORST_FIRST = (State.FIRING, State.RECOVERING, State.ERROR, State.PENDING, State.NO_DATA)


def judged(dataset: str) -> list[Judged]:
    """The dataset's rules and how each stands."""
    with current().database.read() as connection:
        rules = thresholds.list_rules(connection, dataset)
        found = alert_log.standings(connection, [rule.id for rule in rules])
    stands: dict[int, dict[str, Standing]] = {}
    for (rule_id, member), standing in found.items():
        stands.setdefault(rule_id, {})[member] = standing
    return [Judged(rule, stands.get(rule.id, {})) for rule in rules]


def alerts(dataset: str, limit: int) -> list[AlertRow]:
    """What changed, newest first."""
    with current().database.read() as connection:
        return alert_log.list_alerts(connection, dataset, limit=limit)


def acknowledged(rules: Sequence[Rule]) -> set[Episode]:
    with current().database.read() as connection:
        return acknowledgements.acknowledged(connection, [rule.id for rule in rules])


def deliveries(limit: int = MOST) -> list[DeliveryRow]:
    with current().database.read() as connection:
        return outbox.recent_deliveries(connection, limit)


def count_dead() -> int:
    """How many messages could not be delivered and will not be tried again by themselves."""
    with current().database.read() as connection:
        return dead_letters.count_dead(connection)


def newest_dead(limit: int) -> list[DeliveryRow]:
    with current().database.read() as connection:
        return dead_letters.newest_dead(connection, limit)


def why(alert_id: int) -> Why | None:
    """Every message of the alert's episode and what became of each."""
    with current().database.read() as connection:
        return alert_why.why(connection, alert_id)


def lines_of(delivery_id: int) -> list[AttemptRow]:
    """Every attempt at a message, and what else became of it, oldest first."""
    with current().database.read() as connection:
        return outbox.attempts_of(connection, delivery_id)


def broken() -> list[Lane]:
    """Where nothing can be sent at present, longest first."""
    with current().database.read() as connection:
        found = [one for one in lanes.list_lanes(connection) if one.broken_since is not None]
    return sorted(found, key=lambda one: (one.broken_since is None, one.broken_since))


def list_lanes() -> dict[tuple[str, str], Lane]:
    with current().database.read() as connection:
        return {(one.channel, one.address): one for one in lanes.list_lanes(connection)}


def destinations() -> tuple[Destination, ...]:
    """All there are: those that the environment sets up, and people's own."""
    context = current()
    with context.database.read() as connection:
        return places.everywhere(connection, context.destinations)


def routes() -> list[Route]:
    with current().database.read() as connection:
        return list(places.list_routes(connection))


def held_silences() -> list[Silence]:
    """Those that hold now or are to come."""
    context = current()
    with context.database.read() as connection:
        return list(silences.list_silences(connection, context.clock()))


def sources() -> tuple[Source, ...]:
    with current().database.read() as connection:
        return tuple(loads.list_sources(connection))


def save(rule: Rule) -> Rule:
    """Store a new rule, or one that was changed, and give it back with its id.

    RuleError where the data or destinations that it names do not exist, or may not be told yet, or somebody has removed
    the rule meanwhile.
    """
    context = current()
    with context.database.begin() as connection:
        known = find_dataset(connection, rule.dataset)
        catalog = calculator_of(connection, context.calculator, rule.dataset).catalog
        there = places.everywhere(connection, context.destinations)
        fitted = thresholds.check_rule(rule, known, catalog, there)
        if not rule.id:
            return thresholds.add_rule(connection, fitted, context.clock())
        done = thresholds.replace_rule(connection, rule.id, fitted, context.clock())
    if done is None:
        raise thresholds.RuleError(f"{rule.name} was removed meanwhile; cancel, and set it anew")
    return done


def judged_at_once(rule: Rule) -> Judged | None:
    """How a rule that was just saved stands. None where that cannot be known now: the service judges it by itself."""
    try:
        current().judge(rule.dataset)
    except EngineUnavailableError:
        return None
    return next((one for one in judged(rule.dataset) if one.rule.id == rule.id), None)


def retire(rule_id: int) -> None:
    with current().database.begin() as connection:
        thresholds.retire_rule(connection, rule_id, current().clock())


def acknowledge(episode: Episode, by: str, note: str) -> None:
    with current().database.begin() as connection:
        acknowledgements.acknowledge(connection, *episode, by, note, current().clock())


def silence(wish: Silence) -> None:
    with current().database.begin() as connection:
        silences.add_silence(connection, wish, current().clock())


def end_silence(silence_id: int) -> None:
    with current().database.begin() as connection:
        silences.end_silence(connection, silence_id, current().clock())


def send_test(to: Destination) -> None:
    """Owe a test message; the service sends it."""
    context = current()
    with context.database.begin() as connection:
        outbox.owe(connection, None, owed_trial(to, context.clock()), context.clock())


def send_again(delivery_id: int) -> None:
    with current().database.begin() as connection:
        outbox.send_again(connection, delivery_id, current().clock())


def send_all_again(upto: int) -> None:
    """All dead letters up to the newest that somebody saw, by its number."""
    with current().database.begin() as connection:
        dead_letters.send_all_again(connection, upto, current().clock())


def let_go(delivery_id: int) -> None:
    with current().database.begin() as connection:
        letting_go.let_go(connection, delivery_id, current().clock())


def export() -> str:
    """Everything people set, as TOML."""
    context = current()
    with context.database.read() as connection:
        return alert_book.export_book(connection, context.calculator, context.clock())


def take_in(text: str, *, replace: bool, dry_run: bool = False) -> list[Changed]:
    """All of it or, with BookError, nothing; what it changes, or with `dry_run` would change."""
    context = current()
    channels = tuple(dict.fromkeys(one.channel for one in context.destinations))
    budget = next((one.budget for one in context.destinations if one.channel != CONSOLE), None)
    here = Here(context.calculator, channels, context.destinations, budget, "page")
    with context.database.begin() as connection:
        return alert_book.import_book(
            connection, here, text, context.clock(), replace=replace, dry_run=dry_run
        )
