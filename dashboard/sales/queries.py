"""What the Sales tab reads of the warehouse. Kept by its version, which never changes: by nothing else, never by time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.context import current
from dashboard.sales.dimensions import Dimension
from kpi.sales import raw_rows
from kpi.sales.analyses.catalogue import ANALYSES, answer
from kpi.sales.analyses.question import Question
from kpi.values import Executor, Statement
from storage.warehouse.reading import open_star
from storage.warehouse.versions import WarehouseVersion

KEPT, KEPT_PAGES = 300, 50  # answers
RANKINGS = {Dimension.CUSTOMER: "top_customers", Dimension.PRODUCT: "best_selling_products"}
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A version of the warehouse, by its number and the folder of its Parquet."""

    version: int
    folder: str


@dataclass(frozen=True, slots=True)
class Star:
    """One version of the warehouse, to be asked while the page is drawn. What was asked before is known."""

    asked: Asked
    run: Executor

    def rows(self, analysis: str, question: Question) -> Rows:
        """The answer of an analysis; QuestionError where the question does not fit."""
        return _rows(self.asked, analysis, question, self.run)

    def revenue(self, question: Question) -> float:
        """Of all sales that are meant."""
        return float(sum(row["revenue"] for row in self.rows("revenue_by_category", question)))

    def name_of(self, dimension: Dimension, key: str) -> str:
        """What a member is called; of one that has no sales the key."""
        ranking = RANKINGS.get(dimension)
        if ranking is None:
            return dimension.said(key)
        found = self.rows(ranking, Question(where=((dimension.value, key),), top=1))
        return next((row[dimension.value] for row in found), "") or key

    def count_rows(self, table: str, search: str) -> int:
        """How many rows of a table have the text; all where it is empty."""
        return _total(self.asked, table, search, self.run)

    def page_of_rows(
        self, table: str, offset: int, sort: tuple[str, bool] | None, search: str
    ) -> list[list[Any]]:
        """A page of a table's rows; `sort` is a column and whether the largest comes first."""
        return _page(self.asked, (table, offset, sort, search), self.run)


@contextmanager
def star(version: WarehouseVersion) -> Iterator[Star]:
    """The version to be asked; opened once, and only for what is not known yet. NoWarehouseError where it is gone."""
    context, opened = current(), list[Executor]()
    with ExitStack() as stack:

        def run(statement: Statement) -> Sequence[Sequence[Any]]:
            if not opened:
                folder = context.sales.warehouse / version.folder
                opened.append(stack.enter_context(open_star(folder, context.engine, context.database)))
            return opened[0](statement)

        yield Star(Asked(version.version, version.folder), run)


def columns(analysis: str) -> tuple[str, ...]:
    return ANALYSES[analysis].columns


# Streamlit keeps what these give by all arguments but those that begin with an underscore.


@st.cache_data(max_entries=KEPT, show_spinner=False)
def _rows(asked: Asked, analysis: str, question: Question, _run: Executor) -> Rows:  # noqa: ARG001 - part of the key
    return answer(_run, analysis, question)


@st.cache_data(max_entries=KEPT_PAGES, show_spinner=False)
def _total(asked: Asked, table: str, search: str, _run: Executor) -> int:  # noqa: ARG001 - part of the key
    ((found,),) = _run(raw_rows.total(table, search))
    return int(found)


@st.cache_data(max_entries=KEPT_PAGES, show_spinner=False)
def _page(
    asked: Asked,  # noqa: ARG001 - part of the key
    wanted: tuple[str, int, tuple[str, bool] | None, str],
    _run: Executor,
) -> list[list[Any]]:
    table, offset, sort, search = wanted
    return [list(row) for row in _run(raw_rows.page(table, offset, sort=sort, search=search))]
