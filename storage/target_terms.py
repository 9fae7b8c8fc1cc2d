"""What targets of a dataset can be about, as its data and the definitions are now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kpi.calculator import KPICalculator
from kpi.report import FactField
from kpi.statements.members import no_member
from kpi.targeting.target_terms import Terms, terms_of
from kpi.targeting.targets import Target
from storage.catalogs import calculator_through
from storage.datasets import find_dataset, merge_fields
from storage.figures import Figures

TO_COME = "It is kept for a member to come."  # a target of a member that the data do not have


def terms_for(
    connection: Connection, calculator: KPICalculator, dataset: str, fields: Iterable[FactField] = ()
) -> Terms:
    """The terms of a dataset by the newest definitions; `fields` are columns that it is about to get."""
    known = find_dataset(connection, dataset)
    together = merge_fields([known.fields if known else (), fields])
    newest = calculator_through(connection, calculator)
    return terms_of(newest.catalog, newest.calendar, together)


def strangers(figures: Figures, wanted: Iterable[Target]) -> list[str]:
    """What to say of each member of these targets that the data do not have; it may be a slip."""
    spots = dict.fromkeys((one.dimension, one.member) for one in wanted if one.dimension)
    known = {dimension: figures.members(dimension) for dimension in dict.fromkeys(name for name, _ in spots)}
    said = (no_member(dimension, member, known[dimension]) for dimension, member in spots)
    return [f"{why} {TO_COME}" for why in said if why]
