"""Whether a rule can be judged over the data there are, and can reach whom it names; said before it is stored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from alerts.judging.conditions import Change, Freshness, SourceError, Target
from alerts.rules import Rule
from alerts.sending.routing import Destination, named
from kpi.calendar import PERIODS
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import Catalog, Definition, Unit, is_money
from kpi.report import Kind
from kpi.targeting.attainment import manner_of
from kpi.values import CURRENCY
from storage.datasets import Dataset

OF_FILES = (Freshness, SourceError)  # conditions that look at no figures


class RuleError(Exception):
    """A rule that could never be judged, or could reach nobody; the message says what is wrong and what there is."""


def check_rule(
    rule: Rule, dataset: Dataset | None, catalog: Catalog, destinations: Sequence[Destination]
) -> Rule:
    """The rule as it is to be stored: a change of a percentage is one in points.

    Raises `RuleError` where the data or the destinations that it names do not exist. A dataset that was never loaded
    (None), or a file that was never seen, can have rules already: they wait for it.
    """
    for name in rule.channels:
        _check_destination(name, destinations)
    if isinstance(rule.condition, OF_FILES):
        return rule
    if dataset is None:
        return _in_its_unit(rule, {one.key: one for one in catalog.definitions}.get(rule.kpi))
    offer = offer_of(dataset, catalog)
    if reason := offer.lacks(rule):
        raise RuleError(reason)
    return offer.fitted(rule)


def why_silent(rule: Rule, dataset: Dataset, catalog: Catalog, retired: Collection[str] = ()) -> str:
    """Why a rule cannot be judged; empty where it can. `retired` are the keys of people's own KPIs that hold no longer."""
    return offer_of(dataset, catalog).why_silent(rule, retired)


def offer_of(dataset: Dataset, catalog: Catalog) -> Offer:
    """What the data give to the rules about them, found out once for all of them."""
    return Offer(dataset, catalog, {one.key: one for one in catalog.available(dataset.fields)})


@dataclass(frozen=True, slots=True)
class Offer:
    """What the data of a dataset give to rules. `given` are its KPIs, by key."""

    dataset: Dataset
    catalog: Catalog
    given: Mapping[str, Definition]

    def why_silent(self, rule: Rule, retired: Collection[str] = ()) -> str:
        """Why the rule cannot be judged; empty where it can."""
        if isinstance(rule.condition, OF_FILES) or rule.kpi in self.given:
            return self.lacks(rule)
        why = f"its KPI `{rule.kpi}` is retired" if rule.kpi in retired else self.lacks(rule).rstrip(".")
        return (
            f"{why}. The rule keeps its state until its KPI is back; remove it if it is not wanted any more"
        )

    def lacks(self, rule: Rule) -> str:
        """What the data lack for the rule; empty where they answer it."""
        if isinstance(rule.condition, OF_FILES):
            return ""
        one = self.given.get(rule.kpi)
        if one is None:
            return self._unknown(rule.kpi)
        return (
            _no_period(rule, one)
            or self._several_currencies(rule, one)
            or self._no_dimension(rule)
            or self._no_target(rule, one)
        )

    def fitted(self, rule: Rule) -> Rule:
        """The rule with its change measured as its KPI wants it: a share of an amount, percentage points of a rate."""
        return _in_its_unit(rule, self.given.get(rule.kpi))

    def stated_targets(self, kpi: str) -> Definition | None:
        """The KPI that weighs that one against a column of targets in the data; None where there is none."""
        return next((one for one in self.given.values() if one.of == kpi and one.tree is not None), None)

    def _unknown(self, kpi: str) -> str:
        try:
            self.catalog.find(self.dataset.fields, (kpi,))
        except CatalogError as error:
            return str(error)
        return ""

    def _several_currencies(self, rule: Rule, one: Definition) -> str:
        currencies, name = self.dataset.currencies, self.dataset.name
        if len(currencies) <= 1 or rule.dimension == CURRENCY:
            return ""
        if not is_money(one, self.catalog.scope(self.dataset.fields)):
            return ""
        return (
            f"the amounts of {name} are in several currencies ({', '.join(currencies)}), which are not "
            f"added up: {one.label} has a value within one of them only. Set the rule by {CURRENCY}, "
            "or put exchange rates into the workbook"
        )

    def _no_dimension(self, rule: Rule) -> str:
        dimensions = [field.name for field in self.dataset.fields if field.kind is Kind.DIMENSION]
        if rule.dimension is None or rule.dimension in dimensions:
            return ""
        listed = ", ".join(dimensions) or "none"
        return f"{self.dataset.name} has no dimension {rule.dimension!r}; it has: {listed}"

    def _no_target(self, rule: Rule, one: Definition) -> str:
        if not isinstance(rule.condition, Target):
            return ""
        if manner_of(one, self.catalog.scope(self.dataset.fields)) is None:
            return (
                f"{one.label} is made of other periods and can have no target; set the rule for its own KPI, "
                f"`{one.of}`"
            )
        if one.key in self.catalog.targeted or self.stated_targets(one.key) is not None:
            return ""
        return f"{self.dataset.name} has no target for {one.label}; set one first, under Targets"


def _no_period(rule: Rule, one: Definition) -> str:
    grains = [grain.value for grain in PERIODS if grain in one.grains]
    if rule.grain in grains:
        return ""
    return f"{one.label} has no values by {rule.grain}, only by {', '.join(grains)}; set the rule by one of these"


def _check_destination(name: str, destinations: Sequence[Destination]) -> None:
    for to in named(name, destinations):
        if to not in destinations:
            known = dict.fromkeys(word for one in destinations for word in (one.channel, one.name))
            raise RuleError(f"there is no channel or destination {name!r}; choose from {', '.join(known)}")


def _in_its_unit(rule: Rule, one: Definition | None) -> Rule:
    """A rule for a KPI that is not known yet stays as it was said."""
    if one is None or not isinstance(rule.condition, Change):
        return rule
    points = one.unit is Unit.PERCENT
    return (
        rule
        if rule.condition.points is points
        else replace(rule, condition=replace(rule.condition, points=points))
    )
