"""What was found in a file is shown to whoever handed it in, until they say that it looks right."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from monitor.intake import accepted, take
from monitor.pipeline import Job, process
from tests.dashboard.pages import AFTER_THE_SAMPLES, errors, hand_in, open_page, said, table, turned_to
from wiring import System

GOOD = b"".join(b"2025-12-%02d,North,20\n" % day for day in range(1, 11))
CLEAN = b"Date,Branch,Net sales\n" + GOOD
SHOP = CLEAN + b"2025-12-11,South,many\n"
ASKED = b"Date,Branch,Net Revenu,Gross total\n2025-11-01,North,100,120\n2025-11-30,South,50,60\n"


def handed_in(system: System, page: AppTest, *names: str) -> AppTest:
    for name in names:
        page.file_uploader[0].upload(name, SHOP.replace(b"Branch", name[:4].encode())).run()
        process(system.road, Job(system.road.folders.inbox / name, "watch"), AFTER_THE_SAMPLES)
        page.run()
    return page


def looked_at(page: AppTest, load: int = 1) -> AppTest:
    """The same page with what was found in a load open."""
    page.session_state[f"look_{load}"] = True
    return page.run()


def press(page: AppTest, label: str) -> AppTest:
    next(one for one in page.button if one.label == label).click()
    return page.run()


def drawn(page: AppTest) -> list[str]:
    """The tables of first rows."""
    return [one.proto.body for one in page.get("html") if "kpi-preview" in one.proto.body]


def test_it_says_what_came_of_the_rows_and_shows_them_with_what_is_wrong(empty: System) -> None:
    page = handed_in(empty, open_page(), "shop.csv")
    texts = said(page)
    assert (errors(page), any("What was found in shop.csv" in text for text in texts)) == ([], True)
    assert any(
        "1 of 1 sheet used · 11 rows read: 10 loaded, 1 rejected, 0 set aside" in text for text in texts
    )
    assert "Look at what was found: :orange[1 row was rejected]" in texts
    (html,) = drawn(looked_at(page))
    assert ("many<sup>⚠ 1</sup>" in html, "Net sales<span>revenue</span>" in html) == (True, True)


def test_a_file_about_which_nothing_is_asked_is_one_line_to_open(empty: System) -> None:
    page = open_page()
    page.file_uploader[0].upload("clean.csv", CLEAN).run()
    process(empty.road, Job(empty.road.folders.inbox / "clean.csv", "watch"), AFTER_THE_SAMPLES)
    page.run()
    assert any("10 rows read: 10 loaded, 0 rejected, 0 set aside" in text for text in said(page))
    assert (errors(page), drawn(page)) == ([], [])
    assert (len(drawn(looked_at(page))), errors(page)) == (1, [])


def test_it_is_gone_once_it_looks_right_and_can_be_seen_again_on_the_data_tab(empty: System) -> None:
    page = press(handed_in(empty, open_page(), "shop.csv"), "Looks right")
    assert not any("What was found in" in text for text in said(page))
    turned_to(page, "Data")
    next(one for one in page.toggle if one.label == "What was found").set_value(True).run()
    assert (errors(page), len(drawn(page))) == ([], 1)


def test_others_are_not_shown_it(empty: System) -> None:
    hand_in(empty, "shop.csv", SHOP)
    assert not any("What was found in" in text for text in said(open_page()))


def test_of_several_files_the_last_is_looked_at_first_one_by_one_or_all_at_once(empty: System) -> None:
    page = handed_in(empty, open_page(), "first.csv", "second.csv")
    (menu,) = [one for one in page.selectbox if one.label == "File"]
    assert menu.options == ["second.csv", "first.csv"]
    press(page, "Looks right")
    assert any("What was found in first.csv" in text for text in said(page))
    page = handed_in(empty, open_page(), "third.csv", "fourth.csv")
    assert not any("What was found" in text for text in said(press(page, "All look right")))


def test_a_guess_can_be_changed_there_and_the_file_is_read_again(empty: System) -> None:
    page = looked_at(handed_in(empty, open_page(), "shop.csv"))
    page.session_state["view_found_1"] = "Change"
    page.run()
    next(one for one in page.selectbox if one.label == "Net sales is").select("cogs").run()
    press(page, "Read it this way")
    assert (errors(page), [path.name for path in accepted(empty.road)]) == ([], ["shop.csv"])
    for path in accepted(empty.road):
        take(empty.road, path, AFTER_THE_SAMPLES)
    page.run()
    assert errors(page) == []


def test_its_columns_say_how_sure_they_are(empty: System) -> None:
    page = looked_at(handed_in(empty, open_page(), "shop.csv"))
    page.session_state["view_found_1"] = "Columns"
    page.run()
    assert table(page, "column", "read as", "holds") == [
        ("Date", "date", "dates"),
        ("shop", "shop", "groups"),
        ("Net sales", "revenue", "numbers"),
    ]


def test_a_file_that_must_be_asked_about_shows_its_first_rows_with_the_questions(empty: System) -> None:
    hand_in(empty, "november.csv", ASKED)
    page = open_page()
    (html,) = drawn(page)
    assert (errors(page), "Net Revenu" in html, "2025-11-30" in html) == ([], True, True)
