"""Handing in a file: what takes it closes, so that what becomes of it is seen."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.dashboard.pages import errors, hand_in, open_page
from wiring import System

SHOP = b"Date,Revenue\n2025-12-01,10\n2025-12-02,20\n"


def opened() -> AppTest:
    """A page on which what takes files stands open."""
    page = open_page()
    page.session_state["upload"] = True
    page.run()
    assert errors(page) == []
    return page


@pytest.mark.parametrize("others", [[], ["other.csv"]])
def test_it_closes_once_a_file_was_taken(empty: System, others: list[str]) -> None:
    for name in others:
        hand_in(empty, name, SHOP)
    page = opened()
    page.file_uploader[0].upload("shop.csv", SHOP).run()
    assert (errors(page), page.session_state["upload"]) == ([], False)
    assert (empty.road.folders.inbox / "shop.csv").read_bytes() == SHOP


def test_it_stays_open_while_nothing_was_given(empty: System) -> None:
    assert opened().run().session_state["upload"] is True
