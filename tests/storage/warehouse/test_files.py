from __future__ import annotations

from pathlib import Path

import pytest

from kpi.report import Ledger
from kpi.sales.options import Mode
from kpi.sales.source import Note, RawColumn, Role, SourceFile, TypedTable
from storage.database import Database
from storage.warehouse import files, runs
from storage.warehouse.files import HeldFile
from storage.warehouse.runs import Wish
from tests.moments import NOON

WAREHOUSE = Path("/warehouse")


def held_file(number: int, name: str) -> HeldFile:
    """A file with two tables, as a run has read it."""
    file, folder = SourceFile(name, "ab" * 32, 10, number), f"typed/{number}"
    tables = [
        TypedTable(
            file,
            sheet,
            Role.SALES,
            WAREHOUSE / folder / sheet / "typed.parquet",
            WAREHOUSE / folder / sheet / "rejects.parquet",
            Ledger(3, 2, 1),
            (RawColumn("c0", "Date", "date"),),
            (Note(name, sheet, "Date", "no day", "rejected", 1, 4),),
            "day_first",
        )
        for sheet in ("North", "South")
    ]
    return HeldFile(file, folder, tuple(tables))


def add(database: Database, found: HeldFile, version: int) -> None:
    with database.begin() as connection:
        run = runs.ask(connection, Wish("cli", "/sales", Mode.MERGE, "infer"), NOON)
        files.add(connection, WAREHOUSE, found, run.id, version)


def held(database: Database) -> list[HeldFile]:
    with database.read() as connection:
        return files.held(connection, WAREHOUSE)


def test_a_file_is_held_with_all_that_was_found_in_it(database: Database) -> None:
    add(database, held_file(2, "sales/a.csv"), 1)
    add(database, held_file(1, "sales/b.csv"), 1)
    assert held(database) == [held_file(2, "sales/a.csv"), held_file(1, "sales/b.csv")]


def test_the_warehouse_can_be_moved(database: Database) -> None:
    add(database, held_file(1, "a.csv"), 1)
    with database.read() as connection:
        (moved,) = files.held(connection, Path("/elsewhere"))
    assert moved.tables[0].path == Path("/elsewhere/typed/1/North/typed.parquet")


def test_a_file_without_an_id_is_not_taken(database: Database) -> None:
    with pytest.raises(ValueError, match=r"a\.csv has no id yet"):
        add(database, held_file(0, "a.csv"), 1)


def test_what_is_superseded_is_held_no_longer_and_its_folder_not_needed(database: Database) -> None:
    for number in (1, 2):
        add(database, held_file(number, f"{number}.csv"), 1)
    with database.begin() as connection:
        files.supersede(connection, (1,), 2)
        assert files.folders(connection) == {"typed/2"}
    assert held(database) == [held_file(2, "2.csv")]


def test_an_id_is_never_given_twice(database: Database) -> None:
    with database.read() as connection:
        free = [files.next_id(connection)]
    for number in (1, 2):
        add(database, held_file(number, f"{number}.csv"), 1)
    with database.begin() as connection:
        files.supersede(connection, (1, 2), 2)
        files.prune(connection, 2)
        free.append(files.next_id(connection))
    assert free == [1, 3]
