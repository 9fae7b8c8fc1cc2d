"""The questions about columns that resemble a field, or whose values make one doubt what their name says.

At most one question a field, and none where nothing resembles it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kpi.cleaning.columns.fitness import is_no_amount
from kpi.cleaning.columns.likeness import likeness, nearness
from kpi.cleaning.columns.mapper import NO_COLUMN, Mapper
from kpi.cleaning.columns.proofs import comes_near, parts_of_product, settle
from kpi.cleaning.money.whole_orders import whole_orders
from kpi.cleaning.vocabulary import Content, vocabulary

PRODUCT_OF_TWO = "quantity × unit price"
_ITS_NAME = 0.95
_PROVEN_PRODUCT, _PROVEN_NET = 0.2, 0.1
_MOST = 0.5
_MOST_FACTORS = 16


def spoken(name: str) -> str:
    return name.replace("_", " ")


def ask_about_fields(mapper: Mapper) -> None:
    """Settles by numbers what can be, and asks about the rest, best guess first."""
    settle(mapper)
    _ask_date(mapper)
    _ask_factor(mapper, "quantity", "unit_price")
    _ask_factor(mapper, "unit_price", "quantity")
    settle(mapper)
    _ask_revenue(mapper)
    settle(mapper)
    _ask(mapper, "cogs", likeness if not mapper.lacks("revenue") else nearness)
    if not _works_revenue_out(mapper):
        _ask(mapper, "discount", _not_at_all)
    _ask(mapper, "order_id", likeness if _is_about_sales(mapper) else nearness)
    _ask_customer(mapper)


def _ask_date(mapper: Mapper) -> None:
    """Columns that hold dates under names that say nothing, the most date-like name first."""
    dated = [column for column in mapper.free() if mapper.columns[column].is_dated()]
    if dated and "date" not in mapper.fields.values():
        dated.sort(key=lambda column: -likeness(mapper.words(column), "date"))
        mapper.choose("date", dated, "Which column is the date of the row?", [NO_COLUMN])


def _ask_factor(mapper: Mapper, name: str, other: str) -> None:
    """A misspelt name is asked about; one that may mean something else only where the revenue hangs on it."""
    needed = mapper.lacks("revenue") and other in mapper.fields.values()
    _ask(mapper, name, likeness if needed else nearness)


def _ask_revenue(mapper: Mapper) -> None:
    """Columns of numbers whose name resembles revenue; nothing is asked where none does."""
    if not mapper.lacks("revenue"):
        return
    scores = {column: _likeness_of_money(mapper, column) for column in mapper.free_numbers()}
    alike = sorted((column for column, score in scores.items() if score), key=lambda column: -scores[column])
    if not alike:
        alike = _price_of_a_sale(mapper)
    if not alike:
        return
    price = mapper.column_of("unit_price")
    if price is not None and _counts_sales(mapper, alike[0], price):
        _ask_what_is_counted(mapper, alike, price)
        return
    two = price is not None and not mapper.lacks("quantity")
    whole = whole_orders(mapper) if two else {}
    alike.sort(key=lambda column: column in whole)
    if alike[0] in whole:
        _ask_of_orders(mapper, alike, whole)
        return
    mapper.choose("revenue", alike, _WHICH_REVENUE, [*([PRODUCT_OF_TWO] if two else []), NO_COLUMN])


def _ask_of_orders(mapper: Mapper, alike: Sequence[int], whole: Mapping[int, bool]) -> None:
    """Nothing is asked where the lines add up to one of the amounts: then they are the revenue."""
    if any(whole.values()):
        return
    labels = mapper.labels(alike)
    answer, confidence = mapper.ask("revenue", alike[0], _WHICH_REVENUE, [PRODUCT_OF_TWO, *labels, NO_COLUMN])
    if answer in labels:
        mapper.take(alike[labels.index(answer)], "revenue", confidence)


_WHICH_REVENUE = "Which column is the revenue?"


def _likeness_of_money(mapper: Mapper, column: int) -> float:
    """By name, and more where the numbers show that the column is a product, or net of something."""
    words = mapper.words(column)
    score = _ITS_NAME if column in mapper.doubtful.get("revenue", []) else likeness(words, "revenue")
    if not score or is_no_amount(mapper.sample, column, "revenue"):
        return 0.0
    quantity, price = mapper.column_of("quantity"), mapper.column_of("unit_price")
    if quantity is not None and price is not None:
        near = comes_near(parts_of_product(mapper, column, quantity, price))
        score += _PROVEN_PRODUCT * near + _PROVEN_NET * mapper.sample.is_product(column, quantity, price)
    elif mapper.sample.is_some_product(column, _first(mapper)):
        score += _PROVEN_NET
    discount = mapper.column_of("discount")
    wholes = [whole for whole in mapper.free_numbers() if whole != column]
    if discount is not None and any(mapper.sample.is_difference(column, whole, discount) for whole in wholes):
        score += _PROVEN_PRODUCT + _PROVEN_NET
    taxes = [other for other in wholes if set(mapper.words(other).split()) & vocabulary().sets["strangers"]]
    if any(
        mapper.sample.is_difference(column, whole, tax) for whole in wholes for tax in taxes if tax != whole
    ):
        score += _PROVEN_NET
    return score


def _first(mapper: Mapper) -> list[int]:
    """The columns of numbers that a product is looked for in: not so many that it would take long."""
    named = [column for name in ("quantity", "unit_price") if (column := mapper.column_of(name)) is not None]
    return [*named, *mapper.free_numbers()][:_MOST_FACTORS]


def _price_of_a_sale(mapper: Mapper) -> list[int]:
    """The price, where it is all the money that a table of orders has and nothing counts its units."""
    price = mapper.column_of("unit_price")
    ordered = {"order_id", "customer_id", "customer"} & set(mapper.fields.values())
    said = "unit_price" in mapper.inquiry.answers.fields.values()
    return [price] if price is not None and ordered and mapper.lacks("quantity") and not said else []


def _counts_sales(mapper: Mapper, column: int, price: int) -> bool:
    """Whether whole numbers called sales are mostly less than the price of one unit: then they are units."""
    if not mapper.lacks("quantity"):
        return False
    pairs = zip(mapper.sample.values(column), mapper.sample.values(price), strict=True)
    known = [(sales, one) for sales, one in pairs if sales and one]
    less = sum(0 < sales < one for sales, one in known)
    return all(sales.is_integer() for sales, _ in known) and less > _MOST * len(known)


def _ask_what_is_counted(mapper: Mapper, alike: list[int], price: int) -> None:
    labels = mapper.labels(alike)
    product = f"{labels[0]} × {mapper.columns[price].column.label}"
    answer, confidence = mapper.ask("revenue", alike[0], _WHICH_REVENUE, [product, *labels, NO_COLUMN])
    if answer == product:
        mapper.take(alike[0], "quantity", confidence)
    elif answer in labels:
        mapper.take(alike[labels.index(answer)], "revenue", confidence)


def _is_about_sales(mapper: Mapper) -> bool:
    return "revenue" in mapper.fields.values() or "quantity" in mapper.fields.values()


def _ask_customer(mapper: Mapper) -> None:
    """By number first; a name that may be a customer, or the firm itself, is asked about among orders only."""
    unknown = mapper.lacks("customer_id") and mapper.lacks("customer")
    resembles = likeness if unknown and "order_id" in mapper.fields.values() else nearness
    _ask(mapper, "customer_id", resembles)
    if mapper.lacks("customer_id"):
        _ask(mapper, "customer", resembles)


def _works_revenue_out(mapper: Mapper) -> bool:
    """Whether the revenue will be quantity × unit price: then what a discount takes off it is asked later."""
    factors = {"quantity", "unit_price"}
    return mapper.lacks("revenue") and factors <= set(mapper.fields.values())


def _not_at_all(words: str, name: str) -> float:  # noqa: ARG001 -- stands in for `likeness`
    return 0.0


def _ask(mapper: Mapper, name: str, resembles: Callable[[str, str], float]) -> None:
    """One question about a field that is missing, if a column resembles it or its values speak against its name."""
    if not mapper.lacks(name):
        return
    doubtful = mapper.doubtful.get(name, [])
    scores = {
        column: _ITS_NAME if column in doubtful else resembles(mapper.words(column), name)
        for column in mapper.free()
        if column in doubtful or _may_hold(mapper, column, name)
    }
    alike = sorted((column for column, score in scores.items() if score), key=lambda column: -scores[column])
    if alike:
        mapper.choose(name, alike, f"Which column is the {spoken(name)}?", [NO_COLUMN])


def _may_hold(mapper: Mapper, column: int, name: str) -> bool:
    """Whether the cells could be the field: numbers, or texts and whole numbers."""
    cells = mapper.columns[column]
    if cells.is_blank or cells.is_dated():
        return False
    if vocabulary().contents[name] in (Content.MEASURE, Content.RATE):
        return cells.is_numeric() and not is_no_amount(mapper.sample, column, name)
    if not cells.is_numeric():
        return True
    whole = all(value.is_integer() for value in mapper.sample.filled(column))
    return whole and vocabulary().contents[name] is Content.IDENTIFIER
