from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from storage import originals
from storage.facts import STRAY_AGE
from storage.originals import LARGEST, find, keep, original_name, sweep
from tests.moments import NOON

NOW = NOON.timestamp()
OLD = STRAY_AGE + timedelta(minutes=1)


@pytest.fixture
def staged(tmp_path: Path) -> Path:
    path = tmp_path / "staged"
    path.write_bytes(b"Date,Revenue\n")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "originals"


def kept(folder: Path, name: str, size: int, age: timedelta) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(b"x" * size)
    os.utime(folder / name, (NOW - age.total_seconds(),) * 2)


def test_a_file_is_kept_once_under_its_hash_for_its_owner_alone(staged: Path, folder: Path) -> None:
    assert [keep(staged, folder, "abc", ".CSV") for _ in range(2)] == [True, True]
    (path,) = folder.iterdir()
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o777) == (
        "abc.csv",
        b"Date,Revenue\n",
        0o600,
    )
    assert find(folder, "abc") == path


def test_what_was_staged_may_go_afterwards(staged: Path, folder: Path) -> None:
    keep(staged, folder, "abc", ".csv")
    staged.unlink()
    assert [path.read_bytes() for path in folder.iterdir()] == [b"Date,Revenue\n"]


@pytest.mark.parametrize("suffix", ["", ".tar.gz/..", ".a b", ".toolong"])
def test_a_strange_suffix_is_left_away(suffix: str) -> None:
    assert original_name("abc", suffix) == "abc"


def test_a_file_that_is_too_large_is_not_kept_and_nothing_fails(staged: Path, folder: Path) -> None:
    with staged.open("r+b") as file:
        file.truncate(LARGEST + 1)
    assert not keep(staged, folder, "abc", ".csv")
    assert find(folder, "abc") is None


def test_a_folder_that_cannot_be_written_is_a_line_in_the_log_and_no_failure(
    staged: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert not keep(staged, blocked / "originals", "abc", ".csv")
    assert "abc.csv is not kept" in caplog.text


def test_only_what_no_load_needs_and_is_older_than_any_load_is_swept(folder: Path) -> None:
    kept(folder, "needed.xlsx", 1, OLD)
    kept(folder, "stray.xlsx", 1, OLD)
    kept(folder, ".half.tmp", 1, OLD)
    kept(folder, "fresh.xlsx", 1, timedelta())
    assert sweep(folder, {"needed"}, NOW) == [".half.tmp", "stray.xlsx"]
    assert sorted(path.name for path in folder.iterdir()) == ["fresh.xlsx", "needed.xlsx"]


def test_beyond_the_ceiling_the_oldest_go_first(folder: Path) -> None:
    for number in range(1, 5):
        kept(folder, f"{number}.xlsx", 10, OLD * number)
    assert sweep(folder, {"1", "2", "3", "4"}, NOW, most=25) == ["3.xlsx", "4.xlsx"]


def test_where_nothing_was_ever_kept_there_is_nothing_to_sweep_or_find(folder: Path) -> None:
    assert (sweep(folder, set(), NOW), find(folder, "abc"), find(folder, "")) == ([], None, None)


def test_the_ceiling_holds_many_of_the_largest_files() -> None:
    assert originals.MOST >= 10 * LARGEST
