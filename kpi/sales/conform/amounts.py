"""The money of a sale: unit price, discount and revenue, exact, in ten-thousandths, rounded half away from zero.

A relation comes in with quantity, price (the sale's own, or that of the list), discount_rate, discount_amount and
revenue (as stated); it goes out with them and paid_price, discount, net, and computed: what the revenue would be if none
were stated. A value that no column of the star can hold is empty. Decision 0021.
"""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from kpi.sales.conform.text import fill

_SIZE, _PRODUCT = 10**9, 9 * 10**10  # beyond them, products of ten-thousandths do not fit 64 bits


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is known about all sales before their money is worked out: the largest of each, without its sign, and how
    many have a rate, an amount, a stated revenue, neither revenue nor price (`unpriced`), a revenue and no price
    (`derived`).
    """

    quantity: Decimal | int = 0
    price: Decimal | int = 0
    rate: Decimal | int = 0
    amount: Decimal | int = 0
    rates: int = 0
    amounts: int = 0
    stated: int = 0
    unpriced: int = 0
    derived: int = 0

    @property
    def are_small(self) -> bool:
        """Whether 64 bits hold every step; DuckDB takes ten times as long to round what has 128."""
        product = 2 * self.quantity * self.price + self.amount
        within = max(self.quantity, self.price, self.amount) < _SIZE and product < _PRODUCT
        return within and self.rate <= 1 and not self.derived


SIZES = """SELECT COALESCE(max(abs(quantity)), 0), COALESCE(max(abs(unit_price)), 0),
    COALESCE(max(abs(discount_rate)), 0), COALESCE(max(abs(discount_amount)), 0),
    count(discount_rate), count(discount_amount), count(revenue),
    count(*) FILTER (unit_price IS NULL AND revenue IS NULL),
    count(*) FILTER (unit_price IS NULL AND revenue IS NOT NULL)
FROM sale_read"""
"""The row of `Sizes`, for the prices of sales themselves."""


def amounts(relation: str, sizes: Sizes) -> str:
    """The rows of the relation, with their money."""
    small = sizes.are_small
    discount = _discount(sizes)
    return fill(
        _SMALL if small else _LARGE,
        numbers=fill(_SMALL_NUMBERS if small else _LARGE_NUMBERS, relation=relation),
        discount=discount if small else f"CASE WHEN p IS NULL THEN {_TAKEN_OFF} ELSE {discount} END",
        net=_small_money("n") if small else _large_money("n"),
        off=_small_money("d") if small else _large_money("d"),
        paid=_large_money(_DERIVED, 15),
    )


def _discount(sizes: Sizes) -> str:
    """In ten-thousandths. Where there is none at all, it costs nothing."""
    cases = [f"WHEN a IS NOT NULL THEN {_SIGNED}"] if sizes.amounts else []
    if sizes.rates:
        cases.append(f"WHEN r IS NOT NULL THEN {_TIMES_RATE if sizes.are_small else _TIMES_RATE_LARGE}")
    return f"CASE {' '.join(cases)} ELSE 0 END" if cases else "0"


def _small_money(number: str) -> str:
    return f"CAST({number} AS DECIMAL(18,0)) * CAST(0.0001 AS DECIMAL(4,4))"


def _large_money(number: str, digits: int = 18) -> str:
    whole = f"TRY_CAST({number} AS DECIMAL(34,0)) * CAST(0.0001 AS DECIMAL(4,4))"
    return f"TRY_CAST({whole} AS DECIMAL({digits},4))"


def _ratio(over: str, under: str) -> str:
    """The whole number next to the quotient; 0 where it has none."""
    rounded = f"(2 * abs({over}) + abs({under})) // (2 * abs({under}))"
    return f"CASE WHEN {under} = 0 THEN 0 ELSE sign({over}) * sign({under}) * ({rounded}) END"


# Of a return the discount is given back: its sign is the quantity's, whatever sign it is written with.
_SIGNED = "CASE WHEN q < 0 THEN -abs(a) ELSE abs(a) END"
_TIMES_RATE_LARGE = "sign(g) * sign(r) * ((abs(g) * abs(r) + 5000000000) // 10000000000)"
# The same without a product of more than 64 bits: the last six digits of the amount are multiplied by themselves.
_TIMES_RATE = """sign(g) * sign(r) * ((abs(g) // 1000000 * abs(r)
    + (abs(g) % 1000000 * abs(r) + 5000000000) // 1000000) // 10000)"""

# Where only the revenue is stated, it is net of the discount: what it was before gives the price. A rate of all, or
# more, leaves nothing to tell that by. `k`: the millionths that are left after the rate.
_TAKEN_OFF = f"CASE WHEN a IS NOT NULL THEN {_SIGNED} ELSE {_ratio('(v * (1000000 - k))', 'k')} END"
_DERIVED = f"""CASE WHEN a IS NOT NULL THEN {_ratio(f"((v + {_SIGNED}) * 10000)", "q")}
    ELSE {_ratio("(v * 10000000000)", "(q * k)")} END"""

_SMALL_NUMBERS = """SELECT *, CAST(quantity * 10000 AS BIGINT) AS q, CAST(price * 10000 AS BIGINT) AS p,
    CAST(discount_amount * 10000 AS BIGINT) AS a, CAST(discount_rate * 1000000 AS BIGINT) AS r FROM ($relation)"""
_LARGE_NUMBERS = """SELECT *, CASE WHEN r < 1000000 THEN 1000000 - r ELSE 1000000 END AS k
FROM (SELECT *, CAST(CAST(quantity AS DECIMAL(24,4)) * 10000 AS HUGEINT) AS q,
    CAST(CAST(price AS DECIMAL(24,4)) * 10000 AS HUGEINT) AS p,
    CAST(CAST(discount_amount AS DECIMAL(24,4)) * 10000 AS HUGEINT) AS a,
    CAST(CAST(discount_rate AS DECIMAL(24,6)) * 1000000 AS HUGEINT) AS r,
    CAST(CAST(revenue AS DECIMAL(24,4)) * 10000 AS HUGEINT) AS v FROM ($relation))"""

_ROUNDED = """(SELECT *, sign(x) * ((abs(x) + 5000) // 10000) AS n
    FROM (SELECT *, g - d * 10000 AS x FROM (SELECT *, $discount AS d FROM (SELECT *, q * p AS g FROM ($numbers)))))"""
_SMALL = f"""SELECT * EXCLUDE (q, p, a, r, g, d, x, n), price AS paid_price, $off AS discount,
    COALESCE(revenue, $net) AS net, $net AS computed FROM {_ROUNDED}"""
_LARGE = f"""SELECT * EXCLUDE (q, p, a, r, k, v, g, d, x, n), COALESCE(price, $paid) AS paid_price, $off AS discount,
    COALESCE(revenue, $net) AS net, $net AS computed FROM {_ROUNDED}"""
