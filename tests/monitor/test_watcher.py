from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from watchdog.observers.inotify import InotifyObserver

from monitor.watcher import FileMonitor, Reconciler, Signature, is_workbook, list_workbooks

BOOK = Path("/inbox/finance.xlsx")
ONE, TWO = Signature(1, 1, 1), Signature(2, 2, 1)


def test_a_file_is_handed_on_once_after_it_has_been_still() -> None:
    reconciler = Reconciler(settle=0.5)
    looks = [(0.0, ONE), (0.4, ONE), (0.5, ONE), (0.6, ONE), (9.0, ONE)]
    assert [reconciler.look({BOOK: seen}, now) for now, seen in looks] == [[], [], [BOOK], [], []]


def test_a_file_that_keeps_growing_waits_until_it_stops() -> None:
    reconciler = Reconciler(settle=0.5)
    looks = [(0.0, ONE), (0.4, TWO), (0.8, TWO), (0.9, TWO)]
    assert [reconciler.look({BOOK: seen}, now) for now, seen in looks] == [[], [], [], [BOOK]]


def test_a_file_that_could_not_be_read_comes_back_ever_later_and_is_never_forgotten() -> None:
    reconciler = Reconciler(settle=0.0)
    reconciler.look({BOOK: ONE}, 0.0)
    handed: list[float] = []
    now = 0.0
    while len(handed) < 5:
        if reconciler.look({BOOK: ONE}, now):
            handed.append(now)
            reconciler.retry(BOOK, now)
        now += 0.5
    assert [later - sooner for sooner, later in pairwise(handed)] == [0.5, 1.0, 2.0, 4.0]


def test_a_file_that_came_back_after_it_was_gone_is_new() -> None:
    reconciler = Reconciler(settle=0.0)
    reconciler.look({BOOK: ONE}, 0.0)
    reconciler.look({BOOK: ONE}, 1.0)
    reconciler.look({}, 2.0)
    reconciler.look({BOOK: ONE}, 3.0)
    assert reconciler.look({BOOK: ONE}, 4.0) == [BOOK]


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("finance.xlsx", True),
        ("FINANCE.XLSX", True),
        ("north/march.csv", True),
        ("~$finance.xlsx", False),
        (".~lock.finance.xlsx#", False),
        (".finance.xlsx.a1b2c3", False),
        ("finance.xlsx.tmp", False),
        ("7A1B2C3D", False),
        (".hidden/finance.xlsx", False),
        ("letter.docx", False),
    ],
)
def test_lock_files_temporary_files_and_strangers_are_left_alone(name: str, ours: bool) -> None:  # noqa: FBT001 - a table
    assert is_workbook(Path("/inbox") / name, Path("/inbox")) is ours


