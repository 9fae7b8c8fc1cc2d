"""What the page reads about definitions: those that hold, and what would become of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from alerts.rules import Rule
from dashboard.context import current
from dashboard.queries import open_figures
from dashboard.view import Asked, View
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.definitions import Catalog
from storage import catalogs, defining, definitions
from storage.alerting import thresholds
from storage.catalogs import Listed
from storage.datasets import Dataset
from storage.defining import Preview
from storage.definitions import Change, Wish
from storage.versions import newest_version

SOME = 50  # previews that are kept


@dataclass(frozen=True, slots=True)
class Defined:
    """The KPIs by the newest definitions; `behind`: the dataset's figures do not follow them yet."""

    kpis: tuple[Listed, ...]
    retired: tuple[Change, ...]
    behind: bool
    newest: int


def defined(dataset: Dataset) -> Defined:
    """What ships and people's own, with what this dataset lacks for each."""
    context = current()
    with context.database.read() as connection:
        newest = definitions.newest_change(connection)
        version = newest_version(connection, dataset.name)
        listed = catalogs.list_kpis(connection, context.calculator.catalog, dataset, retired=True)
    held = [one for one in listed if one.change is None or one.change.entry is not None]
    gone = [one.change for one in listed if one.change is not None and one.change.entry is None]
    return Defined(tuple(held), tuple(gone), version is None or version.definition_id < newest, newest)


def catalog_of(dataset: str) -> Catalog:
    """The catalogue that the dataset's newest version was worked out by."""
    context = current()
    with context.database.read() as connection:
        return catalogs.calculator_of(connection, context.calculator, dataset).catalog


def why_silent(dataset: Dataset, rules: Sequence[Rule]) -> dict[int, str]:
    """Why rules are not judged, by their ids; empty where they are."""
    catalog = catalog_of(dataset.name)
    with current().database.read() as connection:
        retired = definitions.retired_keys(connection)
    return {rule.id: thresholds.why_silent(rule, dataset, catalog, retired) for rule in rules}


def preview(view: View, newest: int, wishes: Sequence[Wish], grain: Grain) -> list[Preview]:
    """What wishes would do, and the values they would give for what the view looks at.

    `newest` is the last change of a definition; CatalogError where the wishes could not be saved.
    """
    cut = view.slice_of_series
    return _preview(view.asked, newest, tuple(wishes), Slice(grain=grain, where=cut.where, end=cut.end))


@st.cache_data(max_entries=SOME, show_spinner=False)
def _preview(asked: Asked, newest: int, wishes: tuple[Wish, ...], cut: Slice) -> list[Preview]:  # noqa: ARG001 - part of the key
    shipped = current().calculator.catalog
    with open_figures(asked) as (connection, figures):
        return defining.preview(connection, shipped, wishes, figures, cut, current().clock())


def export() -> str:
    """People's own definitions as TOML; empty where there are none."""
    with current().database.read() as connection:
        return defining.export(connection)
