"""The KPI definitions: read from `catalog.toml` and people's own, checked at the edge, frozen inside."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from kpi.calendar import Grain
from kpi.catalogue.catalog_file import CatalogError, Entry, check, check_entry
from kpi.catalogue.definition import (
    EVERYWHERE,
    MEMBERSHIP,
    OF_ANOTHER,
    OVER_TIME,
    Definition,
    Favourable,
    KpiKind,
    Unit,
    is_money,
    resolve_inputs,
)
from kpi.catalogue.hierarchies import levels_in
from kpi.catalogue.soundness import check_together
from kpi.formula import FormulaError, did_you_mean, parse
from kpi.language.meaning import START, Scope, kinds_of
from kpi.language.rendering import render
from kpi.language.tree import Aggregate, Name, Node
from kpi.report import FactField, Kind

__all__ = [
    "EVERYWHERE",
    "MEMBERSHIP",
    "OF_ANOTHER",
    "OVER_TIME",
    "Catalog",
    "Definition",
    "Favourable",
    "KpiKind",
    "Unit",
    "check_definition",
    "is_money",
    "load_catalog",
    "read_catalog",
    "read_definition",
    "resolve_inputs",
]


@dataclass(frozen=True, slots=True)
class Catalog:
    """Definitions in the order that people see them, and the columns that mean the same in every workbook.

    `hierarchies` are columns from the coarsest to the finest, by what they are about.
    """

    definitions: tuple[Definition, ...]
    canonical: frozenset[str]
    fallbacks: Mapping[str, str]
    kinds: Mapping[str, Kind] = field(default_factory=dict)  # of the canonical columns
    targeted: frozenset[str] = frozenset()  # the KPIs that people have set targets for, in these data
    hierarchies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def with_own(self, own: Iterable[Definition]) -> Catalog:
        """With people's own definitions after those that ship, or in the place of one of the same key.

        CatalogError where a formula goes in a circle, names a KPI of another kind or becomes too large. Columns are not
        looked for: `check_definition` does that.
        """
        put_in = {**{one.key: one for one in self.definitions}, **{one.key: one for one in own}}
        trees = {key: one.tree for key, one in put_in.items() if one.tree is not None}
        check_together(trees, {key: one.kind.value for key, one in put_in.items() if one.tree is None})
        return replace(self, definitions=tuple(put_in.values()))

    def unavailable(self, fields: Sequence[FactField]) -> dict[str, str]:
        """Why the data do not give a KPI, by the keys of those that they do not give."""
        scope = self.scope(fields)
        reasons = {one.key: self._lacks(one, scope) for one in self.definitions}
        return {key: reason for key, reason in reasons.items() if reason}

    def available(self, fields: Sequence[FactField]) -> tuple[Definition, ...]:
        """The KPIs whose inputs the data have, then each measure of their own as a sum under its header."""
        scope = self.scope(fields)
        given = (_where_stated(one, scope) for one in self.definitions if not self._lacks(one, scope))
        shipped = tuple(given)
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

    def levels(self, fields: Sequence[FactField]) -> dict[str, tuple[str, ...]]:
        """The hierarchies that the data have, each with its columns from the coarsest to the finest."""
        return levels_in(self.hierarchies, fields)

    def _lacks(self, one: Definition, scope: Scope) -> str:
        """What the data lack for the KPI; empty where they give it."""
        problem = _why_impossible(one, scope)
        if problem or one.kind is not KpiKind.ATTAINMENT or one.of in self.targeted:
            return problem
        stated = _where_stated(one, scope).kind is KpiKind.FORMULA
        return "" if stated else f"there are no targets for `{one.of}`; set them first"

    def _why_not(self, key: str, available: Sequence[Definition], scope: Scope) -> str:
        for one in self.definitions:
            if one.key == key and (problem := self._lacks(one, scope)):
                return f"KPI `{key}` = {one.formula} cannot be worked out from these data: {problem}"
        known = [one.key for one in available]
        return f"unknown KPI `{key}`{did_you_mean(key, known) or '.'} These data give: {', '.join(known) or 'none'}."


def _where_stated(one: Definition, scope: Scope) -> Definition:
    """The definition as it works over these data.

    Where the data state the KPI itself in a column of its name, and lack its inputs, that column is summed. Where they
    state the targets in a column, an attainment is its formula over that column.
    """
    if one.kind is KpiKind.ATTAINMENT:
        by_column = replace(one, kind=KpiKind.FORMULA)
        possible = one.tree is not None and not _why_impossible(by_column, scope)
        return by_column if possible else replace(one, tree=None)
    node, stated = resolve_inputs(one, scope), _summed(one.key)
    return replace(one, formula=render(stated), tree=stated) if one.tree and node == stated else one


def _why_impossible(one: Definition, scope: Scope) -> str:
    """What the data lack for the KPI, or how its formula does not fit their columns; empty where it has values."""
    try:
        resolve_inputs(one, scope)
    except KeyError:
        return f"there is no KPI `{one.of}` with a formula{did_you_mean(one.of, scope.trees)}"
    except FormulaError as error:
        return error.problem
    return ""


def _summed(column: str) -> Node:
    return Aggregate("sum", Name(column, START), None, START)


def _own_measure(measure: FactField) -> Definition:
    tree = _summed(measure.name)
    return Definition(
        key=measure.name,
        label=measure.header or measure.name,
        formula=render(tree),
        description=f"The sum of the column “{measure.header or measure.name}”.",
        unit=Unit.NUMBER,
        favourable=Favourable.NONE,
        decimals=2,
        tree=tree,
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
    kinds = {
        **dict.fromkeys(checked.fields.measures, Kind.MEASURE),
        **dict.fromkeys(checked.fields.rates, Kind.RATE),
        **dict.fromkeys(checked.fields.texts, Kind.DIMENSION),
        "date": Kind.DATE,
    }
    empty = Catalog((), frozenset(kinds), checked.fallbacks, kinds, hierarchies=checked.hierarchies)
    catalog = empty.with_own(definitions)
    for one in definitions:
        check_definition(catalog, one)
    return catalog


def read_definition(
    key: str, plain: Mapping[str, Any], version: int | None = None, owner: str | None = None
) -> Definition:
    """One definition from its entry as in a catalogue file; CatalogError names the key that is wrong.

    `version` and `owner` stand in for what the entry says of them.
    """
    one = _definition(key, check_entry(key, plain))
    return replace(
        one,
        version=one.version if version is None else version,
        owner=one.owner if owner is None else owner,
    )


def check_definition(catalog: Catalog, one: Definition, fields: Sequence[FactField] = ()) -> None:
    """CatalogError where the definition makes no sense even where all canonical columns and these are there."""
    with_it = catalog.with_own((one,))
    trees = {other.key: other.tree for other in with_it.definitions if other.tree is not None}
    scope = Scope(trees, {**kinds_of(fields), **catalog.kinds}, catalog.fallbacks, catalog.canonical)
    if one.kind in OF_ANOTHER:
        _check_of(one, with_it)
    try:
        resolve_inputs(one, scope)
        if one.tree is not None:
            scope.formula(one.tree)
    except FormulaError as error:
        if one.tree is None:
            raise CatalogError(f"KPI `{one.key}`, key `of`: {error.problem}") from error
        raise CatalogError(f"KPI `{one.key}`, key `formula`, {error}", error.place) from error


def _check_of(one: Definition, catalog: Catalog) -> None:
    kinds = {other.key: other.kind for other in catalog.definitions}
    if kinds.get(one.of) is KpiKind.FORMULA:
        return
    formulas = [key for key, kind in kinds.items() if kind is KpiKind.FORMULA]
    found = f"is of kind `{kinds[one.of]}`" if one.of in kinds else "is no KPI"
    hint = "" if one.of in kinds else did_you_mean(one.of, formulas)
    raise CatalogError(f"KPI `{one.key}`, key `of`: `{one.of}` {found}, wanted a KPI with a formula{hint}")


def _definition(key: str, entry: Entry) -> Definition:
    return Definition(
        key=key,
        label=entry.label,
        formula=entry.text(),
        description=entry.description,
        unit=Unit(entry.unit),
        favourable=Favourable(entry.favourable),
        decimals=entry.decimals,
        kind=KpiKind(entry.kind),
        of=entry.of,
        by=entry.by,
        back=Grain(entry.back or Grain.TOTAL),
        periods=entry.periods,
        grains=tuple(map(Grain, entry.grains or entry.fitting)),
        owner=entry.owner,
        version=entry.version,
        since=Grain(entry.since or Grain.YEAR),
        min_sample=entry.min_sample,
        low=entry.low,
        high=entry.high,
        tree=_parsed(key, entry.formula) if entry.formula else None,
    )


def _parsed(key: str, formula: str) -> Node:
    try:
        return parse(formula)
    except FormulaError as error:
        raise CatalogError(f"KPI `{key}`, key `formula`, {error}", error.place) from error
