"""What is wrong with a row, in a few fixed sentences: the first fault counts. Some rows are no data and set aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kpi.cleaning.vocabulary import vocabulary
from kpi.sales.source import RawTable
from kpi.sales.typing.fields import FIRST_DAY, LAST_DAY, LISTED, LONGEST_ID, Kind
from kpi.sales.typing.figures import Odd
from kpi.sales.typing.sql import quoted
from kpi.sales.typing.values import quantity
from kpi.sales.typing.ways import Ways, fields_of, headers_of

MOST_ODD = 50_000  # distinct texts of a column that are read one by one
BLANK, REPEATED_HEADER, TOTAL = "blank row", "the header repeated", "row of totals"


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason, the field to blame, and when a row of `valued` has it. `aside`: the row is no data.

    With an empty `reason` the row says it itself, as `problem`. The field is empty where the whole row is to blame.
    `implied`: a row that has it has a later one, too, so that a row without any need not be asked.
    """

    reason: str
    condition: str
    field: str = ""
    aside: bool = False
    implied: bool = False


def faults(raw: RawTable, ways: Ways) -> tuple[Fault, ...]:
    """All that can be wrong with a row of this table, in the order in which it counts."""
    listed = LISTED.get(raw.role)
    own = _of_list(raw, listed) if listed else _of_sales(raw, ways)
    return (*_of_any_row(raw, ways), *own, *_of_ids(raw, ways))


def sound(raw: RawTable, ways: Ways) -> str:
    """When a row of `valued` has no fault: of sound rows, and that is nearly all, as little as possible is asked."""
    conditions = [fault.condition for fault in faults(raw, ways) if not fault.implied]
    return " AND ".join(["true", *(f"({condition}) IS NOT TRUE" for condition in conditions)])


def _of_any_row(raw: RawTable, ways: Ways) -> Iterator[Fault]:
    there = fields_of(raw)
    cells = [quoted(column.place) for column in raw.columns]
    if "problem" not in ways.sure:
        yield Fault("", "problem IS NOT NULL")
    blank = f"coalesce({', '.join(cells)}) IS NULL OR trim(concat({', '.join(cells)})) = ''"
    yield Fault(BLANK, blank, aside=True, implied=True)
    same = " AND ".join(f"lower(trim({quoted(place)})) = ${header_of(place)}" for place in there.values())
    yield Fault(REPEATED_HEADER, same, aside=True, implied=raw.role not in LISTED)
    yield Fault(TOTAL, _is_total(raw), aside=True, implied=raw.role not in LISTED)


def header_of(place: str) -> str:
    """The name of the parameter that has the header of this column, trimmed and in lower case."""
    return f"header_{place}"


def header_parameters(raw: RawTable) -> dict[str, str]:
    """What a repeated header is told by."""
    places = set(fields_of(raw).values())
    return {
        header_of(column.place): column.header.strip().lower()
        for column in raw.columns
        if column.place in places
    }


def _is_total(raw: RawTable) -> str:
    """A cell says `Total`, and no day and no id says otherwise; in a list no name either."""
    there = fields_of(raw)
    words = sorted(vocabulary().sets["totals"], key=len, reverse=True)
    pattern = f"({'|'.join(words)})[ :]*([0-9]{{4}})?"
    says = {
        place: f"coalesce(regexp_full_match(strip_accents(lower(trim({quoted(place)}))), '{pattern}'), false)"
        for place in (column.place for column in raw.columns)
    }
    named = fields_of(raw, Kind.ID, *([Kind.LABEL] if raw.role in LISTED else []))
    unnamed = [f"(v_{field} IS NULL OR {says[place]})" for field, place in named.items()]
    if raw.role not in LISTED and "date" in there:
        unnamed.append("v_date IS NULL")
    return " AND ".join([f"({' OR '.join(says.values())})", *unnamed])


def _of_sales(raw: RawTable, ways: Ways) -> Iterator[Fault]:
    there = fields_of(raw)
    yield from _of_days(there, ways)
    yield from _of_figure("quantity", there, ways)
    yield from _of_figure("unit_price", there, ways)
    yield from _of_figure("revenue", there, ways)
    if "quantity" not in ways.sure:
        yield Fault("the quantity is missing", f"{quantity(there)} IS NULL", "quantity")
    if ways.sure.isdisjoint(("unit_price", "revenue")):
        yield from _of_worth(there)
    yield from _of_figure("discount", there, ways)
    if "discount" in there and ways.discount.rate and not _is_bounded(ways):
        reason = "the discount is no rate between 0 and 100 %"
        yield Fault(reason, "v_discount NOT BETWEEN 0 AND 1", "discount")


