"""The analyses once more, written by hand in plain SQL: everything joined first, then grouped, with nothing clever.

`{where}` are conditions over the joined rows, `{days}` those of the period over the date table `m`, `{bytes}` orders a
text by its bytes where the database would not, `{top}` and `{by}` what the question says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from kpi.sales.analyses.question import Period
from kpi.sales.analyses.segments import SEGMENTS, segment_of
from tests.storage.engines.star_questions import Asked, between

Rows = Sequence[Sequence[Any]]
Ask = Callable[[str], Rows]

SALES = """
WITH sales AS (
    SELECT f.sale_id, f.order_id, f.quantity, f.unit_price, f.revenue, f.is_return,
           c.customer_id, c.city, p.product_id, p.category, d.date_id, d.date, d.year, d.month, d.weekday
    FROM fact_sales f JOIN dim_customer c ON c.customer_key = f.customer_key
    JOIN dim_product p ON p.product_key = f.product_key JOIN dim_date d ON d.date_id = f.date_id
    WHERE {where}
)"""
PRODUCTS = """
SELECT n.product_id, n.name, n.category, ROUND(SUM(s.quantity), 4) AS units, ROUND(SUM(s.revenue), 4) AS revenue
FROM sales s JOIN dim_product n ON n.product_id = s.product_id AND n.is_current
WHERE n.product_id <> '' GROUP BY n.product_id, n.name, n.category"""
TEN = {
    "top_customers": """
SELECT n.customer_id, n.name, n.city, ROUND(SUM(s.revenue), 4) AS revenue, COUNT(DISTINCT s.order_id) AS orders,
       ROUND(SUM(s.quantity), 4) AS units
FROM sales s JOIN dim_customer n ON n.customer_id = s.customer_id AND n.is_current
WHERE n.customer_id <> '' GROUP BY n.customer_id, n.name, n.city
ORDER BY {by} DESC, n.customer_id {bytes} LIMIT {top:5}""",
    "monthly_revenue": """
SELECT m.year, m.month, ROUND(SUM(s.revenue), 4), COUNT(DISTINCT s.order_id), ROUND(SUM(s.quantity), 4)
FROM dim_date m LEFT JOIN sales s ON s.date_id = m.date_id WHERE {days} GROUP BY m.year, m.month ORDER BY 1, 2""",
    "best_selling_products": PRODUCTS + " ORDER BY {by} DESC, n.product_id {bytes} LIMIT {top:10}",
    "revenue_by_category": """
SELECT category, ROUND(SUM(revenue), 4) AS revenue, ROUND(SUM(quantity), 4) FROM sales GROUP BY category
ORDER BY revenue DESC, category {bytes} LIMIT {top:999}""",
    "average_order_value_by_month": """
SELECT m.year, m.month, ROUND(SUM(s.revenue), 4), COUNT(DISTINCT s.order_id)
FROM dim_date m LEFT JOIN sales s ON s.date_id = m.date_id WHERE {days} GROUP BY m.year, m.month ORDER BY 1, 2""",
    "orders_by_weekday": """
SELECT m.weekday, COUNT(DISTINCT s.order_id) FROM dim_date m LEFT JOIN sales s ON s.date_id = m.date_id
GROUP BY m.weekday ORDER BY m.weekday""",
    "quantity_by_category": """
SELECT category, ROUND(SUM(quantity), 4) AS units, ROUND(SUM(revenue), 4) FROM sales GROUP BY category
ORDER BY units DESC, category {bytes} LIMIT {top:999}""",
    "top_cities": """
SELECT city, ROUND(SUM(revenue), 4) AS revenue, COUNT(DISTINCT order_id), ROUND(SUM(quantity), 4) AS units
FROM sales GROUP BY city ORDER BY {by} DESC, city {bytes} LIMIT {top:5}""",
    "customers_by_city": """
SELECT c.city, COUNT(DISTINCT c.customer_id) AS customers FROM dim_customer c
WHERE c.is_current AND c.customer_id <> '' AND {living}
GROUP BY c.city ORDER BY customers DESC, c.city {bytes} LIMIT {top:999}""",
    "price_vs_quantity": """
SELECT n.product_id, n.name, n.category, SUM(s.quantity * s.unit_price), ROUND(SUM(s.quantity), 4) AS units, COUNT(*)
FROM sales s JOIN dim_product n ON n.product_id = s.product_id AND n.is_current
WHERE n.product_id <> '' AND NOT s.is_return GROUP BY n.product_id, n.name, n.category
ORDER BY units DESC, n.product_id {bytes} LIMIT {top:999}""",
}
COHORTS = """, first_months AS (
    SELECT customer_id, MIN(year * 12 + month) AS cohort FROM sales
    WHERE customer_id <> '' AND NOT is_return GROUP BY customer_id
), sizes AS (SELECT cohort, COUNT(*) AS size FROM first_months GROUP BY cohort)
SELECT f.cohort, s.year * 12 + s.month - f.cohort AS since,
       COUNT(DISTINCT CASE WHEN NOT s.is_return THEN s.customer_id END), z.size, ROUND(SUM(s.revenue), 4)
