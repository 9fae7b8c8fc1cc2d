"""The KPI definitions: read from `catalog.toml`, checked at the edge, frozen inside."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from kpi.calendar import PERIODS, Grain
from kpi.catalog_file import CatalogError, CatalogFile, Entry, check
from kpi.formula import FormulaError, did_you_mean, parse
from kpi.meaning import START, MissingInputError, Scope, involves_money, is_additive, kinds_of
from kpi.report import FactField, Kind
from kpi.tree import Aggregate, Name, Node, Place, children

EVERYWHERE = (*PERIODS, Grain.TOTAL)


class Unit(StrEnum):
    """What a value counts. `percent` values are shares: 0.4 is shown as 40 %."""

    CURRENCY = "currency"
    NUMBER = "number"
    COUNT = "count"
    PERCENT = "percent"


class Favourable(StrEnum):
    """The direction of change that is good news."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class KpiKind(StrEnum):
    """How a KPI comes about: by a formula over the rows of a period, or from another KPI or members over time."""

    FORMULA = "formula"
    GROWTH = "growth"
    TO_DATE = "to_date"
    ROLLING = "rolling"
    NEW_MEMBERS = "new_members"
    RETURNING_MEMBERS = "returning_members"
    REPEAT_RATE = "repeat_rate"


MEMBERSHIP = (KpiKind.NEW_MEMBERS, KpiKind.RETURNING_MEMBERS, KpiKind.REPEAT_RATE)
OVER_TIME = (KpiKind.GROWTH, KpiKind.TO_DATE, KpiKind.ROLLING)


