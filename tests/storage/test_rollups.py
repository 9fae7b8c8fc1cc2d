from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpi.report import FactField, Kind
from storage.adding_up import LEAST_ROWS, write_rollup
from storage.facts import STRAY_AGE, adopt, sweep
from storage.rollups import RolledUp, rolled_up, rollup_of
from tests.moments import NOON

MONDAY, TUESDAY = date(2025, 11, 17), date(2025, 11, 18)
FIELDS = (
    FactField("date", Kind.DATE, "Date"),
    FactField("region", Kind.DIMENSION, "Region"),
    FactField("customer_id", Kind.IDENTIFIER, "Customer"),
    FactField("revenue", Kind.MEASURE, "Revenue"),
    FactField("unit_price", Kind.RATE, "Price"),
)
Line = tuple[date, str | None, float | None]  # date, region, revenue
LINES: tuple[Line, ...] = (
    (MONDAY, "North", 1.0),
    (MONDAY, "South", None),
    (MONDAY, None, 0.5),
    (TUESDAY, "North", -2.0),
)
TIMES = LEAST_ROWS // len(LINES)  # so often there, they are just enough to be worth it


def written(path: Path, lines: Sequence[Line], times: int = TIMES) -> Path:
    days, regions, revenues = (list(cells) * times for cells in zip(*lines, strict=True))
    table = {
        "date": pa.array(days, pa.date32()),
        "region": pa.array(regions, pa.string()),
        "customer_id": pa.array(["C1"] * len(days)),
        "revenue": pa.array(revenues, pa.float64()),
        "unit_price": pa.array([9.5] * len(days)),
    }
    pq.write_table(pa.table(table), path)
    return path


def rows(path: Path | None) -> list[tuple[object, ...]]:
    assert path is not None
    table = pq.read_table(path)
    assert table.column_names == ["_dimension", "_member", "date", "_rows", "revenue"]
    return [tuple(row.values()) for row in table.to_pylist()]


def dimensions(snapshots: Sequence[Path]) -> frozenset[str] | None:
    found = rolled_up(snapshots)
    return found.dimensions if found else None


def test_it_holds_the_sums_of_each_day_for_the_whole_and_for_each_dimension_alone(tmp_path: Path) -> None:
    snapshot = written(tmp_path / "one.parquet", LINES)
    rollup = write_rollup(snapshot, FIELDS)
    assert rollup == rollup_of(snapshot) == tmp_path / "one.rollup"
    assert rows(rollup) == [
        ("", None, MONDAY, 3 * TIMES, 1.5 * TIMES),
        ("", None, TUESDAY, TIMES, -2.0 * TIMES),
        ("region", "North", MONDAY, TIMES, 1.0 * TIMES),
        ("region", "North", TUESDAY, TIMES, -2.0 * TIMES),
        ("region", "South", MONDAY, TIMES, None),  # nothing was said, so nothing is known: not 0
        ("region", None, MONDAY, TIMES, 0.5 * TIMES),
    ]


def test_facts_without_dimensions_are_added_up_as_a_whole(tmp_path: Path) -> None:
    snapshot = written(tmp_path / "one.parquet", LINES)
    fields = [field for field in FIELDS if field.kind is not Kind.DIMENSION]
    assert rows(write_rollup(snapshot, fields)) == [
        ("", None, MONDAY, 3 * TIMES, 1.5 * TIMES),
        ("", None, TUESDAY, TIMES, -2.0 * TIMES),
    ]


def test_few_rows_are_not_worth_a_rollup(tmp_path: Path) -> None:
    snapshot = written(tmp_path / "one.parquet", LINES, TIMES - 1)
    assert write_rollup(snapshot, FIELDS) is None
    assert not rollup_of(snapshot).exists()


def test_rows_that_are_few_on_each_day_are_not_worth_a_rollup(tmp_path: Path) -> None:
    lines: list[Line] = [(MONDAY - timedelta(days=n), "North", 1.0) for n in range(10_000)]
    snapshot = written(tmp_path / "one.parquet", lines, times=5)
    assert write_rollup(snapshot, FIELDS) is None


@pytest.mark.parametrize(
    ("members", "expected"), [(100, frozenset({"region"})), (300, frozenset())], ids=["some", "many"]
)
def test_a_dimension_of_many_members_is_left_out(
    tmp_path: Path, members: int, expected: frozenset[str]
) -> None:
    lines: list[Line] = [(MONDAY, f"Region {n}", 1.0) for n in range(members)]
    snapshot = written(tmp_path / "one.parquet", lines, times=600)
    write_rollup(snapshot, FIELDS)
    assert dimensions([snapshot]) == expected


def test_names_of_columns_are_names_and_nothing_else(tmp_path: Path) -> None:
    name = 'a "quoted"; DROP VIEW facts -- é'
    path = tmp_path / "one.parquet"
    table = {
        "date": pa.array([MONDAY] * LEAST_ROWS, pa.date32()),
        name: pa.array(["x"] * LEAST_ROWS),
        f"{name} 2": [1.0] * LEAST_ROWS,
    }
    pq.write_table(pa.table(table), path)
    fields = (FactField(name, Kind.DIMENSION, name), FactField(f"{name} 2", Kind.MEASURE, name))
    assert write_rollup(path, fields) == rollup_of(path)
    assert rolled_up([path]) == RolledUp((rollup_of(path),), frozenset({name}), frozenset({f"{name} 2"}))
    assert pq.read_table(rollup_of(path)).column(f"{name} 2").to_pylist() == [LEAST_ROWS, LEAST_ROWS]


def test_of_several_snapshots_only_what_all_have_rolled_up_counts(tmp_path: Path) -> None:
    one, two, small = (tmp_path / f"{name}.parquet" for name in ("one", "two", "small"))
    write_rollup(written(one, LINES), FIELDS)
    write_rollup(written(two, LINES), [field for field in FIELDS if field.kind is not Kind.DIMENSION])
    written(small, LINES, 1)
    assert (dimensions([one]), dimensions([one, two])) == (frozenset({"region"}), frozenset())
    assert [dimensions([one, small]), dimensions([])] == [None, None]


def test_it_is_adopted_with_its_snapshot_and_has_its_name(tmp_path: Path) -> None:
    staged = written(tmp_path / "facts.parquet", LINES)
    write_rollup(staged, FIELDS)
    folder = tmp_path / "snapshots"
    adopt(staged, folder, "abc-1")
    assert sorted(path.name for path in folder.iterdir()) == ["abc-1.parquet", "abc-1.rollup"]
    assert [path.name for path in tmp_path.iterdir()] == ["snapshots"]


def test_it_is_swept_with_its_snapshot_and_stays_as_long_as_that(tmp_path: Path) -> None:
    names = ("named.parquet", "named.rollup", "stray.parquet", "stray.rollup", "alone.rollup")
    for name in names:
        (tmp_path / name).write_bytes(b"PAR1")
        os.utime(tmp_path / name, (NOON.timestamp() - STRAY_AGE.total_seconds() - 1,) * 2)
    (tmp_path / "fresh.rollup").write_bytes(b"PAR1")
    os.utime(tmp_path / "fresh.rollup", (NOON.timestamp(),) * 2)
    assert sweep(tmp_path, {"named.parquet"}, NOON.timestamp()) == [
        "alone.rollup",
        "stray.parquet",
        "stray.rollup",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "fresh.rollup",
        "named.parquet",
        "named.rollup",
    ]
