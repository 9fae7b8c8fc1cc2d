from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from storage.facts import STRAY_AGE, adopt, sweep, sweep_staging
from tests.moments import NOON

NOW = NOON.timestamp()


def aged(path: Path, age: timedelta) -> Path:
    """A file, or a folder with a file, that was last written so long before now."""
    if path.suffix:
        path.write_bytes(b"PAR1")
    else:
        path.mkdir()
        (path / "workbook").write_bytes(b"")
    os.utime(path, (NOW - age.total_seconds(),) * 2)
    return path


def test_an_adopted_file_leaves_its_place_and_keeps_its_bytes(tmp_path: Path) -> None:
    staged = tmp_path / "facts.parquet"
    staged.write_bytes(b"PAR1 and so on")
    folder = tmp_path / "home" / "snapshots"
    assert adopt(staged, folder, "abc-1") == "abc-1.parquet"
    assert [(path.name, path.read_bytes()) for path in folder.iterdir()] == [
        ("abc-1.parquet", b"PAR1 and so on")
    ]
    assert not staged.exists()


def test_only_what_no_load_names_and_is_older_than_any_load_is_swept(tmp_path: Path) -> None:
    old, young = STRAY_AGE + timedelta(seconds=1), STRAY_AGE - timedelta(seconds=1)
    for name, age in (
        ("named.parquet", old),
        ("stray.parquet", old),
        ("fresh.parquet", young),
        ("n.txt", old),
    ):
        aged(tmp_path / name, age)
    assert sweep(tmp_path, {"named.parquet"}, NOW) == ["stray.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh.parquet", "n.txt", "named.parquet"]


def test_staging_folders_of_dead_loads_are_swept_with_what_is_in_them(tmp_path: Path) -> None:
    aged(tmp_path / "dead", STRAY_AGE + timedelta(seconds=1))
    aged(tmp_path / "alive", STRAY_AGE - timedelta(seconds=1))
    assert sweep_staging(tmp_path, NOW) == ["dead"]
    assert [path.name for path in tmp_path.iterdir()] == ["alive"]


def test_where_nothing_was_ever_loaded_there_is_nothing_to_sweep(tmp_path: Path) -> None:
    assert (sweep(tmp_path / "none", set(), NOW), sweep_staging(tmp_path / "none", NOW)) == ([], [])
