"""The words in which people write durations, days, hours and shares, and back. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from alerts.sending.hours import Hours

FULL_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = tuple(day[:3] for day in FULL_DAYS)
EVERY_DAY = tuple(range(len(DAYS)))
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}  # seconds, the largest first
SPELLED = {"d": ("day", "days"), "h": ("hour", "hours"), "m": ("min", "minute", "minutes"), "s": ("sec", "second", "seconds")}  # fmt: skip
LETTER = {word: letter for letter, words in SPELLED.items() for word in (letter, *words)}
PART = re.compile(r"(\d{1,9})\s*([a-z]+)\s*")
LEAST_RUN = 3  # days in a row that are written as a range
LONGEST = timedelta(days=366)
CLOCK = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")


def read_duration(text: str) -> timedelta:
    """`30m`, `1h30m`, `2 days`, `90 s` or `0`, at most a year; ValueError for other texts."""
    plain = text.strip().lower()
    parts = [found.groups() for found in PART.finditer(plain)]
    known = all(word in LETTER for _, word in parts)
    if plain == "0":
        return timedelta()
    if not parts or not known or "".join(PART.split(plain)[::3]).strip():
        raise ValueError(f"found {text!r}, wanted a time such as 30m, 1h30m or 2 days")
    length = timedelta(seconds=sum(int(number) * UNITS[LETTER[word]] for number, word in parts))
    if length > LONGEST:
        raise ValueError(f"found {text!r}, wanted at most a year")
    return length


def write_duration(length: timedelta) -> str:
    """What `read_duration` reads as the same; `0` for none. Parts of a second are dropped."""
    seconds, parts = int(length.total_seconds()), []
    for letter, size in UNITS.items():
        count, seconds = divmod(seconds, size)
        parts += [f"{count}{letter}"] if count else []
    return "".join(parts) or "0"


def read_days(text: str) -> tuple[int, ...]:
    """`mon-fri`, `mon,wed,sat-sun`, `daily`; 0 is Monday, in order. ValueError for other texts."""
    plain = text.strip().lower()
    if plain in ("daily", "every day"):
        return EVERY_DAY
    found = {day for part in plain.split(",") for day in _days_of(part, text)}
    return tuple(sorted(found))


def write_days(days: Sequence[int]) -> str:
    """What `read_days` reads as the same; three days in a row and more as a range."""
    runs: list[str] = []
    for _, run in groupby(enumerate(sorted(days)), lambda pair: pair[1] - pair[0]):
        names = [DAYS[day] for _, day in run]
        runs += [f"{names[0]}-{names[-1]}"] if len(names) >= LEAST_RUN else names
    return ",".join(runs)


def read_clock(text: str) -> time:
    """`09:00` or `9:00`; ValueError for other texts."""
    plain = text.strip()
    try:
        if CLOCK.fullmatch(plain):
            return time.fromisoformat(plain.zfill(len("09:00")) if len(plain) < len("09:00:00") else plain)
    except ValueError:
        pass
    raise ValueError(f"found {text!r}, wanted a time of day such as 09:00")


def write_clock(at: time) -> str:
    return at.isoformat("seconds" if at.second else "minutes")


def read_zone(text: str) -> str:
    """The name of a time zone as it is; ValueError where there is none of that name."""
    try:
        return ZoneInfo(text.strip()).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"found {text!r}, wanted a time zone such as Europe/Paris or UTC") from error


def read_hours(text: str) -> Hours | None:
    """`mon-fri 08:00-18:00 Europe/Paris`; None for an empty text, which is at any time. ValueError for other texts.

    An end at or before the start is the next day's: `daily 20:00-06:00 UTC` are the nights.
    """
    if not text.strip():
        return None
    parts = text.replace("every day", "daily").split()
    if len(parts) != len(("days", "hours", "zone")) or "-" not in parts[1]:
        raise ValueError(f"found the hours {text!r}, wanted them such as mon-fri 08:00-18:00 Europe/Paris")
    start, _, end = parts[1].partition("-")
    return Hours(read_days(parts[0]), read_clock(start), read_clock(end), read_zone(parts[2]))


def write_hours(hours: Hours | None) -> str:
    """What `read_hours` reads as the same."""
    if hours is None:
        return ""
    return f"{write_days(hours.days)} {write_clock(hours.start)}-{write_clock(hours.end)} {hours.zone}"


def read_share(given: float | str) -> float:
    """A number, or a text such as `30%`, `-10 %` or `0.3`; ValueError for what is none."""
    if isinstance(given, int | float):
        return float(given)
    plain = given.strip().replace("\u2212", "-")
    percent = plain.endswith("%")
    try:
        number = float(plain.rstrip("%").rstrip())
    except ValueError as error:
        raise ValueError(f"found {given!r}, wanted a number such as 0.3 or 30%") from error
    return float(f"{number / 100:.15g}") if percent else number


def _days_of(part: str, text: str) -> Iterator[int]:
    first, ranged, last = (word.strip() for word in part.partition("-"))
    ends = (first, last if ranged else first)
    if not all(word[:3] in DAYS and FULL_DAYS[DAYS.index(word[:3])].startswith(word) for word in ends):
        raise ValueError(f"found the days {text!r}, wanted them such as mon-fri, mon,wed or daily")
    start, end = (DAYS.index(word[:3]) for word in ends)
    for count in range((end - start) % len(DAYS) + 1):
        yield (start + count) % len(DAYS)