FROM sales s JOIN first_months f ON f.customer_id = s.customer_id JOIN sizes z ON z.cohort = f.cohort
WHERE s.year * 12 + s.month >= f.cohort GROUP BY f.cohort, s.year * 12 + s.month - f.cohort, z.size ORDER BY 1, 2"""
PEOPLE = """
SELECT customer_id, MAX(CASE WHEN NOT is_return THEN date_id END),
       COUNT(DISTINCT CASE WHEN NOT is_return THEN order_id END), ROUND(SUM(revenue), 4)
FROM sales WHERE customer_id <> '' GROUP BY customer_id"""
CLASSES = (
    """, products AS ("""
    + PRODUCTS
    + """), shares AS (
    SELECT products.*, SUM(CASE WHEN revenue > 0 THEN revenue ELSE 0 END) OVER () AS whole,
           SUM(CASE WHEN revenue > 0 THEN revenue ELSE 0 END) OVER (ORDER BY revenue DESC, product_id {bytes}) AS reached
    FROM products
)
SELECT product_id, name, category, revenue, units, revenue, reached, whole,
       CASE WHEN revenue <= 0 THEN 'C' WHEN ROUND(reached - 0.8 * whole, 6) <= 0 OR reached = revenue THEN 'A'
            WHEN ROUND(reached - 0.95 * whole, 6) <= 0 THEN 'B' ELSE 'C' END
FROM shares ORDER BY revenue DESC, product_id {bytes}"""
)
PAIRS = """, bought AS (SELECT DISTINCT order_id, product_id FROM sales WHERE NOT is_return AND product_id <> ''),
counted AS (SELECT product_id, COUNT(*) AS orders FROM bought GROUP BY product_id),
versions AS (SELECT product_id, MIN(product_key) AS product_key FROM dim_product GROUP BY product_id)
SELECT a.product_id, na.name, b.product_id, nb.name, COUNT(*) AS together, ca.orders, cb.orders
FROM bought a JOIN bought b ON a.order_id = b.order_id
JOIN versions va ON va.product_id = a.product_id JOIN versions vb ON vb.product_id = b.product_id
JOIN counted ca ON ca.product_id = a.product_id JOIN counted cb ON cb.product_id = b.product_id
JOIN dim_product na ON na.product_id = a.product_id AND na.is_current
JOIN dim_product nb ON nb.product_id = b.product_id AND nb.is_current
WHERE va.product_key < vb.product_key GROUP BY a.product_id, na.name, b.product_id, nb.name, ca.orders, cb.orders
ORDER BY together DESC, a.product_id {bytes}, b.product_id {bytes} LIMIT {top:20}"""
BRIDGE = """, before_and_after AS (
    SELECT product_id, SUM(CASE WHEN {before} THEN quantity ELSE 0 END) AS q0, SUM(CASE WHEN {after} THEN quantity ELSE 0 END) AS q1,
           SUM(CASE WHEN {before} THEN revenue ELSE 0 END) AS r0, SUM(CASE WHEN {after} THEN revenue ELSE 0 END) AS r1,
           SUM(CASE WHEN {before} THEN 1 ELSE 0 END) AS n0, SUM(CASE WHEN {after} THEN 1 ELSE 0 END) AS n1
    FROM sales GROUP BY product_id
), priced AS (
    SELECT q0 * 1.0 AS q0, q1 * 1.0 AS q1, r0 * 1.0 AS r0, r1 * 1.0 AS r1 FROM before_and_after WHERE q0 > 0 AND q1 > 0
)
SELECT SUM(r0), (SELECT (SUM(q1) - SUM(q0)) * SUM(r0) / SUM(q0) FROM priced),
       (SELECT SUM(r1 - r0 * q1 / q0) FROM priced),
       SUM(CASE WHEN n0 = 0 THEN r1 ELSE 0 END), -SUM(CASE WHEN n1 = 0 THEN r0 ELSE 0 END), SUM(r1)
