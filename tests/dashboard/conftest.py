"""A page over the samples: loaded once, copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from settings import Settings
from tests.dashboard.pages import SAMPLES, give_page, hand_in
from wiring import System, build


@pytest.fixture(scope="session")
def home_of_samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder into which both samples were loaded."""
    home = tmp_path_factory.mktemp("samples") / "home"
    system = build(Settings.from_env({"KPI_HOME": str(home)}))
    for name in ("finance.xlsx", "orders.csv"):
        hand_in(system, name, (SAMPLES / name).read_bytes())
    system.close()
    return home


@pytest.fixture
def empty(system: System) -> Iterator[System]:
    """The page over an empty database. What it kept of other tests' data of the same name and version goes."""
    st.cache_data.clear()
    give_page(system)
    yield system
    st.cache_data.clear()


@pytest.fixture
def samples(tmp_path: Path, home_of_samples: Path) -> Iterator[System]:
    """The page over the samples, in a home that the test may change."""
    home = tmp_path / "samples"
    shutil.copytree(home_of_samples, home)
    system = build(Settings.from_env({"KPI_HOME": str(home)}))
    st.cache_data.clear()
    give_page(system)
    yield system
    st.cache_data.clear()
    system.close()
