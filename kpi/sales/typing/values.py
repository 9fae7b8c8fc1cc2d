"""SQL that makes values of cells: what is written plainly is cast, what is not is looked up among the odd texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from string import ascii_letters, digits

from kpi.cleaning.values.numbers import Sign
from kpi.sales.source import RawTable, Role
from kpi.sales.typing.blanks import blank_ids, blank_labels
from kpi.sales.typing.fields import COLUMNS, KINDS, LONGEST_NAME, Kind, decimal_type, sql_type
from kpi.sales.typing.sql import CELLS, bare, begins, ends_visibly, is_one_of, quoted
from kpi.sales.typing.ways import FigureWay, TextWay, Ways, fields_of

_SIGNED = "[-+]?"
_GROUPED_POINT = _SIGNED + "[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?"
_GROUPED_COMMA = _SIGNED + "[0-9]{1,3}([.][0-9]{3})+(,[0-9]+)?"
_TIME = "([0-9])[T ,]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?([[:space:]]*[AaPp][.]?[Mm][.]?)?$"
_ISO_LENGTH = 10


def iso_day(cell: str) -> str:
    """The day of `2025-12-31`, alone or before a time; null for everything else."""
    time = f"{cell}[11] IN (' ', 'T') AND {cell}[12] BETWEEN '0' AND '9' AND TRY_CAST({cell} AS TIMESTAMP) IS NOT NULL"
    return (
        f"CASE WHEN {cell}[5] <> '-' THEN NULL WHEN strlen({cell}) = {_ISO_LENGTH} THEN TRY_CAST({cell} AS DATE) "
        f"WHEN strlen({cell}) > {_ISO_LENGTH} AND {time} THEN TRY_CAST(left({cell}, {_ISO_LENGTH}) AS DATE) END"
    )


def day_part(cell: str) -> str:
    """A text that is no ISO day, without the time behind it; null for one that is."""
    timed = f"regexp_replace(trim({cell}), '{_TIME}', '\\1')"
    part = f"CASE WHEN contains({cell}, ':') THEN {timed} ELSE trim({cell}) END"
    return f"CASE WHEN {iso_day(cell)} IS NULL THEN {part} END"


def plain_figure(cell: str, way: FigureWay, size: tuple[int, int]) -> str:
    """The figure of a text as the column writes them regularly; null for all others."""
    cast = decimal_type(size)
    number = f"TRY_CAST({cell} AS {cast})"
    if way.sign is Sign.COMMA:
        joined = f"TRY_CAST(replace(replace({cell}, '.', ''), ',', '.') AS {cast})"
        grouped = f"CASE WHEN regexp_full_match({cell}, '{_GROUPED_COMMA}') THEN {joined} END"
        decimal = f"TRY_CAST(replace({cell}, ',', '.') AS {cast})"
        number = f"CASE WHEN contains({cell}, '.') THEN {grouped} ELSE {decimal} END"
        return f"CASE WHEN contains({cell}, '_') THEN NULL ELSE {number} END" if way.underscores else number
    if way.marks:
        joined = f"TRY_CAST(replace({cell}, ',', '') AS {cast})"
        grouped = f"CASE WHEN regexp_full_match({cell}, '{_GROUPED_POINT}') THEN {joined} END"
        number = f"CASE WHEN contains({cell}, ',') THEN {grouped} ELSE {number} END"
    return f"CASE WHEN contains({cell}, '_') THEN NULL ELSE {number} END" if way.underscores else number


def text_value(cell: str, way: TextWay, kind: Kind) -> str:
    """An id or a label without what surrounds it; null where it says that there is nothing. Names are cut.

    Nearly all texts begin with a sign with which no blank does and end with a visible one: to see that is cheap.
    """
    blanks = ("", *(blank_ids() if kind is Kind.ID else blank_labels()))
    text = bare(cell)
    thorough = f"CASE WHEN {is_one_of(f'lower({text})', blanks)} THEN NULL ELSE {text} END"
    value = f"CASE WHEN {begins(cell, _sure_beginnings(blanks))} AND {ends_visibly(cell)} THEN {cell} ELSE {thorough} END"
    if way.whole:
        value = f"regexp_replace({value}, '^(-?[0-9]+)[.]0$', '\\1')"
    return f"left({value}, {LONGEST_NAME})" if way.long and kind is Kind.LABEL else value


def _sure_beginnings(blanks: Iterable[str]) -> str:
    """The digits and letters with which none of these texts begins, in upper or lower case."""
    first = {text[:1] for text in blanks}
    return "".join(sign for sign in digits + ascii_letters if sign.lower() not in first)


def valued(raw: RawTable, ways: Ways) -> str:
    """The rows with the value of every field behind their cells, as `v_<field>`; lookups as `odd_<field>`."""
    values = ", ".join(f"{value} AS v_{field}" for field, value in _values(raw, ways))
    return f"SELECT {CELLS}.*, {values} FROM {CELLS} {' '.join(_joins(raw, ways))}"  # noqa: S608 - our own names


def _values(raw: RawTable, ways: Ways) -> Iterator[tuple[str, str]]:
    for field, place in fields_of(raw).items():
        cell, kind = f"{CELLS}.{quoted(place)}", KINDS[field]
        if kind is Kind.DAY:
            day = iso_day(cell)
            yield field, f"coalesce({day}, odd_{field}.day)" if ways.days.odd else day
            if ways.days.odd:
                yield f"{field}_blank", f"odd_{field}.blank"
                yield f"{field}_period", f"odd_{field}.period"
        elif kind in (Kind.FIGURE, Kind.DISCOUNT):
            yield field, _figure(field, cell, ways)
            if ways.figures[field].odd:
                yield f"{field}_fault", f"odd_{field}.fault"
        else:
            yield field, text_value(cell, ways.labels[field], kind)


def _figure(field: str, cell: str, ways: Ways) -> str:
    way = ways.figures[field]
    number = plain_figure(cell, way, ways.cast_size(field))
    if field == "discount":
        number = f"({number})"
        if ways.discount.hundredths:
            number = f"({number} * 0.01)"
        if ways.discount.negated:
            number = f"(-{number})"
    return f"coalesce({number}, odd_{field}.value)" if way.odd else number


def _joins(raw: RawTable, ways: Ways) -> Iterator[str]:
    for field, place in fields_of(raw, Kind.FIGURE, Kind.DISCOUNT).items():
        if ways.figures[field].odd:
            yield f"LEFT JOIN odd_{field} ON odd_{field}.text = {CELLS}.{quoted(place)}"
    if ways.days.odd:
        for field, place in fields_of(raw, Kind.DAY).items():
            yield f"LEFT JOIN odd_{field} ON odd_{field}.text = {day_part(f'{CELLS}.{quoted(place)}')}"


def typed_columns(raw: RawTable, ways: Ways) -> str:
    """The columns of typed rows out of `valued`, in their order; null where the table has none for them."""
    there = fields_of(raw)
    return ", ".join(
        ["line", *(f"{_column(name, there, raw, ways)} AS {name}" for name in COLUMNS[raw.role])]
    )


def _column(name: str, there: dict[str, str], raw: RawTable, ways: Ways) -> str:
    if name in ("discount_rate", "discount_amount") and "discount" in there:
        is_meant = ways.discount.rate is (name == "discount_rate")
        return f"CAST({'v_discount' if is_meant else 'NULL'} AS {sql_type(name)})"
    if name == "quantity" and raw.role in (Role.SALES, Role.FLAT):
        return f"CAST({quantity(there)} AS {sql_type(name)})"
    return f"v_{name}" if name in there else f"CAST(NULL AS {sql_type(name)})"


def quantity(there: dict[str, str]) -> str:
    """The quantity of a sale: where only the revenue is told, it is one."""
    if "quantity" not in there:
        return "CASE WHEN v_revenue IS NOT NULL THEN 1 END" if "revenue" in there else "NULL"
    if "revenue" not in there:
        return "v_quantity"
    return "coalesce(v_quantity, CASE WHEN v_revenue IS NOT NULL THEN 1 END)"
