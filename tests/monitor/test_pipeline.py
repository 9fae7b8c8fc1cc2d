from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from kpi.report import Refusal, Status
from monitor.pipeline import ConflictError, Job, process, unreadable
from monitor.staging import BLOCK
from storage import kpi_data, loads
from tests.moments import NOON
from tests.monitor.shop import AUGUST, OCTOBER, SEPTEMBER, load, month, months, save, versions
from wiring import System


def recorded(system: System) -> list[tuple[str, str]]:
    """Every load that left a row, oldest first: the file's name and what came of it."""
    with system.database.read() as connection:
        return [(one.source, one.status.value) for one in loads.recent_loads(connection)][::-1]


def snapshots(system: System) -> int:
    return len(list(system.road.folders.snapshots.glob("*.parquet")))


def test_the_same_bytes_again_change_nothing_and_leave_no_row(system: System, tmp_path: Path) -> None:
    path = save(tmp_path, "shop.csv", *month(10, 100))
    first, second = load(system, path), load(system, path)
    assert (first.status, first.version, second.status, second.version) == (
        Status.LOADED,
        1,
        Status.UNCHANGED,
        1,
    )
    assert second.report == replace(first.report, status=Status.UNCHANGED, issues=(), previews=())
    assert (recorded(system), snapshots(system)) == ([("shop.csv", "loaded")], 1)


def test_a_corrected_file_replaces_all_that_its_earlier_version_said(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 50), *month(10, 100)))
    assert load(system, save(tmp_path, "shop.csv", *month(10, 70))).version == 2
    assert months(system) == {(OCTOBER, ""): 70}
    with system.database.read() as connection:
        october = kpi_data.history(connection, "shop", "revenue", "month", OCTOBER)
        september = kpi_data.history(connection, "shop", "revenue", "month", SEPTEMBER)
    assert [(one.value, one.since_version, one.until_version) for one in october] == [
        (100, 1, 2),
        (70, 2, None),
    ]
    assert [(one.value, one.until_version) for one in september] == [(50, 2)]


def test_a_refusal_keeps_the_last_good_data_and_the_good_file_is_good_again(
    system: System, tmp_path: Path
) -> None:
    good = month(10, 100)
    load(system, save(tmp_path, "shop.csv", *good))
    refused = load(system, save(tmp_path, "shop.csv", "North,5", header="Region,Revenue"))
    assert (refused.status, refused.version) == (Status.REJECTED, 1)
    assert refused.report.error is not None
    assert refused.report.error.code == "no_date_column"
    assert months(system) == {(OCTOBER, ""): 100}
    back = load(system, save(tmp_path, "shop.csv", *good))
    assert (back.status, back.version) == (Status.UNCHANGED, 1)
    assert [status for _, status in recorded(system)] == ["loaded", "rejected", "unchanged"]


def test_two_files_of_a_dataset_add_up_and_replacing_one_keeps_the_other(
    system: System, tmp_path: Path
) -> None:
    load(system, save(tmp_path, "march.csv", *month(9, 10), *month(10, 100)), "shop")
    load(system, save(tmp_path, "april.csv", *month(10, 5)), "shop")
    assert months(system) == {(SEPTEMBER, ""): 10, (OCTOBER, ""): 105}
    load(system, save(tmp_path, "march.csv", *month(10, 200)), "shop")
    assert months(system) == {(OCTOBER, ""): 205}
    assert versions(system) == {"shop": 3}


def test_a_column_that_only_one_file_has_does_not_disturb_the_other(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "a.csv", *month(10, 100, 40)), "shop")
    plain = save(tmp_path, "b.csv", "2025-10-01,10", "2025-10-31,5", header="Date,Revenue")
    load(system, plain, "shop")
    assert months(system) == {(OCTOBER, ""): 115}
    assert months(system, by="region") == {(OCTOBER, "North"): 100, (OCTOBER, "(blank)"): 15}


def test_a_file_of_the_same_stem_and_another_suffix_takes_its_place(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(10, 100)))
    tabbed = (row.replace(",", "\t") for row in month(10, 70))
    load(system, save(tmp_path, "shop.tsv", *tabbed, header="Date\tRegion\tRevenue\tCOGS"))
    assert months(system) == {(OCTOBER, ""): 70}
    with system.database.read() as connection:
        assert [one.name for one in loads.list_sources(connection)] == ["shop.tsv"]


def test_files_of_one_name_in_two_folders_of_a_dataset_add_up(system: System) -> None:
    inbox = system.road.folders.inbox
    for place, revenue in (("shop/north", 1), ("shop/south", 20), ("shop", 300)):
        load(system, save(inbox / place, "march.csv", *month(10, revenue)))
    assert months(system) == {(OCTOBER, ""): 321}


