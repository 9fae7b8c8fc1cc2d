"""Working hours in a time zone: when a destination wants to hear of things. Pure; right on both days of a clock change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain, pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
FARTHEST = (
    16  # days: the hours of a single weekday may fall into what a clock change skips, twice in a row at worst
)


@dataclass(frozen=True, slots=True)
class Hours:
    """From `start` up to `end` on `days` (0 is Monday) by the clocks of `zone`; an `end` at or before `start` is the next day's.

    Where clocks go back, what they show twice counts twice; what they skip does not count. ValueError where no hour is
    left or the zone is not known.
    """

    days: tuple[int, ...]
    start: time
    end: time
    zone: str

    def __post_init__(self) -> None:
        if not self.days or not set(self.days) <= set(range(7)):
            raise ValueError(
                f"hours: found the days {list(self.days)}, expected some of 0 (Monday) to 6 (Sunday); "
                "give the days on which they hold"
            )
        if self.start.tzinfo is not None or self.end.tzinfo is not None:
            raise ValueError(
                f"hours: found {self.start} to {self.end} with a UTC offset, expected times without one; "
                "give the zone for itself"
            )
        find_zone(self.zone)


def find_zone(name: str) -> ZoneInfo:
    """The time zone of that name; ValueError where there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        raise ValueError(
            f"found the time zone {name!r}, which is not known; give a name such as Europe/Paris"
        ) from error


def next_open(hours: Hours | None, at: datetime) -> datetime:
    """`at` itself where it lies within the hours, or there are none; else the first moment after it that does, in UTC."""
    if hours is None:
        return at
    zone = ZoneInfo(hours.zone)
    at_utc = at.astimezone(UTC)
    if _within(hours, at_utc.astimezone(zone)):
        return at
    first = at_utc.astimezone(zone).date()
    for days_later in range(FARTHEST):
        day = first + days_later * DAY
        openings = (
            moment
            for moment in chain(_starts(day, hours.start, zone), _jumps(day, zone))
            if moment > at_utc and _opens(hours, moment.astimezone(zone), day)
        )
        if found := min(openings, default=None):
            return found
    raise ValueError(f"{hours} leave no hour within {FARTHEST} days; give other hours")


def _opens(hours: Hours, local: datetime, day: date) -> bool:
    return local.date() <= day and _within(hours, local)  # what lies later is compared with what begins then


def _within(hours: Hours, local: datetime) -> bool:
    today, clock = local.weekday(), local.time()
    if hours.start < hours.end:
        return today in hours.days and hours.start <= clock < hours.end
    yesterday = (today - 1) % 7
    return (today in hours.days and clock >= hours.start) or (yesterday in hours.days and clock < hours.end)


def _starts(day: date, start: time, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When clocks show `start` on that day: once, twice, or not at all, where the moments are of no use."""
    shown = (datetime.combine(day, start, zone).replace(fold=fold) for fold in (0, 1))
    return tuple(moment.astimezone(UTC) for moment in shown)


def _jumps(day: date, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When the zone's clocks are changed around that day: hours may begin by what is skipped or shown again."""
    begin = datetime.combine(day, time(), UTC) - 14 * HOUR  # the day begins somewhere on earth
    moments = [begin + step * 13 * HOUR for step in range(5)]  # no zone changes its clocks twice in 13 hours
    changed = (pair for pair in pairwise(moments) if len({_offset(at, zone) for at in pair}) > 1)
    return tuple(_change(before, after, zone) for before, after in changed)


def _change(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first second with the offset of `after`."""
    while after - before > SECOND:
        middle = before + (after - before) // 2 // SECOND * SECOND
        before, after = (
            (middle, after) if _offset(middle, zone) == _offset(before, zone) else (before, middle)
        )
    return after


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
