"""Fields that the numbers prove: revenue is quantity × unit price, profit is revenue less cost.

A proof is used only where it leaves one reading; where it leaves two, it says which to offer first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from statistics import median

from kpi.cleaning.columns.algebra import are_equal, is_mostly_whole
from kpi.cleaning.columns.likeness import is_unlike, likeness, nearness
from kpi.cleaning.columns.mapper import PROVEN, Mapper
from kpi.cleaning.money.whole_orders import whole_orders
from kpi.cleaning.vocabulary import vocabulary
from kpi.report import Effect, Issue

_MOST = 0.5
_USUAL_PARTS = (0.3, 1.35)  # what discounts leave and taxes add: no contradiction
_LINES = frozenset({"quantity", "product", "product_id"})


def settle(mapper: Mapper) -> None:
    """Takes what is proven: the factors first, for the rest is proven by them."""
    _settle_quantity(mapper)
    _settle_unit_price(mapper)
    _settle_factors(mapper)
    _settle_revenue(mapper)
    _settle_cogs(mapper)
    _settle_discount(mapper)


def _settle_quantity(mapper: Mapper) -> None:
    """`Sales` that are `Revenue` by `Price` are counted and not added up."""
    revenue, price = mapper.column_of("revenue"), mapper.column_of("unit_price")
    if mapper.lacks("quantity") and revenue is not None and price is not None:
        _take_only(
            mapper,
            "quantity",
            lambda column: (
                mapper.sample.is_product(revenue, column, price)
                and (_is_whole(mapper, column) or column in mapper.doubtful.get("quantity", []))
            ),
        )


def _settle_unit_price(mapper: Mapper) -> None:
    revenue, quantity = mapper.column_of("revenue"), mapper.column_of("quantity")
    if mapper.lacks("unit_price") and revenue is not None and quantity is not None:
        _take_only(mapper, "unit_price", lambda column: mapper.sample.is_product(revenue, quantity, column))


def _settle_factors(mapper: Mapper) -> None:
    """Two misspelt names whose product is the revenue."""
    revenue = mapper.column_of("revenue")
    if revenue is None or not (mapper.lacks("quantity") and mapper.lacks("unit_price")):
        return
    near = [
        [column for column in mapper.free_numbers() if nearness(mapper.words(column), name)]
        for name in ("quantity", "unit_price")
    ]
    pairs = [pair for pair in product(*near) if mapper.sample.is_product(revenue, *pair)]
    if len(pairs) == 1:
        mapper.take(pairs[0][0], "quantity", PROVEN)
        mapper.take(pairs[0][1], "unit_price", PROVEN)


def _settle_revenue(mapper: Mapper) -> None:
    """What quantity and unit price come to, with the discount taken off where the table has one."""
    quantity, price, discount = (mapper.column_of(name) for name in ("quantity", "unit_price", "discount"))
    if not mapper.lacks("revenue") or quantity is None or price is None:
        return
    if discount is None:
        _take_only(mapper, "revenue", lambda column: mapper.sample.is_product(column, quantity, price))
        return
    _take_only(mapper, "revenue", lambda column: _is_net(mapper, column, (quantity, price, discount)))


def _is_net(mapper: Mapper, column: int, factors: Sequence[int]) -> bool:
    """Whether the column is quantity × price less a discount, which is an amount or a share."""
    columns = (column, *factors)
    return any(mapper.sample.proves(equation, columns) for equation in _NET)


_NET: tuple[Callable[..., bool], ...] = (
    lambda net, quantity, price, discount: are_equal(net, quantity * price - discount),
    lambda net, quantity, price, discount: are_equal(net, quantity * price * (1 - discount)),
    lambda net, quantity, price, discount: are_equal(net, quantity * price * (1 - discount / 100)),
    lambda net, quantity, price, discount: are_equal(net, quantity * (price - discount)),
)


def _settle_cogs(mapper: Mapper) -> None:
    """A cost that is quantity × unit cost, or that leaves of the revenue of a line its profit."""
    if not mapper.lacks("cogs"):
        return
    quantity, cost, revenue = (mapper.column_of(name) for name in ("quantity", "unit_cost", "revenue"))
    if quantity is not None and cost is not None:
        _take_only(
            mapper,
            "cogs",
            lambda column: (
                likeness(mapper.words(column), "cogs") > 0
                and mapper.sample.is_product(column, quantity, cost)
            ),
        )
    profits = [
        column for column in mapper.free_numbers() if mapper.words(column) in vocabulary().leaves["cogs"]
    ]
    if mapper.lacks("cogs") and revenue is not None and _LINES & set(mapper.fields.values()):
        _take_only(
            mapper,
            "cogs",
            lambda column: (
                likeness(mapper.words(column), "cogs") > 0
                and any(mapper.sample.is_difference(profit, revenue, column) for profit in profits)
            ),
        )


def _settle_discount(mapper: Mapper) -> None:
    """Whole numbers that are money off, or percentages, after all."""
    factors = [mapper.column_of(name) for name in ("revenue", "quantity", "unit_price")]
    doubtful = mapper.doubtful.get("discount", [])
    if len(doubtful) != 1 or not mapper.lacks("discount") or None in factors:
        return
    columns = [*(column for column in factors if column is not None), *doubtful]
    if mapper.sample.proves(_NET[0], columns) or mapper.sample.proves(_NET[3], columns):
        mapper.take(doubtful[0], "discount", PROVEN)
    elif mapper.sample.proves(_NET[2], columns):
        mapper.doubtful["discount"] = []


def _take_only(mapper: Mapper, name: str, is_proven: Callable[[int], bool]) -> None:
    """Takes the one free column of numbers for which the proof holds and whose name does not speak against it."""
    proven = [
        column
        for column in mapper.free_numbers()
        if not is_unlike(mapper.words(column), name) and is_proven(column)
    ]
    if len(proven) == 1:
        mapper.take(proven[0], name, PROVEN)


def _is_whole(mapper: Mapper, column: int) -> bool:
    return is_mostly_whole(mapper.sample.filled(column))


def parts_of_product(mapper: Mapper, amount: int, quantity: int, price: int) -> list[float]:
    """The amount as a part of quantity × price, in the rows that have all three."""
    rows = zip(*(mapper.sample.values(column) for column in (amount, quantity, price)), strict=True)
    return [whole / (count * one) for whole, count, one in rows if whole is not None and count and one]


def comes_near(parts: Sequence[float]) -> bool:
    """Whether most parts are what discounts leave and taxes make of the whole."""
    return bool(parts) and _usual(parts) >= _MOST * len(parts)


def _usual(parts: Sequence[float]) -> int:
    least, most = _USUAL_PARTS
    return sum(least <= part <= most for part in parts)


def contradictions(mapper: Mapper) -> tuple[Issue, ...]:
    """Says that revenue, quantity and unit price do not fit together, where no discount or tax explains it."""
    columns = [mapper.column_of(name) for name in ("revenue", "quantity", "unit_price")]
    if None in columns:
        return ()
    known = [column for column in columns if column is not None]
    if known[0] in whole_orders(mapper):
        return ()
    parts = parts_of_product(mapper, *known)
    strange = len(parts) - _usual(parts)
    if len(parts) < 10 or comes_near(parts):  # noqa: PLR2004 -- fewer rows show nothing
        return ()
    revenue, quantity, price = (mapper.columns[column].column.label for column in known)
    column = mapper.columns[known[0]].column
    return (
        Issue(
            mapper.inquiry.sheet,
            mapper.table.header_cell(column),
            column.label,
            f"in {strange} of {len(parts)} rows looked at, {revenue} is not {quantity} × {price}; "
            f"most often it is {median(parts):.4g} times as much",
            "revenue, quantity and unit price do not fit together",
            f"{revenue} was taken as it stands; look whether these are the right columns",
            Effect.DOUBT,
            strange,
        ),
    )
