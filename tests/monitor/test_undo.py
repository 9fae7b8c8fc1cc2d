from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kpi.report import Status
from monitor.pipeline import ConflictError, Loaded
from monitor.undo import NoSuchLoadError, UndoError, latest_of, undo, undo_what_was_asked
from storage import audit, datasets, facts, kpi_data, loads, undos
from storage.facts import KEPT_LOADS
from storage.loads import Load
from tests.moments import NOON
from tests.monitor.shop import OCTOBER, SEPTEMBER, load, month, months, said, save, set_rule, versions
from wiring import System


def loaded(system: System, path: Path, revenue: float, dataset: str | None = None) -> int:
    """The file with October's revenue, and the number of its load."""
    done: Loaded = load(system, save(path.parent, path.name, *month(10, revenue)), dataset)
    assert done.load_id is not None
    return done.load_id


def recorded(system: System) -> list[Load]:
    """Oldest first."""
    with system.database.read() as connection:
        return loads.recent_loads(connection)[::-1]


def ever(system: System) -> list[tuple[float | None, int, int | None]]:
    """October's revenue as it was ever said: value, since version, until version."""
    with system.database.read() as connection:
        found = kpi_data.history(connection, "shop", "revenue", "month", OCTOBER)
    return [(one.value, one.since_version, one.until_version) for one in found]


def refused(system: System, *load_ids: int) -> str:
    """Why, and that nothing changed."""
    before = (recorded(system), versions(system))
    with pytest.raises(UndoError) as caught:
        undo(system.road, load_ids, "cli", NOON)
    assert (recorded(system), versions(system)) == before
    return str(caught.value)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return tmp_path / "shop.csv"


def test_what_held_before_holds_again_as_a_new_version_and_both_values_stay(
    system: System, shop: Path
) -> None:
    first, second = loaded(system, shop, 100), loaded(system, shop, 70)
    done = undo(system.road, [second], "cli", NOON)
    assert done.restored is not None
    assert (done.undone.id, done.restored.id, done.version, done.emptied) == (second, first, 3, False)
    assert months(system) == {(OCTOBER, ""): 100}
    assert ever(system) == [(100, 1, 2), (70, 2, 3), (100, 3, None)]


def test_the_load_that_brought_each_value_is_known_and_so_is_who_took_it_back(
    system: System, shop: Path
) -> None:
    first, second = loaded(system, shop, 100), loaded(system, shop, 70)
    undo(system.road, [second], "cli", NOON)
    with system.database.read() as connection:
        brought = [loads.load_of_version(connection, "shop", version) for version in (1, 2, 3)]
        (entry,) = audit.recent(connection)
    assert [one and (one.status.value, one.origin, one.holds) for one in brought] == [
        ("loaded", "cli", False),
        ("loaded", "cli", False),
        ("undone", "cli", True),
    ]
    assert (entry.actor, entry.action, entry.subject, entry.detail) == (
        "cli",
        "undo",
        f"load {second}",
        {"load": 3, "restored": first, "source": "shop.csv"},
    )


def test_the_dataset_follows_in_its_days_and_columns(system: System, tmp_path: Path) -> None:
    load(system, save(tmp_path, "shop.csv", *month(9, 10), header="Date,Region,Revenue,COGS"))
    with system.database.read() as connection:
        before = datasets.find_dataset(connection, "shop")
    wide = save(tmp_path, "shop.csv", "2025-10-01,1,x", "2025-10-31,2,y", header="Date,Revenue,Colour")
    second = load(system, wide).load_id
    undo(system.road, [second or 0], "cli", NOON)
    with system.database.read() as connection:
        after = datasets.find_dataset(connection, "shop")
    assert before is not None
    assert after == replace(before, version=3)


def test_the_first_load_of_one_of_two_files_leaves_the_dataset_to_the_other(
    system: System, tmp_path: Path
) -> None:
    loaded(system, tmp_path / "march.csv", 100, "shop")
    april = loaded(system, tmp_path / "april.csv", 5, "shop")
    done = undo(system.road, [april], "cli", NOON)
    assert (done.restored, done.emptied, months(system)) == (None, False, {(OCTOBER, ""): 100})


def test_the_last_file_leaving_empties_the_dataset_and_its_history_stays(system: System, shop: Path) -> None:
    only = loaded(system, shop, 100)
    done = undo(system.road, [only], "cli", NOON)
    assert (done.restored, done.version, done.emptied, versions(system)) == (None, 2, True, {})
    assert ever(system) == [(100, 1, 2)]
    with system.database.read() as connection:
        assert (kpi_data.current_values(connection, "shop"), loads.holding_loads(connection, "shop")) == (
            [],
            [],
        )


def test_an_emptied_dataset_is_filled_by_the_same_bytes_by_hand_with_the_next_version(
    system: System, shop: Path
) -> None:
    only = loaded(system, shop, 100)
    undo(system.road, [only], "cli", NOON)
    again = load(system, shop)
    assert (again.status, again.version, months(system)) == (Status.LOADED, 3, {(OCTOBER, ""): 100})


def test_undone_again_and_again_it_goes_further_back(system: System, shop: Path) -> None:
    for revenue in (100, 70, 30):
        loaded(system, shop, revenue)
    restored = []
    for _ in range(3):
        with system.database.read() as connection:
            latest = latest_of(connection, "shop")
        back = undo(system.road, [latest], "cli", NOON).restored
        restored.append(back.id if back else None)
    assert restored == [2, 1, None]


