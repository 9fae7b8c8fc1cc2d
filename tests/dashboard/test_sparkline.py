"""The small line of a tile."""

from __future__ import annotations

from base64 import b64decode

from dashboard.sparkline import image, in_words, places, svg
from kpi.definitions import Definition, Favourable, Unit

REVENUE = Definition("revenue", "Revenue", "", "", Unit.CURRENCY, Favourable.UP, 0, currency="EUR")


def test_a_course_fills_its_box_and_a_level_one_lies_in_the_middle() -> None:
    assert places((1.0, 3.0, 2.0), 24.0, 14.0, 2.0) == [(2.0, 12.0), (12.0, 2.0), (22.0, 7.0)]
    assert places((5.0, 5.0), 24.0, 14.0, 2.0) == [(2.0, 7.0), (22.0, 7.0)]


def test_it_is_said_in_words_from_where_to_where_it_went() -> None:
    said = in_words(REVENUE, "month", (1_200_000.0, 900_000.0, 1_400_000.0))
    assert said == "the last 3 whole months, from €1.20 M to €1.40 M"


def test_its_name_cannot_leave_the_attribute() -> None:
    drawn = svg((1.0, 2.0), 'A"<b>')
    assert 'role="img" aria-label="A&quot;&lt;b&gt;"' in drawn


def test_as_an_image_it_has_its_words_beside_it() -> None:
    before, drawn = image((1.0, 2.0), 'A"<b>').split("base64,")
    assert 'alt="A&quot;&lt;b&gt;"' in before
    alone = b64decode(drawn.removesuffix('">')).decode()
    assert alone.replace(' xmlns="http://www.w3.org/2000/svg"', "") == svg((1.0, 2.0), 'A"<b>')


def test_one_value_has_no_course() -> None:
    assert (svg((1.0,), "one"), image((1.0,), "one"), in_words(REVENUE, "month", (1.0,))) == ("", "", "")
