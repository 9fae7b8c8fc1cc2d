"""What a click on a chart narrows the page to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import streamlit as st

from dashboard.members import on_bar, on_line
from dashboard.plot.component import Hit
from dashboard.shares import Share
from dashboard.view import Stretch
from tests.dashboard.test_view import view

VIEW = view(Stretch.ALL)
SHARES = (Share("North", 3.0), Share("South", 2.0), Share("All others (4)", 1.0, rest=True))
KEY = "finance.region"


@pytest.fixture(autouse=True)
def nothing_chosen() -> Iterator[None]:
    st.session_state.pop(KEY, None)
    yield
    st.session_state.pop(KEY, None)


@pytest.mark.parametrize(("index", "chosen"), [(1, ["South"]), (2, None)])
def test_a_bar_narrows_to_its_member_and_all_the_others_together_to_nothing(
    index: int, chosen: list[str] | None
) -> None:
    clicked = on_bar(VIEW, "region", SHARES)
    assert clicked is not None
    clicked(Hit(index, 2.0, index))
    assert st.session_state.get(KEY) == chosen


def test_a_line_narrows_to_its_member_whichever_of_its_points_is_clicked() -> None:
    clicked = on_line(VIEW, "region", ["South", "North"])
    assert clicked is not None
    clicked(Hit(0, "2025-11-01", 3.0, series=1))
    assert st.session_state.get(KEY) == ["North"]
    clicked(Hit(0, "2025-12-01", 1.0, series=4))  # its period that is not over
    assert st.session_state.get(KEY) == ["South"]


def test_a_page_that_is_narrowed_by_it_already_takes_no_clicks() -> None:
    narrowed = replace(VIEW, where=(("region", "North"),))
    assert (on_bar(narrowed, "region", SHARES), on_line(narrowed, "region", ["North"])) == (None, None)
