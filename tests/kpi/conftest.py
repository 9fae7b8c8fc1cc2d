"""Shops on every engine: a test that asks for `open_shop` runs once on each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import pytest

from kpi.calculator import KPICalculator
from kpi.calendar import Calendar
from kpi.definitions import load_catalog
from tests.kpi.shop import ENGINES, LATER, Shop, fields_of, rows_of

OpenShop = Callable[..., Shop]


@pytest.fixture(params=ENGINES)
def open_shop(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenShop]:
    with ExitStack() as stack:

        def opened(table: str, upto: date = LATER, calendar: Calendar | None = None) -> Shop:
            rows, calendar = rows_of(table), calendar or Calendar()
            run = stack.enter_context(ENGINES[request.param](rows, calendar, tmp_path))
            return Shop(run, fields_of(rows), upto, KPICalculator(load_catalog(), calendar))

        yield opened