@dataclass(frozen=True, slots=True)
class Definition:
    """One KPI. `of` is the KPI (growth, to_date, rolling) or the column of members that it is about;
    `by` the column whose different values are counted for each member; `periods` how many a rolling one adds up;
    `currency` what its amounts are in where that is known, for whoever shows them.
    """

    key: str
    label: str
    formula: str
    description: str
    unit: Unit
    favourable: Favourable
    decimals: int
    kind: KpiKind = KpiKind.FORMULA
    of: str = ""
    by: str = ""
    back: Grain = Grain.TOTAL  # growth only: how far back the comparable period lies
    periods: int = 0
    grains: tuple[Grain, ...] = EVERYWHERE
    currency: str = ""
    tree: Node | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Definitions in the order that people see them, and the columns that mean the same in every workbook."""

    definitions: tuple[Definition, ...]
    canonical: frozenset[str]
    fallbacks: Mapping[str, str]

    def available(self, fields: Sequence[FactField]) -> tuple[Definition, ...]:
        """The KPIs whose inputs the data have, then each measure of their own as a sum under its header."""
        scope = self.scope(fields)
        shipped = tuple(here for one in self.definitions if (here := _where_possible(one, scope)))
        taken = {one.key for one in shipped} | {one.key for one in self.definitions if one.tree is None}
        own = (f for f in fields if f.kind is Kind.MEASURE and f.name not in self.canonical | taken)
        return shipped + tuple(_own_measure(one) for one in own)

    def find(self, fields: Sequence[FactField], keys: Iterable[str]) -> tuple[Definition, ...]:
        """The named KPIs in catalogue order, all available ones if none is named; CatalogError for others."""
        available = self.available(fields)
        wanted = set(keys)
        for key in wanted - {one.key for one in available}:
            raise CatalogError(self._why_not(key, available, self.scope(fields)))
        return tuple(one for one in available if one.key in wanted) if wanted else available

    def scope(self, fields: Sequence[FactField]) -> Scope:
        """What names mean over these columns."""
        trees = {one.key: one.tree for one in self.definitions if one.tree is not None}
        return Scope(trees, kinds_of(fields), self.fallbacks, self.canonical)

    def _why_not(self, key: str, available: Sequence[Definition], scope: Scope) -> str:
        for one in self.definitions:
            if one.key == key:
                try:
                    resolve_inputs(one, scope)
                except MissingInputError as missing:
                    return (
                        f"KPI `{key}` = {one.formula} cannot be worked out from these data: {missing.problem}"
                    )
        known = [one.key for one in available]
        return f"unknown KPI `{key}`{did_you_mean(key, known) or '.'} These data give: {', '.join(known) or 'none'}."


def resolve_inputs(one: Definition, scope: Scope) -> Node | None:
    """The resolved tree of a formula KPI or of the KPI it is about; MissingInputError where the data lack a column."""
    if one.kind in MEMBERSHIP:
        for name in filter(None, (one.of, one.by)):
            scope.field(name)
        return None
    if one.kind is not KpiKind.FORMULA:
        return scope.kpi(one.of)
    return scope.kpi(one.key) if one.key in scope.trees or one.tree is None else scope.formula(one.tree)


def is_money(one: Definition, scope: Scope) -> bool:
    """Whether amounts of money go into the KPI, so that it has a value within one currency only."""
    node = resolve_inputs(one, scope)
    return one.unit is Unit.CURRENCY or (node is not None and involves_money(node, scope.kinds))


def _where_possible(one: Definition, scope: Scope) -> Definition | None:
    """The definition as it works over these data, or None where they lack an input.

    Where the data state the KPI itself in a column of its name, and lack its inputs, that column is summed.
    """
    try:
        node = resolve_inputs(one, scope)
    except MissingInputError:
        return None
    stated = parse(f"sum({one.key})")
    return replace(one, formula=f"sum({one.key})", tree=stated) if one.tree and node == stated else one


def _own_measure(measure: FactField) -> Definition:
    return Definition(
        key=measure.name,
        label=measure.header or measure.name,
        formula=f"sum({measure.name})",
        description=f"The sum of the column “{measure.header or measure.name}”.",
        unit=Unit.NUMBER,
        favourable=Favourable.NONE,
        decimals=2,
        tree=Aggregate("sum", Name(measure.name, START), None, START),
    )


@cache
def load_catalog() -> Catalog:
    """The catalogue that ships."""
    return read_catalog(files("kpi").joinpath("catalog.toml").read_text("utf-8"))


def read_catalog(text: str) -> Catalog:
    """A catalogue from TOML; CatalogError names the KPI and the key that is wrong."""
    try:
        plain = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogError(f"the catalogue is not TOML: {error}") from error
    checked = check(plain)
    definitions = tuple(_definition(key, entry) for key, entry in checked.kpi.items())
    canonical = frozenset(("date", *checked.fields.measures, *checked.fields.rates, *checked.fields.texts))
    catalog = Catalog(definitions, canonical, checked.fallbacks)
    _check_meaning(catalog, checked)
    return catalog


def _definition(key: str, entry: Entry) -> Definition:
    kind = KpiKind(entry.kind)
    return Definition(
        key=key,
        label=entry.label,
        formula=entry.text(),
        description=entry.description,
        unit=Unit(entry.unit),
        favourable=Favourable(entry.favourable),
        decimals=entry.decimals,
        kind=kind,
        of=entry.of,
        by=entry.by,
        back=Grain(entry.back or Grain.TOTAL),
        periods=entry.periods,
        grains=tuple(Grain(one) for one in entry.grains) or EVERYWHERE,
        tree=_parsed(key, entry.formula) if kind is KpiKind.FORMULA else None,
    )


def _parsed(key: str, formula: str) -> Node:
    try:
        return parse(formula)
    except FormulaError as error:
        raise CatalogError(f"KPI `{key}`, key `formula`, {error}") from error


def _check_meaning(catalog: Catalog, checked: CatalogFile) -> None:
    """Every name is known, nothing goes in circles, every formula makes sense where all columns are there."""
    kinds = {
        **dict.fromkeys(checked.fields.measures, Kind.MEASURE),
        **dict.fromkeys(checked.fields.rates, Kind.RATE),
        **dict.fromkeys(checked.fields.texts, Kind.DIMENSION),
    }
    trees = {one.key: one.tree for one in catalog.definitions if one.tree is not None}
    for key in trees:
        _refuse_circle(trees, (key,))
    scope = Scope(trees, kinds, checked.fallbacks, catalog.canonical)
    for one in catalog.definitions:
        try:
            node = resolve_inputs(one, scope)
        except KeyError as error:
            raise CatalogError(f"KPI `{one.key}`, key `of`: {error} is no KPI with a formula") from error
        except FormulaError as error:
            raise CatalogError(f"KPI `{one.key}`, key `formula`, {error}") from error
        if one.kind in (KpiKind.TO_DATE, KpiKind.ROLLING) and node is not None and not is_additive(node):
            raise CatalogError(f"KPI `{one.key}`, key `of`: the values of `{one.of}` do not add up over time")


def _refuse_circle(trees: Mapping[str, Node], path: tuple[str, ...]) -> None:
    for name, place in _used(trees[path[-1]]):
        if name in path:
            circle = " → ".join((*path[path.index(name) :], name))
            raise CatalogError(f"KPI `{path[-1]}`, key `formula`, {place}: goes in a circle: {circle}")
        if name in trees:
            _refuse_circle(trees, (*path, name))


def _used(node: Node) -> list[tuple[str, Place]]:
    """The KPIs and measures that a formula names, not the columns inside its aggregates."""
    if isinstance(node, Aggregate):
        return []
    if isinstance(node, Name):
        return [(node.name, node.place)]
    return [used for part in children(node) for used in _used(part)]
