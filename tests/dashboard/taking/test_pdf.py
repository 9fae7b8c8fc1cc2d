from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from dashboard.boards.board import Card, Look
from dashboard.taking import pdf as writer
from dashboard.taking.ink import MISSING, Ink, fitted, lines, printable, width
from dashboard.taking.paper import Box, Sheet
from dashboard.taking.paper_cards import rows_of
from dashboard.taking.pdf import HEIGHT, WIDTH, pdf, picture
from dashboard.taking.report import NO_ROWS
from dashboard.taking.viewing import Choices
from tests.dashboard.taking.books import EVERYTHING, HOSTILE, bare, hostile, report
from wiring import System

INK = Ink(9)
ROOM, MOST = 774.0, 465.0  # of a sheet


def pages(made: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", made))


def letters(made: bytes) -> str:
    """Every sign that the fonts of the file can be read back to."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    found: list[bytes] = []
    for stream in streams:
        try:
            text = zlib.decompress(stream)
        except zlib.error:
            continue
        if b"beginbf" in text:
            found += [
                one
                for group in re.findall(rb"\[([^\]]*)\]", text)
                for one in re.findall(rb"<(\w{4})>", group)
            ]
    return "".join(chr(int(one, 16)) for one in found)


def texts(sheet: Sheet) -> list[Text]:
    return [one for one in sheet.figure.get_children() if isinstance(one, Text)]


def test_a_pdf_has_its_fonts_in_it_and_no_picture(samples: System) -> None:
    made = pdf(report(samples, "finance"))
    assert made.startswith(b"%PDF-")
    assert pages(made) == 2
    assert b"/FontFile2" in made
    assert b"/Subtype /Image" not in made
    assert b"/URI" not in made


def test_euro_minus_umlauts_greek_and_cyrillic_can_be_read_back() -> None:
    made = pdf(replace(hostile(), dataset="Müller €−5 Ωμέγα Київ"))
    assert set("Mü€−Ωμέγα Київ") - {" "} <= set(letters(made))


def test_the_same_report_gives_the_same_bytes() -> None:
    assert pdf(hostile()) == pdf(hostile())


def test_a_long_table_goes_on_over_the_pages_under_its_names() -> None:
    made = hostile()
    assert pages(pdf(replace(made, cards=made.cards[:10]))) == 1 + 3


def test_an_empty_report_is_one_page_that_says_so() -> None:
    (parts,) = writer._parts(bare())
    sheet = Sheet(WIDTH, HEIGHT)
    for part in parts:
        part(sheet)
    assert [one.get_text() for one in texts(sheet)] == [NO_ROWS]
    assert pages(pdf(bare())) == 1


@pytest.mark.parametrize("place", range(7, 15))
@pytest.mark.parametrize("width_of_card", [1, 4])
def test_nothing_stands_outside_its_box_whatever_the_cells_say(place: int, width_of_card: int) -> None:
    made = hostile()
    card = replace(made.cards[place], width=width_of_card)
    for row in rows_of(replace(made, cards=(card,)), ROOM, MOST):
        sheet, ((_, wide, _),) = Sheet(WIDTH, HEIGHT), row.cards
        row.draw(sheet, 30, 90, row.lowest)
        assert [one.get_text() for one in outside(sheet, Box(30, 90, wide, row.lowest))] == []
        assert row.lowest <= row.height <= MOST


def outside(sheet: Sheet, box: Box) -> list[Text]:
    """The texts that stand, or go on, beyond the box."""
    return [one for one in texts(sheet) if one.get_text() and not is_in(one, box)]


def is_in(text: Text, box: Box) -> bool:
    bold = "Bold" in str(text.get_fontproperties().get_file())
    wide = width(text.get_text(), Ink(float(text.get_fontsize()), bold))
    x, y = text.get_position()
    left = {"left": x, "right": x - wide, "center": x - wide / 2}[str(text.get_horizontalalignment())]
    return box.x - 1 <= left and left + wide <= box.right + 1 and box.y <= y <= box.bottom


@given(st.text(max_size=60), st.floats(0, 300))
def test_a_text_is_cut_to_its_room(text: str, room: float) -> None:
    shown = fitted(text, INK, room)
    assert width(shown, INK) <= room or shown == ""
    if width(printable(text), INK) <= room:
        assert shown == printable(text)


def test_a_text_is_parted_between_words_and_its_last_line_is_cut() -> None:
    room = width("one two three", INK)
    assert lines("one two three four five", INK, room, 2) == ["one two three", "four five"]
    assert lines("one two three four five six seven", INK, room, 2)[-1].endswith("…")
    assert lines("", INK, room, 2) == []
    assert lines("W" * 50, INK, room, 3) == [fitted("W" * 50, INK, room)]


def test_what_the_font_has_not_is_a_square_and_nothing_is_mathematics() -> None:
    assert printable("a\n数 €") == f"a {MISSING} €"
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.text((0, 0), "$x^2$", INK, 100)
    assert [(one.get_text(), one.get_parse_math()) for one in texts(sheet)] == [("$x^2$", False)]
    assert MISSING in printable(HOSTILE)


def test_the_trend_is_a_picture_for_a_message(samples: System) -> None:
    made = report(samples, "finance")
    drawn = picture(made)
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")
    assert picture(replace(made, cards=made.cards[:7])) is None


def said_on(parts: list[writer.Part]) -> str:
    sheet = Sheet(WIDTH, HEIGHT)
    for part in parts:
        part(sheet)
    return " / ".join(one.get_text() for one in texts(sheet))


def test_the_cards_flow_in_rows_over_the_pages(samples: System) -> None:
    made = report(samples, "finance", cards=EVERYTHING, board="Board meeting")
    first, second, third, fourth = (said_on(parts) for parts in writer._parts(made))
    assert first.startswith("Notes / What to know / December is not over: see the minutes")
    assert "Sales so far / 194 k" in first
    assert "These data give no KPI 'no_such_kpi'." in first
    assert "Gross margin by month / in percent" in first
    assert "West / Jan 2024 / Dec 2025" in second
    assert "median" in third
    assert third.endswith("By colour / These data have no 'colour' to divide by.")
    assert fourth.startswith("All figures / KPI / Value")


def test_what_is_higher_than_a_sheet_goes_on_on_the_next(samples: System) -> None:
    words = " ".join(f"word{number}" for number in range(4_000))
    many = Card(Look.TABLE, "revenue", by="customer", top=50, width=2)
    cards = [
        Card(Look.TEXT, text=words, width=2),
        Card(Look.BREAKDOWN, "revenue", by="customer", top=50),
        many,
    ]
    made = report(samples, "orders", Choices(period="all"), cards)
    shown = " / ".join(said_on(parts) for parts in writer._parts(made))
    assert "word0 " in shown
    assert "word3999" in shown
    assert shown.count("All others (49)") == 2
    assert all(row.height <= MOST for row in rows_of(made, ROOM, MOST))


def test_a_heading_stays_with_what_it_leads_on_to(samples: System) -> None:
    chart = Card(Look.TREND, "revenue", width=4)
    made = report(
        samples,
        "finance",
        cards=[chart, Card(Look.KPI, "revenue"), Card(Look.TEXT, text="# Then", width=4), chart],
    )
    first, second = (said_on(parts) for parts in writer._parts(made)[:2])
    assert ("Then" in first, second.startswith("Then / Revenue by month")) == (False, True)


def test_a_row_is_somewhat_lower_where_a_sheet_has_no_more_room(samples: System) -> None:
    cards = [
        Card(Look.TREND, "revenue", width=4),
        Card(Look.KPI, "revenue", width=4),
        Card(Look.DISTRIBUTION, "revenue", width=4),
    ]
    (row, *_) = rows_of(report(samples, "finance", cards=cards), ROOM, MOST)
    assert (row.height, round(row.lowest, 1)) == (226.0, 164.2)
    assert len(writer._parts(report(samples, "finance", cards=[*cards[:2], cards[1], cards[0]]))) == 2


def test_a_trend_by_members_is_a_picture_too(samples: System) -> None:
    made = report(samples, "finance", cards=[Card(Look.TREND, "revenue", by="region")])
    drawn = picture(made)
    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")
