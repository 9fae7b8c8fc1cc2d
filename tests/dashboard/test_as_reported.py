"""The page as it was reported on a day in the past, and where its numbers come from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.explaining import ASKED, Question
from dashboard.reported import LAST
from kpi.calculator import Slice
from kpi.report import Status
from monitor.pipeline import Job, process
from storage.inbox import put
from storage.loads import recent_loads
from tests.dashboard.pages import AFTER_THE_SAMPLES, TABS, errors, hand_in, open_page, said, table, tiles
from wiring import System

DAYS = b"".join(b"2025-10-%02d,North,10,5\n" % day for day in range(1, 31))
SHOP = b"Date,Region,Revenue,COGS\n2025-09-01,North,100,50\n2025-09-30,North,100,50\n" + DAYS
FIRST, SECOND = SHOP + b"2025-10-31,South,50,25\n", SHOP + b"2025-10-31,South,70,25\n"
DAY = timedelta(days=1)


def shop(system: System) -> None:
    """October was 350, and was corrected to 370 two days before today."""
    for content, ago in ((FIRST, 3), (SECOND, 2)):
        path = put(system.road.folders.inbox, "shop.csv", content)
        process(system.road, Job(path, "watch"), AFTER_THE_SAMPLES - ago * DAY)


def opened(**address: str) -> AppTest:
    page = open_page(**{"dataset": "shop", "period": "Latest period", "grain": "month", **address})
    assert errors(page) == []
    return page


def reported(**address: str) -> AppTest:
    """The day of the first load: three days ago."""
    return opened(reported=str((AFTER_THE_SAMPLES - 3 * DAY).date()), **address)


def forget_rows(system: System) -> None:
    with system.database.read() as connection:
        first = recent_loads(connection, "shop")[-1]
    (system.road.folders.snapshots / str(first.snapshot)).unlink()


def explained(page: AppTest, kpi: str = "revenue") -> AppTest:
    page.button(key=f"explain_{kpi}").click().run()
    assert errors(page) == []
    return page


def test_the_page_shows_what_is_until_a_day_is_chosen(empty: System) -> None:
    shop(empty)
    page = opened()
    assert tiles(page)["Revenue"] == "370"
    assert not any("As reported on" in text for text in said(page))


def test_the_page_shows_what_was_said_by_the_end_of_the_day_under_a_badge(empty: System) -> None:
    shop(empty)
    page = reported()
    assert tiles(page)["Revenue"] == "350"
    assert any(
        "As reported on 18 Dec 2025, 23:59" in text and "by now there is 2" in text for text in said(page)
    )
    assert any("version 1 · nothing fires" in text for text in said(page))


def test_the_way_back_is_one_click(empty: System) -> None:
    shop(empty)
    page = reported()
    next(button for button in page.button if button.label == "Back to now").click().run()
    assert (tiles(page)["Revenue"], errors(page)) == ("370", [])
    assert "reported" not in page.query_params


def test_of_several_versions_of_a_day_one_can_be_chosen(empty: System) -> None:
    for content in (FIRST, SECOND):
        path = put(empty.road.folders.inbox, "shop.csv", content)
        process(empty.road, Job(path, "watch"), AFTER_THE_SAMPLES)
    page = opened(reported=str(AFTER_THE_SAMPLES.date()))
    choice = page.selectbox(key="reported_version")
    assert (choice.options[0], choice.value, tiles(page)["Revenue"]) == (LAST, LAST, "370")
    assert [text.split(", ", 1)[1] for text in choice.options[1:]] == [
        "version 1, a file was loaded",
        "version 2, a file was loaded",
    ]
    choice.set_value(choice.options[1]).run()
    assert (errors(page), tiles(page)["Revenue"]) == ([], "350")


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_stands_under_the_badge(empty: System, tab: str) -> None:
    shop(empty)
    assert any("As reported on 18 Dec 2025" in text for text in said(reported(tab=tab)))


def test_the_rows_are_those_of_the_day(empty: System) -> None:
    shop(empty)
    assert table(reported(tab="Data"), "Region", "Revenue")[-1] == ("South", 50)
    assert table(opened(tab="Data"), "Region", "Revenue")[-1] == ("South", 70)


def test_where_the_rows_are_gone_whole_values_are_left_and_the_rest_says_so(empty: System) -> None:
    shop(empty)
    forget_rows(empty)
    page = reported()
    assert ("Revenue", "Oct 2025", "350.00") in table(page, "KPI", "period", "value")
    assert any("are kept no longer" in text for text in said(page))
    page = reported(tab="Comparison")
    assert any(text.startswith("This needs rows that are kept no longer") for text in said(page))


def test_a_number_is_explained_down_to_its_rows_and_to_what_was_said_before(empty: System) -> None:
    shop(empty)
    page = explained(opened())
    assert tiles(page)["Revenue, Oct 2025"] == "370.00"
    assert any("Every row dated Oct 2025." in text for text in said(page))
    assert table(page, "file", "sheet", "rows of the sheet", "count", "load") == [
        ("shop.csv", "shop", "4–34", 31, 2)
    ]
    assert table(page, "value", "version", "until version", "because of") == [
        ("370.00", 2, "still", "a file was loaded, load 2: shop.csv"),
        ("350.00", 1, "2", "a file was loaded, load 1: shop.csv"),
    ]
    (load,) = table(page, "load", "file", "version", "SHA-256 of the file")
    assert load[:3] == (2, "shop.csv", 2)


def test_a_ratio_is_explained_by_its_formula_and_its_history_by_both_sides(empty: System) -> None:
    shop(empty)
    page = explained(opened(), "gross_margin")
    assert any(
        "(revenue 370 − cogs 175) / revenue 370 = 52.7 %" in text.replace("*", "") for text in said(page)
    )
    assert [row[0] for row in table(page, "made of", "value")] == ["195.00 / 370.00", "175.00 / 350.00"]


def test_filters_are_said_and_no_history_is_claimed_for_them(empty: System) -> None:
    shop(empty)
    page = open_page(dataset="shop", period="Latest period", grain="month", **{"shop.region": ["North"]})
    page = explained(page)
    assert tiles(page)["Revenue, Oct 2025"] == "300.00"
    assert any("where region is North" in text for text in said(page))
    assert any(text.startswith("History is kept of values over all rows") for text in said(page))


def test_another_period_can_be_chosen_in_the_panel(empty: System) -> None:
    shop(empty)
    page = explained(opened())
    (period,) = (
        box for box in page.selectbox if box.label == "Period" and str(box.key).startswith("explained")
    )
    period.set_value(date(2025, 9, 1)).run()
    assert tiles(page)["Revenue, Sep 2025"] == "200.00"


def test_the_panel_is_of_the_day_too(empty: System) -> None:
    shop(empty)
    page = explained(reported())
    assert tiles(page)["Revenue, Oct 2025"] == "350.00"
    assert any("as reported on 18 Dec 2025, 23:59" in text for text in said(page))


def test_the_panel_closes_where_the_data_do_not_give_the_kpi(empty: System) -> None:
    shop(empty)
    page = opened()
    page.session_state[ASKED] = Question("shop", Slice(("stock",)), date(2025, 10, 1))
    page.run()
    assert (errors(page), ASKED in page.session_state) == ([], False)


def test_the_panel_closes_where_another_dataset_is_shown(samples: System) -> None:
    page = explained(open_page(dataset="finance"))
    page.session_state["dataset"] = "orders"  # as an upload that was answered does
    page.run()
    assert (errors(page), ASKED in page.session_state) == ([], False)


def test_the_panel_closes_where_the_data_lack_what_was_filtered_by(empty: System) -> None:
    shop(empty)
    page = explained(
        open_page(dataset="shop", period="Latest period", grain="month", **{"shop.region": ["North"]})
    )
    loaded = hand_in(empty, "shop.csv", b"Date,Revenue,COGS\n2025-10-30,100,50\n2025-10-31,70,25\n")
    page.run()
    assert loaded.status is Status.LOADED, loaded.report
    assert (errors(page), ASKED in page.session_state) == ([], False)
