"""Saving definitions from the page: the rows and nothing more; the service works the figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.context import current
from dashboard.text import plain
from kpi.catalogue.catalog_file import CatalogError
from storage import defining
from storage.definitions import MeanwhileError, Wish

NEXT, SAID, SHOWN, TROUBLE = "kpi_next", "kpi_said", "kpi_shown", "kpi_trouble"
ROUND = "kpi_round"  # how often the forms were begun


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with the definition of a key; `marked` is the line of its formula with a mark under the place."""

    key: str
    message: str
    marked: str = ""
    meanwhile: bool = False


def trouble_of(key: str, error: Exception, entry: Mapping[str, Any]) -> Trouble:
    place = error.place if isinstance(error, CatalogError) else None
    lines = str(entry.get("formula", "")).split("\n")
    marked = (
        f"{lines[place.line - 1]}\n{' ' * (place.column - 1)}^ here"
        if place and place.line <= len(lines)
        else ""
    )
    return Trouble(key, str(error), marked, isinstance(error, MeanwhileError))


def show(trouble: Trouble) -> None:
    for line in trouble.message.split("\n"):
        st.error(plain(line), icon=":material/error:")
    if trouble.marked:
        st.code(trouble.marked, language=None)
    if trouble.meanwhile:
        st.button("Begin anew from what is saved", on_click=begin_anew, icon=":material/refresh:")


def try_to_save(wishes: Sequence[Wish], said: str) -> None:
    try:
        save(wishes, said)
    except (CatalogError, MeanwhileError) as error:
        show(Trouble("", str(error)))


def save(wishes: Sequence[Wish], said: str, key: str = "") -> None:
    """Write the rows, and begin anew, with the KPI of the key in sight; the service works the figures out."""
    context = current()
    with context.database.begin() as connection:
        done = defining.save(connection, context.calculator.catalog, wishes, context.clock())
    version = f" It is version {done[0].version}." if done and key else ""
    st.session_state[NEXT] = key
    begin_anew()
    st.session_state[SAID] = f"{said}{version}" if done else "It says so already; nothing was changed."
    st.rerun()


def begin_anew() -> None:
    """Fill the forms from what is saved at the next run."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state.pop(TROUBLE, None)
