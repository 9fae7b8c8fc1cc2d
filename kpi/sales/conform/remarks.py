"""What a person should know about many rows that were loaded, counted table by table."""

# ruff: noqa: S608 - what is put together here are names of our own; never the text of a cell

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kpi.sales.conform.amounts import Sizes
from kpi.sales.conform.dimension import DIMENSIONS, Dimension
from kpi.sales.conform.repeats import SUPERSEDED
from kpi.sales.conform.sources import SOLD, Sources
from kpi.sales.conform.text import listing
from kpi.sales.source import Note
from kpi.sales.star import UNKNOWN, UNKNOWN_ID

_CENT, _SHARE = "0.01", 10_000  # a stated revenue may differ by less than either, a ten-thousandth of it
_COUNTS = 2  # columns of an answer for each remark: how many rows, and the line of the first


@dataclass(frozen=True, slots=True)
class Remark:
    """Rows for which the condition `when` holds, and the field it is about."""

    when: str
    field: str
    problem: str
    action: str


@dataclass(frozen=True, slots=True)
class Count:
    """A question about the rows of a relation that has t and line; the answer has a row for each table concerned."""

    text: str
    remarks: tuple[Remark, ...]

    def notes(self, sources: Sources, answer: Sequence[Sequence[int | None]]) -> Iterator[Note]:
        """The remarks that are true of any row, of tables that have a column for it."""
        for t, *counts in answer:
            for place, remark in enumerate(self.remarks):
                count, first = counts[_COUNTS * place], counts[_COUNTS * place + 1]
                if count and t is not None and sources.has(t, remark.field):
                    yield _note(sources, t, remark, count, first or 0)


def _note(sources: Sources, t: int, remark: Remark, count: int, first: int) -> Note:
    table = sources.tables[t]
    header = sources.header_of(t, remark.field)
    return Note(table.file.name, table.sheet, header, remark.problem, remark.action, count, first)


def of_sales(sources: Sources, sizes: Sizes) -> Count:
    """What is remarkable about sales that were loaded."""
    return _counted("sold", tuple(_sales_remarks(sources, sizes)))


def of_list(dimension: Dimension) -> Count:
    """What is missing in the rows of lists that were loaded."""
    missing = [_missing_name(dimension, "name", "called by its id")]
    missing += [_missing(one, f"counted as {UNKNOWN}") for one in dimension.attributes]
    return _counted(
        f"(SELECT * FROM {dimension.word}_read ANTI JOIN dropped USING (t, line))", tuple(missing)
    )


def of_inferred(dimension: Dimension) -> Count:
    """Sales of members that no file lists."""
    star = dimension.star
    unlisted = f"(SELECT {dimension.key} FROM {star} WHERE is_inferred AND {dimension.id} <> '{UNKNOWN_ID}')"
    problem, action = f"no file lists the {dimension.word}", "a member was made for it"
    remark = Remark(f"{dimension.key} IN {unlisted}", dimension.id, problem, action)
    return _counted("sold", (remark,))


def of_superseded() -> tuple[str, str, str]:
    """The question for rows that gave way, the problem and the action; they are told whatever columns there are."""
    text = f"SELECT t, count(*), min(line) FROM dropped WHERE fate = '{SUPERSEDED}' GROUP BY t ORDER BY t"
    return text, "a later file has the same keys", "set aside: the later rows hold"


def _counted(relation: str, remarks: tuple[Remark, ...]) -> Count:
    counts = listing(f"count(*) FILTER ({one.when}), min(line) FILTER ({one.when})" for one in remarks)
    return Count(f"SELECT t, {counts} FROM {relation} GROUP BY t ORDER BY t", remarks)


def _sales_remarks(sources: Sources, sizes: Sizes) -> Iterator[Remark]:
    yield Remark("quantity < 0", "quantity", "the quantity is below zero", "kept as a return")
    yield Remark("paid_price = 0", "unit_price", "the price is zero", "kept")
    yield Remark("paid_price < 0", "unit_price", "the price is below zero", "kept")
    if sizes.stated:
        yield Remark(
            _disagreement(),
            "revenue",
            "it is not quantity × price less discount",
            "the stated revenue is kept",
        )
    for dimension in DIMENSIONS:
        action = f"counted to the member {UNKNOWN}"
        yield Remark(f"{dimension.id} IS NULL", dimension.id, f"no {dimension.word} is named", action)
        if not sources.is_listed(dimension):
            yield from _told_remarks(sources, dimension)


def _disagreement() -> str:
    off = "CAST(abs(revenue - computed) AS DECIMAL(28,4))"
    return f"price IS NOT NULL AND {off} > {_CENT} AND {off} * {_SHARE} > abs(revenue)"


def _told_remarks(sources: Sources, dimension: Dimension) -> Iterator[Remark]:
    if sources.any_has(dimension.name, *SOLD) and sources.any_has(dimension.id, *SOLD):
        yield _missing_name(dimension, dimension.name, "called as its other lines say, or by its id")
    action = f"counted as its other lines say where this one says nothing at all, else as {UNKNOWN}"
    yield from (_missing(one, action) for one in dimension.attributes if sources.any_has(one, *SOLD))


def _missing_name(dimension: Dimension, column: str, action: str) -> Remark:
    when = f"{column} IS NULL"
    return Remark(when, dimension.name, f"the name of the {dimension.word} is missing", action)


def _missing(field: str, action: str) -> Remark:
    return Remark(f"{field} IS NULL", field, f"the {field} is missing", action)
