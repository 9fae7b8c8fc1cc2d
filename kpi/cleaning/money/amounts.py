"""In which currency each amount of a sheet is: one currency a row, in a column of the facts called `currency`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.facts import Facts
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.money.currency import MONEY, SHARED, Stated, code, each, resolved
from kpi.cleaning.sheet import CleanSheet
from kpi.report import ColumnReport, Effect, FactField, Issue, Kind

CURRENCY = "currency"
ORIGINAL = "original_currency"
ADDED = ""  # the header of a column that the workbook does not have
_BY_AMOUNTS, _BY_COLUMN = "the headers and cells of the amounts", "the column of currencies"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What is known of a sheet's amounts, by row of its facts, null where nothing says it.

    `column` is what a column of currencies says, None where there is none; `own` what header and cells of each column
    of amounts say, by its field.
    """

    sheet: CleanSheet
    column: pa.Array | None
    own: Mapping[str, pa.Array]

    @property
    def says(self) -> bool:
        return self.column is not None or bool(self.own)

    def of(self, field: str) -> Any:
        """The currencies of one column of amounts."""
        parts = [part for part in (self.column, self.own.get(field)) if part is not None]
        return reduce(pc.coalesce, parts) if parts else self.rows()

    def rows(self) -> Any:
        """The currency of each row: what stands there first, else what stands over an empty cell."""
        filled = [self._where_filled(field, own) for field, own in self.own.items()]
        parts = [part for part in (self.column, *filled, *self.own.values()) if part is not None]
        return reduce(pc.coalesce, parts)

    def codes(self) -> set[str]:
        """Every currency that is named."""
        said = [part for part in (self.column, *self.own.values()) if part is not None]
        return {code for part in said for code in _distinct(part)}

    def clash(self, left: Any, right: Any, fields: Collection[str]) -> bool:
        """Whether two columns name different currencies in a row in which all these fields have an amount."""
        both = pc.not_equal(left, right)
        for field in fields:
            both = pc.and_(both, self._is_filled(field))
        return bool(pc.any(both).as_py())

    def _is_filled(self, field: str) -> Any:
        return pc.is_valid(self.sheet.facts.table.column(field)).combine_chunks()

    def _where_filled(self, field: str, own: Any) -> Any:
        return pc.if_else(self._is_filled(field), own, pa.scalar(None, pa.string()))


def read_amounts(sheet: CleanSheet, named: Collection[str], inquiry: Inquiry) -> Amounts:
    """What the sheet says; where its column of currencies contradicts the amounts, the answer to which is right.

    `named` are currencies that the workbook names elsewhere: a shared sign is the only one of them that has it.
    """
    stated = {field: one for field, one in sheet.money.items() if one.says}
    headers = {one.header for one in stated.values()} | set(named)
    given = next((field for field in sheet.facts.fields if field.name == CURRENCY), None)
    column = None
    if given is not None:
        column = _given(sheet.facts.table.column(CURRENCY), headers)
        headers |= set(_distinct(column))
    own = {field: _own(one, sheet.facts.table.num_rows, headers, column) for field, one in stated.items()}
    amounts = Amounts(sheet, column, own)
    if given is None or column is None:
        return amounts
    against = [field for field, own in amounts.own.items() if amounts.clash(column, own, [field])]
    if not against:
        return amounts
    if _ask_which(amounts, given, against[0], inquiry) == _BY_COLUMN:
        return Amounts(sheet, column, {})
    return Amounts(_with_original(sheet, column, given.header), None, own)


def _given(texts: Any, headers: Collection[str]) -> Any:
    """A column of currencies by their codes. A dollar among US dollars is one of these; among others it is not known."""
    column = each(texts, code)
    dollars = SHARED["$"] & set(_distinct(column))
    named = {*headers, *dollars} if dollars == {"USD"} else headers
    return each(column, lambda text: resolved(text, named))


def _own(stated: Stated, rows: int, named: Collection[str], column: Any) -> Any:
    """The currency of each cell: its own sign, else that of the header. A shared sign is the row's currency that has it."""
    header = resolved(stated.header, named)
    own: Any = pa.repeat(pa.scalar(header or None, pa.string()), rows)
    if stated.signs is not None:
        near = {header} if any(header in having for having in SHARED.values()) else named
        own = pc.coalesce(each(stated.signs, lambda text: resolved(text, near)), own)
    for sign, having in SHARED.items() if column is not None else ():
        shared = pc.and_(pc.equal(own, sign), pc.is_in(column, value_set=pa.array(sorted(having))))
        own = pc.if_else(pc.fill_null(shared, fill_value=False), column, own)
    return own


def _ask_which(amounts: Amounts, given: FactField, field: str, inquiry: Inquiry) -> str:
    stated = amounts.sheet.money[field]
    said, other = (", ".join(sorted(_distinct(part))[:5]) for part in (amounts.column, amounts.own[field]))
    question = f"{given.header} says {said}, but {stated.title} says {other}. Which of them says what the amounts are in?"
    candidates = (_BY_AMOUNTS, _BY_COLUMN)
    return inquiry.ask("currency_of_amounts", question, candidates, cell=stated.cell, header=stated.title)


