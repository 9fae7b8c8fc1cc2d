"""What a source of sales must come to, worked out a row at a time in plain Python and `Decimal`: slow, and evident.

Files are rows of texts, the header first, in the order in which later files win. Headers are those of `HEADERS`; days
are ISO or no days; figures are plain decimals of four places (rates: six) or no figures; a rate stands under
`discount_rate`, an amount under `discount_amount`. What changes overwrites; members that no list has are inferred, unless
said otherwise.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from kpi.sales.source import Role

Files = Mapping[str, Sequence[Sequence[str]]]
Place = tuple[str, int]  # file, line

HEADERS = {
    "sale_id": "sale_number",
    "order_id": "order_id",
    "order_date": "date",
    "customer_id": "customer_id",
    "customer_name": "customer",
    "city": "city",
    "country": "country",
    "segment": "segment",
    "product_id": "product_id",
    "product_name": "product",
    "category": "category",
    "quantity": "quantity",
    "unit_price": "unit_price",
    "discount_rate": "discount_rate",
    "discount_amount": "discount_amount",
    "revenue": "revenue",
}
FIGURES = ("quantity", "unit_price", "discount_rate", "discount_amount", "revenue")
ABOUT_CUSTOMERS, ABOUT_PRODUCTS = ("city", "country", "segment"), ("category",)
ABOUT = {"customer": ABOUT_CUSTOMERS, "product": ABOUT_PRODUCTS}
PLACES = Decimal("0.0001")
NOBODY, UNKNOWN = "", "Unknown"


@dataclass(frozen=True)
class Row:
    """A row whose cells are sound by themselves; `f` and `line` say where it stands."""

    file: str
    f: int
    line: int
    fields: frozenset[str]  # for which the file has a column
    cells: Mapping[str, str]  # those that are not empty

    @property
    def place(self) -> Place:
        return self.file, self.line

    def get(self, name: str) -> str | None:
        return self.cells.get(name)

    def figure(self, name: str) -> Decimal | None:
        return Decimal(self.cells[name]) if name in self.cells else None

    @property
    def moment(self) -> tuple[str, int, int]:
        return self.cells["date"], self.f, self.line

    def id_of(self, word: str) -> str | None:
        """None where the cell is empty; nobody's where the file has no such column."""
        if f"{word}_id" in self.fields:
            return self.get(f"{word}_id")
        return self.get(word) if word in self.fields else NOBODY


@dataclass(frozen=True)
class Sale:
    """One sale of the warehouse."""

    place: Place
    number: str
    order_id: str
    date: str
    customer_id: str
    product_id: str
    about_customer: tuple[str, ...]
    about_product: tuple[str, ...]
    quantity: Decimal
    unit_price: Decimal
    discount: Decimal
    revenue: Decimal


@dataclass
class Oracle:
    """What must come out: the sales, and of every file the lines that were rejected and set aside."""

    sales: list[Sale] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    rejected: set[Place] = field(default_factory=set)
    set_aside: set[Place] = field(default_factory=set)

    @property
    def ledgers(self) -> dict[str, tuple[int, int, int, int]]:
        """Read, loaded, rejected and set aside by file."""
        rejected, aside = (Counter(file for file, _ in lines) for lines in (self.rejected, self.set_aside))
        return {
            file: (read, read - rejected[file] - aside[file], rejected[file], aside[file])
            for file, read in self.read.items()
        }

    @property
    def revenue_by_month(self) -> dict[str, Decimal]:
        return _sums((sale.date[:7], sale.revenue) for sale in self.sales)

    @property
    def revenue_by_product(self) -> dict[str, Decimal]:
        return _sums((sale.product_id, sale.revenue) for sale in self.sales)


def _sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = defaultdict(Decimal)
    for name, amount in amounts:
        found[name] += amount
    return dict(found)


def role_of(header: Sequence[str]) -> Role:
    if "order_date" in header:
        return (
            Role.FLAT if {"customer_name", "city", "product_name", "category"} & set(header) else Role.SALES
        )
    return Role.PRODUCTS if "product_id" in header else Role.CUSTOMERS


def expected(files: Files, *, reject_orphans: bool = False) -> Oracle:
    """What these files must come to."""
    oracle = Oracle()
    rows = {name: list(typed(oracle, name, f, lines)) for f, (name, lines) in enumerate(files.items())}
    roles = {name: role_of(lines[0]) for name, lines in files.items()}
    lists = {
        word: _listed(oracle, [row for name in files if roles[name] is role for row in rows[name]], word)
        if role in roles.values()
        else None
        for word, role in (("customer", Role.CUSTOMERS), ("product", Role.PRODUCTS))
    }
    lines = [row for name in files if roles[name] in (Role.SALES, Role.FLAT) for row in rows[name]]
    keys = dict(_keys(lines))
    sound = [row for row in lines if _is_sound(row, lists, reject_orphans=reject_orphans)]
    oracle.rejected |= {row.place for row in lines} - {row.place for row in sound}
    kept = _first_of_last(oracle, sound, keys)
    abouts = {word: _abouts(kept, word, known) for word, known in lists.items()}
    oracle.sales = [_sale(row, keys[row.place], abouts, lists["product"]) for row in kept]
    return oracle


