"""The catalogue that holds: what ships and people's own definitions, as of any change of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from kpi.calculator import KPICalculator
from kpi.catalogue.catalog_file import CatalogError
from kpi.definitions import Catalog, Definition, read_definition
from storage import definitions
from storage.datasets import Dataset
from storage.definitions import Change
from storage.targets import list_targets, targets_at
from storage.versions import Version, newest_version


@dataclass(frozen=True, slots=True)
class Assembled:
    """A catalogue, and why those of people's own definitions that the program cannot use any more are not in it."""

    catalog: Catalog
    faults: Mapping[str, CatalogError]


def assemble(shipped: Catalog, changes: Iterable[Change]) -> Assembled:
    """What ships with those of people's own that hold. One that is at fault takes no other with it."""
    held = [change for change in changes if change.entry is not None]
    try:
        return Assembled(shipped.with_own([_read(change) for change in held]), {})
    except CatalogError:
        pass
    good: list[Definition] = []
    faults: dict[str, CatalogError] = {}
    for change in held:
        try:
            one = _read(change)
            shipped.with_own((*good, one))
            good.append(one)
        except CatalogError as error:
            faults[change.key] = error
    return Assembled(shipped.with_own(good), faults)


def _read(change: Change) -> Definition:
    return read_definition(change.key, change.entry or {}, change.version, change.owner)


def catalog_through(connection: Connection, shipped: Catalog, through: int | None = None) -> Catalog:
    """The catalogue as of a change of definitions; the newest one by default."""
    return assemble(shipped, definitions.latest_changes(connection, through).values()).catalog


def calculator_through(
    connection: Connection, calculator: KPICalculator, through: int | None = None
) -> KPICalculator:
    """The calculator over what ships, by the definitions as of a change; the newest one by default."""
    return replace(calculator, catalog=catalog_through(connection, calculator.catalog, through))


def calculator_of(connection: Connection, calculator: KPICalculator, dataset: str) -> KPICalculator:
    """The calculator by the definitions and targets that the dataset's newest version was worked out by.

    So a dataset and its version say which figures are meant, whatever people define or aim at meanwhile.
    """
    version = newest_version(connection, dataset)
    return (
        calculator_at(connection, calculator, version)
        if version
        else calculator_through(connection, calculator, 0)
    )


def calculator_at(connection: Connection, calculator: KPICalculator, version: Version) -> KPICalculator:
    """The calculator by the definitions of one version, with the targets that held when it came."""
    by_definitions = calculator_through(connection, calculator, version.definition_id)
    return by_definitions.aiming_at(targets_at(connection, version.dataset, version.at))


@dataclass(frozen=True, slots=True)
class Listed:
    """One KPI as people look through them. `change` is the one that holds; None where it ships.

    `definition` is None where it was retired, or cannot be used any more; `missing` says why these data do not give it.
    """

    key: str
    definition: Definition | None
    change: Change | None
    missing: str = ""


def list_kpis(
    connection: Connection, shipped: Catalog, dataset: Dataset | None = None, *, retired: bool = False
) -> list[Listed]:
    """Every KPI that holds by the newest definitions, those that ship first; `retired` ones after them.

    `missing` is filled where a dataset is given.
    """
    changes = definitions.latest_changes(connection)
    found = assemble(shipped, changes.values())
    missing = _missing(connection, found.catalog, dataset) if dataset else {}
    listed = [
        Listed(one.key, one, changes.get(one.key), missing.get(one.key, ""))
        for one in found.catalog.definitions
    ]
    listed += [Listed(key, None, changes[key], str(fault)) for key, fault in found.faults.items()]
    gone = [change for change in changes.values() if change.entry is None] if retired else []
    return listed + [Listed(change.key, None, change) for change in gone]


def _missing(connection: Connection, catalog: Catalog, dataset: Dataset) -> dict[str, str]:
    """What the dataset lacks, with the targets that hold now, by the keys of those that it does not give."""
    targeted = frozenset(one.target.kpi for one in list_targets(connection, dataset.name))
    return replace(catalog, targeted=targeted).unavailable(dataset.fields)
