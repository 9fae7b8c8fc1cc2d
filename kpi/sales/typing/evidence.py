"""What a table's columns are made of, counted in one pass over its cells by the engine, and what that proves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kpi.cleaning.values.numbers import Sign
from kpi.sales.source import RawTable
from kpi.sales.typing.discounts import DiscountFigures
from kpi.sales.typing.fields import (
    AMOUNT,
    FIGURES,
    FIRST_DAY,
    LAST_DAY,
    LONGEST_ID,
    LONGEST_NAME,
    Kind,
    decimal_type,
)
from kpi.sales.typing.sql import CELLS, quoted
from kpi.sales.typing.values import iso_day
from kpi.sales.typing.ways import FigureWay, TextWay, fields_of

_GROUP = 3  # decimals that may as well be thousands
_SHORT = 6  # bytes of a figure that has no fifth decimal


@dataclass(frozen=True, slots=True)
class Evidence:
    """How many rows the table has, and counts by field and name."""

    rows: int
    counts: Mapping[tuple[str, str], int]

    def of(self, field: str, name: str) -> int:
        return self.counts.get((field, name), 0)

    def figure(self, field: str, sign: Sign, *, typed: bool) -> FigureWay:
        """The way of a column with that decimal sign. In a typed format a figure with a comma is a text among figures."""
        return FigureWay(
            sign,
            marks=self.of(field, "commas") > 0 and not typed,
            underscores=self.of(field, "underscores") > 0,
            odd=self.of(field, "plain") < self.of(field, "filled") or self.of(field, "underscores") > 0,
        )

    def proves_point(self, field: str) -> bool:
        """Whether the point is the decimal sign without a closer look: no comma, and no point that could be a group's."""
        pointed, proofs = self.of(field, "pointed"), self.of(field, "proofs")
        return self.of(field, "commas") == 0 and (pointed == 0 or proofs > 0)

    def sure(self) -> frozenset[str]:
        """The fields of which every row has a value that no closer look would change, and `problem` if none has one."""
        odd = {field for field, name in self.counts if name == "plain" and self._is_odd(field)}
        full = {
            field
            for field, name in self.counts
            if name in ("plain", "days") and self.of(field, name) == self.rows
        }
        none = {"problem"} if self.of("problem", "filled") == 0 else set()
        return frozenset(full - odd | none)

    def _is_odd(self, field: str) -> bool:
        return self.of(field, "plain") < self.of(field, "filled") or any(
            self.of(field, name) for name in ("commas", "underscores")
        )

    def text(self, field: str, kind: Kind) -> TextWay:
        longest = LONGEST_ID if kind is Kind.ID else LONGEST_NAME
        return TextWay(
            long=self.of(field, "bytes") > longest,
            whole=self.of(field, "whole") > 0,
        )

    def discount(self) -> DiscountFigures:
        names = ("parts", "ones", "larger", "percentages", "below", "above")
        return DiscountFigures(**{name: self.of("discount", name) for name in names})


def evidence_query(raw: RawTable) -> tuple[str, Sequence[tuple[str, str]]]:
    """One row of counts, the number of rows first, and whose they are."""
    counts = dict(_counts(raw))
    columns = ", ".join(["count(*)", *counts.values()])
    return f"SELECT {columns} FROM {CELLS}", tuple(counts)  # noqa: S608 - our own names


def _counts(raw: RawTable) -> Iterator[tuple[tuple[str, str], str]]:
    yield ("problem", "filled"), "count(problem)"
    for field, place in fields_of(raw).items():
        yield (field, "filled"), f"count({quoted(place)})"
    for field, place in fields_of(raw, Kind.DAY).items():
        day = iso_day(quoted(place))
        yield (field, "iso"), f"count({day})"
        yield (field, "days"), f"count_if({day} BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}')"
    for field, place in fields_of(raw, Kind.FIGURE, Kind.DISCOUNT).items():
        for name, count in _of_figure(quoted(place), FIGURES.get(field, AMOUNT)):
            yield (field, name), count
    for field, place in fields_of(raw, Kind.DISCOUNT).items():
        for name, count in discount_counts(f"TRY_CAST({quoted(place)} AS DOUBLE)"):
            yield (field, name), count
        yield (field, "percentages"), f"count_if(contains({quoted(place)}, '%'))"
    for field, place in fields_of(raw, Kind.ID, Kind.LABEL).items():
        yield (field, "bytes"), f"coalesce(max(strlen({quoted(place)})), 0)"
    for field, place in fields_of(raw, Kind.ID).items():
        yield (field, "whole"), f"count_if(suffix({quoted(place)}, '.0'))"


def _of_figure(cell: str, size: tuple[int, int]) -> Iterator[tuple[str, str]]:
    decimals = f"(strlen({cell}) - instr({cell}, '.'))"
    number = f"TRY_CAST({cell} AS {decimal_type(size)})"
    yield "plain", f"count({number})"
    yield "commas", f"count_if(contains({cell}, ','))"
    yield "underscores", f"count_if(contains({cell}, '_'))"
    yield "pointed", f"count_if(contains({cell}, '.'))"
    yield (
        "proofs",
        f"count_if(contains({cell}, '.') AND {decimals} NOT IN (0, {_GROUP}) AND {number} IS NOT NULL)",
    )
    last = f"greatest(instr({cell}, '.'), instr({cell}, ','))"
    yield (
        "longer",
        f"count_if(strlen({cell}) >= {_SHORT} AND {last} > 0 AND strlen({cell}) - {last} > {size[1]})",
    )


def whole_query(fields: Mapping[str, str]) -> str:
    """Of these columns of ids, how many are numbers other than `17850.0`."""
    cells = [quoted(place) for place in fields.values()]
    others = (
        f"count_if(TRY_CAST({cell} AS DOUBLE) IS NOT NULL AND NOT suffix({cell}, '.0'))" for cell in cells
    )
    return f"SELECT {', '.join(others)} FROM {CELLS}"  # noqa: S608 - our own names


def discount_counts(number: str) -> Iterator[tuple[str, str]]:
    """Of what size figures are, by the names of `DiscountFigures`."""
    yield "parts", f"count_if(abs({number}) > 0 AND abs({number}) < 1)"
    yield "ones", f"count_if(abs({number}) = 1)"
    yield "larger", f"count_if(abs({number}) > 1)"
    yield "below", f"count_if({number} < 0)"
    yield "above", f"count_if({number} > 0)"