class Desk:
    """Takes the files that a monitor hands on, and answers as it is told."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, bytes]] = []
        self.answers: dict[str, list[bool]] = {}

    def take(self, path: Path) -> bool:
        self.taken.append((path.name, path.read_bytes()))
        return self.answers.get(path.name, [True]).pop(0) if self.answers.get(path.name) else True


def until(condition: Callable[[], bool], seconds: float = 8.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


@pytest.fixture
def watching(inbox: Path, desk: Desk) -> Iterator[FileMonitor]:
    inbox.mkdir()
    (inbox / "early.csv").write_bytes(b"early")
    monitor = FileMonitor(inbox, desk.take, settle=0.2, interval=0.5)
    monitor.start()
    assert until(lambda: desk.taken == [("early.csv", b"early")])
    desk.taken.clear()
    yield monitor
    monitor.stop()


def in_place(path: Path) -> None:
    path.write_bytes(b"new")


def temporary_then_rename(path: Path) -> None:
    aside = path.with_name("7A1B2C3D")
    aside.write_bytes(b"new")
    aside.replace(path)


def excel_with_a_backup_name(path: Path) -> None:
    lock = path.with_name(f"~${path.name}")
    lock.write_bytes(b"me")
    aside, old = path.with_name("9F8E7D6C"), path.with_name("0A0B0C0D.tmp")
    aside.write_bytes(b"new")
    if path.exists():
        path.rename(old)
    aside.rename(path)
    old.unlink(missing_ok=True)
    lock.unlink()


def slowly_in_pieces(path: Path) -> None:
    with path.open("wb") as file:
        for piece in (b"n", b"e", b"w"):
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
            time.sleep(0.1)


def delete_and_write(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.write_bytes(b"new")


def with_an_old_date(path: Path) -> None:
    aside = path.with_name("restored")
    aside.write_bytes(b"new")
    os.utime(aside, (1_000_000_000, 1_000_000_000))
    aside.replace(path)


SAVES = [
    in_place, temporary_then_rename, excel_with_a_backup_name, slowly_in_pieces, delete_and_write, with_an_old_date,
]  # fmt: skip


@pytest.mark.parametrize("save", SAVES)
def test_whichever_way_a_file_is_saved_its_final_content_is_taken_once(
    watching: FileMonitor, inbox: Path, desk: Desk, save: Callable[[Path], None]
) -> None:
    save(inbox / "finance.csv")
    assert until(lambda: ("finance.csv", b"new") in desk.taken)
    time.sleep(0.8)
    assert desk.taken == [("finance.csv", b"new")]


def test_a_file_that_cannot_be_read_yet_is_brought_back(
    watching: FileMonitor, inbox: Path, desk: Desk
) -> None:
    desk.answers["locked.csv"] = [False, True]
    (inbox / "locked.csv").write_bytes(b"x")
    assert until(lambda: desk.taken == [("locked.csv", b"x")] * 2)


def test_a_folder_that_is_made_anew_is_watched_again(watching: FileMonitor, inbox: Path, desk: Desk) -> None:
    shutil.rmtree(inbox)
    assert until(inbox.is_dir)
    (inbox / "later.csv").write_bytes(b"x")
    assert until(lambda: ("later.csv", b"x") in desk.taken)


def test_an_accepted_file_is_taken_again_although_it_did_not_change(inbox: Path, desk: Desk) -> None:
    inbox.mkdir()
    path = inbox / "asked.csv"
    path.write_bytes(b"x")
    wanted: list[Path] = []
    monitor = FileMonitor(inbox, desk.take, lambda: list(wanted), settle=0.3, interval=0.1)
    monitor.start()
    assert until(lambda: len(desk.taken) == 1)
    wanted.append(path)
    assert until(lambda: len(desk.taken) == 2)
    time.sleep(1.0)
    assert len(desk.taken) == 2
    monitor.stop()


def test_stopping_leaves_no_thread_behind(inbox: Path, desk: Desk) -> None:
    before = set(threading.enumerate())
    monitor = FileMonitor(inbox, desk.take)
    monitor.start()
    assert until(inbox.is_dir)
    monitor.stop()
    assert until(lambda: set(threading.enumerate()) <= before)


def test_the_listing_goes_below_folders_and_skips_what_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "north").mkdir()
    for name in ("a.csv", "~$a.csv", "north/b.xlsx", "notes.docx"):
        (tmp_path / name).write_bytes(b"x")
    assert [path.relative_to(tmp_path).as_posix() for path in list_workbooks(tmp_path)] == [
        "a.csv",
        "north/b.xlsx",
    ]


class Blind(InotifyObserver):
    """An observer for which the system has no watches left."""

    started = 0

    def start(self) -> None:
        Blind.started += 1
        raise OSError(28, "inotify watch limit reached")


def test_without_file_events_the_scan_finds_the_files_and_the_system_is_not_asked_every_time(
    tmp_path: Path,
) -> None:
    taken: list[Path] = []

    def take(path: Path) -> bool:
        taken.append(path)
        return True

    monitor = FileMonitor(tmp_path, take, settle=0.05, interval=0.05, observe=Blind)
    monitor.start()
    (tmp_path / "shop.csv").write_text("a")
    deadline = time.monotonic() + 10
    while not taken and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.3)
    alive = monitor.alive
    monitor.stop()
    assert (taken, Blind.started, alive, monitor.alive) == ([tmp_path / "shop.csv"], 1, True, False)


def test_what_is_coming_is_the_file_in_hand_those_that_wait_and_those_that_are_about_to_be_ready(
    inbox: Path,
) -> None:
    inbox.mkdir()
    for name in ("a.csv", "b.csv"):
        (inbox / name).write_bytes(b"new")
    go_on, seen = threading.Event(), list[list[str]]()

    def take(path: Path) -> bool:
        (inbox / "c.csv").write_bytes(b"late")
        go_on.wait(8.0)
        seen.append(sorted(one.name for one in monitor.coming() or ()))
        return True

    monitor = FileMonitor(inbox, take, settle=0.1, interval=0.1)
    before = monitor.coming()
    monitor.start()
    assert until(lambda: len(monitor.coming() or ()) == 3)
    go_on.set()
    assert until(lambda: len(seen) == 3 and monitor.coming() == [])
    monitor.stop()
    assert (before, seen) == (None, [["a.csv", "b.csv", "c.csv"], ["b.csv", "c.csv"], ["c.csv"]])
