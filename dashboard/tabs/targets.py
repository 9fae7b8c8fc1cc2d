"""Are we going to make it: the running period against its target, day by day, and the targets themselves."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import pacing, queries, target_editor, target_queries
from dashboard.charts import Aim, Visualizer
from dashboard.drawing import chart, heading
from dashboard.tables import told_apart
from dashboard.target_queries import Held
from dashboard.text import amount, plain
from dashboard.view import View
from kpi.definitions import Definition, Unit
from kpi.format import format_short, format_value
from kpi.periods.windows import MONTH_NAMES, Window, words
from kpi.targeting.pace import Course, Pace

FIGURES = ("actual", "target so far", "reached", "ahead", "landing", "target")


def show(view: View) -> None:
    held = target_queries.held(view.dataset.name)
    keys = target_queries.can_have_one(
        target_queries.terms(view.dataset.name), [one.key for one in view.definitions]
    )
    if not keys:
        st.info("These data give no KPI that a target could be set for.")
        return
    one = view.definition(_choose(view, held, keys))
    course = target_queries.course(view, one.key)
    if held.behind and not view.reported:
        st.caption(_when())
    if course is not None:
        _figures(one, course.pace, view)
        _course(view, one, course)
    elif view.where:
        st.caption(f"No target of {plain(one.label)} holds for just {plain(view.filters)}.")
    else:
        st.caption(f"No target of {plain(one.label)} holds for this {view.grain}. Set one below.")
    _members(view, one, held)
    if not view.reported:
        target_editor.show(view, one, held)


def _choose(view: View, held: Held, keys: list[str]) -> str:
    """The KPI; at first one that has targets."""
    labels = {one.key: one.label for one in view.definitions}
    aimed_at = {one.target.kpi for one in held.targets}
    first = next((at for at, key in enumerate(keys) if key in aimed_at), 0)
    chosen = st.selectbox(
        "KPI",
        keys,
        index=first,
        format_func=labels.__getitem__,
        key=f"target_kpi_{view.dataset.name}",
        width=320,
    )
    return chosen or keys[first]


def _when() -> str:
    """When the figures follow what was set."""
    if queries.pulse().watching:
        return "The targets have changed. The figures of this page follow in a moment."
    return "The targets have changed, and no service is running that works the figures out anew: start `kpi serve`."


def _figures(one: Definition, pace: Pace, view: View) -> None:
    """What was reached, what is missing, and where it may end."""
    st.markdown(
        f"**{plain(words(Window(pace.period.first, pace.last), view.calendar))}** :gray[against the target of the same days]"
    )
    size = None if pace.ahead is None else abs(pace.ahead)
    shown = {**_row(one, pace), "ahead": pacing.amount(one, size)}
    with st.grid(5, min_column_width=150, key="pace"):
        for name in FIGURES[:-1]:
            note = _note(one, pace, name)
            with st.container(border=True, gap="small", height="stretch"):
                st.metric(_title(one, pace, name), amount(shown[name]))
                st.markdown(f":small[:gray[{plain(note)}]]")


def _title(one: Definition, pace: Pace, name: str) -> str:
    titles = {"landing": "landed at" if pace.is_over else "may land at", "ahead": pacing.side(one, pace)}
    return titles.get(name, name).capitalize()


def _note(one: Definition, pace: Pace, name: str) -> str:
    """The line below a figure."""
    if name in ("reached", "ahead"):
        return "of the target so far" if name == "reached" else "the target so far"
    if name == "landing":
        return (
            f"of {format_short(pace.target, one.unit, one.decimals, one.currency)} for the whole {pace.grain}"
        )
    return f"to {pace.last.day} {MONTH_NAMES[pace.last.month - 1]}"


def _course(view: View, one: Definition, course: Course) -> None:
    heading(f"{one.label}, {words(course.pace.period, view.calendar)}, day by day", one)
    frame = pd.DataFrame(
        [[step.day, step.actual, step.target] for step in course.steps], columns=["day", "actual", "target"]
    )
    pace = course.pace
    chart(
        lambda: Visualizer(one, view.grain, view.calendar).course(frame, Aim(pace.target, pace.landing)),
        f"course_{one.key}",
        f"{one.label}: {pacing.share(pace)}, {pacing.distance(one, pace)}",
    )


def _members(view: View, one: Definition, held: Held) -> None:
    """Every member that has targets, in a table of each dimension."""
    aimed_at = {each.target.dimension for each in held.targets if each.target.kpi == one.key}
    dimensions = [field.name for field in view.dimensions if field.name in aimed_at]
    for dimension in dimensions:
        if {name for name, _ in view.where} - {dimension}:
            continue
        found = target_queries.member_paces(view, one.key, dimension)
        if found:
            st.markdown(f"**{plain(one.label)} by {plain(dimension)}**")
            right = st.column_config.TextColumn(alignment="right")
            names = told_apart([dimension, *FIGURES])
            st.dataframe(
                pd.DataFrame([[pace.member, *_row(one, pace).values()] for pace in found], columns=names),
                hide_index=True,
                key=f"paces_{one.key}_{dimension}",
                column_config=dict.fromkeys(names[1:], right),
                alt=f"{one.label} against its targets by {dimension}",
            )


def _row(one: Definition, pace: Pace) -> dict[str, str]:
    amounts = {
        name: format_short(value, one.unit, one.decimals, one.currency)
        for name, value in (
            ("actual", pace.actual), ("target so far", pace.so_far), ("landing", pace.landing), ("target", pace.target),
        )
    }  # fmt: skip
    reached = format_value(pace.attainment, Unit.PERCENT, 0)
    told = {**amounts, "reached": reached, "ahead": pacing.signed(one, pace.ahead)}
    return {name: told[name] for name in FIGURES}