def test_a_file_named_from_inside_the_inbox_belongs_where_it_lies(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = system.road.folders.inbox
    save(inbox / "shop", "march.csv", *month(10, 100))
    monkeypatch.chdir(inbox / "shop")
    assert load(system, Path("march.csv")).dataset == "shop"


def test_a_dry_run_leaves_nothing_behind(system: System, tmp_path: Path) -> None:
    good, bad = save(tmp_path, "shop.csv", *month(10, 100)), save(tmp_path, "bad.csv", "x", header="y")
    assert [load(system, path, dry_run=True).status for path in (good, bad)] == [
        Status.LOADED,
        Status.REJECTED,
    ]
    assert (versions(system), recorded(system), snapshots(system)) == ({}, [], 0)
    assert list(system.road.folders.staging.iterdir()) == []


def test_what_has_to_be_asked_commits_nothing_until_the_guess_is_accepted(
    system: System, tmp_path: Path
) -> None:
    path = save(tmp_path, "shop.csv", "01/02/2025,10", "03/04/2025,20", header="Date,Revenue")
    asked = load(system, path)
    assert (asked.status, asked.version, len(asked.report.questions)) == (Status.REVIEW, None, 1)
    assert versions(system) == {}
    taken = load(system, path, accept=True)
    assert (taken.status, taken.version, len(taken.report.issues)) == (Status.LOADED, 1, 1)


def test_a_file_that_cannot_be_opened_is_refused_by_name(system: System, tmp_path: Path) -> None:
    job = Job(tmp_path / "gone.csv", "cli")
    with pytest.raises(FileNotFoundError) as caught:
        process(system.road, job, NOON)
    refused = unreadable(system.road, job, caught.value)
    assert refused.report.error is not None
    assert (refused.status, refused.dataset, refused.report.error.code) == (
        Status.REJECTED,
        "gone",
        "cannot_open",
    )
    assert list(system.road.folders.staging.iterdir()) == []


def test_a_file_that_is_written_to_while_it_is_read_is_not_taken(system: System, tmp_path: Path) -> None:
    path, writing = save(tmp_path, "shop.csv", *month(10, 1)), threading.Event()
    with path.open("ab") as growing:
        growing.write(b"2025-10-05,North,1,0\n" * (8 * BLOCK // 20))

    def write() -> None:
        with path.open("ab", buffering=0) as file:
            while not writing.is_set():
                file.write(b"2025-10-05,North,1,0\n")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(OSError, match="it was written to while it was read"):
            load(system, path)
    finally:
        writing.set()
        writer.join()
    assert recorded(system) == []


def test_the_error_names_the_file_as_people_know_it_and_no_path(system: System, tmp_path: Path) -> None:
    path = tmp_path / "letter.xlsx"
    path.write_bytes(b"%PDF-1.7 this is a letter")
    refused = load(system, path).report.error
    assert refused is not None
    assert refused.message.startswith("letter.xlsx: ")
    assert str(tmp_path) not in refused.message


def test_files_loaded_into_one_dataset_at_the_same_time_are_all_in(system: System, tmp_path: Path) -> None:
    paths = [save(tmp_path, f"part{number}.csv", *month(10, 10**number)) for number in range(4)]
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda path: load(system, path, "shop"), paths))
    assert sorted(one.version or 0 for one in done) == [1, 2, 3, 4]
    assert months(system) == {(OCTOBER, ""): 1111}
    with system.database.read() as connection:
        held = kpi_data.current_values(connection, "shop", "revenue", "month")
    assert [(one.period, one.value) for one in held] == [(OCTOBER, 1111)]


def test_one_file_by_two_doors_at_the_same_time_is_one_version(system: System, tmp_path: Path) -> None:
    path = save(tmp_path, "shop.csv", *month(10, 100))
    both = threading.Barrier(2)

    def wait(seam: str) -> None:
        if seam == "after_snapshot":
            both.wait(timeout=30)

    road = replace(system.road, reached=wait)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda origin: process(road, Job(path, origin), NOON), ["watch", "api"]))
    assert sorted((one.status.value, one.version) for one in done) == [("loaded", 1), ("unchanged", 1)]
    assert (versions(system), recorded(system)) == ({"shop": 1}, [("shop.csv", "loaded")])


def between(system: System, acts: Sequence[Callable[[], object]]) -> System:
    """A system in which others act, one act a time, between the reading and the writing of a load."""
    left = list(acts)

    def act(seam: str) -> None:
        if seam == "before_commit" and left:
            left.pop(0)()

    return replace(system, road=replace(system.road, reached=act))


def test_what_others_committed_meanwhile_is_in_the_figures(system: System, tmp_path: Path) -> None:
    other = save(tmp_path, "other.csv", *month(8, 7))
    slow = between(system, [lambda: load(system, other, "shop")])
    assert load(slow, save(tmp_path, "shop.csv", *month(10, 100)), "shop").version == 2
    assert months(system) == {(AUGUST, ""): 7, (SEPTEMBER, ""): 0, (OCTOBER, ""): 100}


def test_a_dataset_that_never_rests_is_an_error_and_not_a_wrong_figure(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("monitor.pipeline.TRIES", 2)
    others = [save(tmp_path, f"other{number}.csv", *month(10, 1)) for number in range(2)]
    busy = between(system, [lambda path=path: load(system, path, "shop") for path in others])  # type: ignore[misc]
    with pytest.raises(ConflictError, match="load it again"):
        load(busy, save(tmp_path, "shop.csv", *month(10, 100)), "shop")
    assert months(system) == {(OCTOBER, ""): 2}


@pytest.mark.parametrize("name", ["sales_warehouse.csv", "Sales Warehouse/warehouse.csv"])
def test_no_file_is_loaded_into_the_dataset_of_the_sales_warehouse(system: System, name: str) -> None:
    path = save(system.road.folders.inbox, name, *month(10, 100))
    loaded = load(system, path)
    assert loaded.report.error == Refusal(
        "reserved_dataset",
        f"{path.name}: found the dataset sales_warehouse, which is what runs of the sales warehouse make, wanted another "
        "one. Nothing was loaded; rename the file or its folder, name another dataset, or put sales into the source of "
        "the sales warehouse.",
    )
    with system.database.read() as connection:
        own = loads.find_source(connection, "sales_warehouse", "warehouse")
    assert (loaded.status, recorded(system), own) == (Status.REJECTED, [(path.name, "rejected")], None)


def test_a_dry_run_into_the_dataset_of_the_sales_warehouse_leaves_no_row(
    system: System, tmp_path: Path
) -> None:
    path = save(tmp_path, "shop.csv", *month(10, 100))
    loaded = load(system, path, "sales_warehouse", dry_run=True)
    assert (loaded.status, recorded(system)) == (Status.REJECTED, [])
