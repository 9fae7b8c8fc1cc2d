"""The page over a small warehouse, and over none."""

from __future__ import annotations

import pytest

from tests.dashboard.sales.star import give_warehouse
from wiring import System


@pytest.fixture
def sold(empty: System) -> System:
    """The page over a warehouse of six sales, and no dataset."""
    give_warehouse(empty)
    return empty