def _is_bounded(ways: Ways) -> bool:
    return ways.discount.bounded and not ways.figures["discount"].odd


def _of_days(there: dict[str, str], ways: Ways) -> Iterator[Fault]:
    if "date" not in there:
        yield Fault("the date is missing", "true", "date")
        return
    if "date" in ways.sure:
        return
    cell = quoted(there["date"])
    blank = f"{cell} IS NULL OR trim({cell}) = ''"
    yield Fault("the date is missing", f"v_date IS NULL AND ({blank})", "date", implied=True)
    if ways.days.odd:
        yield Fault("the date is missing", "v_date IS NULL AND v_date_blank", "date", implied=True)
    yield Fault("the date is no day", "v_date IS NULL", "date")
    yield Fault(
        f"the date is before {FIRST_DAY} or after {LAST_DAY}",
        f"v_date NOT BETWEEN DATE '{FIRST_DAY}' AND DATE '{LAST_DAY}'",
        "date",
    )


def _of_figure(field: str, there: dict[str, str], ways: Ways) -> Iterator[Fault]:
    """What a cell may hold instead of a figure; that it holds nothing is no fault yet."""
    if field not in there or not ways.figures[field].odd:
        return
    name, fault = field.replace("_", " "), f"v_{field}_fault"
    unread = f"v_{field} IS NULL AND {quoted(there[field])} IS NOT NULL"
    yield Fault(f"the {name} is no number", f"{fault} = '{Odd.UNREADABLE}'", field)
    yield Fault(f"the {name} is too large", f"{fault} = '{Odd.TOO_LARGE}'", field)
    yield Fault(
        f"the {name} has another decimal sign than the column", f"{fault} = '{Odd.OTHER_SIGN}'", field
    )
    reason = f"the {name} is no plain number, as are more than {MOST_ODD:,} different texts of the column"
    yield Fault(reason, f"{unread} AND {fault} IS NULL", field)


def _of_worth(there: dict[str, str]) -> Iterator[Fault]:
    """A sale needs a price or a revenue. A table without either is priced by the products."""
    found = [field for field in ("unit_price", "revenue") if field in there]
    if found:
        names = " and the ".join(field.replace("_", " ") for field in found)
        are = "are" if len(found) > 1 else "is"
        yield Fault(
            f"the {names} {are} missing", " AND ".join(f"v_{field} IS NULL" for field in found), found[0]
        )


def _of_list(raw: RawTable, listed: str) -> Iterator[Fault]:
    name = listed.replace("_", " ")
    missing = f"v_{listed} IS NULL" if listed in fields_of(raw) else "true"
    yield Fault(f"the {name} is missing", missing, listed)


def _of_ids(raw: RawTable, ways: Ways) -> Iterator[Fault]:
    for field in fields_of(raw, Kind.ID):
        if ways.labels[field].long:
            reason = f"the {field.replace('_', ' ')} is longer than {LONGEST_ID} characters"
            yield Fault(reason, f"length(v_{field}) > {LONGEST_ID}", field)


def verdict(raw: RawTable, ways: Ways) -> str:
    """The number of a row's first fault, counted from 1."""
    cases = " ".join(f"WHEN {fault.condition} THEN {at}" for at, fault in enumerate(faults(raw, ways), 1))
    return f"CASE {cases} END"


def blamed(raw: RawTable, ways: Ways) -> str:
    """The text of the cell to blame, of rows that have a `fault`."""
    there = fields_of(raw)
    cases = " ".join(
        f"WHEN {at} THEN {quoted(there[fault.field])}"
        for at, fault in enumerate(faults(raw, ways), 1)
        if fault.field in there and not fault.aside
    )
    return f"left(coalesce(CASE fault {cases} END, ''), 200)" if cases else "''"


def reasons(raw: RawTable, ways: Ways) -> list[dict[str, int | str]]:
    """Number (`fault`), header and reason of every fault for which rows are rejected; no reason where the row says it itself."""
    headers = headers_of(raw)
    return [
        {"fault": at, "header": headers.get(fault.field, ""), "reason": fault.reason}
        for at, fault in enumerate(faults(raw, ways), 1)
        if not fault.aside
    ]


def as_csv(raw: RawTable) -> str:
    """The cells of a row as one line of CSV."""
    cells = []
    for column in raw.columns:
        cell = quoted(column.place)
        quotes = f"'\"' || replace({cell}, '\"', '\"\"') || '\"'"
        cells.append(
            f"coalesce(CASE WHEN regexp_matches({cell}, '[\",\\r\\n]') THEN {quotes} ELSE {cell} END, '')"
        )
    return f"concat_ws(',', {', '.join(cells)})"
