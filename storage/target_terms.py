"""What targets of a dataset can be about, as its data and the definitions are now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from kpi.calculator import KPICalculator
from kpi.report import FactField
from kpi.targeting.target_terms import Terms, terms_of
from storage.catalogs import calculator_through
from storage.datasets import find_dataset, merge_fields


def terms_for(
    connection: Connection, calculator: KPICalculator, dataset: str, fields: Iterable[FactField] = ()
) -> Terms:
    """The terms of a dataset by the newest definitions; `fields` are columns that it is about to get."""
    known = find_dataset(connection, dataset)
    together = merge_fields([known.fields if known else (), fields])
    newest = calculator_through(connection, calculator)
    return terms_of(newest.catalog, newest.calendar, together)
