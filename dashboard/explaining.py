"""Where a number comes from, in a panel beside the page: what it means, its rows, its loads, what was said of it before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd
import streamlit as st

from dashboard import outage, queries
from dashboard.context import current
from dashboard.downloads import FOR_EXCEL
from dashboard.plot.component import Hit
from dashboard.reported import CAUSES
from dashboard.text import amount, plain
from dashboard.view import View
from kpi.calculator import Slice
from kpi.calendar import Grain
from kpi.catalogue.definition import Definition, Unit
from kpi.format import format_count, format_value
from kpi.periods.windows import whole_period, words
from kpi.report import Kind
from kpi.values import Partial
from storage.evidence import Evidence, Restatement
from storage.kpi_data import StoredValue

ASKED = "explained"  # in the session: the question whose panel is open
QUESTION = "Where does this number come from?"
MOST_SAVED = 500_000  # rows that the page hands out; the command line and REST give any number


@dataclass(frozen=True, slots=True)
class Question:
    """Which value somebody wants to know about: of one KPI of a dataset, in one period of a slice."""

    dataset: str
    cut: Slice
    period: date

    @property
    def kpi(self) -> str:
        return self.cut.kpis[0]

    def can_be_answered(self, view: View) -> bool:
        """Whether the view is of the same data, and they still have the KPI and what was filtered by."""
        kpis = {one.key for one in view.definitions}
        dimensions = {field.name for field in view.dataset.fields if field.kind is Kind.DIMENSION}
        filtered = {name for name, _ in self.cut.where}
        return self.dataset == view.dataset.name and self.kpi in kpis and filtered <= dimensions


def offer(view: View, one: Definition, cut: Slice, period: date, key: str) -> None:
    """The control beside a number."""
    st.button(
        "Explain",
        key=f"explain_{key}",
        type="tertiary",
        icon=":material/account_tree:",
        help=QUESTION,
        on_click=ask,
        args=(view, one, cut, period),
    )


def ask(view: View, one: Definition, cut: Slice, period: date) -> None:
    """Open the panel about the KPI's value in the period, up to the view's "now"."""
    end = min(cut.end or view.upto, view.upto)
    start = cut.start if cut.grain is Grain.TOTAL else None
    asked = replace(cut, kpis=(one.key,), by=None, start=start, end=end, partial=Partial.TO_DATE)
    st.session_state[ASKED] = Question(view.dataset.name, asked, period)


def on_point(view: View, one: Definition) -> Callable[[Hit], None]:
    """For a chart: opens the panel about the point that was clicked."""

    def clicked(hit: Hit) -> None:
        cut = replace(view.slice_of_series, kpis=(one.key,))
        ask(view, one, cut, date.fromisoformat(str(hit.x)[:10]))

    return clicked


def show_asked(view: View) -> None:
    """The panel, where somebody asked. It stays open, and right, when the data move; it closes where they cannot answer."""
    question: Question | None = st.session_state.get(ASKED)
    if question is None:
        return
    if not question.can_be_answered(view):
        _close()
        return
    _panel(view, question)


def _close() -> None:
    st.session_state.pop(ASKED, None)


@st.dialog(QUESTION, width="large", position="right", on_dismiss=_close)
@outage.told()
def _panel(view: View, question: Question) -> None:
    one = view.definition(question.kpi)
    period = _period(view, question)
    found = queries.evidence(view, question.cut, period)
    if found is None:
        st.info("No rows lie in this period with these filters.")
        return
    _number(view, one, found)
    _definition(one, found)
    _rows(one, found)
    _loads(found)
    _history(one, found)


def _period(view: View, question: Question) -> date:
    """The period asked about, or another one that is chosen here."""
    if question.cut.grain is Grain.TOTAL:
        return question.period
    grain, calendar = question.cut.grain, view.calendar
    periods = calendar.periods(view.dataset.first_day, max(view.upto, view.dataset.first_day), grain)[::-1]
    start = calendar.start_of(question.period, grain)
    names = {day: words(whole_period(calendar, grain, day), calendar) for day in periods}
    at = periods.index(start) if start in names else 0
    chosen = st.selectbox(
        "Period", periods, index=at, format_func=names.__getitem__, key=f"explained_{start}", width=240
    )
    return chosen or start


def _number(view: View, one: Definition, found: Evidence) -> None:
    shown = found.explanation
    value = format_value(shown.value.value, one.unit, one.decimals, one.currency)
    badges = "" if shown.value.complete else ":gray-badge[not over yet]"
    if view.reported:
        badges += f" :orange-badge[:material/history: as reported on {view.reported:%-d %b %Y, %H:%M}]"
    st.metric(plain(f"{shown.label}, {shown.period}"), amount(value))
    if badges:
        st.markdown(badges)
    if view.partial is Partial.PROJECTED and not shown.value.complete:
        st.caption("This is what it has come to so far, not what it is projected to come to.")
    st.markdown(f"{plain(shown.formula)}\n\n**{plain(shown.text)}**")
    for note in shown.notes:
        st.caption(f":material/warning: {plain(note)}.")


def _definition(one: Definition, found: Evidence) -> None:
    by = plain(found.definition.owner) if found.definition.owner else "as it ships"
    st.caption(
        f"{plain(one.description)} Definition version {found.definition.version}, {by}; {one.form}. "
        f"Version {found.dataset.version} of {plain(found.dataset.name)}."
    )


def _rows(one: Definition, found: Evidence) -> None:
    used = found.explanation.used
    if used is None:
        st.warning(plain(found.lost), icon=":material/history:")
        return
    st.markdown(f"**Rows** · {format_count(found.rows)}")
    st.caption(plain(used.words))
    rows = [
        {
            "file": sheet.source,
            "sheet": sheet.sheet,
            "rows of the sheet": sheet.in_words(),
            "count": sheet.rows,
            "load": sheet.load_id,
        }
        for sheet in found.sheets
    ]
    wide = {"rows of the sheet": st.column_config.TextColumn(width="large")}
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        key="explained_rows",
        column_config=wide,
        alt="Where the rows stand",
    )
    _save(one, found)


def _save(one: Definition, found: Evidence) -> None:
    if found.rows > MOST_SAVED:
        st.caption(
            f"More than {format_count(MOST_SAVED)} rows: save them with `kpi explain … --rows FILE.csv`."
        )
        return
    folder, value = current().snapshots, found.explanation.value
    st.download_button(
        f"Download these {format_count(found.rows)} rows" if found.rows != 1 else "Download this row",
        lambda: FOR_EXCEL + "".join(found.rows_csv(folder)),
        f"{found.dataset.name} {one.key} {value.grain.value} {value.period}.csv",
        "text/csv",
        key="explained_csv",
        on_click="ignore",
        icon=":material/download:",
    )


def _loads(found: Evidence) -> None:
    st.markdown("**Loads that brought them**")
    rows = [
        {
            "load": load.id,
            "file": load.source,
            "at": _at(load.at),
            "version": load.version,
            "by": load.origin,
            "SHA-256 of the file": load.sha256,
        }
        for load in found.loads
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, key="explained_loads", alt="Loads with their files")


def _history(one: Definition, found: Evidence) -> None:
    st.markdown("**What was said of it, newest first**")
    if not found.said:
        st.caption("History is kept of values over all rows, by day, week, month, quarter and year.")
        return
    rows = [
        {
            "value": format_value(said.stored.value, one.unit, one.decimals, one.currency),
            "made of": _sides(said.stored),
            "said from": _at(said.stored.computed_at),
            "version": said.stored.since_version,
            "until version": "still" if said.stored.until_version is None else str(said.stored.until_version),
            "because of": _cause(said),
        }
        for said in reversed(found.said)
    ]
    shown = pd.DataFrame(rows)
    if not any(shown["made of"]):
        shown = shown.drop(columns="made of")
    right = dict.fromkeys(("value", "made of"), st.column_config.TextColumn(alignment="right"))
    st.dataframe(shown, hide_index=True, key="explained_history", column_config=right, alt="Every value said")


def _sides(stored: StoredValue) -> str:
    """Both sides of a division: they may change where its value does not."""
    if stored.numerator is None or stored.denominator is None:
        return ""
    return " / ".join(format_value(side, Unit.NUMBER) for side in (stored.numerator, stored.denominator))


def _cause(said: Restatement) -> str:
    if said.version is None:
        return ""
    by = f", load {said.load.id}: {said.load.source}" if said.load else ""
    return f"{CAUSES[said.version.cause]}{by}"


def _at(moment: datetime) -> str:
    return moment.astimezone(current().timezone).strftime("%Y-%m-%d %H:%M:%S")
