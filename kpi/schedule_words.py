"""When something is done by itself: plain words, or cron, and the next time that they name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

WANTED = (
    "wanted words such as 'every day at 06:30', 'every 15 minutes', 'monday to friday at 07:00' or "
    "'every month on the 1st at 05:00', or the five fields of cron, such as '30 6 * * *'"
)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SETS = {"day": "*", "days": "*", "weekday": "1-5", "weekdays": "1-5", "weekend": "6,0", "weekends": "6,0"}
NAMED_TIMES = {"midnight": (0, 0), "noon": (12, 0), "midday": (12, 0)}
SHORT = {"hourly": "every hour", "daily": "every day"}
SHORTHANDS = {"@hourly": "0 * * * *", "@daily": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *"}
CRON_FIELDS = 5
MOST_MINUTES, MOST_HOURS = 60, 24

TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm)?")
EVERY = re.compile(r"every (?:(\d{1,4}) )?(minute|hour)s?")
PAST = re.compile(r"every hour at (?:minute |:)(\d{1,2})")
DAY_OF_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?")


class ScheduleError(ValueError):
    """A text that says no times; the message says what was found and what is wanted."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The times that a text names: those of all its cron lines. Of local time, as clocks on the wall show it."""

    text: str
    crons: tuple[str, ...]


def read_schedule(text: str) -> Schedule | None:
    """What the words, or the cron line, mean; None where there are none. Raises ScheduleError."""
    words = " ".join(text.casefold().replace(",", " , ").split())
    if not words:
        return None
    plain = text.strip()
    crons = (SHORTHANDS.get(plain.casefold(), plain),) if _looks_like_cron(plain) else _in_cron(text, words)
    for cron in crons:
        try:
            next(CronSim(cron, datetime(2000, 1, 1, tzinfo=UTC)))
        except (CronSimError, StopIteration) as error:
            raise ScheduleError(f"found {text!r} ({str(error) or 'it never comes'}), {WANTED}") from error
    return Schedule(plain, crons)


def next_time(schedule: Schedule, after: datetime, zone: ZoneInfo) -> datetime:
    """The first of its times after that moment, in UTC.

    Where clocks are put forward, a time of day that is left out comes as soon as they go on; where they are put back,
    one that comes twice is taken once (every few minutes or hours: each time).
    """
    return min(_first(cron, after, zone) for cron in schedule.crons)


def _first(cron: str, after: datetime, zone: ZoneInfo) -> datetime:
    """Within the hour that comes twice the first one of a time may lie behind us, and be named all the same."""
    times = (one.astimezone(UTC) for one in CronSim(cron, after.astimezone(zone)))
    return next(one for one in times if one > after)


def _looks_like_cron(plain: str) -> bool:
    first = plain[:1]
    return plain.casefold() in SHORTHANDS or (
        len(plain.split()) == CRON_FIELDS and (first.isdigit() or first == "*")
    )


def _in_cron(text: str, words: str) -> tuple[str, ...]:
    for read in (_every_so_often, _by_day):
        crons = read(words)
        if crons:
            return crons
    raise ScheduleError(f"found {text!r}, {WANTED}")


def _every_so_often(words: str) -> tuple[str, ...]:
    """`every 15 minutes`, `every 2 hours`, `every hour at :15`; only steps that divide the hour, or the day, evenly."""
    words = SHORT.get(words, words)
    if (past := PAST.fullmatch(words)) is not None:
        return (f"{int(past[1])} * * * *",)
    found = EVERY.fullmatch(words)
    if found is None:
        return ()
    step, most = int(found[1] or 1), MOST_MINUTES if found[2] == "minute" else MOST_HOURS
    if step == 0 or most % step:
        even = ", ".join(str(n) for n in range(1, most) if most % n == 0)
        raise ScheduleError(f"found {words!r}, wanted steps that come out even: {even} {found[2]}s")
    every = "*" if step == 1 else f"*/{step}" if step < most else "0"
    return (f"{every} * * * *",) if found[2] == "minute" else (f"0 {every} * * *",)


def _by_day(words: str) -> tuple[str, ...]:
    """`every day at 06:30 and 18:00`, `mondays and thursdays at 6`, `on the 1st of every month at 05:00`."""
    days, at, times = words.rpartition(" at ") if " at " in words else ("", words[:3], words[3:])
    clock = [_time(one) for one in _listed(times)]
    fields = _days(days) if at.strip() == "at" else None
    if fields is None or not clock or None in clock:
        return ()
    return tuple(f"{one[1]} {one[0]} {fields}" for one in clock if one is not None)


def _time(words: str) -> tuple[int, int] | None:
    """Hour and minute; None where that is no time of day."""
    if words in NAMED_TIMES:
        return NAMED_TIMES[words]
    found = TIME.fullmatch(words)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= MOST_HOURS // 2:
            return None
        hour = hour % (MOST_HOURS // 2) + (MOST_HOURS // 2 if found[3] == "pm" else 0)
    return (hour, minute) if hour < MOST_HOURS and minute < MOST_MINUTES else None


def _days(words: str) -> str | None:
    """Day of month, month and weekday as cron has them; None where the words are no days."""
    words = SHORT.get(words, words)
    if not words:
        return "* * *"
    if "month" in words:
        return _days_of_month(words)
    words = re.sub(r"^(on |every |each )+", "", words)
    if words in SETS:
        return f"* * {SETS[words]}"
    span = re.fullmatch(r"(?:from )?(\w+) ?(?:to|through|until|-|–) ?(\w+)", words)
    if span is not None:
        first, last = _weekday(span[1]), _weekday(span[2])
        return None if first is None or last is None else f"* * {_span(first, last)}"
    numbers = [_weekday(one) for one in _listed(words)]
    told = sorted({number for number in numbers if number is not None})
    return None if None in numbers or not told else f"* * {','.join(map(str, told))}"


def _days_of_month(words: str) -> str | None:
    rest = re.sub(r"\b(of|in|on|each|every|the|month|monthly|day|days)\b", " ", words)
    days: list[str] = []
    for one in _listed(" ".join(rest.split())):
        found = DAY_OF_MONTH.fullmatch(one)
        if one != "last" and found is None:
            return None
        days.append("L" if found is None else str(int(found[1])))
    return f"{','.join(days)} * *" if days else None


def _weekday(word: str) -> int | None:
    """As cron counts: Sunday is 0. `mon`, `monday` and `mondays` are one."""
    for number, name in enumerate(DAYS, 1):
        if word in (name, f"{name}s", name[:3], name[:4], name[:5]):
            return number % 7
    return None


def _span(first: int, last: int) -> str:
    days = [first]
    while days[-1] != last:
        days.append((days[-1] + 1) % 7)
    in_a_row = all(later == earlier + 1 for earlier, later in pairwise(days))
    return f"{first}-{last}" if in_a_row and len(days) > 1 else ",".join(map(str, days))


def _listed(words: str) -> Sequence[str]:
    """The parts of `a, b and c`."""
    return [part for part in (one.strip() for one in re.split(r" ?, ?(?:and )?| and ", words)) if part]
