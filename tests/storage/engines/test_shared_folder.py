from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.engines.contract import EngineUnavailableError
from storage.engines.shared_folder import SharedFolder

NAME = f"{7:016x}-{7:032x}.parquet"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    (tmp_path / "snapshots").mkdir()
    path = tmp_path / "snapshots" / NAME
    path.write_bytes(b"rows")
    return path


@pytest.mark.parametrize(
    ("seen_at", "address"),
    [
        ("", "file:///home/s \\[1\\]/1.parquet"),
        ("/mnt/kpi/", "file:///mnt/kpi/1.parquet"),
        ("s3a://bucket/kpi", "s3a://bucket/kpi/1.parquet"),
    ],
    ids=["the same folder", "mounted elsewhere", "a store"],
)
def test_the_cluster_reads_a_snapshot_where_it_sees_it(seen_at: str, address: str) -> None:
    folder = Path("/home/s [1]")
    assert SharedFolder(folder, seen_at).address_of(folder / "1.parquet") == address


@pytest.mark.parametrize(
    ("seen_at", "address"),
    [
        ("", "file:///home/warehouse/v1-0a/fact_sales.parquet"),
        ("/mnt/kpi/snapshots/", "file:///mnt/kpi/warehouse/v1-0a/fact_sales.parquet"),
        ("s3a://bucket/kpi", "s3a://bucket/kpi/warehouse/v1-0a/fact_sales.parquet"),
    ],
    ids=["the same folder", "mounted elsewhere", "a store"],
)
def test_the_cluster_reads_a_version_of_the_warehouse_beside_the_snapshots(
    seen_at: str, address: str
) -> None:
    warehouse = SharedFolder(Path("/home/snapshots"), seen_at).beside(Path("/home/warehouse"))
    assert warehouse.address_of(Path("/home/warehouse/v1-0a/fact_sales.parquet")) == address


def test_a_folder_that_the_cluster_sees_itself_is_left_alone(snapshot: Path, tmp_path: Path) -> None:
    SharedFolder(snapshot.parent, str(tmp_path / "mounted")).bring([snapshot])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["snapshots"]


def test_a_snapshot_is_copied_once_and_what_was_cut_short_again(snapshot: Path, tmp_path: Path) -> None:
    shared, copy = SharedFolder(snapshot.parent, f"file://{tmp_path}/store"), tmp_path / "store" / NAME
    shared.bring([snapshot])
    first = copy.stat().st_mtime_ns
    shared.bring([snapshot])
    assert (copy.read_bytes(), copy.stat().st_mtime_ns) == (b"rows", first)
    copy.write_bytes(b"ro")
    shared.bring([snapshot])
    assert [(path.name, path.read_bytes()) for path in copy.parent.iterdir()] == [(NAME, b"rows")]


def test_copies_of_snapshots_that_are_gone_are_removed_and_nothing_else(
    snapshot: Path, tmp_path: Path
) -> None:
    shared, store = SharedFolder(snapshot.parent, f"file://{tmp_path}/store"), tmp_path / "store"
    gone, new, cut_short = *(f"{at:016x}-{at:032x}.parquet" for at in (8, 9)), f".{1:032x}"
    store.mkdir()
    for name in (NAME, gone, new, cut_short, "of_others.parquet"):
        (store / name).write_bytes(b"rows")
    now = datetime.now(UTC)
    for name in (NAME, gone, cut_short, "of_others.parquet"):
        earlier = (now - timedelta(hours=2)).timestamp()
        os.utime(store / name, (earlier, earlier))
    shared.tidy(now)
    assert {path.name for path in store.iterdir()} == {NAME, new, "of_others.parquet"}


def test_copies_of_versions_that_are_gone_are_removed_and_nothing_else(tmp_path: Path) -> None:
    warehouse, store = tmp_path / "warehouse", tmp_path / "store" / "warehouse"
    shared = SharedFolder(tmp_path / "snapshots", f"file://{tmp_path}/store").beside(warehouse)
    kept, gone, new = (warehouse / f"v{at}-0a" / "dim_date.parquet" for at in (1, 2, 3))
    for path in (kept, gone, new):
        path.parent.mkdir(parents=True)
        path.write_bytes(b"rows")
        shared.bring([path])
    (store / "v1-0a" / f".{1:032x}").write_bytes(b"ro")
    (store / "others.parquet").write_bytes(b"rows")
    now = datetime.now(UTC)
    earlier = (now - timedelta(hours=2)).timestamp()
    for path in store.rglob("*"):
        if path.is_file() and "v3" not in str(path):
            os.utime(path, (earlier, earlier))
    for path in (gone, new):
        path.unlink()
        path.parent.rmdir()
    shared.tidy_versions(now)
    left = {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    assert left == {"v1-0a/dim_date.parquet", "v3-0a/dim_date.parquet", "others.parquet"}


def test_a_place_that_cannot_be_written_to_is_said_in_one_line(snapshot: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(
        EngineUnavailableError, match="KPI_ENGINE_SNAPSHOTS: the snapshots cannot be copied"
    ) as caught:
        SharedFolder(snapshot.parent, f"file://{tmp_path}/file/store").bring([snapshot])
    assert len(str(caught.value).splitlines()) == 1


def test_a_password_in_the_address_is_not_repeated(snapshot: Path) -> None:
    with pytest.raises(EngineUnavailableError) as caught:
        SharedFolder(snapshot.parent, "nosuch://user:hidden@host/store").bring([snapshot])
    assert "hidden" not in str(caught.value)
    assert "nosuch://***@host/store" in str(caught.value)
