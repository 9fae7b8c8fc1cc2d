"""Defining KPIs: what somebody wants is checked as a whole against what holds, and saved as a whole, or not at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from kpi.calculator import KpiValue, Slice
from kpi.catalogue.catalog_file import CatalogError, Entry, check_entry
from kpi.catalogue.catalog_text import read_entries, write_entries
from kpi.definitions import Catalog, Definition, check_definition
from kpi.report import FactField
from storage import definitions
from storage.catalogs import assemble
from storage.datasets import list_datasets, merge_fields
from storage.definitions import Change, Effect, Wish
from storage.figures import Figures

DECIMALS = {"percent": 1, "count": 0}  # where nobody says how many; of other units 2


def wish_for(key: str, plain: Mapping[str, Any], owner: str, expected: int | None = None) -> Wish:
    """A wish from an entry as people write it, in the one form in which entries are compared and kept.

    What it leaves unsaid is `usual`. An owner that the entry names goes before `owner`; a version that it names is not
    looked at. CatalogError where it is no entry.
    """
    entry = check_entry(key, {**usual(key, plain), **plain})
    kept = entry.model_dump(mode="json", exclude_defaults=True, exclude={"owner", "version"})
    return Wish(key, kept, entry.owner or owner, expected)


def usual(key: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """What holds of a KPI of people's own where its entry does not say it: each key that every KPI has."""
    label = plain.get("label", key.replace("_", " ").capitalize())
    unit = plain.get("unit", "number")
    decimals = next((number for name, number in DECIMALS.items() if name == unit), 2)
    return {
        "label": label,
        "description": plain.get("formula") or label,
        "unit": unit,
        "favourable": "none",
        "decimals": decimals,
    }


def wishes_of(text: str, owner: str) -> list[Wish]:
    """The wishes of a TOML text; `owner` for those that name none. CatalogError says everything that is wrong at once."""
    wishes: list[Wish] = []
    problems: list[str] = []
    for key, plain in read_entries(text).items():
        try:
            wishes.append(wish_for(key, plain, owner))
        except CatalogError as error:
            problems.append(str(error))
    if problems:
        raise CatalogError("\n".join(problems))
    return wishes


def export(connection: Connection, keys: Collection[str] = ()) -> str:
    """People's own definitions that hold as a TOML text, all by default; empty where there are none."""
    held = definitions.latest_changes(connection).values()
    return write_entries(
        {one.key: as_written(one) for one in held if one.entry is not None and (not keys or one.key in keys)}
    )


def as_written(change: Change) -> dict[str, Any]:
    """The entry as people write it, its keys in the order of a catalogue file; empty where the KPI was retired."""
    if change.entry is None:
        return {}
    entry = {**change.entry, "owner": change.owner}
    return {name: entry[name] for name in Entry.model_fields if name in entry}


def save(connection: Connection, shipped: Catalog, wishes: Sequence[Wish], at: datetime) -> list[Change]:
    """Check the wishes together and write those that change something: all of them, or none.

    CatalogError says which definition is wrong and where; MeanwhileError that others were quicker.
    """
    imagine(connection, shipped, wishes, at)
    return definitions.record_changes(connection, wishes, at)


def imagine(connection: Connection, shipped: Catalog, wishes: Sequence[Wish], at: datetime) -> Catalog:
    """The catalogue as it would be; CatalogError where a wish, or what is made of it, would make no sense."""
    held = definitions.latest_changes(connection)
    known = [one.fields for one in list_datasets(connection)]
    before = assemble(shipped, held.values())
    wanted = {wish.key: _as_change(wish, held, at) for wish in wishes}
    for wish in wishes:
        _refuse_key(wish, shipped, held, known)
    others = [change for key, change in held.items() if key not in wanted]
    after = assemble(shipped, [*others, *wanted.values()])
    for key in after.faults.keys() - before.faults.keys() | after.faults.keys() & wanted.keys():
        raise after.faults[key]
    for one in after.catalog.definitions:
        if one.key in wanted:
            check_anywhere(after.catalog, one, known)
        elif one.key in held:
            _refuse_to_break(one, before.catalog, after.catalog, known)
    return after.catalog


def check_anywhere(catalog: Catalog, one: Definition, known: Sequence[Sequence[FactField]]) -> None:
    """CatalogError where the definition makes sense over none of these columns, nor over all of them together."""
    for fields in known:
        try:
            return check_definition(catalog, one, fields)
        except CatalogError:
            continue
    return check_definition(catalog, one, merge_fields(known))


def _as_change(wish: Wish, held: Mapping[str, Change], at: datetime) -> Change:
    version = held[wish.key].version + 1 if wish.key in held else 1
    return Change(0, wish.key, version, wish.entry, wish.owner, at)


def _refuse_key(
    wish: Wish, shipped: Catalog, held: Mapping[str, Change], known: Sequence[Sequence[FactField]]
) -> None:
    """A key is somebody's own for good once it is; before that it must mean nothing else."""
    if wish.key in held:
        return
    ships = wish.key in {one.key for one in shipped.definitions}
    if wish.entry is None:
        own = ", ".join(held) or "none"
        why = "it ships with the program" if ships else f"there is none of that key; people's own are: {own}"
        raise CatalogError(f"KPI `{wish.key}` cannot be retired: {why}")
    if ships:
        raise CatalogError(f"KPI `{wish.key}` ships with the program and stays as it is; choose another key")
    columns = {field.name for fields in known for field in fields} | shipped.canonical
    if wish.key in columns:
        raise CatalogError(
            f"KPI `{wish.key}`: a column is called that, and formulas that name it would mean something else; "
            "choose another key"
        )


def _refuse_to_break(
    one: Definition, before: Catalog, after: Catalog, known: Sequence[Sequence[FactField]]
) -> None:
    """What made sense until now must go on making sense."""
    try:
        check_anywhere(after, one, known)
    except CatalogError as error:
        try:
            check_anywhere(before, one, known)
        except CatalogError:
            return
        raise CatalogError(
            f"`{one.key}` is made of it: {error}. Change or retire `{one.key}` first"
        ) from error


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wish would do: as which version, and the values it would give; `missing` says why it would give none."""

    wish: Wish
    effect: Effect
    version: int
    gives: tuple[KpiValue, ...]
    missing: str = ""


def preview(
    connection: Connection,
    shipped: Catalog,
    wishes: Sequence[Wish],
    figures: Figures,
    cut: Slice,
    at: datetime,
) -> list[Preview]:
    """The wishes over real data, in their order, for the periods of a slice that names no KPIs.

    Nothing is written. CatalogError where they could not be saved.
    """
    held = definitions.latest_changes(connection)
    drafted = figures.by(imagine(connection, shipped, wishes, at))
    catalog = drafted.calculator.catalog
    missing = catalog.unavailable(figures.dataset.fields)
    missing |= {
        one.key: f"it has no values by {cut.grain}, only by {', '.join(one.grains)}"
        for one in catalog.definitions
        if cut.grain not in one.grains and one.key not in missing
    }
    found: list[Preview] = []
    for wish in wishes:
        before, effect = held.get(wish.key), wish.effect(held.get(wish.key))
        version = (before.version if before else 0) + (effect is not Effect.UNCHANGED)
        there = wish.entry is not None and wish.key not in missing
        gives = drafted.values(replace(cut, kpis=(wish.key,))) if there else ()
        found.append(Preview(wish, effect, version, tuple(gives), missing.get(wish.key, "")))
    return found
