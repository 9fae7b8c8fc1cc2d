from __future__ import annotations

from datetime import date

from kpi.report import Status
from monitor.intake import accepted
from monitor.pipeline import Job, process
from storage import loads
from tests.dashboard.pages import AFTER_THE_SAMPLES, a_csv, errors, hand_in, open_page, said, tiles, version
from wiring import System

SHOP = a_csv([(date(2025, 12, 3), "North", 12.5), (date(2025, 12, 4), "South", 7.5)])
EITHER_WAY = b"Date,Revenue\n01/02/2025,1\n03/04/2025,2\n"
LETTER = b"%PDF-1.7 this is a letter"


def source(system: System) -> loads.Source:
    with system.database.read() as connection:
        (one,) = loads.list_sources(connection)
    return one


def test_a_refused_file_is_named_with_its_code_while_the_last_good_numbers_stay(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP)
    refused = hand_in(empty, "shop.csv", b"Region,Revenue\nNorth,1\nSouth,2\n")
    page = open_page()
    assert refused.report.error is not None
    assert (errors(page), len(page.error)) == ([], 1)
    (notice,) = [text for text in said(page) if "was refused (no_date_column)" in text]
    assert "shop.csv" in notice
    assert refused.report.error.message in notice
    assert "The numbers of its last good version stay" in notice
    assert (tiles(page), version(empty, "shop")) == ({"Revenue": "20.0"}, 1)
    assert any("was refused" in text and "version 1" in text for text in said(page))


def test_a_first_file_that_is_refused_says_so_where_there_are_no_numbers_yet(empty: System) -> None:
    hand_in(empty, "letter.xlsx", LETTER)
    page = open_page()
    assert errors(page) == []
    (notice,) = [text for text in said(page) if "was refused (wrong_type)" in text]
    assert "last good version" not in notice
    assert [one.value for one in page.subheader] == ["There are no numbers yet"]


def test_a_notice_goes_when_the_good_bytes_are_back(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP)
    hand_in(empty, "shop.csv", LETTER)
    page = open_page()
    shown = len(page.error)
    hand_in(empty, "shop.csv", SHOP)
    page.run()
    assert (shown, len(page.error), version(empty, "shop")) == (1, 0, 1)


def test_a_file_that_must_be_asked_about_is_loaded_once_its_guesses_are_accepted(empty: System) -> None:
    asked = hand_in(empty, "shop.csv", EITHER_WAY)
    page = open_page()
    assert (asked.status, errors(page)) == (Status.REVIEW, [])
    assert any("Which comes first in these dates" in text for text in said(page))
    (button,) = [one for one in page.button if one.label == "Accept the best guesses"]
    button.click().run()
    assert errors(page) == []
    assert source(empty).accept
    assert any("are accepted" in text for text in said(page))
    assert [one.label for one in page.button if "Accept" in one.label] == []

    (path,) = accepted(empty.road)
    process(empty.road, Job(path, "watch", accept=True), AFTER_THE_SAMPLES)
    page.run()
    assert (errors(page), tiles(page)["Revenue"]) == ([], "2.00")
    assert not any("must be asked" in text for text in said(page))


def test_a_file_that_cannot_be_read_yet_is_shown_as_waiting_with_the_reason(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP)
    with empty.database.begin() as connection:
        loads.mark_waiting(connection, source(empty).id, "it is still being written", AFTER_THE_SAMPLES)
    page = open_page()
    assert (errors(page), len(page.info)) == ([], 1)
    assert "**shop.csv** waits: it is still being written." in said(page)
    assert tiles(page) == {"Revenue": "20.0"}


def test_a_workbook_uploaded_on_the_page_lies_in_the_inbox_and_is_not_processed_by_the_page(
    empty: System,
) -> None:
    page = open_page()
    page.file_uploader[0].upload("../My shop.csv", SHOP).run()
    assert errors(page) == []
    inbox = empty.road.folders.inbox
    assert {path.name: path.read_bytes() for path in inbox.iterdir()} == {"My shop.csv": SHOP}
    assert any("My shop" in text and "waits: nobody watches" in text for text in said(page))
    with empty.database.read() as connection:
        assert loads.list_sources(connection) == []

    process(empty.road, Job(inbox / "My shop.csv", "watch"), AFTER_THE_SAMPLES)
    page.run()
    assert (tiles(page), page.session_state["dataset"]) == ({"Revenue": "20.0"}, "my_shop")
    assert not any("waits" in text for text in said(page))


def test_a_later_run_does_not_hand_the_same_upload_in_again(empty: System) -> None:
    page = open_page()
    page.file_uploader[0].upload("shop.csv", SHOP).run()
    newer = empty.road.folders.inbox / "shop.csv"
    newer.write_bytes(b"newer")
    page.run()
    assert newer.read_bytes() == b"newer"