def one_a_row(amounts: Amounts, inquiry: Inquiry) -> Amounts:
    """The same with one currency in each row: columns in different ones are asked about, and all but one are left out."""
    groups = agreeing(amounts)
    if len(groups) <= 1:
        return amounts
    money = amounts.sheet.money
    choices = {f"only {', '.join(money[field].title for field in group)}": group for group in groups}
    said = "; ".join(
        f"{', '.join(money[field].title for field in group)} in {', '.join(sorted(_distinct(amounts.of(group[0])))[:3])}"
        for group in groups
    )
    first = money[groups[0][0]]
    question = f"Amounts of one row are in different currencies, which cannot be combined: {said}. Which are to be used?"
    if _is_settled(groups):
        answer = next(iter(choices))
    else:
        answer = inquiry.ask("currencies", question, tuple(choices), cell=first.cell, header=first.title)
    kept = set(choices[answer])
    return _without(amounts, {field for field in money if field not in kept}, answer)


def _is_settled(groups: Sequence[Sequence[str]]) -> bool:
    """Whether all others are rivals of fields in the first group, among which it has been chosen already."""
    given = {f"{field}_given" for field in groups[0]}
    return all(field in given for group in groups[1:] for field in group)


def agreeing(amounts: Amounts) -> list[list[str]]:
    """The columns of amounts that name a currency, in groups that never differ within a row, revenue's first."""
    groups: list[list[str]] = []
    for field in sorted(amounts.own, key=lambda field: field != "revenue"):
        for group in groups:
            if not any(amounts.clash(amounts.of(field), amounts.of(one), [field, one]) for one in group):
                group.append(field)
                break
        else:
            groups.append([field])
    return groups


def _without(amounts: Amounts, left: set[str], answer: str) -> Amounts:
    """The sheet without these fields: they are in another currency than those that are used, or nobody knows in which."""
    sheet = amounts.sheet
    fields = tuple(field for field in sheet.facts.fields if field.name not in left)
    here = [name for name in sheet.facts.table.column_names if name in left]
    columns = tuple(
        ColumnReport(column.header, "", "left out", column.confidence) if column.field in left else column
        for column in sheet.columns
    )
    issues = [
        Issue(
            sheet.name,
            sheet.money[field].cell,
            sheet.money[field].title,
            ", ".join(sorted(_distinct(amounts.own[field])))[:200] if field in amounts.own else "no currency",
            f"its amounts are not in the currency of those that are used ({answer})",
            "the column was left out",
            Effect.LEFT_OUT,
        )
        for field in here
    ]
    facts = Facts(sheet.facts.table.drop_columns(here), fields)
    sheet = replace(sheet, facts=facts, columns=columns, issues=(*sheet.issues, *issues))
    return Amounts(sheet, amounts.column, {k: own for k, own in amounts.own.items() if k not in left})


def with_currency(sheet: CleanSheet, rows: Any) -> CleanSheet:
    """The sheet with the currency of each row in its facts."""
    header = next((field.header for field in sheet.facts.fields if field.name == CURRENCY), ADDED)
    return _with_text(sheet, CURRENCY, rows, FactField(CURRENCY, Kind.DIMENSION, header))


def _with_original(sheet: CleanSheet, rows: Any, header: str) -> CleanSheet:
    """The sheet with what it says of currencies under another name: the amounts are in others, or no longer in these."""
    table = sheet.facts.table
    fields = tuple(field for field in sheet.facts.fields if field.name != CURRENCY)
    if CURRENCY in table.column_names:
        table = table.drop_columns([CURRENCY])
    name = ORIGINAL
    while name in table.column_names:
        name += "_"
    columns = tuple(replace(one, field=name) if one.field == CURRENCY else one for one in sheet.columns)
    bare = replace(sheet, facts=Facts(table, fields), columns=columns)
    return _with_text(bare, name, rows, FactField(name, Kind.DIMENSION, header or "Original currency"))


def converted_sheet(sheet: CleanSheet, numbers: Mapping[str, Any], before: Any, base: str) -> CleanSheet:
    """The sheet with these columns of numbers in the place of its own, all in the base.

    `before` is what each row was in, kept as another dimension; None where a row was in several.
    """
    header = next((field.header for field in sheet.facts.fields if field.name == CURRENCY), ADDED)
    table = sheet.facts.table
    for field, values in numbers.items():
        table = table.set_column(table.column_names.index(field), field, values)
    kept = replace(sheet, facts=Facts(table, sheet.facts.fields))
    if before is not None:
        kept = _with_original(kept, before, header)
    return with_currency(kept, pa.repeat(pa.scalar(base), table.num_rows))


def _with_text(sheet: CleanSheet, name: str, rows: Any, field: FactField) -> CleanSheet:
    table, fields = sheet.facts.table, sheet.facts.fields
    values = pc.dictionary_encode(rows)
    if name in table.column_names:
        table = table.set_column(table.column_names.index(name), name, values)
        fields = tuple(field if one.name == name else one for one in fields)
    else:
        table = table.add_column(table.num_columns - 2, name, values)
        fields = (*fields, field)
    return replace(sheet, facts=Facts(table, fields))


def _distinct(texts: Any) -> list[str]:
    return [text for text in pc.unique(texts).to_pylist() if text is not None]


def own_numbers(sheet: CleanSheet) -> Sequence[FactField]:
    """Numbers under a name of the workbook's own, of which nothing says whether they are money."""
    return [
        field
        for field in sheet.facts.fields
        if field.kind is Kind.MEASURE and field.name not in {*sheet.money, *MONEY, "quantity"}
    ]
