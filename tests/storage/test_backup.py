from __future__ import annotations

import io
import sqlite3
import tarfile
import threading
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from kpi.report import FileReport, Ledger, Status
from storage.audit import Entry, recent, record
from storage.backup import DATABASE, Backup, BackupError, back_up, restore_into
from storage.database import Database, sqlite_url
from storage.loads import NewLoad, ensure_source, record_load
from tests.moments import NOON


@pytest.fixture
def snapshots(tmp_path: Path, database: Database) -> Path:
    """One load, with its snapshot beside one that nothing names."""
    folder = tmp_path / "snapshots"
    folder.mkdir()
    for name in ("held.parquet", "stray.parquet"):
        (folder / name).write_bytes(name.encode())
    with database.begin() as connection:
        source = ensure_source(connection, "shop", "march", "march.csv", "/inbox/march.csv")
        report = FileReport(Status.LOADED, Ledger(1, 1))
        record_load(connection, NewLoad(source.id, "a", report, "cli", NOON, 0.1, 1, "held.parquet"))
    return folder


def archive(path: Path, **members: bytes) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_db", ".db"))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


def test_a_backup_holds_the_database_and_the_snapshots_it_names_and_can_be_restored(
    database: Database, snapshots: Path, tmp_path: Path
) -> None:
    target, home = tmp_path / "kpi.tar", tmp_path / "new" / "home"
    made = back_up(database, snapshots, target)
    assert made == Backup(datasets=0, snapshots=1, bytes=target.stat().st_size)
    assert restore_into(target, home) == made
    found = sorted(path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file())
    assert found == ["kpi.db", "snapshots/held.parquet"]
    restored = Database.open(sqlite_url(home / DATABASE))
    with restored.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM loads")).scalar() == 1
    restored.dispose()


def test_a_backup_made_while_others_write_is_one_moment(
    database: Database, snapshots: Path, tmp_path: Path
) -> None:
    done = threading.Event()

    def write() -> None:
        while not done.is_set():
            with database.begin() as connection:
                for half in ("first", "second"):
                    record(connection, Entry(NOON, "test", "pair", half, {}))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        back_up(database, snapshots, tmp_path / "kpi.tar")
    finally:
        done.set()
        writer.join()
    restore_into(tmp_path / "kpi.tar", tmp_path / "home")
    restored = Database.open(sqlite_url(tmp_path / "home" / DATABASE))
    with restored.read() as connection:
        halves = [one.subject for one in recent(connection, 100_000)]
    restored.dispose()
    assert halves.count("first") == halves.count("second")


def test_a_backup_without_one_of_its_snapshots_is_not_made(
    database: Database, snapshots: Path, tmp_path: Path
) -> None:
    (snapshots / "held.parquet").unlink()
    with pytest.raises(BackupError, match="1 of 1 snapshots are missing, the first is held"):
        back_up(database, snapshots, tmp_path / "kpi.tar")
    assert not (tmp_path / "kpi.tar").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".kpi-backup-")] == []


def test_a_database_is_never_written_over(database: Database, snapshots: Path, tmp_path: Path) -> None:
    back_up(database, snapshots, tmp_path / "kpi.tar")
    before = (tmp_path / "kpi.db").read_bytes()
    with pytest.raises(BackupError, match="exists; move it away"):
        restore_into(tmp_path / "kpi.tar", tmp_path)
    assert (tmp_path / "kpi.db").read_bytes() == before


@pytest.mark.parametrize("keep", [100, 3_000, -40_000], ids=["a header", "a part", "almost all"])
def test_a_backup_that_was_cut_short_is_refused_and_nothing_is_restored(
    database: Database, snapshots: Path, tmp_path: Path, keep: int
) -> None:
    back_up(database, snapshots, tmp_path / "kpi.tar")
    cut, home = tmp_path / "cut.tar", tmp_path / "home"
    cut.write_bytes((tmp_path / "kpi.tar").read_bytes()[:keep])
    with pytest.raises(BackupError):
        restore_into(cut, home)
    assert list(home.iterdir()) == []


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    letter = tmp_path / "letter.tar"
    letter.write_bytes(b"%PDF-1.7 this is a letter")
    with pytest.raises(BackupError, match="is no backup"):
        restore_into(letter, tmp_path / "home")
    with pytest.raises(BackupError, match="was not made by `kpi backup`"):
        restore_into(archive(tmp_path / "other.tar", readme=b"hello"), tmp_path / "home")


@pytest.mark.parametrize("name", ["__outside", "..__outside"])
def test_a_backup_cannot_write_outside_the_home(tmp_path: Path, name: str) -> None:
    with suppress(BackupError):
        restore_into(archive(tmp_path / "evil.tar", kpi_db=b"", **{name: b"x"}), tmp_path / "home")
    assert not (tmp_path / "outside").exists()
    assert not Path("/outside").exists()


@pytest.mark.parametrize("page", range(1, 12))
def test_a_damaged_database_is_refused_wherever_the_damage_is(
    database: Database, snapshots: Path, tmp_path: Path, page: int
) -> None:
    back_up(database, snapshots, tmp_path / "kpi.tar")
    with tarfile.open(tmp_path / "kpi.tar") as tar:
        member = tar.extractfile(DATABASE)
        assert member is not None
        content = bytearray(member.read())
    content[page * 4096 : page * 4096 + 2048] = b"\xff" * 2048
    damaged = archive(tmp_path / "damaged.tar", kpi_db=bytes(content))
    with pytest.raises(BackupError):
        restore_into(damaged, tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []


def test_a_backup_of_a_damaged_database_is_not_made(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    Database.open(sqlite_url(live)).dispose()
    with live.open("r+b") as file:
        file.seek(3 * 4096)
        file.write(b"\xff" * 2048)
    damaged = Database.open(sqlite_url(live))
    with pytest.raises(BackupError):
        back_up(damaged, tmp_path, tmp_path / "kpi.tar")
    damaged.dispose()
    assert not (tmp_path / "kpi.tar").exists()


def test_a_backup_of_a_restored_home_is_the_same(database: Database, snapshots: Path, tmp_path: Path) -> None:
    back_up(database, snapshots, tmp_path / "one.tar")
    home = tmp_path / "home"
    restore_into(tmp_path / "one.tar", home)
    restored = Database.open(sqlite_url(home / DATABASE))
    back_up(restored, home / "snapshots", tmp_path / "two.tar")
    restored.dispose()
    assert dump(tmp_path / "one.tar") == dump(tmp_path / "two.tar")


def dump(path: Path) -> list[str]:
    """The database of a backup as statements."""
    folder = path.with_suffix("")
    with tarfile.open(path) as tar:
        tar.extract(DATABASE, folder, filter="data")
    connection = sqlite3.connect(folder / DATABASE)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
