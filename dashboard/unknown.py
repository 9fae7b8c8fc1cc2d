"""What a link filters by and the data do not have is said: the bar leaves it out, and would show more than was asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import streamlit as st

from dashboard import queries as queries_of_page
from dashboard.members import Filters
from dashboard.saved_views import queries
from dashboard.saved_views.address import as_pairs
from dashboard.text import plain
from dashboard.view import View, key_of
from storage.saved_views import SavedView

UNKNOWN = "unknown"  # in the session, for each dataset


@dataclass(frozen=True, slots=True)
class Asked:
    """The members that an address asked for in vain, by dimension, and what was shown instead; None before that is known.

    `over`: somebody has chosen otherwise since.
    """

    lost: dict[str, list[str]]
    shown: Filters | None = None
    over: bool = False


def note(bare: View) -> None:
    """Look at the address before the bar is drawn, which takes out of it what there is not."""
    name, key = bare.dataset.name, key_of(bare.dataset.name, UNKNOWN)
    address = {asked: st.query_params.get_all(asked) for asked in st.query_params}
    lost = queries.gone(bare, SavedView(name, "", as_pairs(address)))
    known: Asked = st.session_state.get(key, Asked({}))
    if any(known.lost.get(dimension) != members for dimension, members in lost.items()):
        st.session_state[key] = Asked({**({} if known.over else known.lost), **lost})


def say(bare: View, where: Filters, said: Collection[str]) -> None:
    """Until somebody chooses otherwise; not about the dimensions of which it is `said` already."""
    key = key_of(bare.dataset.name, UNKNOWN)
    known: Asked | None = st.session_state.get(key)
    if known is None or known.over:
        return
    asked = Asked(known.lost, where, over=known.shown not in (None, where))
    st.session_state[key] = asked
    if asked.over:
        return
    there = {field.name for field in bare.dimensions}
    for name, lost in asked.lost.items():
        having = queries_of_page.members(bare, name) if name in there else []
        members = [member for member in lost if member not in having]  # it may have come since
        if name in said or not members:
            continue
        kept = ", ".join(member for dimension, member in where if dimension == name)
        st.warning(
            f"The address asks for {plain(name)} **{plain(', '.join(members))}**, which is not in the data; "
            f"shown is {plain(kept or f'every {name}')}.",
            icon=":material/filter_list_off:",
        )
