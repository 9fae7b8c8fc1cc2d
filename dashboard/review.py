"""The form in which a person answers what a file leaves open, or says otherwise how it is read.

It keeps the answers and has the file read again; the service does the reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import streamlit as st

from dashboard import answering, queries
from dashboard.answering import Layout
from dashboard.context import current
from dashboard.incoming import awaited
from dashboard.reviewing import menus
from dashboard.reviewing.rows import first_rows
from dashboard.text import plain
from kpi.format import count_of, format_count
from kpi.loading.answer_text import AnswerError
from kpi.loading.answers import Answers
from kpi.report import Issue, Status
from storage import loads, mappings
from storage.loads import Load, Source

FAILED = "answers_refused"


@dataclass(slots=True)
class Said:
    """What the form says now: answers by layout, what is to be forgotten, and why it cannot be meant."""

    answers: dict[str, Answers] = field(default_factory=dict)
    forgotten: list[tuple[str, str]] = field(default_factory=list)
    problem: str = ""

    @property
    def empty(self) -> bool:
        return not self.forgotten and not any(self.answers.values())


def ask(source: Source, load: Load, *, spelled_out: bool) -> None:
    """The questions of a file that waits for them, with a menu each, and its columns; or one line to open."""
    title = f"**{plain(source.name)}** was read, but something must be asked before it is loaded"
    if spelled_out:
        box = st.container(border=True, key=f"review{source.id}")
        box.markdown(f":material/help: {title}")
    else:
        box = st.expander(title, icon=":material/help:", key=f"review{source.id}")
    with box:
        st.caption(_standing(source, load))
        if source.read_again:
            said = "The best guesses are accepted" if source.accept else "Your answers are kept"
            st.caption(f":material/hourglass_top: {said}; the file is read again in a moment.")
        else:
            _questions(source, load)


def offer_change(load: Load) -> None:
    """Below the details of a load: how its file is read, where that can still be changed."""
    found = _changeable(load)
    if found is not None:
        source, held = found
        with st.expander("Change how this file is read", icon=":material/tune:", key=f"change{source.id}"):
            _change_or_wait(source, load, held)


def change_here(load: Load, place: str) -> None:
    """The same, without a title, at a `place` of its own on the page."""
    found = _changeable(load)
    if found is None:
        st.caption("A later reading of the file has taken the place of this one.")
    else:
        _change_or_wait(found[0], load, found[1], place)


def _changeable(load: Load) -> tuple[Source, list[Issue]] | None:
    """The source and the issues that hold, where the load is its newest and something can be said about it."""
    if load.status not in (Status.LOADED, Status.UNCHANGED) or not answering.layouts_of(load.report):
        return None  # what waits for an answer or was refused is at the top of the page
    with current().database.read() as connection:
        same = [one for one in loads.list_sources(connection, load.dataset) if one.path == load.path]
        source = same[0] if same else None
        newest = loads.latest_load(connection, source.id) if source else None
        held = loads.issues_of(connection, source.load_id) if source and source.load_id else []
    return (source, held) if source is not None and newest is not None and newest.id == load.id else None


def _change_or_wait(source: Source, load: Load, held: list[Issue], place: str = "") -> None:
    if source.read_again:
        st.caption(":material/hourglass_top: What was said is kept; the file is read again in a moment.")
    else:
        _change(source, load, held, place)


def offer_correction(source: Source, load: Load) -> None:
    """Below the refusal of a file whose columns are known: it may only be read wrongly."""
    if source.read_again:
        st.caption(":material/hourglass_top: What was said is kept; the file is read again in a moment.")
    elif answering.layouts_of(load.report):
        with st.expander("Say what its columns are", icon=":material/tune:", key=f"correct{source.id}"):
            _change(source, load, [])


@st.fragment
def _questions(source: Source, load: Load) -> None:
    """A fragment: a change of a menu draws this form anew and not the charts below it."""
    said = Said()
    layouts = answering.layouts_of(load.report)
    with st.expander("The first rows, as they lie in the file", expanded=True):
        first_rows(load, queries.issues(load.id))
    for layout in layouts:
        if len(layouts) > 1:
            st.markdown(f"**Sheet {plain(layout.name)}**")
        chosen = {
            question.key: menus.answer(question, f"{_key(source, load, layout)}.q{number}")
            for number, question in enumerate(layout.questions)
        }
        with st.expander(f"The {len(layout.columns)} columns and what they are read as"):
            picks = menus.columns(layout, _key(source, load, layout))
        said.answers[layout.fingerprint] = answering.answers_from(layout, picks, chosen)
        said.problem = said.problem or answering.problem(layout, picks)
    with st.container(horizontal=True, vertical_alignment="center"):
        _button(source, said, "Load with these answers", f"answer{source.id}")
        if _watched(source):
            st.button(
                "Accept the best guesses", key=f"accept{source.id}", on_click=_accept, args=(source.id, source.path), type="tertiary"
            )  # fmt: skip


@st.fragment
def _change(source: Source, load: Load, issues: list[Issue], place: str = "") -> None:
    said = Said()
    for layout in answering.layouts_of(load.report):
        key = f"{place}{_key(source, load, layout)}"
        st.markdown(f"**Sheet {plain(layout.name)}** · columns and what they are read as")
        picks = menus.columns(layout, key)
        off = menus.repairs(layout, issues, key)
        _earlier(layout, said, key)
        said.answers[layout.fingerprint] = answering.answers_from(layout, picks, {}, off)
        said.problem = said.problem or answering.problem(layout, picks)
    _others(source, load)
    _button(source, said, "Read it this way", f"{place}change_it{source.id}")


def _standing(source: Source, load: Load) -> str:
    """What became of the rows, and whose figures are shown meanwhile."""
    rows = load.rows
    text = (
        f"{count_of(rows.read, 'row was', 'rows were')} read: {format_count(rows.loaded)} can be loaded, "
        f"{format_count(rows.rejected)} rejected, {format_count(rows.set_aside)} set aside."
    )
    if source.load_id is None:
        return f"{text} None of its figures are shown yet."
    with current().database.read() as connection:
        held = loads.find_load(connection, source.load_id)
    return f"{text} The figures shown are still those of version {held.version}, {age(current().clock() - held.at)} old."


def age(passed: timedelta) -> str:
    """`2 days`, `3 hours`, `1 minute`: the largest unit that has passed."""
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        count = int(passed.total_seconds() // length)
        if count:
            return count_of(count, unit)
    return "less than a minute"


def _earlier(layout: Layout, said: Said, key: str) -> None:
    """What was said about the layout earlier, each to be forgotten: then it is asked again."""
    with current().database.read() as connection:
        kept = [one for one in mappings.list_mappings(connection) if one.fingerprint == layout.fingerprint]
    if not kept:
        return
    words = {one.key: answering.kept_in_words(one.kind, one.key, one.answer) for one in kept}
    st.markdown("**Answers given earlier**, for every file of this layout")
    st.markdown("  \n".join(f"- {plain(text)}" for text in words.values()))
    forget = st.multiselect(
        "Forget, so that it is asked again",
        list(words),
        format_func=lambda one: words[one],
        key=f"{key}.forget",
        placeholder="None of them",
        width=560,
    )
    said.forgotten += [(layout.fingerprint, one) for one in forget]


def _others(source: Source, load: Load) -> None:
    """Other files of the layout follow what is said about this one; they are named."""
    marks = {layout.fingerprint for layout in answering.layouts_of(load.report)}
    with current().database.read() as connection:
        seen = mappings.layouts(connection)
    names = {one.load.source for mark in marks for one in seen.get(mark, ()) if one.load.path != source.path}
    if names:
        st.caption(
            f"What is said here holds for {', '.join(plain(name) for name in sorted(names)[:10])}, too."
        )


def _button(source: Source, said: Said, label: str, key: str) -> None:
    if said.problem:
        st.error(plain(said.problem), icon=":material/error:")
    if refused := st.session_state.pop(FAILED, ""):
        st.error(plain(refused), icon=":material/error:")
    if not _watched(source):
        st.caption(
            "This file lies outside the inbox: the answers are kept, and hold when it is loaded again."
        )
        label = "Keep these answers"
    pressed = st.button(
        label, type="primary", key=key, disabled=bool(said.problem) or said.empty,
        on_click=_keep, args=(source, said.answers, said.forgotten),
    )  # fmt: skip
    if pressed:
        st.rerun()


def _keep(source: Source, answers: Mapping[str, Answers], forgotten: list[tuple[str, str]]) -> None:
    """Keep what was said and have the files of the layouts read again; the page waits for this one."""
    context = current()
    try:
        with context.database.begin() as connection:
            for mark, key in forgotten:
                mappings.forget(connection, mark, key)
            for mark, some in answers.items():
                mappings.say(connection, mark, some, context.clock())
    except AnswerError as error:  # the file was read again meanwhile, and is another one now
        st.session_state[FAILED] = f"Nothing was kept: {error}."
    else:
        if _watched(source):
            awaited.wait_for(source.path)


def _accept(source_id: int, path: str) -> None:
    with current().database.begin() as connection:
        loads.accept_guesses(connection, source_id)
    awaited.wait_for(path)


def _watched(source: Source) -> bool:
    return Path(source.path).is_relative_to(current().inbox)


def _key(source: Source, load: Load, layout: Layout) -> str:
    return f"read{source.id}.{load.id}.{layout.fingerprint[:12]}"
