from __future__ import annotations

import io
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook

from kpi.calendar import Grain
from kpi.report import Status
from kpi.targeting.targets import Target
from monitor.renewal import renew_all
from storage import targets
from tests.dashboard.pages import (
    AFTER_THE_SAMPLES,
    TABS,
    bars,
    errors,
    figures,
    hand_in,
    open_page,
    table,
    turned_to,
)
from wiring import System

IMAGE, LINK, SCRIPT = "![](https://evil/p.png)", "[a](javascript:1)", "<script>alert(1)</script>"
BOLD, MATHS, MENTION, FORMULA = "**x**", "$a$", "<!channel>", "=cmd()"
MEMBERS = (IMAGE, LINK, SCRIPT, BOLD, MATHS, MENTION, FORMULA, ":red[x]", "www.evil.test")
MEASURES = (f"Amount {IMAGE}", f"Cost {SCRIPT}")
FILE = f"{BOLD} {LINK} {MATHS}.xlsx"

# What a Markdown reader or a browser would act on if it stood there without an escape.
ALIVE = re.compile(r"(?<!\\)(?:!\[|\[a\]\(|\*\*x\*\*|\$a|<script|<!|<b>|:red\[x)")


@pytest.fixture
def hostile(empty: System) -> System:
    """A workbook in which the sheet, the headers, the members and the file are called like markup."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = f"{FORMULA} {MATHS} <b>"
    sheet.append(["Date", f"Region {BOLD} {LINK}", f"Product {SCRIPT}", "Revenue", *MEASURES])
    for number in range(36):
        day = date(2025, 10, 1) + timedelta(days=2 * number)
        member = MEMBERS[number % len(MEMBERS)]
        sheet.append([day, member, MEMBERS[-1 - number % 3], 100 + number, 1 + number, 2 + number])
        for column in (2, 3):
            sheet.cell(sheet.max_row, column).data_type = "s"
    content = io.BytesIO()
    book.save(content)
    loaded = hand_in(empty, FILE, content.getvalue())
    assert loaded.status is Status.LOADED, loaded.report
    return empty


def alive(system: System, tab: str) -> list[str]:
    """Every text of the tab that is read as Markdown and has something alive in it."""
    page = open_page(tab, period="All data")
    parts = [part.value for part in (*page.markdown, *page.caption, *page.info, *page.error, *page.metric)]
    parts += [one.delta for one in page.metric]
    labels = [one.label for one in (*page.metric, *page.multiselect, *page.selectbox, *page.button)]
    helps = [one.help for one in (*page.metric, *page.multiselect, *page.selectbox)]
    return [text for text in (*parts, *labels, *helps) if text and ALIVE.search(text)]


@pytest.mark.parametrize("tab", TABS)
def test_nothing_of_a_hostile_workbook_is_markup_on_the_page(hostile: System, tab: str) -> None:
    page = open_page(tab, period="All data")
    assert (errors(page), alive(hostile, tab)) == ([], [])
    assert not [spec for spec in figures(page) if "<script" in spec or "<!" in spec or "<b>" in spec]


def test_the_names_are_still_read_as_they_were_written(hostile: System) -> None:
    page = open_page("Comparison", period="All data")
    assert set(bars(page)) == {name.replace("<", "&lt;").replace(">", "&gt;") for name in MEMBERS}
    shown = turned_to(page, "Data")
    assert {row[0] for row in table(shown, "sheet", "row")} == {f"{FORMULA} {MATHS} <b>"}


def test_a_hostile_file_that_is_refused_is_named_without_markup(empty: System, tmp_path: Path) -> None:
    hand_in(empty, FILE, b"%PDF-1.7")
    page = open_page()
    (notice,) = page.error
    assert (errors(page), ALIVE.search(notice.value)) == ([], None)


def test_a_hostile_file_that_is_asked_about_is_asked_without_markup(empty: System) -> None:
    headers = f"Date,{SCRIPT},Revenue {LINK},Revenu {IMAGE},{BOLD} {MATHS}"
    asked = hand_in(
        empty, FILE.replace("xlsx", "csv"), f"{headers}\n01/02/2025,a,1,2,3\n03/04/2025,b,2,3,4\n".encode()
    )
    assert (asked.status, errors(open_page()), alive(empty, "")) == (Status.REVIEW, [], [])


def test_a_filter_over_a_hostile_member_finds_its_rows(hostile: System) -> None:
    (box, *_) = open_page(period="All data").multiselect
    assert set(box.options) == set(MEMBERS)
    assert box.key is not None
    page = open_page("Comparison", period="All data", **{box.key: [LINK]})
    assert (errors(page), list(bars(page))) == ([], [LINK])


def test_a_currency_that_is_markup_is_none_on_the_tiles(empty: System) -> None:
    content = f"Date,Currency,Revenue\n2025-10-01,{IMAGE},100\n2025-11-03,{IMAGE},110\n"
    assert hand_in(empty, "shop.csv", content.encode()).status is Status.LOADED
    page = open_page("Overview")
    shown = [text for one in page.metric for text in (one.value, one.delta)]
    assert any("EVIL" in text for text in shown)
    assert [text for text in shown if ALIVE.search(text)] == []


def test_a_currency_that_is_markup_is_none_where_a_number_is_explained_or_has_a_target(empty: System) -> None:
    content = f"Date,Currency,Revenue\n2025-10-01,{IMAGE},100\n2025-11-03,{IMAGE},110\n"
    hand_in(empty, "shop.csv", content.encode())
    aimed_at = Target("revenue", Grain.MONTH, date(2025, 11, 1), "", "", 200.0)
    with empty.database.begin() as connection:
        targets.set_targets(connection, "shop", [aimed_at], targets.PAGE, AFTER_THE_SAMPLES)
    renew_all(empty.road, AFTER_THE_SAMPLES)
    explained = open_page("Overview").button(key="explain_revenue").click().run()
    for page in (explained, open_page("Targets")):
        shown = [one.value for one in page.metric]
        assert errors(page) == []
        assert any("EVIL" in text for text in shown)
        assert [text for text in shown if ALIVE.search(text)] == []
