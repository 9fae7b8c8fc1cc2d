"""The typed tables of a run beside each other: one relation of all sales, one of each list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi.sales.conform.dimension import Dimension
from kpi.sales.conform.text import fill, fitting, listing
from kpi.sales.source import Role, SourceError, TypedTable
from kpi.sales.star import UNKNOWN_ID

_LINES, _DAYS, _LARGEST = 2**31, 2**20, 2**63  # most lines of a table, days since year 1; 64 bits
SOLD = (Role.SALES, Role.FLAT)
TYPES = {
    "sale_number": "VARCHAR",
    "order_id": "VARCHAR",
    "date": "DATE",
    "customer_id": "VARCHAR",
    "product_id": "VARCHAR",
    "quantity": "DECIMAL(15,4)",
    "unit_price": "DECIMAL(15,4)",
    "discount_rate": "DECIMAL(9,6)",
    "discount_amount": "DECIMAL(18,4)",
    "revenue": "DECIMAL(18,4)",
    "customer": "VARCHAR",
    "city": "VARCHAR",
    "region": "VARCHAR",
    "country": "VARCHAR",
    "segment": "VARCHAR",
    "product": "VARCHAR",
    "category": "VARCHAR",
    "subcategory": "VARCHAR",
}
_IDS = {"customer_id": "customer", "product_id": "product"}
_SPLIT = {
    "discount_rate": "discount",
    "discount_amount": "discount",
}  # one column of the file, two of typed rows


@dataclass(frozen=True, slots=True)
class Sources:
    """The tables in the order in which later ones win. A table is known by its place here, `t`, its file by `f`.

    Typed rows are the view `typed_<t>`, rejected ones `refused_<t>`.
    """

    tables: tuple[TypedTable, ...]

    def of(self, *roles: Role) -> list[int]:
        return [t for t, table in enumerate(self.tables) if table.role in roles]

    def file_of(self, t: int) -> int:
        """Files win as their last tables do."""
        name = self.tables[t].file.name
        return max(place for place, table in enumerate(self.tables) if table.file.name == name)

    def has(self, t: int, field: str) -> bool:
        """Whether the table has a column for the field."""
        return any(one.field in (field, _SPLIT.get(field, field)) for one in self.tables[t].columns)

    def any_has(self, field: str, *roles: Role) -> bool:
        return any(self.has(t, field) for t in self.of(*roles))

    def header_of(self, t: int, field: str) -> str:
        """What the file calls the field; empty where it has no such column."""
        columns = self.tables[t].columns
        return next((one.header for one in columns if one.field in (field, _SPLIT.get(field, field))), "")

    def is_listed(self, dimension: Dimension) -> bool:
        """Whether a table lists the members; otherwise they are those that sales name."""
        return bool(self.of(dimension.role))

    @property
    def has_no_numbers(self) -> bool:
        """Whether no file numbers its sales: all are counted in their files, so that no key can stand twice."""
        return not self.any_has("sale_number", *SOLD)


def sources_of(tables: Sequence[TypedTable]) -> Sources:
    """Raises `SourceError` (`no_sales_table`) where none of the tables has sales."""
    sources = Sources(tuple(tables))
    if sources.of(*SOLD):
        return sources
    found = listing(f"{table.label} lists {table.role}" for table in tables) or "nothing"
    raise SourceError(
        "no_sales_table",
        f"No table of the source lists sales: found {found}; wanted a table with a date and a quantity or a revenue in "
        "every row. Add a file of sales. The warehouse is as it was.",
    )


def sales(sources: Sources) -> str:
    """All sales and their places; an id is empty where the cell is, and `''` where the table has no such column."""
    rows = " UNION ALL ".join(_sales_of(sources, t) for t in sources.of(*SOLD))
    return f"CREATE VIEW sale_read AS {rows}"


def _sales_of(sources: Sources, t: int) -> str:
    columns = listing(f"{_cell(sources, t, field)} AS {field}" for field in TYPES)
    return fill(
        """SELECT $t AS t, $f AS f, $file AS file_id, CAST(line AS BIGINT) AS line, $moment AS moment, $columns FROM typed_$t""",
        t=str(t),
        f=str(sources.file_of(t)),
        file=str(sources.tables[t].file.id),
        moment=_moment(t, len(sources.tables)),
        columns=columns,
    )


def _moment(t: int, tables: int) -> str:
    """A number that is greater the later a line is: by day, then table, then line."""
    whole = "BIGINT" if tables * _LINES * _DAYS < _LARGEST else "HUGEINT"
    day = f"CAST(CAST(date AS DATE) - DATE '0001-01-01' AS {whole})"
    return f"{day} * {tables * _LINES} + {t * _LINES} + line"


def _cell(sources: Sources, t: int, field: str) -> str:
    if (
        sources.has(t, field) or field == "quantity"
    ):  # every sale has one: 1 where the table has no column for it
        return f"CAST({field} AS {TYPES[field]})"
    if field not in _IDS:
        return f"CAST(NULL AS {TYPES[field]})"
    name = _IDS[field]
    return fitting(name) if sources.has(t, name) else f"'{UNKNOWN_ID}'"


def members(sources: Sources, dimension: Dimension) -> str:
    """All rows of the lists of a dimension: t, f, line, id, and what the star says about a member."""
    rows = " UNION ALL ".join(_members_of(sources, t, dimension) for t in sources.of(dimension.role))
    return f"CREATE VIEW {dimension.word}_read AS {rows}"


def _members_of(sources: Sources, t: int, dimension: Dimension) -> str:
    return fill(
        "SELECT $t AS t, $f AS f, CAST(line AS BIGINT) AS line, $columns FROM typed_$t",
        t=str(t),
        f=str(sources.file_of(t)),
        columns=listing(_listed_columns(sources, t, dimension)),
    )


def _listed_columns(sources: Sources, t: int, dimension: Dimension) -> Iterator[str]:
    yield f"CAST({dimension.id} AS VARCHAR) AS id"
    for field, name in ((dimension.name, "name"), *((one, one) for one in dimension.attributes)):
        cell = field if sources.has(t, field) else "NULL"
        yield f"CAST({cell} AS VARCHAR) AS {name}"
    for field, name in dimension.measures:
        cell = field if sources.has(t, field) else "NULL"
        yield f"CAST({cell} AS DECIMAL(15,4)) AS {name}"
