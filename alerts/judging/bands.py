"""What the values before make likely: the bands that an anomaly is judged by. Pure.

A method is a function of the earlier values, oldest first, and of how many standard deviations wide the band is. A
better one is added to `BANDS` under its name, or handed to `alerts.judging.verdicts.judge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from statistics import median
from types import MappingProxyType

BandOf = Callable[[Sequence[float], float], tuple[float, float] | None]  # earlier values, width -> low, high

LEAST = 6  # fewer earlier values tell nothing of how much they usually differ
DEVIATIONS = 1.4826  # of a normal distribution's median absolute deviation in its standard deviation
FLOOR = 0.01  # of the median: values that never differed must not make any difference an alarm


def robust_band(earlier: Sequence[float], width: float) -> tuple[float, float] | None:
    """The median, and `width` robust standard deviations to either side; None for fewer than six values.

    A single wild value moves neither. Where the values hardly differ the deviation is taken as 1 % of the median, and
    where that is 0 as the mean difference from it; values that are all 0 give the band from 0 to 0.
    """
    if len(earlier) < LEAST:
        return None
    middle = median(earlier)
    off = [abs(value - middle) for value in earlier]
    deviation = max(DEVIATIONS * median(off), FLOOR * abs(middle)) or sum(off) / len(off)
    return middle - width * deviation, middle + width * deviation


BANDS: Mapping[str, BandOf] = MappingProxyType({"robust": robust_band})
