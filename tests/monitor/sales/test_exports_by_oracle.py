"""Whole runs over random dirty exports of order lines, against an independent reckoning in plain Python: bytes in, tables out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.monitor.sales.sales_by_oracle import EXPORTS, House, check_a_run, house_at, random_sources
from tests.storage.warehouse.sales_oracle import Files

pytestmark = [pytest.mark.long, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house_at(tmp_path_factory.mktemp("home")) as built:
        yield built


@given(files=EXPORTS, separator=st.sampled_from(",;"), encoding=st.sampled_from(["utf-8", "cp1252"]))
@random_sources
def test_flat_exports_come_to_what_plain_arithmetic_says(
    house: House, files: Files, separator: str, encoding: str
) -> None:
    check_a_run(house.system, files, separator, encoding)
