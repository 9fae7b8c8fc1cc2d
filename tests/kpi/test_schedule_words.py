from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from kpi.schedule_words import Schedule, ScheduleError, next_time, read_schedule

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "crons"),
    [
        ("every day at 06:30", ["30 6 * * *"]),
        ("  Every  Day at 6.30 ", ["30 6 * * *"]),
        ("daily at noon", ["0 12 * * *"]),
        ("at midnight", ["0 0 * * *"]),
        ("every day at 6:30 and 18:00", ["30 6 * * *", "0 18 * * *"]),
        ("every day at 12 am", ["0 0 * * *"]),
        ("every day at 12:15pm", ["15 12 * * *"]),
        ("every minute", ["* * * * *"]),
        ("every 15 minutes", ["*/15 * * * *"]),
        ("every 60 minutes", ["0 * * * *"]),
        ("every hour", ["0 * * * *"]),
        ("hourly", ["0 * * * *"]),
        ("every hour at :15", ["15 * * * *"]),
        ("every 6 hours", ["0 */6 * * *"]),
        ("monday to friday at 07:00", ["0 7 * * 1-5"]),
        ("Mon-Fri at 7", ["0 7 * * 1-5"]),
        ("weekdays at 7 pm", ["0 19 * * 1-5"]),
        ("every weekend at 9", ["0 9 * * 6,0"]),
        ("friday to monday at 5", ["0 5 * * 5,6,0,1"]),
        ("mondays at 6", ["0 6 * * 1"]),
        ("on Monday, Wednesday and Friday at 6pm", ["0 18 * * 1,3,5"]),
        ("every month on the 1st at 05:00", ["0 5 1 * *"]),
        ("on the 1st and 15th of every month at 5", ["0 5 1,15 * *"]),
        ("monthly on the last day at 23:00", ["0 23 L * *"]),
        ("30 6 * * 1-5", ["30 6 * * 1-5"]),
        ("*/5 8-18 * * MON-FRI", ["*/5 8-18 * * MON-FRI"]),
        ("@daily", ["0 0 * * *"]),
    ],
)
def test_words_and_cron_name_the_same_times(text: str, crons: list[str]) -> None:
    assert read_schedule(text) == Schedule(text.strip(), tuple(crons))


@pytest.mark.parametrize("text", ["", "   "])
def test_no_words_are_no_schedule(text: str) -> None:
    assert read_schedule(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "now and then",
        "every day",
        "every monday",
        "weekly at 5",
        "every day at 25:00",
        "every day at 13 pm",
        "every day at 6 and never",
        "every moonday at 6",
        "every month at 5",
        "every month on the 40th at 5",
        "at",
        "61 * * * *",
        "0 0 31 2 *",
        "0 0 1 1 * 5",
    ],
)
def test_what_says_no_times_is_named_with_what_is_wanted(text: str) -> None:
    with pytest.raises(ScheduleError, match="wanted words such as 'every day at 06:30'") as caught:
        read_schedule(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize("text", ["every 7 minutes", "every 0 hours", "every 90 minutes"])
def test_steps_must_come_out_even(text: str) -> None:
    with pytest.raises(ScheduleError, match="wanted steps that come out even: 1, 2, 3, 4, "):
        read_schedule(text)


def times(text: str, after: datetime, count: int) -> list[str]:
    schedule, found = read_schedule(text), []
    assert schedule is not None
    for _ in range(count):
        after = next_time(schedule, after, BERLIN)
        found.append(f"{after:%m-%d %H:%M}")
    return found


def test_times_are_those_of_the_clock_on_the_wall() -> None:
    assert times("every day at 06:30", datetime(2025, 7, 1, 4, 30, tzinfo=UTC), 1) == ["07-02 04:30"]
    assert times("every day at 06:30", datetime(2025, 12, 1, 4, 30, tzinfo=UTC), 1) == ["12-01 05:30"]


def test_of_several_times_the_next_one_counts() -> None:
    noon = datetime(2025, 7, 1, 10, 0, tzinfo=UTC)
    assert times("every day at 6 and 18:00", noon, 3) == ["07-01 16:00", "07-02 04:00", "07-02 16:00"]


def test_a_time_that_clocks_leave_out_comes_as_soon_as_they_go_on() -> None:
    before = datetime(2025, 3, 29, 12, 0, tzinfo=UTC)
    assert times("every day at 02:30", before, 2) == ["03-30 01:00", "03-31 00:30"]


def test_a_time_that_clocks_show_twice_is_taken_once() -> None:
    before = datetime(2025, 10, 25, 12, 0, tzinfo=UTC)
    assert times("every day at 02:30", before, 2) == ["10-26 00:30", "10-27 01:30"]


def test_within_the_hour_that_clocks_show_twice_the_next_time_is_still_to_come() -> None:
    again = datetime(2025, 10, 26, 1, 10, tzinfo=UTC)
    assert times("every day at 02:30", again, 1) == ["10-27 01:30"]
    assert times("every day at 02:30 and 02:45", again, 2) == ["10-27 01:30", "10-27 01:45"]


def test_every_half_hour_stays_every_half_hour_when_clocks_are_put_back() -> None:
    before = datetime(2025, 10, 26, 0, 0, tzinfo=UTC)
    found = ["10-26 00:30", "10-26 01:00", "10-26 01:30", "10-26 02:00"]
    assert times("every 30 minutes", before, 4) == found
