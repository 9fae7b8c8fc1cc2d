"""What a person should know about how a table was read: some of it follows from its columns, some has to be counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kpi.sales.source import Note, RawTable, Role
from kpi.sales.typing.evidence import Evidence
from kpi.sales.typing.fields import FIGURES, LISTED, LONGEST_NAME, Kind
from kpi.sales.typing.figures import Odd
from kpi.sales.typing.sql import quoted
from kpi.sales.typing.values import plain_figure
from kpi.sales.typing.ways import Ways, fields_of, headers_of

_EXACT = (38, 15)
_MATTERS = "1e-9"


@dataclass(frozen=True, slots=True)
class Count:
    """A note about the sound rows of `valued` for which the condition holds."""

    field: str
    problem: str
    action: str
    condition: str


def note(raw: RawTable, field: str, problem: str, action: str, count: int, first_line: int = 0) -> Note:
    header = headers_of(raw).get(field, "")
    return Note(raw.file.name, raw.sheet, header, problem, action, count, first_line)


def stated(raw: RawTable, ways: Ways, evidence: Evidence, taken: Mapping[str, str]) -> Iterator[Note]:
    """What holds for whole columns. `taken`: by field, an example of a point that was taken for the decimal sign."""
    there = fields_of(raw)
    yield from _by_months(raw, ways)
    for field, example in taken.items():
        problem = f"nothing tells whether the point in figures such as '{example}' stands before decimals"
        yield note(raw, field, problem, "it was taken for the decimal sign", evidence.of(field, "pointed"), 0)
    for field in fields_of(raw, Kind.ID):
        if ways.labels[field].whole:
            found = evidence.of(field, "whole")
            yield note(
                raw,
                field,
                "the ids are written as figures with a decimal",
                "the '.0' behind them was left out",
                found,
            )
    if "discount" in there and ways.discount.doubt:
        found = evidence.of("discount", "filled")
        yield note(raw, "discount", ways.discount.doubt, _meaning(ways), found)
    if raw.role not in LISTED and "quantity" not in there and "revenue" in there:
        yield note(raw, "", "there is no quantity", "each row counts as a quantity of 1", evidence.rows)


def _by_months(raw: RawTable, ways: Ways) -> Iterator[Note]:
    """What told day from month, where the dates did not."""
    beside = ways.days.beside
    if beside is None:
        return
    told = f"read {beside.order.value}, as the column '{beside.header}' says"
    yield note(raw, "date", "the dates do not tell day from month", told, beside.rows)
    if beside.against:
        problem = f"the column '{beside.header}' names another month, or none"
        yield note(raw, "date", problem, "the date was kept", beside.against)


def _meaning(ways: Ways) -> str:
    """How the figures of the discount were taken."""
    if not ways.discount.rate:
        return "the figures were taken for amounts"
    unit = "percent" if ways.discount.hundredths else "parts of the price, 0.2 for 20 %"
    return f"the figures were taken for rates in {unit}"


def counts(raw: RawTable, ways: Ways, evidence: Evidence) -> Iterator[Count]:
    """What is to be counted, as far as the evidence does not rule it out."""
    there = fields_of(raw)
    for field, place in fields_of(raw, Kind.FIGURE).items():
        way, cell = ways.figures[field], quoted(place)
        if evidence.of(field, "longer"):
            exact = plain_figure(cell, way, _EXACT)
            condition = f"abs({exact} - v_{field}) > {_MATTERS}"
            digits = FIGURES[field][1]
            yield Count(field, f"figures have more than {digits} decimals", "they were rounded", condition)
    for field, place in fields_of(raw, Kind.LABEL).items():
        if ways.labels[field].long:
            condition = f"length(trim({quoted(place)})) > {LONGEST_NAME}"
            yield Count(field, f"texts are longer than {LONGEST_NAME} characters", "they were cut", condition)
    if ways.days.periods:
        yield Count(
            "date",
            "dates name a month or a longer time",
            "they were dated by its first day",
            "v_date_period",
        )
    if raw.role in LISTED:
        yield from _unread_prices(there, ways, raw)
    elif {"quantity", "revenue"} <= there.keys() and ways.figures["quantity"].odd | (
        evidence.of("quantity", "filled") < evidence.rows
    ):
        missing = "v_quantity IS NULL AND v_revenue IS NOT NULL"
        yield Count("quantity", "the quantity is missing beside a revenue", "it was taken to be 1", missing)


def _unread_prices(there: Mapping[str, str], ways: Ways, raw: RawTable) -> Iterator[Count]:
    """A product without a readable list price is a product still."""
    if raw.role is Role.PRODUCTS and "unit_price" in there and ways.figures["unit_price"].odd:
        cell = quoted(there["unit_price"])
        missing = f"{cell} IS NOT NULL AND v_unit_price IS NULL"
        condition = f"{missing} AND v_unit_price_fault IS DISTINCT FROM '{Odd.BLANK}'"
        yield Count("unit_price", "the list price is no number that fits", "the product has none", condition)


def count_query(asked: list[Count], rows: str, sound: str) -> str:
    """For each of them how many rows there are, and the line of the first."""
    columns = ", ".join(f"count_if({one.condition}), min(line) FILTER ({one.condition})" for one in asked)
    return f"SELECT {columns} FROM ({rows}) WHERE {sound}"  # noqa: S608 - our own names
