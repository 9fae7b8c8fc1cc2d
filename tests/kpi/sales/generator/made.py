"""What the generator's tests share: files made in memory, and the truth about them worked out again the slow way."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from kpi.sales.generator.plan import Plan
from kpi.sales.generator.source import parts
from kpi.sales.generator.truth import FILES, Tally

Row = list[str]


@dataclass(frozen=True, slots=True)
class Made:
    """The files' bytes by name, and what the generator says about them."""

    files: dict[str, bytes]
    truth: dict[str, Any]

    def rows(self, name: str) -> list[Row]:
        """The cells below the header."""
        return list(csv.reader(io.StringIO(self.files[name].decode("utf-8"))))[1:]


def made(plan: Plan) -> Made:
    tally = Tally(plan)
    files = dict.fromkeys(FILES, b"")
    for part in parts(plan, tally):
        files[part.name] += part.text.to_pybytes()
    return Made(files, tally.told(dict.fromkeys(FILES, "")))


def read_again(found: Made) -> dict[str, Any]:
    """`clean` of the truth, a row at a time, in decimals, by the rules of the warehouse and of no generator."""
    ledgers = {name: Counter(read=0, loaded=0, rejected=0, set_aside=0) for name in FILES}
    customers = _listed(found.rows("customers.csv"), 6, ledgers["customers.csv"])
    products = _listed(found.rows("products.csv"), 5, ledgers["products.csv"])
    sales: dict[str, Row] = {}
    for row in found.rows("sales.csv"):
        sound = (
            len(row) == 8 and _is(date.fromisoformat, row[2]) and _is(int, row[5]) and _is(Decimal, row[6])
        )
        _count(row, sound and row[0] not in sales, ledgers["sales.csv"])
        if sound:
            sales.setdefault(row[0], row)
    orphans = {row[3].strip() for row in sales.values()} - customers
    strangers = {row[4].strip() for row in sales.values()} - products
    days = sorted(date.fromisoformat(row[2]) for row in sales.values())
    months: dict[str, Decimal] = {}
    for row in sales.values():
        full = int(row[5]) * Decimal(row[6])
        months.setdefault(row[2][:7], Decimal(0))
        months[row[2][:7]] += full - (full * Decimal(row[7])).quantize(Decimal("0.0001"), ROUND_HALF_UP)
    return {
        "options": found.truth["clean"]["options"],
        "rows": {
            "dim_customer": len(customers | orphans),
            "dim_product": len(products | strangers),
            "dim_date": (days[-1] - days[0]).days + 1,
            "fact_sales": len(sales),
        },
        "inferred": {"dim_customer": len(orphans), "dim_product": len(strangers)},
        "first_day": str(days[0]),
        "last_day": str(days[-1]),
        "revenue": str(sum(months.values(), Decimal(0))),
        "revenue_by_month": {month: str(revenue) for month, revenue in sorted(months.items())},
        "orders": len({row[1] for row in sales.values()}),
        "units": sum(int(row[5]) for row in sales.values()),
        "ledger": {name: dict(ledger) for name, ledger in ledgers.items()},
    }


def _listed(rows: list[Row], cells: int, ledger: Counter[str]) -> set[str]:
    """The ids of a list of customers, or products."""
    ids: set[str] = set()
    for row in rows:
        number = row[0].strip()
        _count(row, len(row) == cells and bool(number) and number not in ids, ledger)
        ids |= {number} - {""}
    return ids


def _count(row: Row, loaded: object, ledger: Counter[str]) -> None:
    ledger["read"] += 1
    ledger["loaded" if loaded else "rejected" if any(row) else "set_aside"] += 1


def _is(kind: Callable[[str], object], text: str) -> bool:
    try:
        kind(text)
    except (ValueError, InvalidOperation):
        return False
    return True