FROM before_and_after"""


@dataclass(frozen=True, slots=True)
class ByHand:
    """Asks the texts above of a database. `binary` is how it is told to order a text by its bytes."""

    ask: Ask
    binary: str = ""
    last: date = field(default=date.max)

    def __call__(self, name: str, asked: Asked) -> list[tuple[Any, ...]]:
        """The cells of the answer's rows, in the order of its columns."""
        more = {
            "cohort_retention": self._cohorts,
            "rfm_segments": self._segments,
            "abc_products": self._classes,
            "basket_pairs": self._pairs,
            "price_volume_mix": self._bridge,
        }
        if name in more:
            return more[name](asked)
        found = _finished(name, self._rows(TEN[name], asked))
        return found[-asked.question.top :] if "month" in name and asked.question.top else found

    def _rows(self, text: str, asked: Asked, **given: str) -> Rows:
        top, by = _Top(asked.question.top), asked.question.by.value
        told = {"where": asked.where, "days": asked.days, "living": asked.living, "bytes": self.binary}
        return self.ask((SALES + text).format(**told, top=top, by=by, **given))

    def _cohorts(self, asked: Asked) -> list[tuple[Any, ...]]:
        rows = self._rows(COHORTS, asked)
        return [
            (_first_of(cohort), since, people, size, people / size, float(revenue))
            for cohort, since, people, size, revenue in rows
        ]

    def _segments(self, asked: Asked) -> list[tuple[Any, ...]]:
        people = [
            (one, last, orders, float(revenue))
            for one, last, orders, revenue in self._rows(PEOPLE, asked)
            if orders
        ]
        scores = [_fifths(people, at) for at in (1, 2, 3)]
        found: dict[str, list[tuple[int, int, float]]] = {}
        end = min(asked.question.end or self.last, self.last)
        for one, last, orders, revenue in people:
            segment = segment_of(*(score[one] for score in scores))
            found.setdefault(segment, []).append(((end - _day(last)).days, orders, revenue))
        return [
            (
                name,
                len(those),
                round(sum(v for *_, v in those), 4),
                *(sum(at) / len(those) for at in zip(*those, strict=True)),
            )
            for name, those in ((name, found[name]) for name in SEGMENTS if name in found)
        ]

    def _classes(self, asked: Asked) -> list[tuple[Any, ...]]:
        rows = self._rows(CLASSES, asked)
        return [
            (
                *texts,
                float(revenue),
                float(units),
                float(share) / float(whole),
                float(reached) / float(whole),
                letter,
            )
            for *texts, revenue, units, share, reached, whole, letter in rows
        ]

    def _pairs(self, asked: Asked) -> list[tuple[Any, ...]]:
        ((whole,),) = self._rows(" SELECT COUNT(DISTINCT order_id) FROM sales WHERE NOT is_return", asked)
        return [
            (*names, both, both / whole, both / one, both / other, both * whole / (one * other))
            for *names, both, one, other in self._rows(PAIRS, asked)
        ]

    def _bridge(self, asked: Asked) -> list[tuple[Any, ...]]:
        later, before = Period(*(asked.question.start, asked.question.end)), asked.question.before  # type: ignore[arg-type]
        assert before is not None
        told = {"before": between(before), "after": between(later)}
        (row,) = self._rows(BRIDGE, asked, **told)
        was, volume, price, new, lost, now = (float(cell or 0) for cell in row)
        mix = now - was - volume - price - new - lost
        return [
            ("before", was, before.start, before.end),
            *(
                (name, cell, None, None)
                for name, cell in (("volume", volume), ("price", price), ("mix", mix))
            ),
            ("new_products", new, None, None),
            ("lost_products", lost, None, None),
            ("after", now, later.start, later.end),
        ]


class _Top(int):
    """`{top:5}` is 5 where the question says nothing."""

    def __new__(cls, top: int | None) -> Self:
        return super().__new__(cls, top or 0)

    def __format__(self, default: str) -> str:
        return str(int(self)) if self else default


def _finished(name: str, rows: Rows) -> list[tuple[Any, ...]]:
    if name == "monthly_revenue":
        return [(date(y, m, 1), float(r or 0), n, float(q or 0)) for y, m, r, n, q in rows]
    if name == "average_order_value_by_month":
        return [(date(y, m, 1), float(r) / n if n else None, float(r or 0), n) for y, m, r, n in rows]
    if name == "orders_by_weekday":
        names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
        return [(day, names[day - 1], orders) for day, orders in rows]
    if name == "price_vs_quantity":
        return [
            (*texts, float(amount) / float(q) if q else None, float(q), n) for *texts, amount, q, n in rows
        ]
    return [tuple(row) for row in rows]


def _fifths(people: Sequence[tuple[Any, ...]], at: int) -> dict[str, int]:
    """Ranked from the least, ties by the bytes of the id, and cut into five: the first ones larger by one."""
    ranked = sorted(people, key=lambda one: (one[at], one[0].encode()))
    size, more = divmod(len(ranked), 5)
    ends = [size * fifth + min(fifth, more) for fifth in range(1, 6)]
    return {one[0]: 1 + sum(place >= end for end in ends) for place, one in enumerate(ranked)}


def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def _first_of(month: int) -> date:
    return date((month - 1) // 12, (month - 1) % 12 + 1, 1)
