"""The amounts of a whole file: its currencies, and one currency where the workbook itself gives the rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.facts import Facts
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.money.amounts import (
    ADDED,
    CURRENCY,
    Amounts,
    agreeing,
    converted_sheet,
    one_a_row,
    own_numbers,
    read_amounts,
    with_currency,
)
from kpi.cleaning.money.currency import MONEY, each
from kpi.cleaning.money.rates import Rates, RateTable, settle_base
from kpi.cleaning.sheet import CleanSheet, LeftSheet
from kpi.cleaning.sheets.workbook import Workbook
from kpi.loading.answers import Instructions
from kpi.report import NOT_STATED, Effect, FactField, Issue, Kind

REPAIR = "currency_rates"
_SEVERAL = "amounts in several currencies cannot be added"
_PER_CURRENCY = (
    "KPIs about money have a value within one currency only: choose one, or ask by currency. To have all of them in "
    "one, put the rates on a sheet of their own with the columns Currency and Rate, and Date where they change"
)
_IS_MONEY = ("yes, convert it", "no, it is no money")


@dataclass(frozen=True, slots=True)
class _Exchange:
    """What the workbook gives to convert by: the rates, or why they cannot be used."""

    table: RateTable
    rates: Rates | str


class _NoRateError(Exception):
    """Amounts that the rates do not cover; the message says which."""


def settle_currencies(
    sheets: Sequence[CleanSheet | LeftSheet], tables: Sequence[RateTable], instructions: Instructions
) -> list[CleanSheet | LeftSheet]:
    """The sheets with the currency of every row, where anything says it.

    Where the amounts are in several currencies and a sheet holds the rates, they are converted. A sheet of rates holds
    no facts, unless no other sheet does.
    """
    rated = {table.sheet for table in tables}
    facts = [sheet for sheet in sheets if isinstance(sheet, CleanSheet) and sheet.name not in rated]
    if not facts:
        return list(sheets)
    named = {rate.currency for table in tables for rate in table.rates}
    inquiries = [
        Inquiry(sheet.name, sheet.fingerprint, instructions.of(sheet.fingerprint)) for sheet in facts
    ]
    read = [read_amounts(sheet, named, inquiry) for sheet, inquiry in zip(facts, inquiries, strict=True)]
    exchange = _exchange(tables, sorted({code for amounts in read for code in amounts.codes()}))
    settled = (_settled(one, exchange, inquiry) for one, inquiry in zip(read, inquiries, strict=True))
    return [
        _without_facts(one) if one.name in rated else next(settled) if isinstance(one, CleanSheet) else one
        for one in sheets
    ]


def _exchange(tables: Sequence[RateTable], wanted: Sequence[str]) -> _Exchange | None:
    if not tables or len(wanted) <= 1:
        return None
    if len(tables) > 1:
        return _Exchange(
            tables[0], f"sheet {tables[1].sheet} holds rates, too, and nothing says which are right"
        )
    return _Exchange(tables[0], settle_base(tables[0], wanted))


def _without_facts(sheet: CleanSheet | LeftSheet) -> LeftSheet:
    return LeftSheet(
        sheet.name, "rates", "it holds exchange rates", sheet.header_row, sheet.columns, sheet.fingerprint
    )


def _settled(amounts: Amounts, exchange: _Exchange | None, inquiry: Inquiry) -> CleanSheet:
    """The sheet in one currency where that can be had, otherwise with one in each row."""
    if not amounts.says:
        return _heard(amounts.sheet, inquiry)
    if exchange is not None and inquiry.repairs(REPAIR):
        try:
            return _heard(_converted(amounts, exchange, inquiry), inquiry, exchange.table.place.inquiry)
        except _NoRateError as missing:
            amounts = _doubtful(amounts, exchange.table, str(missing))
    one = one_a_row(amounts, inquiry)
    return _heard(with_currency(one.sheet, one.rows()), inquiry)


def _heard(sheet: CleanSheet, *inquiries: Inquiry) -> CleanSheet:
    """The sheet with what was asked and answered since its columns were read."""
    questions = [question for inquiry in inquiries for question in inquiry.questions]
    answers = [answer for inquiry in inquiries for answer in inquiry.used]
    repairs = {*sheet.repairs, *(code for inquiry in inquiries for code in inquiry.came_up)}
    return replace(
        sheet,
        questions=(*sheet.questions, *questions),
        answers=(*sheet.answers, *answers),
        repairs=tuple(sorted(repairs)),
    )


def _doubtful(amounts: Amounts, table: RateTable, why: str) -> Amounts:
    action = "no amount was converted, and KPIs about money have a value within one currency only"
    issue = Issue(
        table.sheet,
        table.cell,
        table.title,
        "exchange rates",
        f"they cannot be used: {why}",
        action,
        Effect.DOUBT,
    )
    return replace(amounts, sheet=replace(amounts.sheet, issues=(*amounts.sheet.issues, issue)))


def _converted(amounts: Amounts, exchange: _Exchange, inquiry: Inquiry) -> CleanSheet:
    """Every amount in the base of the rates; `_NoRateError` where one of them has no rate, and then none is."""
    rates, sheet = exchange.rates, amounts.sheet
    if isinstance(rates, str):
        raise _NoRateError(rates)
    of_row = amounts.rows() if len(agreeing(amounts)) <= 1 else None
    days = sheet.facts.table.column("date").to_pylist()
    worth_of_row = None if of_row is None else _worth(of_row, days, rates)
    numbers: dict[str, Any] = {}
    counts = Counter[str | None]()
    for name in _amounts_of(sheet, inquiry):
        codes = amounts.of(name) if name in amounts.own else of_row
        if codes is None:
            title = sheet.money[name].title if name in sheet.money else name
            raise _NoRateError(f"nothing says in which currency {title} on sheet {sheet.name} is")
        worth = _worth(codes, days, rates) if name in amounts.own or worth_of_row is None else worth_of_row
        values = sheet.facts.table.column(name).combine_chunks()
        _refuse_gaps(values, worth, codes, days, sheet.name)
        numbers[name] = pc.multiply(values, worth)
        counts += _count(pc.filter(codes, pc.is_valid(values)))
    done = converted_sheet(sheet, numbers, of_row, rates.base)
    return replace(done, issues=(*done.issues, _told(amounts, counts, exchange.table.sheet, rates)))


def _amounts_of(sheet: CleanSheet, inquiry: Inquiry) -> list[str]:
    """The fields to convert. Numbers of the workbook's own may be money or not: each is asked about."""
    found = [field.name for field in sheet.facts.fields if field.name in {*sheet.money, *MONEY}]
    for field in own_numbers(sheet):
        question = (
            f"Is {field.header or field.name} an amount of money in the currency of its row, to be converted?"
        )
        cell = f"A{sheet.header_row}"
        key = f"money:{field.name}"
        if inquiry.ask(key, question, _IS_MONEY, cell=cell, header=field.header) == _IS_MONEY[0]:
            found.append(field.name)
    return found


