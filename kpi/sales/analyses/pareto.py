"""Products by what they add up to: the few that bring most of the revenue, and the many that bring little."""

from __future__ import annotations

from decimal import Decimal

from kpi.sales.analyses.question import Measure, Question
from kpi.sales.analyses.ranking import products_by
from kpi.sales.analyses.values import Record, exact, money, number
from kpi.values import Executor

SAYS = (
    "Products by revenue with their share and the share of all down to them: A to 80 %, B to 95 %, C the rest"
)
COLUMNS = ("product_id", "product", "category", "revenue", "units", "share", "cumulative_share", "class")
A, B = Decimal("0.80"), Decimal("0.95")


def abc_products(run: Executor, question: Question) -> list[Record]:
    """Every product, the one with the most revenue first; `top` shows the first of them, in the classes of all.

    Shares are of the revenue of all products that have any: one with more returned than sold adds nothing, takes
    nothing away, and is in C. The first product is in A, whatever its share.
    """
    found = run(products_by(question, Measure.REVENUE, None))
    whole = sum((max(exact(revenue), Decimal()) for *_, revenue in found), Decimal())
    rows: list[Record] = []
    reached = Decimal()
    for product_id, name, category, units, revenue in found[: question.top]:
        reached += max(exact(revenue), Decimal())
        rows.append(
            {
                "product_id": product_id,
                "product": name,
                "category": category,
                "revenue": money(revenue),
                "units": number(units),
                "share": float(exact(revenue) / whole) if whole else None,
                "cumulative_share": float(reached / whole) if whole else None,
                "class": _class(reached, exact(revenue), whole),
            }
        )
    return rows


def _class(reached: Decimal, revenue: Decimal, whole: Decimal) -> str:
    if revenue <= 0:
        return "C"
    if reached <= A * whole or reached == revenue:
        return "A"
    return "B" if reached <= B * whole else "C"
