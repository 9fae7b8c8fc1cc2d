"""The editor of targets: a row for each period, a column for the whole or for each member, texts as people type them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
import streamlit as st

from dashboard import queries, target_queries
from dashboard.context import current
from dashboard.tables import told_apart
from dashboard.target_queries import Held
from dashboard.text import one_line, plain
from dashboard.view import View
from kpi.calendar import Grain
from kpi.definitions import Definition, Unit
from kpi.periods.windows import whole_period, words
from kpi.targeting.target_terms import TargetError, Terms, read_value
from kpi.targeting.targets import Target
from storage import targets

WHOLE, PERIOD = "the whole", "period"
MOST_MEMBERS = 20  # columns of members
AHEAD = 12  # periods
COLUMN = 140  # pixels
NEXT, BEFORE = "the next 12", "the 12 before"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the editor shows: of one KPI the periods of one grain from `starts`, and for whom its columns are."""

    kpi: str
    grain: Grain
    starts: tuple[date, ...]
    names: tuple[str, ...]  # of the periods
    columns: Mapping[str, tuple[str, str]]  # a dimension and a member by the name of the column
    percent: bool

    def frame(self, held: Sequence[Target]) -> pd.DataFrame:
        """The targets that hold, as they would be typed in; nothing where there is none."""
        values = {
            (one.period, one.dimension, one.member): one.value
            for one in held
            if one.kpi == self.kpi and one.grain is self.grain
        }
        rows = {
            name: [self.text(values.get((start, *whom))) for start in self.starts]
            for name, whom in self.columns.items()
        }
        return pd.DataFrame({PERIOD: list(self.names), **rows}).astype("string")

    def text(self, value: float | None) -> str:
        """The value to the last digit, so that what is not touched stays as it is."""
        if value is None:
            return ""
        return f"{value * 100:.12g} %" if self.percent else f"{value:.15g}"

    def changes(self, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[tuple[int, str, str]]:
        """Row, column and new text of each cell that says something else; a blank cell says nothing."""
        for column in self.columns:
            for row, (was, now) in enumerate(zip(before[column], after[column], strict=True)):
                text = "" if pd.isna(now) else str(now).strip()
                if text != was:
                    yield row, column, text

    def read(
        self, terms: Terms, before: pd.DataFrame, after: pd.DataFrame
    ) -> tuple[list[Target], list[Target], list[str]]:
        """What is to be set, what is to be removed, and what is wrong, by the cell that it stands in."""
        wanted: list[Target] = []
        unwanted: list[Target] = []
        wrong: list[str] = []
        for row, column, text in self.changes(before, after):
            period = self.grain, self.starts[row]
            try:
                if text:
                    value, percent = read_value(text)
                    wanted.append(
                        terms.target(self.kpi, period, self.columns[column], value, percent=percent)
                    )
                else:
                    unwanted.append(terms.target(self.kpi, period, self.columns[column], 0.0))
            except TargetError as error:
                wrong.append(f"{self.names[row]}, {column}: {error}")
        return wanted, unwanted, wrong


def show(view: View, one: Definition, held: Held) -> None:
    """The editor; Save writes rows, and the service works the figures out."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.markdown(f"**Targets of {plain(one.label)}** by {view.grain}", width="stretch")
        dimensions = [field.name for field in view.dimensions]
        whom = st.selectbox("For", [WHOLE, *dimensions], key="targets_for", width=160)
        which = st.selectbox("Periods", [NEXT, BEFORE], key="targets_when", width=150)
    sheet = _sheet(view, one, whom or WHOLE, which or NEXT)
    before = sheet.frame([each.target for each in held.targets])
    key = f"targets_{view.dataset.name}_{one.key}_{view.grain}_{whom}_{which}_{held.token}"
    with st.form("targets", border=False):
        after = st.data_editor(
            before,
            hide_index=True,
            disabled=[PERIOD],
            key=key,
            width="content",
            height="content",
            column_config={
                PERIOD: st.column_config.TextColumn("Period", pinned=True),
                **{name: st.column_config.TextColumn(one_line(name), width=COLUMN) for name in sheet.columns},
            },
        )
        if not st.form_submit_button("Save", type="primary", icon=":material/save:"):
            return
    wanted, unwanted, wrong = sheet.read(target_queries.terms(view.dataset.name), before, after)
    if wrong:
        st.error("Nothing was saved.  \n" + "  \n".join(plain(each) for each in wrong))
        return
    _save(view.dataset.name, wanted, unwanted)
    st.rerun()


def _sheet(view: View, one: Definition, whom: str, which: str) -> Sheet:
    """Periods from the one that goes on, or those before it; members of a dimension by size."""
    now = view.calendar.start_of(view.upto, view.grain)
    begin = view.calendar.shift(now, view.grain, 0 if which == NEXT else -AHEAD)
    starts = tuple(view.calendar.shift(begin, view.grain, n) for n in range(AHEAD))
    names = tuple(words(whole_period(view.calendar, view.grain, start), view.calendar) for start in starts)
    columns = {WHOLE: ("", "")}
    if whom != WHOLE:
        members = queries.members(view, whom)[:MOST_MEMBERS]
        names_of_columns = told_apart([PERIOD, *members])[1:]
        columns = {name: (whom, member) for name, member in zip(names_of_columns, members, strict=True)}
    return Sheet(one.key, view.grain, starts, names, columns, one.unit is Unit.PERCENT)


def _save(dataset: str, wanted: Sequence[Target], unwanted: Sequence[Target]) -> None:
    at = current().clock()
    with current().database.begin() as connection:
        targets.set_targets(connection, dataset, wanted, targets.PAGE, at)
        targets.remove_targets(connection, dataset, unwanted, at)
