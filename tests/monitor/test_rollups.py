from __future__ import annotations

from pathlib import Path

import pytest

from kpi.calculator import Slice
from kpi.calendar import Grain
from monitor.pipeline import Job, process
from storage.adding_up import LEAST_ROWS
from storage.rollups import rolled_up
from tests.moments import NOON
from wiring import System


@pytest.mark.parametrize(("rows", "is_rolled_up"), [(LEAST_ROWS, True), (10, False)], ids=["large", "small"])
def test_a_load_leaves_the_sums_of_a_large_file_beside_its_snapshot(
    system: System, tmp_path: Path, rows: int, *, is_rolled_up: bool
) -> None:
    path = tmp_path / "shop.csv"
    lines = (f"2025-10-{1 + row % 28:02},{('North', 'South')[row % 2]},{row % 10}.5" for row in range(rows))
    path.write_text("\n".join(["Date,Region,Revenue", *lines]), encoding="utf-8")
    loaded = process(system.road, Job(path, "cli"), NOON)
    assert loaded.report.rows.loaded == rows
    (snapshot,) = system.road.folders.snapshots.glob("*.parquet")
    found = rolled_up([snapshot])
    assert (found.dimensions if found else None) == ({"region"} if is_rolled_up else None)
    with system.database.read() as connection, system.figures(connection, "shop", NOON) as figures:
        values = figures.values(Slice(("revenue",), Grain.TOTAL))
    assert [value.value for value in values] == [rows * 5.0]