def _worth(codes: Any, days: Sequence[date], rates: Rates) -> pa.Array:
    """What one unit of each row's currency is worth in the base on its day; null where nothing says it."""
    pairs = list(zip(codes.to_pylist(), days, strict=True))
    worth = {pair: rates.factor(*pair) for pair in set(pairs)}
    return pa.array([worth[pair] for pair in pairs], pa.float64())


def _refuse_gaps(values: Any, worth: Any, codes: Any, days: Sequence[date], sheet: str) -> None:
    missing = pc.indices_nonzero(pc.and_(pc.is_valid(values), pc.is_null(worth))).to_pylist()
    if missing:
        row = missing[0]
        code = codes[row].as_py()
        what = f"there is none for {code} on {days[row]}" if code else "not all amounts say their currency"
        raise _NoRateError(f"{what} ({len(missing):,} rows of sheet {sheet})")


def _told(amounts: Amounts, counts: Counter[str | None], sheet: str, rates: Rates) -> Issue:
    stated = next(iter(amounts.sheet.money.values()))
    action = f"they were converted into {rates.base} by the rates of sheet {sheet}: {rates.words()}"
    others = sum(number for code, number in counts.items() if code != rates.base)
    found = f"amounts: {_counted(counts)}"
    name = amounts.sheet.name
    return Issue(name, stated.cell, stated.title, found, _SEVERAL, action, Effect.REPAIRED, others, REPAIR)


