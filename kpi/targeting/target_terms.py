"""From what people write to a target: a KPI by key or label, a period in words, a value with or without a percent sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpi.calendar import Calendar, Grain
from kpi.catalogue.catalog_file import CatalogError
from kpi.cleaning.values.numbers import Sign, read_number
from kpi.cleaning.values.periods import read_period
from kpi.cleaning.words import plain
from kpi.definitions import Catalog, Definition, Unit
from kpi.formula import did_you_mean
from kpi.report import FactField, Kind
from kpi.targeting.attainment import manner_of
from kpi.targeting.targets import Target

WHOLE = ("", "")
LONGEST_MEMBER = 255  # characters
A_PERIOD = (
    "wanted a month, quarter, year, week or day, such as 2025-03, 'Mar 2025', '2025 Q1', 2025 or 2025-03-14"
)
MIDDLE = 15  # the day of a month that surely lies in the year that begins with it
MONTHS_A_QUARTER, MONTHS_A_YEAR = 3, 12


class TargetError(ValueError):
    """What can be no target of these data; the message says what was found and what is wanted."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What targets of a dataset can be about: `known` are its KPIs. Without `fields` nothing is known of the data yet,
    and a target waits for them.
    """

    catalog: Catalog
    calendar: Calendar
    fields: tuple[FactField, ...]
    known: tuple[Definition, ...]

    def target(
        self,
        kpi: str,
        period: tuple[Grain, date],
        whom: tuple[str, str],
        value: float,
        *,
        percent: bool = False,
    ) -> Target:
        """A target of these data, `whom` a dimension and a member; TargetError where it could never be measured.

        `percent`: the value was written with a percent sign, and is a share by now.
        """
        one = self.kpi(kpi)
        dimension, member = self._whom(*whom)
        if percent and one.unit is not Unit.PERCENT:
            raise TargetError(f"a percentage is no target for {one.label}, which is no share")
        if one.unit is Unit.PERCENT and abs(value) > 1 and not percent:
            raise TargetError(
                f"{value:g} for {one.label} would be {value * 100:g} %; write {value:g}% or {value / 100:g}"
            )
        try:
            return Target(one.key, *period, dimension, member, value)
        except ValueError as error:
            raise TargetError(str(error)) from error

    def kpi(self, text: str) -> Definition:
        """The KPI of that key or label, in whatever case; TargetError where there is none, or none to aim at."""
        wanted = plain(text)
        named = [one for one in self.known if wanted in (plain(one.key), plain(one.label))]
        one = next((one for one in named if one.key == text), named[0] if named else None)
        if one is None:
            raise TargetError(self._unknown(text))
        if self.fields and manner_of(one, self.catalog.scope(self.fields)) is None:
            of = f"; set one for `{one.of}`" if one.of else ""
            raise TargetError(f"`{one.key}` is made of other values and has no target of its own{of}")
        return one

    def period(self, text: str, grain: Grain | None = None) -> tuple[Grain, date]:
        """The grain and the first day of the period that a text says. With a grain a day stands for its period."""
        day = _day(text)
        if day is not None:
            return grain or Grain.DAY, self.calendar.start_of(day, grain or Grain.DAY)
        found = read_period(text)
        if found is None or found.half:
            raise TargetError(f"found the period {text!r}; {A_PERIOD}")
        if grain is not None and grain.value != found.grain.value:
            raise TargetError(f"found the period {text!r}, a {found.grain}; wanted a {grain}")
        return Grain(found.grain.value), self.start(Grain(found.grain.value), found.first)

    def start(self, grain: Grain, first: date) -> date:
        """The first day, by the calendar of the business, of a period that is named by its ordinary first day.

        A year and its quarters are those of the (fiscal) year that begins in the calendar year that was named; a month
        is the period of the fiscal year that stands in its place, also where periods are weeks.
        """
        begin = self.calendar.fiscal_year_start
        if grain is Grain.YEAR:
            return self._year(first.year)
        if grain is Grain.QUARTER:
            return self.calendar.shift(self._year(first.year), grain, (first.month - 1) // MONTHS_A_QUARTER)
        if grain is Grain.MONTH:
            year = self._year(first.year if first.month >= begin else first.year - 1)
            return self.calendar.shift(year, grain, (first.month - begin) % MONTHS_A_YEAR)
        return self.calendar.start_of(first, grain)

    def name(self, grain: Grain, start: date) -> str:
        """The period as `period` reads it."""
        year, number = self.calendar.fiscal(start)
        if grain is Grain.YEAR:
            return str(year)
        if grain is Grain.QUARTER:
            return f"{year}-Q{(number - 1) // MONTHS_A_QUARTER + 1}"
        if grain is Grain.MONTH:
            later, month = divmod(self.calendar.fiscal_year_start + number - 2, MONTHS_A_YEAR)
            return f"{year + later}-{month + 1:02}"
        if grain is Grain.WEEK:
            week = (start + timedelta(days=-start.weekday() % 7)).isocalendar()  # of the Monday in it
            return f"{week.year}-W{week.week:02}"
        return start.isoformat()

    def _year(self, year: int) -> date:
        """The first day of the fiscal year that begins in that year, or nearest to its month."""
        return self.calendar.start_of(date(year, self.calendar.fiscal_year_start, MIDDLE), Grain.YEAR)

    def _whom(self, dimension: str, member: str) -> tuple[str, str]:
        dimension, member = dimension.strip(), member.strip()
        if not dimension and not member:
            return WHOLE
        if not dimension or not member:
            raise TargetError(
                "a target is for the whole, or for one member of a dimension, such as region and North; found "
                f"{dimension or member!r} alone"
            )
        if len(member) > LONGEST_MEMBER:
            raise TargetError(f"the member {member[:40]!r}… is longer than {LONGEST_MEMBER} characters")
        known = [field.name for field in self.fields if field.kind is Kind.DIMENSION]
        if self.fields and dimension not in known:
            hint = did_you_mean(dimension, known) or "."
            listed = ", ".join(known) or "none"
            raise TargetError(f"the data have no dimension {dimension!r}{hint} They have: {listed}.")
        return dimension, member

    def _unknown(self, text: str) -> str:
        key = "_".join(plain(text).split())
        if any(one.key == key for one in self.catalog.definitions):
            try:
                self.catalog.find(self.fields, (key,))
            except CatalogError as error:
                return str(error)
        names = {plain(name): name for one in self.known for name in (one.key, one.label)}
        hint = did_you_mean(plain(text), names) or "."
        listed = ", ".join(one.key for one in self.known) or "none"
        return f"there is no KPI {text!r}{hint} These data give: {listed}."


def terms_of(catalog: Catalog, calendar: Calendar, fields: Sequence[FactField]) -> Terms:
    """The terms of a dataset with these columns; none where it has no data yet."""
    known = catalog.available(fields) if fields else catalog.definitions
    return Terms(catalog, calendar, tuple(fields), tuple(known))


def read_value(text: str) -> tuple[float, bool]:
    """`1200`, `1,200.50` or `30%` as a number, and whether it was a percentage; TargetError for other texts."""
    number = read_number(text)
    value = number.value(Sign.POINT) if number else None
    if number is None or value is None:
        raise TargetError(f"found the value {text!r}, wanted a number such as 1200, 1200.50 or 30%")
    return value, number.percent


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if len(text.strip()) == len("2025-03-14") else None
    except ValueError:
        return None
