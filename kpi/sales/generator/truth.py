"""What a right reading of the generated files comes to, counted while they are made: in whole numbers, without SQL."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from kpi.report import Ledger
from kpi.sales.generator.demand import Lines
from kpi.sales.generator.dirt import Dirt, Fate, Spots
from kpi.sales.generator.plan import Plan
from kpi.sales.generator.sale_lines import UNKNOWN_CUSTOMERS, UNKNOWN_PRODUCTS, which

CUSTOMERS, PRODUCTS, SALES = "customers.csv", "products.csv", "sales.csv"
FILES = (CUSTOMERS, PRODUCTS, SALES)
MADE_BY = "kpi etl generate, 1"  # the number counts what the same plan gives: another number, other files
FOUR_PLACES = Decimal("0.0001")


class Tally:
    """Counts what is in the files, a part at a time; `told` says it as what `truth.json` holds."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows: Counter[str] = Counter()
        self.dirt: dict[str, Counter[Dirt]] = {name: Counter() for name in FILES}
        self.sold = self.orders = self.units = 0
        self.months: Counter[str] = Counter()  # revenue in ten-thousandths
        self.first, self.last = plan.days, -1  # of the clean days
        self.unknown = (
            np.zeros(UNKNOWN_CUSTOMERS, dtype=bool),
            np.zeros(UNKNOWN_PRODUCTS, dtype=bool),
        )

    def list(self, name: str, rows: int, dirt: Mapping[Dirt, int]) -> None:
        """Count a list of customers, or products."""
        self.rows[name] += rows
        self.dirt[name].update(dirt)

    def sell(self, lines: Lines, dirty: Spots) -> None:
        """Count some sales; no order is in two parts."""
        self.rows[SALES] += len(lines.sale)
        self.dirt[SALES].update({dirt: len(places) for dirt, places in dirty.places.items()})
        sound = dirty.sound
        day = lines.day[sound]
        self.sold += len(day)
        self.orders += len(np.unique(lines.order[sound]))
        self.units += int(lines.quantity[sound].sum())
        self.first, self.last = min(self.first, int(day.min())), max(self.last, int(day.max()))
        revenue = lines.revenue()[sound]
        month = (np.datetime64(self.plan.first) + day).astype("datetime64[M]")
        for one in np.unique(month):
            self.months[str(one)] += int(revenue[month == one].sum())
        for seen, dirt in zip(self.unknown, (Dirt.CUSTOMER_UNKNOWN, Dirt.PRODUCT_UNKNOWN), strict=True):
            seen[which(dirty, dirt, len(seen))] = True

    def told(self, sha256: Mapping[str, str]) -> dict[str, Any]:
        """All of it, with the files' hashes by name. The same plan gives the same."""
        customers, products = (int(seen.sum()) for seen in self.unknown)
        return {
            "made_by": MADE_BY,
            "plan": asdict(self.plan) | {"first": str(self.plan.first), "last": str(self.plan.last)},
            "files": {name: {"rows": self.rows[name], "sha256": sha256[name]} for name in FILES},
            "dirt": {name: dict(sorted(found.items())) for name, found in self.dirt.items()},
            "clean": {
                "options": "orphans inferred; of duplicates the first stays",
                "rows": {
                    "dim_customer": self.plan.customer_count + customers,
                    "dim_product": self.plan.product_count + products,
                    "dim_date": self.last - self.first + 1,
                    "fact_sales": self.sold,
                },
                "inferred": {"dim_customer": customers, "dim_product": products},
                "first_day": str(self._day(self.first)),
                "last_day": str(self._day(self.last)),
                "revenue": _money(self.months.total()),
                "revenue_by_month": {month: _money(found) for month, found in sorted(self.months.items())},
                "orders": self.orders,
                "units": self.units,
                "ledger": {name: asdict(self._ledger(name)) for name in FILES},
            },
        }

    def _ledger(self, name: str) -> Ledger:
        lost = {
            fate: sum(count for dirt, count in self.dirt[name].items() if dirt.fate is fate)
            for fate in (Fate.REJECTED, Fate.SET_ASIDE)
        }
        rejected, aside = lost.values()
        return Ledger(self.rows[name], self.rows[name] - rejected - aside, rejected, aside)

    def _day(self, number: int) -> date:
        return self.plan.first + timedelta(days=number)


def _money(ten_thousandths: int) -> str:
    return str(Decimal(ten_thousandths) * FOUR_PLACES)
