"""The menus of the form: what a question is answered with, what a column is, and which repairs are made."""

from __future__ import annotations

import streamlit as st

from dashboard import answering
from dashboard.answering import Layout
from dashboard.text import plain, spoken
from kpi.format import count_of
from kpi.report import Effect, Issue, Question

MOST_COLUMNS = 60  # with a menu each; `--map` says the rest


def answer(question: Question, key: str) -> str:
    """The candidate that is chosen, the best at first; a question with one candidate is answered by loading."""
    best, *others = question.candidates
    where = " · ".join(filter(None, (f"{question.sheet} {question.cell}".strip(), question.header)))
    then = "" if others else f"  \nLoaded, it is settled so: **{plain(best)}**"
    st.markdown(f"{plain(question.question)} :small[:gray[{plain(where)}]]{then}")
    if not others:
        return best
    chosen = st.selectbox(
        spoken(question.question), question.candidates, key=key, label_visibility="collapsed", width=480
    )
    return chosen or best


def columns(layout: Layout, key: str) -> dict[str, str]:
    """A row a column with a menu of what it may be; what is chosen, by header."""
    picks: dict[str, str] = {}
    shown = layout.columns[:MOST_COLUMNS]
    with st.container(gap="xsmall", width=760):
        for number, column in enumerate(shown):
            name, menu = st.columns([1, 1], vertical_alignment="center", gap="xsmall")
            name.markdown(f"{plain(column.header)} :small[:gray[{_found(column.type, column.confidence)}]]")
            chosen = menu.selectbox(
                f"{spoken(column.header)} is",
                answering.choices_for(column),
                key=f"{key}.c{number}",
                format_func=answering.in_words,
                label_visibility="collapsed",
            )
            picks[column.header] = answering.present(column) if chosen is None else chosen
    if len(layout.columns) > len(shown):
        st.caption(
            f"{count_of(len(layout.columns) - len(shown), 'more column')}, whose meaning "
            "`kpi load FILE --map HEADER=FIELD` says."
        )
    for header in answering.displaced(layout, picks):
        st.caption(f"{plain(header)} is then kept under its own name.")
    return picks


def _found(kind: str, confidence: float) -> str:
    holds = answering.HOLDS.get(kind, "left out")
    return holds if confidence >= 1 else f"{holds} · {confidence:.0%} sure"


def repairs(layout: Layout, issues: list[Issue], key: str) -> list[str]:
    """A switch for each repair that was made on these sheets; the codes of those that are turned off here."""
    names = {sheet.name for sheet in layout.sheets}
    made: dict[str, Issue] = {}
    for issue in issues:
        if issue.repair and issue.effect is Effect.REPAIRED and issue.sheet in names:
            made.setdefault(issue.repair, issue)
    if made:
        st.markdown("**Repairs**")
    return [
        code
        for code, issue in made.items()
        if not st.toggle(
            f"{plain(issue.problem)}: {plain(issue.action)}", value=True, key=f"{key}.r.{code}",
            help=f"{plain(issue.found)}" if issue.found else None,
        )
    ]  # fmt: skip
