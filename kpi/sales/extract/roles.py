"""What a table lists, told by its columns; names of files and sheets break ties only.

- Sales have a date and a quantity or a revenue. They are `flat` where they say something about the customer, the place
  or the product beside their ids.
- Customers have a customer id and a name, a place or a segment.
- Products have a product id and a name, a category or a price.
A table that could be sales and a list, such as customers with the day they came and what they have spent, is sales
where its rows are numbered as orders or name both a customer and a product; else the name of the file decides, and at
last the date: one that is called a date of orders, invoices or nothing in particular makes it sales.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kpi.cleaning.words import clean_text
from kpi.reading.cells import column_letters
from kpi.sales.extract.columns import Headed, name_columns
from kpi.sales.extract.words import DOUBTFUL, FIELDS, WEAKEST, halves_of_name, roles_named, senses
from kpi.sales.source import RawColumn, Role, SourceError

_ABOUT_CUSTOMERS = frozenset({"customer", "city", "region", "country", "segment"})
_ABOUT_PRODUCTS = frozenset({"product", "category", "subcategory"})
_STRONG = 1  # dates of orders and invoices, and of days and months; beyond are those on which rows were made
_LONGEST_HEADER, _MOST_SHOWN = 60, 20
_WANTED = (
    "sales (a date, with a quantity or a revenue), customers (a customer id, with a name, a city, a region, a country or "
    "a segment) or products (a product id, with a name, a category or a price)"
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a table lists, and the field of every column; empty where the column has none."""

    role: Role
    fields: tuple[str, ...]


def known_headers(headers: Sequence[str]) -> int:
    """How many of the headers mean something, whatever the table lists."""
    halves = 2 if halves_of_name(headers) else 0
    return sum(any(senses(header, role) for role in FIELDS) for header in headers if header) + halves


def find_role(table: Headed, names: Collection[str] = ()) -> Named | None:
    """What the table lists; None where it is neither of these. `names` are those of its file and its sheet."""
    found = {role: Named(role, name_columns(table, role)) for role in FIELDS}
    sale = found[Role.SALES]
    fitting = [named for named in found.values() if _fits(named, sale, table)]
    if not fitting:
        return None
    if sale in fitting and (len(fitting) == 1 or _is_sale(table, sale, names)):
        about = (_ABOUT_CUSTOMERS | _ABOUT_PRODUCTS) & set(sale.fields)
        return Named(Role.FLAT if about else Role.SALES, sale.fields)
    return _one_list([named for named in fitting if named is not sale], table, names)


def columns_of(table: Headed, fields: Sequence[str]) -> tuple[RawColumn, ...]:
    """The columns `c0`, `c1`, …; one without a header is called as its letters say."""
    return tuple(
        RawColumn(f"c{place}", header or f"column {column_letters(place)}", name)
        for place, (header, name) in enumerate(zip(table.headers, fields, strict=True))
    )


def no_sales_table(place: str, headers: Sequence[str]) -> SourceError:
    """The refusal of a table, or file, that lists neither sales nor customers nor products."""
    told = [clean_text(header)[:_LONGEST_HEADER] for header in headers if header]
    more = f" and {len(told) - _MOST_SHOWN} more" if len(told) > _MOST_SHOWN else ""
    found = f"the columns {', '.join(map(repr, told[:_MOST_SHOWN]))}{more}" if told else "no columns"
    advice = "Name its columns accordingly, or take the file out of the folder."
    return SourceError("no_sales_table", f"{place}: found {found}, wanted {_WANTED}. {advice}")


def strength_of(table: Headed, named: Named, name: str) -> int:
    """How strong the header of a field is; beyond the weakest where no column has it, or none under its name."""
    if not name or name not in named.fields:
        return WEAKEST + 1
    found = senses(table.headers[named.fields.index(name)], named.role)
    return min((sense.strength for sense in found if sense.field == name), default=WEAKEST + 1)


def _fits(named: Named, sale: Named, table: Headed) -> bool:
    """Whether the table may list that; what numbers orders, or pairs customers with products, is no list of either."""
    has = set(named.fields)
    match named.role:
        case Role.CUSTOMERS:
            other = {"order_id", "product_id"}
            about = bool(has & _ABOUT_CUSTOMERS) or halves_of_name(table.headers) is not None
            return "customer_id" in has and about and not other & set(sale.fields)
        case Role.PRODUCTS:
            other = {"order_id", "customer_id"}
            about = bool(has & {*_ABOUT_PRODUCTS, "unit_price"})
            return "product_id" in has and about and not other & set(sale.fields)
        case _:
            return "date" in has and not has.isdisjoint({"quantity", "revenue"})


def _is_sale(table: Headed, sale: Named, names: Collection[str]) -> bool:
    """Whether what could be sales as well as a list is sales."""
    has = set(sale.fields)
    if "order_id" in has or (has & {"customer_id", "customer"} and has & {"product_id", "product"}):
        return True
    named = roles_named(names)
    if len(named) == 1:
        return Role.SALES in named
    return strength_of(table, sale, "date") <= _STRONG


def _one_list(lists: Sequence[Named], table: Headed, names: Collection[str]) -> Named | None:
    """The list of which more columns speak clearly; of equals the one that the names speak of, None where none is."""
    clear = {one.role: sum(strength_of(table, one, name) < DOUBTFUL for name in one.fields) for one in lists}
    most = [one for one in lists if clear[one.role] == max(clear.values())]
    named = [one for one in most if len(most) == 1 or one.role in roles_named(names)]
    return named[0] if len(named) == 1 else None
