"""What a condition says of each period, of a file that is expected, and of one that cannot be read. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from alerts.judging.bands import BANDS, BandOf
from alerts.judging.conditions import Anomaly, Band, Change, Freshness, Limit, OfValues, Sided, Target, beyond
from alerts.rules import Reading, Verdict

__all__ = ["BANDS", "freshness_verdict", "judge", "last_due", "next_due", "source_verdict"]

DAY = timedelta(days=1)
MOST_MISSED = 1_000  # expected days that are counted one by one


def judge(
    condition: OfValues, readings: Sequence[Reading], bands: Mapping[str, BandOf] = BANDS
) -> tuple[Verdict, ...]:
    """One verdict for each reading (oldest first). A value that is missing or not finite is not judged.

    Neither is a share of an earlier value or of a target that is 0 or less, nor an anomaly with too few values before
    it. ValueError where the condition's method is not in `bands`.
    """
    match condition:
        case Anomaly():
            return _unusual(condition, readings, bands)
        case Band():
            return tuple(_in_band(condition, reading) for reading in readings)
        case Limit() | Change() | Target():
            return tuple(_on_side(condition, reading) for reading in readings)
        case _:
            assert_never(condition)


def freshness_verdict(
    condition: Freshness, arrived: datetime | None, now: datetime, since: datetime | None = None
) -> Verdict:
    """Whether the file has come for the latest expected day whose time, with grace, is over; that day is the period.

    A file counts for the day from 00:00 on the day after the expected day before it, by the clocks of the zone, and
    late as well. `arrived`: when the latest new content came, None: never. `since`: when the rule was made; of what was
    expected before it says nothing. The quantity is how many expected days in a row are missing, the limit 0.
    """
    zone = ZoneInfo(condition.zone)
    latest = last_due(condition, now)
    day, missed = latest, 0
    while missed < MOST_MISSED and _is_missing(condition, day, zone, arrived, since):
        day, missed = _expected_before(condition, day), missed + 1
        if arrived is None and since is None:
            break  # nobody knows since when
    found = Verdict(latest, None, float(missed), 0.0, breaches=missed > 0, clears=missed == 0)
    return replace(found, arrived=arrived)


def last_due(condition: Freshness, at: datetime) -> date:
    """The latest expected day whose time, with grace, is over then."""
    zone = ZoneInfo(condition.zone)
    day = _expected_before(condition, at.astimezone(zone).date() + DAY)
    while _deadline(condition, day, zone) > at:
        day = _expected_before(condition, day)
    return day


def next_due(condition: Freshness, after: datetime) -> datetime:
    """When the file is next expected of a day whose time, with grace, is not over then; by the clocks of the zone."""
    zone = ZoneInfo(condition.zone)
    day = after.astimezone(zone).date()
    while day.weekday() not in condition.days or _deadline(condition, day, zone) <= after:
        day += DAY
    return datetime.combine(day, condition.by, zone)


def source_verdict(broken_since: date | None, today: date) -> Verdict:
    """Whether a file can no longer be read, and since which day; None: all can. The quantity is 1 or 0, the limit 0."""
    if broken_since is None:
        return Verdict(today, None, 0.0, 0.0, breaches=False, clears=True)
    day = broken_since.date() if isinstance(broken_since, datetime) else broken_since
    return Verdict(day, None, 1.0, 0.0, breaches=True, clears=False)


def _on_side(condition: Sided, reading: Reading) -> Verdict:
    quantity = _quantity(condition, reading)
    if quantity is None:
        return _unknown(reading, condition.limit)
    breaches = beyond(condition.direction, quantity, condition.limit)
    clears = not beyond(condition.direction, quantity, condition.recovery)
    return _verdict(reading, quantity, condition.limit, breaches=breaches, clears=clears)


def _quantity(condition: Sided, reading: Reading) -> float | None:
    value, earlier, target = (_known(one) for one in (reading.value, reading.earlier, reading.target))
    if value is None or isinstance(condition, Limit):
        return value
    if isinstance(condition, Target):
        return _known(value / target) if target is not None and target > 0 else None
    if earlier is None:
        return None
    if condition.points:
        return _known(value - earlier)
    return _known((value - earlier) / earlier) if earlier > 0 else None


def _in_band(band: Band, reading: Reading) -> Verdict:
    value = _known(reading.value)
    limit = band.low if value is None else _nearer(value, band.low, band.high)
    if value is None:
        return _unknown(reading, limit)
    clears = band.low + band.margin <= value <= band.high - band.margin
    return _verdict(reading, value, limit, breaches=not band.low <= value <= band.high, clears=clears)


def _unusual(
    condition: Anomaly, readings: Sequence[Reading], bands: Mapping[str, BandOf]
) -> tuple[Verdict, ...]:
    band_of = bands.get(condition.method)
    if band_of is None:
        raise ValueError(
            f"there is no method {condition.method!r} to tell what is usual, only {', '.join(bands)}"
        )
    values = [_known(reading.value) for reading in readings]
    found = []
    for place, reading in enumerate(readings):
        earlier = [value for value in values[max(0, place - condition.window) : place] if value is not None]
        found.append(_against_usual(condition, reading, earlier, band_of))
    return tuple(found)


def _against_usual(
    condition: Anomaly, reading: Reading, earlier: Sequence[float], band_of: BandOf
) -> Verdict:
    value = _known(reading.value)
    outer = _finite(band_of(earlier, condition.width)) if value is not None else None
    inner = _finite(band_of(earlier, condition.recovery)) if outer is not None else None
    if value is None or outer is None or inner is None:
        return _unknown(reading, 0.0)
    low, high = outer
    too_low = value < low and condition.direction != "above"
    too_high = value > high and condition.direction != "below"
    clears_low = value >= inner[0] or condition.direction == "above"
    clears_high = value <= inner[1] or condition.direction == "below"
    limit = {"below": low, "above": high}.get(condition.direction or "", _nearer(value, low, high))
    breaches = too_low or too_high
    return _verdict(
        reading, value, limit, breaches=breaches, clears=not breaches and clears_low and clears_high
    )


def _verdict(reading: Reading, quantity: float, limit: float, *, breaches: bool, clears: bool) -> Verdict:
    earlier, target = _known(reading.earlier), _known(reading.target)
    return Verdict(reading.period, reading.value, quantity, limit, breaches, clears, earlier, target)


def _unknown(reading: Reading, limit: float) -> Verdict:
    value, earlier, target = (_known(one) for one in (reading.value, reading.earlier, reading.target))
    return Verdict(reading.period, value, None, limit, False, False, earlier, target)


def _known(value: float | None) -> float | None:
    """Infinity and NaN are no values either: no rule can be meant to speak about them."""
    return value if value is not None and math.isfinite(value) else None


def _finite(band: tuple[float, float] | None) -> tuple[float, float] | None:
    return band if band is not None and all(map(math.isfinite, band)) else None


def _nearer(value: float, low: float, high: float) -> float:
    return low if value - low <= high - value else high


def _is_missing(
    condition: Freshness, day: date, zone: ZoneInfo, arrived: datetime | None, since: datetime | None
) -> bool:
    if since is not None and _deadline(condition, day, zone) <= since:
        return False
    begin = datetime.combine(_expected_before(condition, day) + DAY, time(), zone).astimezone(UTC)
    return arrived is None or arrived < begin


def _deadline(condition: Freshness, day: date, zone: ZoneInfo) -> datetime:
    """In UTC, so that the grace is of real minutes on the days of a clock change, too."""
    return datetime.combine(day, condition.by, zone).astimezone(UTC) + condition.grace


def _expected_before(condition: Freshness, day: date) -> date:
    return next(
        earlier
        for earlier in (day - number * DAY for number in range(1, 8))
        if earlier.weekday() in condition.days
    )