def typed(oracle: Oracle, name: str, f: int, lines: Sequence[Sequence[str]]) -> Iterator[Row]:
    """The rows that are sound by themselves; the others are rejected, or set aside where they are blank."""
    header, role = lines[0], role_of(lines[0])
    oracle.read[name] += 0  # an empty file has a ledger too
    fields = [HEADERS[one] for one in header]
    for line, texts in enumerate(lines[1:], start=2):
        oracle.read[name] += 1
        cells = {one: text.strip() for one, text in zip(fields, texts, strict=True) if text.strip()}
        if not cells:
            oracle.set_aside.add((name, line))
        elif _is_typed(role, frozenset(fields), cells):
            yield Row(name, f, line, frozenset(fields), cells)
        else:
            oracle.rejected.add((name, line))


def _is_typed(role: Role, fields: frozenset[str], cells: Mapping[str, str]) -> bool:
    if any(one in cells and not re.fullmatch(r"-?\d+(\.\d{1,6})?", cells[one]) for one in FIGURES):
        return False
    if not 0 <= Decimal(cells.get("discount_rate", "0")) <= 1:
        return False
    if role in (Role.CUSTOMERS, Role.PRODUCTS):
        return f"{'customer' if role is Role.CUSTOMERS else 'product'}_id" in cells
    worth = {"unit_price", "revenue"} & fields
    return "quantity" in cells and _is_day(cells.get("date", "")) and (not worth or bool(worth & set(cells)))


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False


def _listed(oracle: Oracle, rows: Sequence[Row], word: str) -> dict[str, Row]:
    keys = {row.place: row.cells[f"{word}_id"] for row in rows}
    return {keys[row.place]: row for row in _first_of_last(oracle, rows, keys)}


def _first_of_last(oracle: Oracle, rows: Sequence[Row], keys: Mapping[Place, str]) -> list[Row]:
    """Of each key the first row of the last file that has it; others of a file are rejected, other files give way."""
    by_key: dict[str, dict[int, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_key[keys[row.place]][row.f].append(row)
    kept = []
    for of_files in by_key.values():
        for f, (first, *others) in of_files.items():
            oracle.rejected |= {row.place for row in others}
            if f == max(of_files):
                kept.append(first)
            else:
                oracle.set_aside.add(first.place)
    return kept


def _keys(lines: Sequence[Row]) -> Iterator[tuple[Place, str]]:
    running: Counter[tuple[str, str]] = Counter()
    for row in lines:
        number, order = row.get("sale_number"), row.get("order_id")
        if number is None and order is not None:
            running[row.file, order] += 1
            number = f"{row.file}:{order}/{running[row.file, order]}"
        yield row.place, number or f"{row.file}:{row.line}"


def _is_sound(row: Row, lists: Mapping[str, dict[str, Row] | None], *, reject_orphans: bool) -> bool:
    for word, listed in lists.items():
        member = row.id_of(word)
        if reject_orphans and (
            member is None or (member != NOBODY and listed is not None and member not in listed)
        ):
            return False
    return row.figure("revenue") is not None or _price(row, lists["product"]) is not None


def _price(row: Row, products: Mapping[str, Row] | None) -> Decimal | None:
    own = row.figure("unit_price")
    product = (products or {}).get(row.id_of("product") or NOBODY)
    return own if own is not None or product is None else product.figure("unit_price")


def _abouts(kept: Sequence[Row], word: str, listed: dict[str, Row] | None) -> dict[Place, tuple[str, ...]]:
    """What is said about the member of each sale: by the list, or by the lines themselves."""
    names = ABOUT[word]
    if listed is not None:
        found = {row.place: listed.get(row.id_of(word) or NOBODY) for row in kept}
        return {
            at: tuple((row.get(one) if row else None) or UNKNOWN for one in names)
            for at, row in found.items()
        }
    said = {row.place: tuple(row.get(one) or UNKNOWN for one in names) for row in kept}
    now: dict[str, tuple[str, ...]] = {}
    for row in sorted(kept, key=lambda one: one.moment):
        if any(row.get(one) for one in names):
            now[row.id_of(word) or NOBODY] = said[row.place]
    silent = [row for row in kept if row.id_of(word) and not any(row.get(one) for one in names)]
    return said | {row.place: now.get(row.id_of(word) or NOBODY, said[row.place]) for row in silent}


def _sale(
    row: Row,
    key: str,
    abouts: Mapping[str, Mapping[Place, tuple[str, ...]]],
    products: Mapping[str, Row] | None,
) -> Sale:
    price, discount, revenue = _money(row, _price(row, products))
    return Sale(
        row.place,
        key,
        row.get("order_id") or key,
        row.cells["date"],
        row.id_of("customer") or NOBODY,
        row.id_of("product") or NOBODY,
        abouts["customer"][row.place],
        abouts["product"][row.place],
        Decimal(row.cells["quantity"]),
        price,
        discount,
        revenue,
    )


def _money(row: Row, price: Decimal | None) -> tuple[Decimal, Decimal, Decimal]:
    """Unit price, discount and revenue."""
    quantity, stated = Decimal(row.cells["quantity"]), row.figure("revenue")
    amount, rate = row.figure("discount_amount"), row.figure("discount_rate") or Decimal()
    if amount is not None:
        amount = -abs(amount) if quantity < 0 else abs(amount)
    if price is not None:
        taken = _rounded(quantity * price * rate) if amount is None else amount
        return price, taken, _rounded(quantity * price - taken) if stated is None else stated
    assert stated is not None
    left = 1 - rate if rate < 1 else Decimal(1)
    taken = stated * (1 - left) / left if amount is None else amount
    before = stated / left if amount is None else stated + amount
    return _rounded(before / quantity) if quantity else Decimal(), _rounded(taken), stated


def _rounded(amount: Decimal) -> Decimal:
    return amount.quantize(PLACES, ROUND_HALF_UP)