def test_a_load_that_was_replaced_no_longer_holds_unless_its_successor_is_named_too(
    system: System, shop: Path
) -> None:
    first, second, third = (loaded(system, shop, revenue) for revenue in (100, 70, 30))
    assert refused(system, second) == (
        f"Load {second} of shop.csv no longer holds: load {third} took its place with version 3. Nothing has changed; "
        f"undo load {third}, or name both."
    )
    done = undo(system.road, [third, second], "cli", NOON)
    assert done.restored is not None
    assert (done.restored.id, done.version, months(system)) == (first, 4, {(OCTOBER, ""): 100})


def test_a_load_is_taken_back_once(system: System, shop: Path) -> None:
    only = loaded(system, shop, 100)
    undo(system.road, [only], "cli", NOON)
    assert refused(system, only) == (
        f"Load {only} of shop.csv no longer holds: it was undone before. Nothing has changed."
    )


def test_a_load_that_changed_nothing_or_does_not_exist_cannot_be_taken_back(
    system: System, tmp_path: Path
) -> None:
    bad = load(system, save(tmp_path, "shop.csv", "x", header="y")).load_id
    assert "it changed no figure" in refused(system, bad or 0)
    with pytest.raises(NoSuchLoadError, match="There is no load 99"):
        undo(system.road, [99], "cli", NOON)


def test_what_held_before_cannot_be_put_back_once_its_facts_are_swept(system: System, shop: Path) -> None:
    first, second = loaded(system, shop, 100), loaded(system, shop, 70)
    with system.database.read() as connection:
        (system.road.folders.snapshots / str(loads.find_load(connection, first).snapshot)).unlink()
    assert "its facts are kept no longer" in refused(system, second)


def test_facts_that_may_be_swept_at_any_moment_are_not_put_back(system: System, shop: Path) -> None:
    numbers = [loaded(system, shop, 10 + number) for number in range(KEPT_LOADS + 1)]
    assert "its facts are kept no longer" in refused(system, *numbers[1:])
    back = undo(system.road, numbers[2:], "cli", NOON).restored
    assert (back.id if back else None) == numbers[1]


def test_what_was_put_back_stays_on_disk_when_the_rest_is_swept(system: System, shop: Path) -> None:
    loaded(system, shop, 100)
    second = loaded(system, shop, 70)
    undo(system.road, [second], "cli", NOON)
    with system.database.read() as connection:
        named = loads.referenced_snapshots(connection, 1)
    facts.sweep(system.road.folders.snapshots, named, NOON.timestamp() * 2)
    assert months(system) == {(OCTOBER, ""): 100}


def test_rules_are_judged_by_what_holds_again(system: System, shop: Path) -> None:
    set_rule(system)
    loaded(system, shop, 150)
    second = loaded(system, shop, 50)
    undo(system.road, [second], "cli", NOON)
    assert said(system) == [("", "firing", OCTOBER, 50), ("", "ok", OCTOBER, 150)]


def test_a_load_that_commits_meanwhile_is_not_overwritten(system: System, tmp_path: Path) -> None:
    loaded(system, tmp_path / "march.csv", 100, "shop")
    second = loaded(system, tmp_path / "march.csv", 70, "shop")
    others = [save(tmp_path, "april.csv", *month(9, 5))]

    def commit_before(seam: str) -> None:
        if seam == "before_commit" and others:
            load(system, others.pop(), "shop")

    done = undo(replace(system.road, reached=commit_before), [second], "cli", NOON)
    assert (done.version, months(system)) == (4, {(SEPTEMBER, ""): 5, (OCTOBER, ""): 100})


def test_where_others_never_stop_committing_nothing_is_undone(system: System, tmp_path: Path) -> None:
    loaded(system, tmp_path / "march.csv", 100, "shop")
    second = loaded(system, tmp_path / "march.csv", 70, "shop")
    count = iter(range(1, 1000))

    def commit_before(seam: str) -> None:
        if seam == "before_commit":
            load(system, save(tmp_path, "april.csv", *month(9, next(count))), "shop")

    with pytest.raises(ConflictError):
        undo(replace(system.road, reached=commit_before), [second], "cli", NOON)
    with system.database.read() as connection:
        assert undos.list_undos(connection, [second]) == []


def test_what_is_asked_on_the_page_is_done_once_and_answered(system: System, shop: Path) -> None:
    loaded(system, shop, 100)
    second = loaded(system, shop, 70)
    with system.database.begin() as connection:
        undos.request_undo(connection, second, NOON)
    for _ in range(2):
        undo_what_was_asked(system.road, NOON)
    with system.database.read() as connection:
        assert undos.list_requests(connection) == []
    assert versions(system) == {"shop": 3}


def test_what_cannot_be_done_is_answered_with_the_reason_and_may_be_asked_again(
    system: System, shop: Path
) -> None:
    first = loaded(system, shop, 100)
    loaded(system, shop, 70)
    for _ in range(2):
        with system.database.begin() as connection:
            undos.request_undo(connection, first, NOON)
        undo_what_was_asked(system.road, NOON)
        with system.database.read() as connection:
            (request,) = undos.list_requests(connection)
        assert "no longer holds" in str(request.refused)
