"""Why revenue changed between two periods: other prices, more or less units, another mix, new and lost products."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, localcontext
from typing import Any

from sqlalchemy import case, func, or_, select

from kpi.sales.analyses.cut import Rows, Sql, chosen, during, total
from kpi.sales.analyses.question import MONTHS_A_YEAR, Period, Question
from kpi.sales.analyses.values import PLACES, Record, exact
from kpi.sales.star import dim_date, dim_product, fact_sales
from kpi.values import Executor

SAYS = (
    "Why revenue changed between two periods: volume, price, mix, new and lost products, which add up exactly"
)
COLUMNS = ("part", "amount", "start", "end")
ONE_DAY = timedelta(days=1)
DIGITS = 60  # of what is reckoned with: no product of amounts has more


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold of one product in the earlier period and the later one, and in how many lines each."""

    units: tuple[Decimal, Decimal]
    revenue: tuple[Decimal, Decimal]
    lines: tuple[int, int]

    @property
    def comparable(self) -> bool:
        """It has a price in both: units were sold, and not more of them returned."""
        return min(self.units) > 0


def price_volume_mix(run: Executor, question: Question) -> list[Record]:
    """Seven rows: `before`, five parts, `after`; `before` and the parts add up to `after` to the last place.

    Among the products that have a price in both periods, with the units q and prices p of each:
    volume = (all units after − all units before) × average price before; price = Σ (p after − p before) × q after;
    mix = what is left, which is that the units went to dearer or cheaper products, with the rounding and what products
    changed of which more was returned than sold. A new product has no line before, a lost one none after.

    The later period is `start` to `end`, by default the year of the last day so far, and the same days a year earlier;
    the earlier one is `before`, by default as many whole months, or days, as the later has, just before it.
    """
    periods = _periods(run, question)
    if periods is None:
        return []
    before, after = periods
    amounts = parts([_sold(row) for row in run(_by_product(question, before, after))])
    days = {"before": before, "after": after}
    return [
        {
            "part": name,
            "amount": float(amount),
            "start": days[name].start if name in days else None,
            "end": days[name].end if name in days else None,
        }
        for name, amount in amounts.items()
    ]


def parts(products: Sequence[Sold]) -> dict[str, Decimal]:
    """What there was before, the parts of the change, and what there is after, to four places."""
    with localcontext(prec=DIGITS):
        return _parts(products)


def _parts(products: Sequence[Sold]) -> dict[str, Decimal]:
    before, after = (sum((one.revenue[at] for one in products), Decimal()) for at in (0, 1))
    new = sum((one.revenue[1] for one in products if not one.lines[0]), Decimal())
    lost = -sum((one.revenue[0] for one in products if not one.lines[1]), Decimal())
    both = [one for one in products if one.comparable]
    had, has = (sum((one.units[at] for one in both), Decimal()) for at in (0, 1))
    earned = sum((one.revenue[0] for one in both), Decimal())
    volume = ((has - had) * earned / had if had else Decimal()).quantize(PLACES)
    price = sum(
        (one.revenue[1] - one.revenue[0] / one.units[0] * one.units[1] for one in both), Decimal()
    ).quantize(PLACES)
    mix = after - before - volume - price - new - lost
    return {
        "before": before,
        "volume": volume,
        "price": price,
        "mix": mix,
        "new_products": new,
        "lost_products": lost,
        "after": after,
    }


def _sold(row: Sequence[Any]) -> Sold:
    units_before, units_after, before, after, lines_before, lines_after = row
    return Sold(
        (exact(units_before), exact(units_after)),
        (exact(before), exact(after)),
        (int(lines_before), int(lines_after)),
    )


def _by_product(question: Question, before: Period, after: Period) -> Rows:
    """Units, revenue and lines of each product, before and after. What has no id is one product here: it has revenue."""

    def when(period: Period, what: Sql) -> Sql:
        return case((during(period), what))

    in_both = (before, after)
    sums = (
        select(
            fact_sales.c.product_key,
            *(
                func.sum(when(one, what), type_=what.type).label(f"{what.name}{at}")
                for what in (fact_sales.c.quantity, fact_sales.c.revenue)
                for at, one in enumerate(in_both)
            ),
            *(
                func.count(when(one, fact_sales.c.sale_id)).label(f"lines{at}")
                for at, one in enumerate(in_both)
            ),
        )
        .where(or_(during(before), during(after)), *chosen(question))
        .group_by(fact_sales.c.product_key)
        .cte("sums")
    )
    amounts = (sums.c.quantity0, sums.c.quantity1, sums.c.revenue0, sums.c.revenue1)
    return (
        select(*map(total, amounts), func.sum(sums.c.lines0), func.sum(sums.c.lines1))
        .join_from(sums, dim_product, dim_product.c.product_key == sums.c.product_key)
        .group_by(dim_product.c.product_id)
    )


def _periods(run: Executor, question: Question) -> tuple[Period, Period] | None:
    """The earlier and the later; None where there are no data."""
    ((first, last),) = run(select(func.min(dim_date.c.date), func.max(dim_date.c.date)))
    if first is None:
        return None
    end = question.end or max(last, question.start or last)
    later = Period(question.start or date(end.year, 1, 1), end)
    found = question.before or (went_before(later) if question.start else a_year_earlier(later))
    return found, later


def went_before(later: Period) -> Period:
    """As many whole months where these are whole months, else as many days."""
    start, end = later.start, later.end
    if start.day == 1 and (end + ONE_DAY).day == 1:
        months = _months(end) - _months(start) + 1
        return Period(_moved(start, -months), start - ONE_DAY)
    return Period(start - (end - start) - ONE_DAY, start - ONE_DAY)


def a_year_earlier(later: Period) -> Period:
    """The same days; 28 February for the 29th."""
    return Period(_moved(later.start, -MONTHS_A_YEAR), _moved(later.end, -MONTHS_A_YEAR))


def _months(day: date) -> int:
    return day.year * MONTHS_A_YEAR + day.month - 1


def _moved(day: date, months: int) -> date:
    year, month = divmod(_months(day) + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
