"""The lines of files on their way, and the wish to cancel one, on the page without a browser."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from streamlit.testing.v1 import AppTest

from kpi.reading.reach import Reach
from monitor.intake import take
from monitor.progress import FileProgress
from monitor.service import LEASE, TTL
from storage import loads, progress
from storage.leases import hold
from storage.progress import LONG, Phase, Step
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, said, tiles
from wiring import System

SHOP = b"Date,Revenue\n2025-12-01,20\n"


def lead(system: System) -> None:
    with system.database.begin() as connection:
        assert hold(connection, LEASE, "me", AFTER_THE_SAMPLES, TTL)


def begun(system: System, path: Path, ago: timedelta = timedelta()) -> None:
    step = Step(str(path), Phase.READING, AFTER_THE_SAMPLES - ago, Reach("Sales", 1, 2, 0, 0.5))
    with system.database.begin() as connection:
        progress.tell(connection, "me", step)


def moving(page: AppTest) -> list[str]:
    return [text for text in said(page) if text.startswith("**") and "xlsx" in text.split(" ")[0]]


def test_a_file_of_ones_own_has_a_line_from_the_first_moment(empty: System) -> None:
    lead(empty)
    page = open_page()
    page.file_uploader[0].upload("shop.xlsx", SHOP).run()
    path = empty.road.folders.inbox / "shop.xlsx"
    found = [moving(page)]
    begun(empty, path)
    page.run()
    assert (errors(page), [*found, moving(page)]) == (
        [],
        [
            ["**shop.xlsx** waits until nothing writes to it any more"],
            ["**shop.xlsx** sheet Sales (1 of 2) is being read, 50% · 0 s"],
        ],
    )


def test_files_of_others_have_a_line_only_where_they_take_long(empty: System) -> None:
    lead(empty)
    begun(empty, empty.road.folders.inbox / "other.xlsx")
    assert moving(open_page()) == []
    begun(empty, empty.road.folders.inbox / "other.xlsx", LONG)
    assert moving(open_page()) == ["**other.xlsx** sheet Sales (1 of 2) is being read, 50% · 3 s"]


def test_cancelling_is_said_obeyed_and_can_be_thought_better_of(empty: System) -> None:
    hand_in(empty, "other.csv", SHOP)
    lead(empty)
    page = open_page()
    page.file_uploader[0].upload("shop.csv", SHOP).run()
    path = empty.road.folders.inbox / "shop.csv"
    next(one for one in page.button if one.label == "Cancel").click().run()
    assert any(text == "**shop.csv** is being cancelled" for text in said(page))

    told = FileProgress(empty.database, path, "me", lambda: AFTER_THE_SAMPLES)
    assert take(empty.road, path, AFTER_THE_SAMPLES, told=told.tell)
    told.done(for_good=True)
    page.run()
    assert (errors(page), any("Loading **shop.csv** was cancelled" in text for text in said(page))) == (
        [],
        True,
    )

    next(one for one in page.button if one.label == "Read it after all").click().run()
    assert take(empty.road, path, AFTER_THE_SAMPLES)
    page.run()
    assert (errors(page), page.session_state["dataset"], tiles(page)) == ([], "shop", {"Revenue": "20.0"})
    assert not any("was cancelled" in text for text in said(page))


def test_handing_a_cancelled_file_in_again_takes_the_wish_back_and_waits_for_it(empty: System) -> None:
    hand_in(empty, "other.csv", SHOP)
    path = empty.road.folders.inbox / "shop.csv"
    with empty.database.begin() as connection:
        progress.wish_to_cancel(connection, str(path), AFTER_THE_SAMPLES)
    path.write_bytes(SHOP)
    told = FileProgress(empty.database, path, "me", lambda: AFTER_THE_SAMPLES)
    take(empty.road, path, AFTER_THE_SAMPLES, told=told.tell)
    page = open_page()
    page.file_uploader[0].upload("shop.csv", SHOP).run()
    with empty.database.read() as connection:
        assert not progress.is_to_be_cancelled(connection, str(path))
        assert loads.newest_by_source(connection)[-1].error is not None
    assert any(text.startswith("**shop.csv** waits") for text in said(page))


def test_a_folder_is_handed_in_and_what_is_no_workbook_is_named(empty: System) -> None:
    page = open_page()
    page.file_uploader[1].upload("Shops/jan.csv", SHOP).upload("Shops/notes.md", b"x").run()
    inbox = empty.road.folders.inbox
    assert (errors(page), [path.relative_to(inbox) for path in inbox.rglob("*.*")]) == (
        [],
        [Path("Shops/jan.csv")],
    )
    assert any("1 file is no workbook and was left out: Shops/notes.md" in text for text in said(page))
