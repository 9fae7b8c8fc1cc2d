from __future__ import annotations

from datetime import timedelta

import pytest

from dashboard.incoming.words import FIGURES, READING, Ahead, done_of, line_ahead, line_of
from kpi.reading.reach import NOWHERE, Reach
from storage.progress import Phase, Step
from tests.moments import NOON


@pytest.mark.parametrize(
    ("phase", "reach", "text"),
    [
        (Phase.READING, NOWHERE, "is being read · 12 s"),
        (Phase.READING, Reach("Sales", 1, 1, 0, 0.3), "sheet Sales is being read, 30% · 12 s"),
        (
            Phase.READING,
            Reach("Sales", 2, 5, 120_000, 0.5),
            "sheet Sales (2 of 5) is being read, 50%, 120,000 rows so far · 12 s",
        ),
        (
            Phase.READING,
            Reach("Sales", 2, 5, 450_000, 1.0),
            "sheet Sales (2 of 5), 450,000 rows: their dates and numbers are being checked · 12 s",
        ),
        (Phase.FIGURES, NOWHERE, "was read; its figures are being worked out · 12 s"),
        (Phase.SAVING, NOWHERE, "is being put on the page · 12 s"),
    ],
)
def test_a_file_that_is_taken_has_a_line(phase: Phase, reach: Reach, text: str) -> None:
    assert line_of(Step("/in/a.xlsx", phase, NOON, reach), NOON + timedelta(seconds=12)).text == text


def test_a_line_only_moves_forward_through_sheets_and_phases() -> None:
    reaches = [
        NOWHERE,
        Reach("A", 1, 2),
        Reach("A", 1, 2, 0, 0.5),
        Reach("B", 2, 2),
        Reach("B", 2, 2, 9, 1.0),
    ]
    steps = [Step("/in/a", Phase.READING, NOON, reach) for reach in reaches]
    steps += [Step("/in/a", Phase.FIGURES, NOON), Step("/in/a", Phase.SAVING, NOON)]
    shares = [line_of(step, NOON).share for step in steps]
    assert (shares, shares[0], shares[4]) == (sorted(shares), READING, FIGURES)


def test_what_is_being_committed_can_no_longer_be_cancelled() -> None:
    steps = [Step("/in/a", phase, NOON) for phase in Phase]
    assert [line_of(step, NOON).may_cancel for step in steps] == [True, True, False]
    assert [one for one in Ahead if line_ahead(one).may_cancel] == [Ahead.STILL, Ahead.TURN, Ahead.NOBODY]


def test_a_clock_that_goes_backwards_shows_no_negative_seconds() -> None:
    assert line_of(Step("/in/a", Phase.SAVING, NOON), NOON - timedelta(seconds=5)).text.endswith("· 0 s")


def test_the_share_of_a_file_without_sheets_is_its_own() -> None:
    assert [done_of(NOWHERE), done_of(Reach("a", share=0.5)), done_of(Reach("b", 3, 4, 0, 0.5))] == [
        None,
        0.5,
        0.625,
    ]