def _count(codes: Any) -> Counter[str | None]:
    return Counter({one["values"]: one["counts"] for one in pc.value_counts(codes).to_pylist()})


def _counted(counts: Counter[str | None]) -> str:
    named = sorted((code, rows) for code, rows in counts.items() if code)
    parts = [f"{rows:,} in {code}" for code, rows in named]
    return ", ".join(parts + ([f"{counts[None]:,} {NOT_STATED}"] if counts[None] else []))[:200]


def currencies_of(
    book: Workbook, sheets: Sequence[CleanSheet | LeftSheet]
) -> tuple[Workbook, tuple[str, ...]]:
    """The currencies of the file's amounts, and its facts with one in every row: where there are several and nothing
    says which, `not stated`. Of one currency the column is written, but is a dimension only if the file has it.
    """
    book = replace(book, questions=tuple(dict.fromkeys(book.questions)))
    table = book.facts.table
    if CURRENCY not in table.column_names:
        return book, ()
    stated = each(table.column(CURRENCY), str)
    counts = _count(stated)
    codes = tuple(sorted(code for code in counts if code))
    if not codes:
        return book, ()
    if counts[None] and any(issue.repair == REPAIR for issue in book.issues):
        codes = (*codes, NOT_STATED)  # nobody can tell whether these are among those that were converted
    rest = codes[0] if len(codes) == 1 else NOT_STATED
    filled = pc.dictionary_encode(pc.fill_null(stated, rest))
    table = table.set_column(table.column_names.index(CURRENCY), CURRENCY, filled)
    fields = _fields(book.facts.fields, several=len(codes) > 1)
    issues = (*book.issues, *_file_issues(_first_amounts(book, sheets), counts, codes))
    return replace(book, facts=Facts(table, fields), issues=issues), codes


def _fields(fields: Sequence[FactField], *, several: bool) -> tuple[FactField, ...]:
    named = FactField(CURRENCY, Kind.DIMENSION, "Currency")
    added = [field for field in fields if field.name == CURRENCY and field.header == ADDED]
    if not added:
        return tuple(fields)
    return tuple(
        named if field.name == CURRENCY else field for field in fields if several or field.name != CURRENCY
    )


def _first_amounts(book: Workbook, sheets: Sequence[CleanSheet | LeftSheet]) -> tuple[str, str, str]:
    """Sheet, cell and header of the first column of amounts that is used."""
    used = {sheet.name for sheet in book.sheets if sheet.used}
    clean = [sheet for sheet in sheets if isinstance(sheet, CleanSheet) and sheet.name in used]
    for sheet in clean:
        for stated in sheet.money.values():
            return sheet.name, stated.cell, stated.title
    return clean[0].name, "", ""


def _file_issues(
    place: tuple[str, str, str], counts: Counter[str | None], codes: Sequence[str]
) -> list[Issue]:
    if len(codes) > 1:
        return [Issue(*place, f"rows: {_counted(counts)}", _SEVERAL, _PER_CURRENCY, Effect.NOTE)]
    if counts[None]:
        action = f"they were taken to be in {codes[0]}, as all others are"
        problem = "nothing says in which currency their amounts are"
        return [Issue(*place, f"{counts[None]:,} rows", problem, action, Effect.NOTE, counts[None])]
    return []
