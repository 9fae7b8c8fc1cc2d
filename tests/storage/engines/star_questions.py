"""Questions about the small warehouse, each with the conditions that say the same in SQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kpi.sales.analyses.question import Measure, Period, Question

ALWAYS = "1 = 1"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the same by hand."""

    question: Question
    where: str = ALWAYS
    days: str = ALWAYS
    living: str = ALWAYS


def between(period: Period) -> str:
    return f"date BETWEEN '{period.start}' AND '{period.end}'"


PERIOD = (date(2024, 1, 15), date(2024, 6, 10))
BOUGHT = "c.customer_id IN (SELECT x.customer_id FROM sales x)"
ASKED = {
    "everything": Asked(Question()),
    "a period": Asked(
        Question(*PERIOD),
        f"d.{between(Period(*PERIOD))}",
        f"m.{between(Period(*PERIOD))}",
        BOUGHT,
    ),
    "by units, the first three": Asked(Question(by=Measure.UNITS, top=3)),
    "without returns": Asked(Question(returns=False), "NOT f.is_return"),
    "cities of odd names": Asked(
        Question(where=(("city", "Zürich"), ("city", "paris"), ("city", "10% off_town"))),
        "c.city IN ('Zürich', 'paris', '10%% off_town')",
        living="c.city IN ('Zürich', 'paris', '10%% off_town')",
    ),
    "customers and products by id": Asked(
        Question(where=(("customer", "M-1"), ("customer", "é-1"), ("product", "V-1"), ("product", "p-9"))),
        "c.customer_id IN ('M-1', 'é-1') AND p.product_id IN ('V-1', 'p-9')",
        living=BOUGHT,
    ),
    "regions, categories and weekdays": Asked(
        Question(
            where=(
                ("country", "Country 1"),
                ("region", "Region 0"),
                ("region", "Region 1"),
                ("category", "Chairs"),
                ("category", "Lamps & 'lights'"),
                ("weekday", "monday"),
                ("weekday", "6"),
                ("weekday", "3"),
            )
        ),
        "c.country = 'Country 1' AND c.region IN ('Region 0', 'Region 1') "
        "AND p.category IN ('Chairs', 'Lamps & ''lights''') AND d.weekday IN (1, 3, 6)",
        living="c.country = 'Country 1' AND c.region IN ('Region 0', 'Region 1') AND " + BOUGHT,
    ),
    "segments and months": Asked(
        Question(
            where=(("segment", "Retail"), ("month", "2024-03"), ("month", "12"), ("subcategory", "Sub 1"))
        ),
        "c.segment = 'Retail' AND p.subcategory = 'Sub 1' AND (d.month = 12 OR (d.year = 2024 AND d.month = 3))",
        "(m.month = 12 OR (m.year = 2024 AND m.month = 3))",
        "c.segment = 'Retail' AND " + BOUGHT,
    ),
}
