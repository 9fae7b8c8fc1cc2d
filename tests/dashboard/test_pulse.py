"""One answer for all open pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from dashboard.pulse import Pulse, SharedPulse


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def saying(token: str, times: list[str]) -> Callable[[], Pulse]:
    def read() -> Pulse:
        times.append(token)
        return Pulse(token, "", watching=True, today=date(2025, 12, 21))

    return read


def test_many_pages_ask_once_until_the_answer_is_old() -> None:
    clock, times = Clock(), list[str]()
    shared = SharedPulse(0.5, clock)
    first = [shared.ask(saying("a", times)).token for _ in range(20)]
    clock.at += 0.49
    second = shared.ask(saying("b", times)).token
    clock.at += 0.01
    third = shared.ask(saying("c", times)).token
    assert (set(first), second, third, times) == ({"a"}, "a", "c", ["a", "c"])


def test_a_page_that_is_drawn_reads_what_is_true_now_and_tells_the_others() -> None:
    clock, times = Clock(), list[str]()
    shared = SharedPulse(0.5, clock)
    shared.ask(saying("old", times))
    assert shared.now(saying("new", times)).token == "new"
    assert (shared.ask(saying("never asked", times)).token, times) == ("new", ["old", "new"])


def test_what_was_read_earlier_does_not_take_the_place_of_what_was_read_later() -> None:
    clock, times = Clock(), list[str]()
    shared = SharedPulse(0.5, clock)

    def slow() -> Pulse:
        clock.at += 0.1
        shared.now(saying("later", times))
        return saying("earlier", times)()

    assert shared.now(slow).token == "earlier"
    assert shared.ask(saying("never asked", times)).token == "later"


def test_a_question_that_fails_leaves_nothing_behind() -> None:
    def broken() -> Pulse:
        raise ConnectionError

    shared, times = SharedPulse(0.5, Clock()), list[str]()
    with pytest.raises(ConnectionError):
        shared.ask(broken)
    assert shared.ask(saying("a", times)).token == "a"


def test_the_mark_is_another_one_as_soon_as_anything_of_the_pulse_is() -> None:
    now = Pulse("a", "b", watching=True, today=date(2025, 12, 21))
    others = [
        replace(now, token="c"),
        replace(now, sales="c"),
        replace(now, watching=False),
        replace(now, today=date(2025, 12, 22)),
        replace(now, busy=True),
    ]
    assert replace(now).mark == now.mark
    assert len({now.mark, *(one.mark for one in others)}) == 1 + len(others)
