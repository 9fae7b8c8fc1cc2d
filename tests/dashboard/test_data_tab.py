"""The Data tab: one load, its issues, what it changed, and the request to take it back."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from monitor.undo import undo_what_was_asked
from storage import undos
from storage.undos import Request
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, said, table, version
from wiring import System

DAYS = b"".join(b"2025-10-%02d,North,10\n" % day for day in range(1, 11))
SHOP = b"Date,Region,Revenue\n" + DAYS + b"2025-10-31,South,50\nsoon,North,30\nTotal,,180\n"
CORRECTED = SHOP.replace(b"South,50", b"South,70")
WHERE = ("effect", "cell")


def opened(system: System, *contents: bytes) -> AppTest:
    for content in contents:
        hand_in(system, "shop.csv", content)
    page = open_page("Data", dataset="shop")
    assert errors(page) == []
    return page


def press(page: AppTest, label: str) -> AppTest:
    return next(button for button in page.button if button.label == label).click().run()


def requests(system: System) -> list[Request]:
    with system.database.read() as connection:
        return undos.list_requests(connection)


def test_the_header_says_how_many_rows_were_rejected_and_leads_to_their_load(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP)
    page = open_page(dataset="shop")
    assert any("11 rows, :orange[1 rejected]" in text for text in said(page))
    page = press(page, ":small[See what was rejected]")
    assert errors(page) == []
    assert page.session_state["tab"] == "Data"
    assert ("Rejected", "A13") in table(page, *WHERE)


def test_where_every_row_was_taken_the_header_says_only_how_many(empty: System) -> None:
    hand_in(empty, "tidy.csv", SHOP.replace(b"soon", b"2025-10-30"))
    page = open_page(dataset="tidy")
    assert [text for text in said(page) if "rejected" in text] == []
    assert not [one for one in page.button if one.key == "to_rejected"]


def test_a_load_shows_its_ledger_by_sheet_and_its_issues_with_their_cells(empty: System) -> None:
    page = opened(empty, SHOP)
    assert table(page, "sheet", "rows read", "loaded", "rejected", "set aside") == [("shop", 13, 11, 1, 1)]
    assert ("Rejected", "A13") in table(page, *WHERE)
    assert ("Set aside", "A14") in table(page, *WHERE)


def test_issues_can_be_narrowed_to_an_effect(empty: System) -> None:
    page = opened(empty, SHOP)
    (effects,) = page.pills
    rejected = next(option for option in effects.options if str(option).startswith("Rejected"))
    effects.set_value([rejected]).run()
    assert {effect for effect, _ in table(page, *WHERE)} == {"Rejected"}


def test_what_a_load_changed_is_shown_when_it_is_asked_for(empty: System) -> None:
    page = opened(empty, SHOP, CORRECTED)
    assert not any(text.startswith("Against load") for text in said(page))
    next(toggle for toggle in page.toggle if toggle.label == "What changed").set_value(True).run()
    assert table(page, "measure", "before", "after") == [("Revenue", "150.00", "170.00")]
    assert any(text.startswith("Against load 1: 1 row added, 1 removed") for text in said(page))


def test_an_undo_is_only_asked_for_on_the_page_and_done_by_the_service(empty: System) -> None:
    page = press(opened(empty, SHOP, CORRECTED), "Yes, undo it")
    assert requests(empty) == [Request(2, AFTER_THE_SAMPLES, None)]
    assert (version(empty, "shop"), errors(page)) == (2, [])
    assert any("It is being undone" in text for text in said(page))
    undo_what_was_asked(empty.road, AFTER_THE_SAMPLES)
    page = open_page("Data", dataset="shop")
    assert table(page, "load", "result", "holds", "what was said") == [
        (3, "undone", "yes", "load 2 was undone: load 1 holds again"),
        (2, "loaded", "", "undone by load 3"),
        (1, "loaded", "", ""),
    ]


def test_why_an_undo_was_refused_is_said_where_it_was_asked_for(empty: System) -> None:
    opened(empty, SHOP, CORRECTED)
    with empty.database.begin() as connection:
        undos.request_undo(connection, 2, AFTER_THE_SAMPLES)
        undos.refuse(connection, 2, "Its facts are gone.")
    assert any(
        "It was not undone. Its facts are gone." in text for text in said(open_page("Data", dataset="shop"))
    )


def test_a_dataset_that_was_emptied_says_so_and_how_it_comes_back(empty: System) -> None:
    press(opened(empty, SHOP), "Yes, undo it")
    undo_what_was_asked(empty.road, AFTER_THE_SAMPLES)
    page = open_page()
    assert errors(page) == []
    assert any(
        "shop.csv was undone, and nothing is left in the dataset shop" in text.replace("*", "")
        for text in said(page)
    )


def test_a_load_that_no_longer_holds_offers_no_undo(empty: System) -> None:
    page = opened(empty, SHOP, CORRECTED)
    page.selectbox(key="load").set_value(1).run()
    assert "Yes, undo it" not in [button.label for button in page.button]


def test_an_original_that_is_gone_is_an_answer_and_no_error(empty: System) -> None:
    page = opened(empty, SHOP)
    for path in empty.road.folders.originals.iterdir():
        path.unlink()
    page = press(page, "Make a marked copy")
    assert errors(page) == []
    assert any("is kept no longer" in text for text in said(page))


def test_the_rows_can_be_searched_and_an_empty_answer_says_so(empty: System) -> None:
    page = opened(empty, SHOP)
    (box,) = [one for one in page.text_input if one.label == "Search in the rows"]
    box.set_value("sou").run()
    assert table(page, "row", "Region", "Revenue") == [(12, "South", 50.0)]
    box.set_value("<b>nowhere</b>").run()
    assert (errors(page), ["No rows with" in one.value for one in page.info]) == ([], [True])
    assert "<b>" not in page.info[0].value
