"""A rule held against what there is here: its data, its KPI, whom it names; and what to say of it before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from alerts.book.said import hints
from alerts.rules import Rule
from alerts.sending.routing import Destination, Route, named
from kpi.calculator import KPICalculator
from kpi.definitions import Catalog, Unit
from storage.alerting.destinations import everywhere, list_routes
from storage.alerting.rule_checks import RuleError, check_rule
from storage.alerting.thresholds import list_rules
from storage.catalogs import calculator_of
from storage.datasets import Dataset, find_dataset
from storage.report_schema import scheduled_reports
from storage.targets import list_targets


@dataclass(frozen=True, slots=True)
class Fitted:
    """A rule as it would be kept, and what a person should know of it first: numbers that may be slips, data to come."""

    rule: Rule
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bench:
    """What a rule of one dataset is held against."""

    name: str
    dataset: Dataset | None
    catalog: Catalog
    there: tuple[Destination, ...]

    def fit(self, rule: Rule) -> Fitted:
        """The rule, fit for these data; RuleError where it could never be judged or could reach nobody."""
        fitting = check_rule(rule, self.dataset, self.catalog, self.there)
        percent = any(one.key == rule.kpi and one.unit is Unit.PERCENT for one in self.catalog.definitions)
        said = hints(fitting.condition, percent=percent)
        if self.dataset is None:
            said.append(f"there is no dataset {self.name!r} yet; the rule waits for it")
        said += [wants_proof(name) for name in unproved(fitting.channels, self.there)]
        return Fitted(fitting, tuple(said))


def bench_for(
    connection: Connection, calculator: KPICalculator, standard: Sequence[Destination], dataset: str
) -> Bench:
    """`standard` are the destinations that the environment sets up.

    A target that was set just now counts, though the dataset's figures follow only in a moment.
    """
    known = find_dataset(connection, dataset)
    catalog = calculator_of(connection, calculator, dataset).catalog
    aims = {one.target.kpi for one in list_targets(connection, dataset)}
    catalog = replace(catalog, targeted=catalog.targeted | aims)
    return Bench(dataset, known, catalog, everywhere(connection, standard))


def fit_rule(
    connection: Connection, calculator: KPICalculator, standard: Sequence[Destination], rule: Rule
) -> Fitted:
    """The same for one rule; RuleError as `Bench.fit`."""
    return bench_for(connection, calculator, standard, rule.dataset).fit(rule)


def check_route(connection: Connection, standard: Sequence[Destination], route: Route) -> None:
    """RuleError where the route leads to a destination that nobody has set up or saved."""
    there = everywhere(connection, standard)
    for name in (*route.destinations, *([route.second] if route.second else [])):
        check_name(name, there)


def check_name(name: str, there: Sequence[Destination]) -> None:
    """RuleError where no destination is called that."""
    for one in named(name, there):
        if one not in there:
            known = ", ".join(dict.fromkeys(word for one in there for word in (one.channel, one.name)))
            raise RuleError(f"there is no channel or destination {name!r}; choose from {known}")


def unproved(words: Sequence[str], there: Sequence[Destination]) -> list[str]:
    """The names of those destinations among them where no test message has been accepted yet."""
    meant = (one for word in words for one in named(word, there))
    return list(dict.fromkeys(one.name for one in meant if not one.proved))


def wants_proof(name: str) -> str:
    return f"no test message has been accepted at {name} yet: one goes there first, and alerts wait for that"


def who_names(connection: Connection, destination: Destination) -> list[str]:
    """The rules, routes and scheduled reports that name the destination, for a person to read."""
    words = {destination.name, f"{destination.channel}:{destination.address}"}
    rules = (f"rule {one.id}" for one in list_rules(connection) if words & set(one.channels))
    routes = (
        f"route {one.name!r}" for one in list_routes(connection) if words & {*one.destinations, one.second}
    )
    return [*rules, *routes, *(f"report {name!r}" for name in reports_naming(connection, words))]


def reports_naming(connection: Connection, words: AbstractSet[str]) -> list[str]:
    """The scheduled reports that go to any of these names."""
    held = select(scheduled_reports.c.name, scheduled_reports.c.channels).order_by(scheduled_reports.c.name)
    return [name for name, channels in connection.execute(held) if words & set(channels)]
