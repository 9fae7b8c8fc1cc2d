"""What only all cells of a column, or its header, tell of its dates: ordinals before months, Roman months, serials."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from kpi.cleaning.values.dates import DateText, from_number
from kpi.cleaning.values.days import day_of, year_of
from kpi.cleaning.values.periods import Period, period_of
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.words import clean_text
from kpi.report import Cadence

Readings = Mapping[str, DateText | None]

_NUMBERED_MONTH = re.compile(r"(?:\d{4}[-./ ]\s*)?(\d{1,2}[\s\-_.:)\u2013]*)[^\W\d_].*")
_FORMAL = re.compile(r"\d+\s[-\u2013]\s|\d+\s?[_:)]|0\d\.")  # no one writes a day so
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ROMAN_MONTH = re.compile(r"([IVX]{1,4})\s?[-/.]\s?(\d{4})")
_SHORT_MONTH = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{2})")
_LETTER_S = re.compile(
    r"(?:s|sem\.?)\s?(?=\d{1,2}\D+\d{4}$)|(?<=\d{4})\s?[-/]?\s?s(?:em\.?)?\s?(?=\d{1,2}$)", re.IGNORECASE
)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?")
_HALVES = frozenset({"semestre", "semester", "halbjahr", "half"})
_WEEKS = frozenset({"semaine", "semana", "settimana"})
_FEW, _MANY = 3, 5  # distinct texts that prove an ordinal where its form, or nothing, speaks for one
_ALMOST_ALL = 0.9
_LAST_MONTH, _QUARTERS, _LAST_HALF = 12, 4, 2


def settle(readings: Readings, numbers: Collection[str], words: str) -> dict[str, DateText | None]:
    """The readings of the distinct texts of a column with the header `words`, as all of them together tell.

    `numbers` are its texts that read as numbers; some of them may be missing in `readings`.
    """
    settled = dict(readings)
    settled.update(_serials(readings, numbers, words))
    months = not vocabulary().sets["month_headers"].isdisjoint((words, *words.split()))
    for rule in (_roman_months, _numbered_months):
        settled.update(rule(settled, months=months))
    if months:
        settled.update(_short_months(settled))
    settled.update(_weeks_or_halves(settled, words))
    return settled


def is_serial(text: str) -> bool:
    """Whether a text is a whole or broken number of days, as a spreadsheet counts them."""
    return _SERIAL.fullmatch(clean_text(text)) is not None


def _serials(readings: Readings, numbers: Collection[str], words: str) -> Mapping[str, DateText]:
    """Numbers of days as text, under a header that means a date and beside nothing else."""
    if not numbers or all(meaning.field != "date" for meaning in vocabulary().means(words)):
        return {}
    said = {text: clean_text(text) for text in (*readings, *numbers)}
    filled = {
        text: bare
        for text, bare in said.items()
        if bare and bare.casefold() not in vocabulary().sets["blanks"]
    }
    if not all(map(_SERIAL.fullmatch, filled.values())):
        return {}
    days = {
        text: from_number(int(re.split("[.,]", bare)[0]), days_1904=False) for text, bare in filled.items()
    }
    return {text: DateText(day, day) for text, day in days.items() if day} if all(days.values()) else {}


def _of_period(period: Period) -> DateText:
    return DateText(period.first, period.first, period=period)


def _of_month(year: int, month: int) -> DateText | None:
    first = day_of(year, month, 1)
    return _of_period(Period(first, Cadence.MONTH)) if first else None


def _roman_months(readings: Readings, *, months: bool) -> Mapping[str, DateText | None]:
    """`I/2025` is a quarter, and a month in a column with `V/2025` or under a header that says so."""
    found = {
        text: match
        for text in readings
        if text[:1] in "IVX" and (match := _ROMAN_MONTH.fullmatch(clean_text(text)))
    }
    if not months and not any(match[1] in _ROMAN[_QUARTERS:] for match in found.values()):
        return {}
    return {
        text: _of_month(int(match[2]), _ROMAN.index(match[1]) + 1) if match[1] in _ROMAN else None
        for text, match in found.items()
    }


def _numbered_months(readings: Readings, *, months: bool) -> Mapping[str, DateText | None]:
    """`02 - Feb 2025` is a month where the number is that of the month in nearly every cell, and no day."""
    days = {
        text: reading.day_first
        for text, reading in readings.items()
        if reading and reading.day_first and not reading.slashed and not reading.period
    }
    shapes = {
        text: shape[1] for text in days if (shape := _NUMBERED_MONTH.fullmatch(clean_text(text))) is not None
    }
    same = {text: day for text, day in days.items() if day and text in shapes and day.day == day.month}
    if len(same) < _ALMOST_ALL * len(days):
        return {}
    formal = months or any(_FORMAL.match(shape) for shape in shapes.values())
    several = len({day.month for day in same.values()})
    if several < (_FEW if formal else _MANY) and not (months and several > 1):
        return {}
    return {text: _of_month(day.year, day.month) for text, day in same.items()}


def _short_months(readings: Readings) -> Mapping[str, DateText | None]:
    """`1/25` under a header of months: January 2025 where the other number can be no month in any cell."""
    found = {
        text: (match[1], match[2])
        for text, reading in readings.items()
        if reading is None and (match := _SHORT_MONTH.fullmatch(clean_text(text)))
    }
    for month, year in ((0, 1), (1, 0)):
        are_months = all(1 <= int(pair[month]) <= _LAST_MONTH for pair in found.values())
        are_years = all(int(pair[year]) > _LAST_MONTH and len(pair[year]) > 1 for pair in found.values())
        if are_months and are_years:
            return {text: _of_month(year_of(pair[year]), int(pair[month])) for text, pair in found.items()}
    return {}


def _weeks_or_halves(readings: Readings, words: str) -> Mapping[str, DateText | None]:
    """`S01 2025` and `Sem. 1/2025`: a week or half a year, as the header or a higher number tells."""
    found = {
        text: bare
        for text in readings
        if "s" in text[:9].casefold() and (bare := clean_text(text)) and _LETTER_S.search(bare)
    }
    if not found:
        return {}
    counted = {text: period for text, bare in found.items() if (period := _with_unit(bare, "w"))}
    tokens = set(words.split())
    if tokens & _WEEKS or any(_number(bare) > _LAST_HALF for bare in found.values()):
        return {text: _of_period(period) for text, period in counted.items()}
    if not tokens & _HALVES:
        return {}
    halves = {text: _with_unit(bare, "h") for text, bare in found.items()}
    return {text: _of_period(period) for text, period in halves.items() if period}


def _with_unit(text: str, unit: str) -> Period | None:
    return period_of(_LETTER_S.sub(f" {unit}", text).strip(), years=False)


def _number(text: str) -> int:
    return min((int(digits) for digits in re.findall(r"(?<!\d)\d{1,2}(?!\d)", text)), default=0)
