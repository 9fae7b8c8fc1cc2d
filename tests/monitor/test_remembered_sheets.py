"""The sheets of the latest load of a source lie beside the snapshots, where only the reading child looks at them."""

from __future__ import annotations

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from random import Random

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from kpi.report import FileReport, Status
from monitor.reader_child import SHEETS
from monitor.remembered_sheets import OLDEST, forget, keep, place_of, sweep
from monitor.sandbox import FACTS, SandboxLimits, read_workbook
from tests.monitor.shop import load, save
from wiring import System

KEY = "0123456789abcdef" * 4
ROWS = 12_000  # enough to make remembering worth it


def large(path: Path, last: float = 1.0) -> Path:
    """Two sheets of that many rows, of which the second ends with that amount."""
    random = Random(7)
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, year in (("North", 2024), ("South", 2025)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ("Date", "Order ID", "Region", "Revenue"))
            for row in range(1, ROWS + 1):
                sheet.write_datetime(row, 0, date(year, 1 + row % 12, 1 + row % 28))
                sheet.write_string(row, 1, f"{name}-{random.getrandbits(400):x}")
                sheet.write_string(row, 2, name)
                sheet.write_number(row, 3, random.uniform(5, 400))
        sheet.write_number(ROWS, 3, last)
    return path


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A workbook, and the same with another last amount on its second sheet."""
    folder = tmp_path_factory.mktemp("books")
    return large(folder / "a" / "shop.xlsx"), large(folder / "b" / "shop.xlsx", 2.0)


def reading(book: Path, out: Path, known: Path | None = None) -> FileReport:
    out.mkdir()
    return read_workbook(book, out, SandboxLimits(remembered=known))


def entries(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_child_reads_only_the_sheet_that_changed(tmp_path: Path, books: tuple[Path, Path]) -> None:
    first, second = books
    reading(first, tmp_path / "one", tmp_path / "nothing")
    report = reading(second, tmp_path / "two", tmp_path / "one" / SHEETS)
    assert len(entries(tmp_path / "one" / SHEETS) & entries(tmp_path / "two" / SHEETS)) == 1
    assert report == reading(second, tmp_path / "cold")
    assert pq.read_table(tmp_path / "two" / FACTS).equals(pq.read_table(tmp_path / "cold" / FACTS))


def test_nothing_is_left_where_nothing_is_to_be_remembered(tmp_path: Path, books: tuple[Path, Path]) -> None:
    reading(books[0], tmp_path / "one")
    assert not (tmp_path / "one" / SHEETS).exists()


def test_a_load_keeps_its_sheets_for_the_next_file_of_its_source(
    system: System, tmp_path: Path, books: tuple[Path, Path]
) -> None:
    path, folder = tmp_path / "shop.xlsx", system.road.folders.remembered
    kept = []
    for book in books:
        shutil.copyfile(book, path)
        assert load(system, path, "shop").status is Status.LOADED
        (place,) = folder.iterdir()
        kept.append(entries(place))
    assert [len(kept[0]), len(kept[1]), len(kept[0] & kept[1])] == [2, 2, 1]


def test_a_refused_file_leaves_nothing_that_the_next_could_be_read_by(
    system: System, tmp_path: Path, books: tuple[Path, Path]
) -> None:
    path = tmp_path / "shop.xlsx"
    shutil.copyfile(books[0], path)
    load(system, path, "shop")
    path.write_bytes(b"%PDF-1.7")
    assert load(system, path, "shop").status is Status.REJECTED
    assert list(system.road.folders.remembered.iterdir()) == []


def test_a_small_file_is_loaded_and_nothing_is_kept(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", "2025-10-01,North,1,1", "2025-10-02,North,1,1"))
    assert not system.road.folders.remembered.exists()


def left_by(child: Path, content: bytes = b"x") -> Path:
    child.mkdir(parents=True)
    (child / KEY).write_bytes(content)
    return child


def test_what_is_kept_takes_the_place_of_what_was_there(tmp_path: Path) -> None:
    place = place_of(tmp_path / "remembered", "shop", "/inbox/shop")
    keep(left_by(tmp_path / "one", b"one"), place)
    keep(left_by(tmp_path / "two", b"two"), place)
    assert [path.read_bytes() for path in place.iterdir()] == [b"two"]
    keep(tmp_path / "nothing", place)
    assert not place.exists()


def test_of_loads_at_the_same_time_one_stays_whole(tmp_path: Path) -> None:
    place = place_of(tmp_path / "remembered", "shop", "shop")
    left = [left_by(tmp_path / str(number), str(number).encode()) for number in range(8)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda one: keep(one, place), left))
    assert entries(place) == {KEY}


@pytest.mark.parametrize("name", ["../escape", "notes.txt", KEY.upper()])
def test_a_child_that_leaves_anything_else_is_not_believed(tmp_path: Path, name: str) -> None:
    child = left_by(tmp_path / "child")
    (child / name).write_bytes(b"") if "/" not in name else (child / "link").symlink_to(name)
    keep(child, tmp_path / "remembered" / "place")
    assert not (tmp_path / "remembered").exists()


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "remembered").write_bytes(b"")
    keep(left_by(tmp_path / "child"), tmp_path / "remembered" / "place")
    forget(tmp_path / "remembered" / "place")
    assert (tmp_path / "remembered").is_file()


def test_sources_have_places_of_their_own(tmp_path: Path) -> None:
    places = {place_of(tmp_path, *of) for of in (("a", "b"), ("a", "c"), ("b", "b"), ("a\0b", ""))}
    assert {place.parent for place in places} == {tmp_path}
    assert len(places) == 4


def test_what_was_not_used_for_long_and_the_oldest_beyond_the_limit_go(tmp_path: Path) -> None:
    for age, name in ((0, "new"), (10, "second"), (20, "third"), (OLDEST + 1, "old")):
        os.utime(left_by(tmp_path / name, b"1234"), (10**9 - age, 10**9 - age))
    sweep(tmp_path, 10**9, most=8)
    assert entries(tmp_path) == {"new", "second"}
    sweep(tmp_path / "nothing", 10**9)
