"""Saved views as real links: a click changes the address and every control follows it; they open in a new tab, too.

A widget's value could be set from here, but not that of every widget on every tab: what the browser does on its way back
and forth does just that, so a click is one step of it (docs/decisions/0033).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
NAME = "kpi_saved_views"

_mount = st.components.v2.component(
    NAME,
    html='<ul class="kpi-views"></ul>',
    css=(HERE / "views.css").read_text("utf-8"),
    js=(HERE / "views.js").read_text("utf-8"),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A name, the address from its question mark on, and what is said beside it."""

    name: str
    address: str
    marks: tuple[str, ...] = ()
    current: bool = False
    copies: bool = True


def draw(links: Sequence[Link], key: str) -> None:
    _mount(key=key, data={"views": [asdict(one) for one in links]})
