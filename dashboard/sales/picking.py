"""What was clicked on: one member of each dimension at most. It is in the address, so that a link shows the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.plot.component import Hit
from dashboard.sales.dimensions import Dimension
from dashboard.sales.marks import Mark, Point
from dashboard.text import plain

PREFIX = "sales-"  # no dataset is called so: a name with a hyphen is none


@dataclass(frozen=True, slots=True)
class Pick:
    """A picked member, and what it is called."""

    dimension: Dimension
    key: str
    name: str


def picks(name_of: Callable[[Dimension, str], str]) -> tuple[Pick, ...]:
    """The member picked of each dimension."""
    found = {dimension: st.query_params.get(PREFIX + dimension) for dimension in Dimension}
    return tuple(
        Pick(dimension, key, name_of(dimension, key))
        for dimension, key in found.items()
        if key and dimension.takes(key)
    )


def pick(dimension: Dimension, key: str) -> None:
    """Look at this member only; at all again if it was picked already."""
    if st.query_params.get(PREFIX + dimension) == key:
        drop(dimension)
    else:
        st.query_params[PREFIX + dimension] = key


def drop(*dimensions: Dimension) -> None:
    for dimension in dimensions:
        st.query_params.pop(PREFIX + dimension, None)


def on_click(dimension: Dimension, marks: Sequence[Mark] | Sequence[Point]) -> Callable[[Hit], None]:
    """For a chart: picks the member whose mark was clicked; all the others together are none."""

    def clicked(hit: Hit) -> None:
        picked = marks[hit.index].key
        if picked is not None:
            pick(dimension, picked)

    return clicked


def show_chips(picked: Sequence[Pick]) -> None:
    """What is picked, each a way back to all."""
    if not picked:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="sales_chips"):
        st.markdown("Only", width="content")
        for one in picked:
            st.button(
                f"{one.dimension.label}: {plain(one.name)}",
                key=f"drop_{one.dimension}",
                icon=":material/close:",
                help=f"Show every {one.dimension} again",
                on_click=drop,
                args=(one.dimension,),
            )
        if len(picked) > 1:
            every = tuple(one.dimension for one in picked)
            st.button("Clear all", key="drop_all", type="tertiary", on_click=drop, args=every)
