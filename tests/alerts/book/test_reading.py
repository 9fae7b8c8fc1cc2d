from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.book.reading import (
    destination_from,
    read_book,
    route_from,
    silence_from,
    written_destination,
    written_route,
    written_silence,
)
from alerts.book.toml import BookError, read_tables, write_tables
from alerts.sending.hours import Hours
from alerts.sending.routing import Destination, Route
from alerts.sending.silences import Silence
from tests.moments import NOON

OPS = Destination(
    "ops",
    "email",
    "ops@example.com",
    standard=False,
    hours=Hours((0, 1, 2), time(8), time(18), "UTC"),
    budget=5,
)
NIGHT = Route(
    "night", {"severity": "critical"}, ("ops", "slack"), goes_on=True, group_by=("file", "owner"),
    wait=timedelta(seconds=30), interval=timedelta(minutes=5), repeat=timedelta(hours=4), second="boss",
    second_after=timedelta(minutes=10),
)  # fmt: skip
STOCKTAKING = Silence(
    0, NOON, NOON + timedelta(days=1), "we count", "stocktaking", None, "North", {"file": "stock*"}, "ann"
)


def the_problems(text: str) -> list[str]:
    with pytest.raises(BookError) as caught:
        read_book(text)
    return str(caught.value).splitlines()


def test_ways_and_silences_are_written_as_they_are_read() -> None:
    tables = {
        "destination": [written_destination(OPS)],
        "route": [written_route(NIGHT)],
        "silence": [written_silence(STOCKTAKING)],
    }
    book = read_book(write_tables(tables))
    (destination,), (route,), (silence,) = book.destinations, book.routes, book.silences
    assert destination_from(destination.written, 20) == OPS
    assert route_from(route.written) == NIGHT
    assert silence_from(silence.written, None, NOON) == STOCKTAKING


def test_a_destination_has_the_usual_budget_unless_it_says_otherwise() -> None:
    start = '[[destination]]\nname = "a"\nchannel = "slack"\naddress = "C1"\n'
    budgets = []
    for line in ("", "budget = 0\n", "budget = 3\n"):
        (entry,) = read_book(start + line).destinations
        budgets.append(destination_from(entry.written, 20).budget)
    assert budgets == [20, None, 3]


def test_everything_that_is_wrong_is_told_at_once_with_line_and_key() -> None:
    text = """\
[[rule]]
name = "Thin"
dataset = "shop"
kpi = "gross_margin"
below = "much"

[[rule]]
name = "Late"
dataset = "shop"
fresh = "a.csv"
on = "mon-fri"
by_time = "25:00"
zone = "UTC"

[[route]]
name = "r"
to = ["slack"]
[route.match]
"odd key" = "x"

[[destination]]
name = "a"
channel = "slack"
address = "C1"
colour = "red"
"""
    assert the_problems(text) == [
        "line 5, rule \"Thin\", key `below`: found 'much', wanted a number such as 0.3 or 30%",
        "line 12, rule \"Late\", key `by_time`: found '25:00', wanted a time of day such as 09:00",
        "line 18, route \"r\", key `match`: found 'odd key'; string should match pattern '^[\\w.-]+$'",
        'line 25, destination "a", key `colour`: there is no such key',
    ]


def test_a_missing_key_is_told_at_the_heading() -> None:
    assert the_problems('\n[[rule]]\nname = "x"\nbelow = 1\n') == [
        'line 2, rule "x", key `dataset`: it is missing'
    ]


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ("[[rule]\n", "this is no TOML"),
        ("[rule]\nname = 'x'\n", "line 1: found `rule` alone; an entry begins with a line [[rule]]"),
        ("[[rules]]\nname = 'x'\n", "line 1: found `rules`; did you mean `rule`?"),
        ("version = 3\n", "line 1: found `version`. A book has [[destination]]"),
    ],
)
def test_what_is_no_book_says_why(text: str, because: str) -> None:
    assert because in the_problems(text)[0]


def test_two_destinations_of_one_name_are_told() -> None:
    one = '[[destination]]\nname = "a"\nchannel = "slack"\naddress = "C1"\n'
    assert the_problems(one * 2) == [
        'line 6, destination "a", key `name`: another one is called that, in line 2'
    ]


def test_lines_are_found_past_texts_of_several_lines() -> None:
    text = '[[silence]]\nreason = """\n[[rule]]\nname = "x"\n"""\nend = 2025-12-24T18:00:00Z\n'
    (found,) = read_tables(text)["silence"]
    assert found.place.lines == {"": 1, "reason": 2, "end": 6}


def test_an_empty_text_is_an_empty_book() -> None:
    assert read_book("") == read_book(write_tables({}))


values = st.one_of(
    st.text(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False),
    st.lists(st.text(max_size=5), max_size=3), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=3),
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1000, 1, 1)),  # noqa: DTZ001 - the zone is beside it
)  # fmt: skip


@given(
    st.lists(
        st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), values, max_size=4)
    )
)
def test_every_text_number_and_list_is_read_as_it_was_written(entries: list[dict[str, Any]]) -> None:
    found = read_tables(write_tables({"rule": entries}))["rule"]
    assert [dict(one.plain) for one in found] == entries
