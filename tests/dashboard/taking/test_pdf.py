from __future__ import annotations

import re
import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.text import Text

from dashboard.taking import pdf as writer
from dashboard.taking.ink import MISSING, Ink, fitted, lines, printable, width
from dashboard.taking.paper import Box, Sheet
from dashboard.taking.paper_charts import draw_breakdown, draw_trend
from dashboard.taking.paper_tiles import draw_tile
from dashboard.taking.pdf import HEIGHT, WIDTH, pdf, picture
from dashboard.taking.report import NO_ROWS
from tests.dashboard.taking.books import HOSTILE, hostile, report
from wiring import System

INK = Ink(9)


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
    assert pages(pdf(hostile())) == 1 + 3


def test_an_empty_report_is_one_page_that_says_so() -> None:
    bare = replace(hostile(), tiles=(), trend=None, breakdown=None, lines=())
    (parts,) = writer._parts(bare)
    sheet = Sheet(WIDTH, HEIGHT)
    for part in parts:
        part(sheet)
    assert [one.get_text() for one in texts(sheet)] == [NO_ROWS]
    assert pages(pdf(bare)) == 1


@pytest.mark.parametrize("part", ["tile", "trend", "breakdown"])
def test_nothing_stands_outside_its_box_whatever_the_cells_say(part: str) -> None:
    made, box, sheet = hostile(), Box(100, 100, 300, 200), Sheet(WIDTH, HEIGHT)
    assert made.trend is not None
    assert made.breakdown is not None
    if part == "tile":
        draw_tile(sheet, box, made.tiles[0])
    elif part == "trend":
        draw_trend(sheet, box, made.trend)
    else:
        draw_breakdown(sheet, box, made.breakdown)
    for one in texts(sheet):
        wide = width(
            one.get_text(), Ink(float(one.get_fontsize()), "Bold" in str(one.get_fontproperties().get_file()))
        )
        x, y = one.get_position()
        left = {"left": x, "right": x - wide, "center": x - wide / 2}[str(one.get_horizontalalignment())]
        assert left >= 99
        assert left + wide <= 401
        assert 100 <= y <= 300
    assert any(one.get_text().endswith("…") for one in texts(sheet))


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
    assert picture(replace(made, trend=None)) is None
