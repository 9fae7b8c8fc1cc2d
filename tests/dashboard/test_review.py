"""What a file leaves open is asked on the page, answered there once, and read again by the service."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.review import age
from kpi.loading.answers import Answers
from kpi.report import Status
from monitor.intake import accepted, take
from monitor.pipeline import Job, Loaded, process
from storage import loads, mappings
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, said, tiles, version
from wiring import System

NOVEMBER = b"Date,Branch,Net Revenu,Gross total\n2025-11-01,North,100,120\n2025-11-30,South,50,60\n"
DECEMBER = b"Date,Branch,Net Revenu,Gross total\n2025-12-01,North,10,12\n2025-12-02,South,5,6\n"
GOOD = b"Date,Branch,Revenue\n2025-10-01,North,7\n"
SCALED = b"Date,Region,Revenue (USD k)\n2025-12-03,North,12.5\n2025-12-04,South,7.5\n"


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [one for one in page.button if one.label == label]
    return button.click().run()


def menu(page: AppTest, label: str) -> Any:
    return next(one for one in page.selectbox if one.label == label)


def kept(system: System) -> list[Answers]:
    with system.database.read() as connection:
        return list(mappings.kept(connection).values())


def read_again(system: System) -> None:
    """What the service does once the page has asked for it."""
    for path in accepted(system.road):
        assert take(system.road, path, AFTER_THE_SAMPLES + timedelta(minutes=1))


def status(system: System, name: str) -> Status:
    with system.database.read() as connection:
        return next(load.status for load in loads.newest_by_source(connection) if load.source == name)


def test_a_question_answered_on_the_page_is_loaded_and_never_asked_again(empty: System) -> None:
    hand_in(empty, "november.csv", NOVEMBER)
    page = open_page()
    question = menu(page, "Which column is the revenue?")
    assert (errors(page), question.options[:1], question.value) == ([], ["Net Revenu"], "Net Revenu")
    press(page, "Load with these answers")
    assert (errors(page), kept(empty)) == ([], [Answers(choices={"revenue": "Net Revenu"})])
    assert any("read again in a moment" in text for text in said(page))

    read_again(empty)
    page.run()
    assert (page.session_state["dataset"], tiles(page)["Revenue"]) == ("november", "150")
    assert hand_in(empty, "december.csv", DECEMBER).status is Status.LOADED


def test_a_column_can_be_said_to_be_another_field(empty: System) -> None:
    hand_in(empty, "november.csv", NOVEMBER)
    page = open_page()
    menu(page, "Gross total is").select("revenue").run()
    menu(page, "Branch is").select("region").run()
    assert any("Net Revenu is then kept under its own name" in text for text in said(page))
    press(page, "Load with these answers")
    read_again(empty)
    page.run()
    assert kept(empty) == [Answers({"Branch": "region", "Gross total": "revenue"})]
    assert tiles(page)["Revenue"] == "180"


def test_a_file_cannot_be_left_without_a_date(empty: System) -> None:
    hand_in(empty, "november.csv", NOVEMBER)
    page = open_page()
    menu(page, "Date is").select("").run()
    (button,) = [one for one in page.button if one.label == "Load with these answers"]
    assert button.disabled
    assert any("No column is the date" in text for text in said(page))


def test_the_page_says_what_became_of_the_rows_and_how_old_the_figures_are(empty: System) -> None:
    hand_in(empty, "shop.csv", GOOD)
    hand_in(empty, "shop.csv", NOVEMBER)
    page = open_page()
    (standing,) = [text for text in said(page) if "rows were read" in text]
    assert standing == (
        "2 rows were read: 2 can be loaded, 0 rejected, 0 set aside. "
        "The figures shown are still those of version 1, less than a minute old."
    )


def test_an_age_is_told_in_its_largest_unit() -> None:
    ages = [timedelta(seconds=5), timedelta(minutes=1), timedelta(hours=5), timedelta(days=2, hours=3)]
    assert [age(one) for one in ages] == ["less than a minute", "1 minute", "5 hours", "2 days"]


def test_a_repair_can_be_turned_off_for_a_file_that_is_loaded(empty: System) -> None:
    loaded: Loaded = hand_in(empty, "shop.csv", SCALED)
    page = open_page("Data")
    (switch,) = [one for one in page.toggle if "unit" in one.label]
    switch.set_value(False).run()
    press(page, "Read it this way")
    assert (errors(page), loaded.status, kept(empty)) == (
        [],
        Status.LOADED,
        [Answers(off=frozenset({"unit_scale"}))],
    )
    assert accepted(empty.road) != []


def test_forgetting_an_answer_brings_its_question_back_while_the_figures_stay(empty: System) -> None:
    hand_in(empty, "november.csv", NOVEMBER)
    press(open_page(), "Load with these answers")
    read_again(empty)
    page = open_page("Data")
    forget = next(one for one in page.multiselect if one.label == "Forget, so that it is asked again")
    forget.select("revenue").run()
    press(page, "Read it this way")
    read_again(empty)
    page.run()
    assert (status(empty, "november.csv"), version(empty, "november")) == (Status.REVIEW, 1)
    assert kept(empty) == []
    assert any("Which column is the revenue" in text for text in said(page))


def test_a_file_from_elsewhere_keeps_its_answers_for_the_next_time(empty: System, tmp_path: Any) -> None:
    path = tmp_path / "november.csv"
    path.write_bytes(NOVEMBER)
    process(empty.road, Job(path, "cli"), AFTER_THE_SAMPLES)
    page = press(open_page(), "Keep these answers")
    assert (errors(page), len(kept(empty))) == ([], 1)
    assert process(empty.road, Job(path, "cli"), AFTER_THE_SAMPLES).status is Status.LOADED


def test_a_refused_file_whose_columns_were_misread_can_be_put_right(empty: System) -> None:
    hand_in(empty, "shop.csv", GOOD)
    with empty.database.begin() as connection:
        ((mark, _),) = mappings.layouts(connection).items()
        mappings.say(connection, mark, Answers({"Date": ""}), AFTER_THE_SAMPLES)
    read_again(empty)
    page = open_page()
    assert (errors(page), status(empty, "shop.csv")) == ([], Status.REJECTED)
    forget = next(one for one in page.multiselect if one.label == "Forget, so that it is asked again")
    forget.select("Date").run()
    menu(page, "Date is").select("date").run()
    press(page, "Read it this way")
    read_again(empty)
    assert status(empty, "shop.csv") in (Status.LOADED, Status.UNCHANGED)
