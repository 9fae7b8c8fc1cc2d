"""Long tables with one amount a row and a column that says of which account it is: one measure an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Column, Table, is_blank, label
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.accounts import COSTS, Computed, account_of, computed_of, is_cost, section_of
from kpi.cleaning.wide.lines import amount
from kpi.cleaning.wide.sums import agree
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import BLANK, Cell
from kpi.report import Effect, Issue

REPAIR = "accounts_down"
_KEY = "accounts"
_SAMPLE = 400
_MOST_MEMBERS = 200
_SHARE = 0.5
_LEAST = 2
_OPEX, _OWN, _NONE = "operating_expenses", "amounts of their own", "leave them out"


@dataclass(frozen=True, slots=True)
class _Ledger:
    """A table with the numbers of its columns of accounts and amounts, and what the member of each row is."""

    table: Table
    account: int
    amount: int
    members: Sequence[str]  # of each row, repeated where it stands once for several


def with_accounts(table: Table, inquiry: Inquiry) -> tuple[Table, tuple[Issue, ...]]:
    """The table with one column of amounts for each account, its rows where they were; most tables stay as they are.

    Rows of accounts that are worked out from others are blanked, once they have been held against these.
    """
    ledger = _ledger(table)
    if ledger is None or not inquiry.repairs(REPAIR):
        return table, ()
    fields = _fields(ledger, inquiry)
    columns: list[Column] = []
    for number, column in enumerate(table.columns):
        if number == ledger.amount:
            columns += _measures(ledger, fields)
        else:
            cells = [
                cell if member in fields else BLANK
                for cell, member in zip(column.cells, ledger.members, strict=True)
            ]
            columns.append(replace(column, cells=cells))
    return replace(table, columns=tuple(columns)), tuple(_issues(ledger, fields, inquiry.sheet))


def _ledger(table: Table) -> _Ledger | None:
    """None where no column names accounts, or where more than one column holds amounts."""
    if table.turned or not table.height:
        return None
    account = next((n for n, column in enumerate(table.columns) if _names_accounts(column)), None)
    if account is None:
        return None
    amounts = [n for n, column in enumerate(table.columns) if n != account and _holds_amounts(column)]
    if len(amounts) != 1:
        return None
    ledger = _Ledger(table, account, amounts[0], _held(table, account, amounts[0]))
    return ledger if _is_plain(table.columns[amounts[0]], set(ledger.members)) else None


def _names_accounts(column: Column) -> bool:
    texts = [cell for cell in column.cells[:_SAMPLE] if not is_blank(cell)]
    if not texts or not all(isinstance(cell, str) for cell in texts):
        return False
    members = {clean_text(str(cell)) for cell in texts}
    if len(members) > _MOST_MEMBERS:
        return False
    means = {member: found for member in members if (found := _meaning(member))}
    known = sum(clean_text(str(cell)) in means for cell in texts)
    return len(set(means.values())) >= _LEAST and known >= _SHARE * len(texts)


def _meaning(member: str) -> str:
    computed = computed_of(member)
    return computed.name if computed is not None else section_of(member)


def _holds_amounts(column: Column) -> bool:
    words = column.header.words.split()
    sets = vocabulary().sets
    if not words or words[-1] in sets["identifiers"] | sets["ordinals"] or set(words) & sets["rates"]:
        return False
    if any(meaning.field == "date" for meaning in vocabulary().means(column.header.words)):
        return False
    filled = [cell for cell in column.cells[:_SAMPLE] if not is_blank(cell)]
    return bool(filled) and sum(amount(cell) is not None for cell in filled) > _SHARE * len(filled)


def _is_plain(column: Column, members: set[str]) -> bool:
    """Whether the amounts are those of the accounts: `Sales` of type refund are sales, `Amount` is of any account."""
    costs = any(is_cost(section_of(member)) or computed_of(member) is not None for member in members)
    return costs or not vocabulary().means(column.header.words)


def _held(table: Table, account: int, amounts: int) -> list[str]:
    members = []
    held = ""
    for name, cell in zip(table.columns[account].cells, table.columns[amounts].cells, strict=True):
        if not is_blank(name):
            held = clean_text(label(name))
        members.append(held if not is_blank(name) or not is_blank(cell) else "")
    return members


def _fields(ledger: _Ledger, inquiry: Inquiry) -> dict[str, str]:
    """The field of each member that is data, by its name; members without one are asked about, and the field is empty.

    Members that are worked out, and totals, are missing.
    """
    found: dict[str, str] = {"": ""}
    unknown = []
    for member in dict.fromkeys(member for member in ledger.members if member):
        if computed_of(member) is not None or (is_total(member) and account_of(member) is None):
            continue
        field = section_of(member)
        found[member] = _OPEX if field == COSTS else field
        if not field:
            unknown.append(member)
    if unknown:
        answer = _asked(unknown, found, ledger, inquiry)
        found.update(dict.fromkeys(unknown, _OPEX if answer == _OPEX else ""))
        if answer == _NONE:
            found = {member: field for member, field in found.items() if member not in unknown}
    return found


def _asked(unknown: Sequence[str], known: Mapping[str, str], ledger: _Ledger, inquiry: Inquiry) -> str:
    column = ledger.table.columns[ledger.account]
    row = ledger.members.index(unknown[0])
    candidates = [_OWN, _OPEX, _NONE] if _OPEX in known.values() else [_OPEX, _OWN, _NONE]
    question = f"What are the amounts of {', '.join(unknown)}?"
    cell = ledger.table.cell(column, row)
    return inquiry.ask(_KEY, question, candidates, cell=cell, header=column.label)


def _measures(ledger: _Ledger, fields: Mapping[str, str]) -> Iterator[Column]:
    """One column for each field, and for each member without one, blank in the rows of all others."""
    column = ledger.table.columns[ledger.amount]
    for measure, members in _by_measure(fields).items():
        field = fields[members[0]]
        words = field.replace("_", " ") if field else plain(members[0])
        header = replace(column.header, text=members[0], words=words)
        cells: list[Cell] = [
            cell if measure and member in members else BLANK
            for cell, member in zip(column.cells, ledger.members, strict=True)
        ]
        yield replace(column, header=header, cells=cells, field=field)


def _by_measure(fields: Mapping[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for member, field in fields.items():
        if member:
            found.setdefault(field or member, []).append(member)
    return found


def _issues(ledger: _Ledger, fields: Mapping[str, str], sheet: str) -> Iterator[Issue]:
    column = ledger.table.columns[ledger.account]
    names = ", ".join(member for member in fields if member)
    cell = ledger.table.header_cell(column)
    action = "the amounts of each account were read as a measure of their own"
    problem = "the rows are of different accounts, which must not be added together"
    yield Issue(sheet, cell, column.label, names, problem, action, Effect.REPAIRED, len(fields), REPAIR)
    for member in dict.fromkeys(member for member in ledger.members if member and member not in fields):
        rows = [row for row, name in enumerate(ledger.members) if name == member]
        cell = ledger.table.cell(column, rows[0])
        problem = "the account is worked out from others, or was answered to be none"
        action = "its rows were set aside"
        yield Issue(sheet, cell, column.label, member, problem, action, Effect.LEFT_OUT, len(rows))
        yield from _checked(ledger, fields, computed_of(member), rows, sheet)


def _checked(
    ledger: _Ledger, fields: Mapping[str, str], computed: Computed | None, rows: Sequence[int], sheet: str
) -> Iterator[Issue]:
    """A worked-out account that its accounts do not add up to, whether costs are positive or negative."""
    known = set(fields.values())
    unknown = any(member and not field for member, field in fields.items())
    if computed is None or unknown or "revenue" not in known or len(known & computed.of.keys()) < _LEAST:
        return
    column = ledger.table.columns[ledger.amount]
    groups = _groups(ledger)
    off = []
    for row in rows:
        said = amount(column.cells[row])
        parts = [
            (fields[member], value)
            for other in groups[_group(ledger, row)]
            if (member := ledger.members[other]) in fields
            and fields[member] in computed.of
            and (value := amount(column.cells[other])) is not None
        ]
        signed = fsum(computed.of[field] * value for field, value in parts)
        plain_sum = fsum(value for _, value in parts)
        if said is not None and not any(agree(said, added, len(parts)) for added in (signed, plain_sum)):
            off.append((row, said, signed))
    if off:
        row, said, worked = off[0]
        problem = f"{ledger.members[row]} says {said:,.2f}, its accounts give {worked:,.2f}"
        action = "nothing was changed: correct the one that is wrong"
        cell = ledger.table.cell(column, row)
        yield Issue(sheet, cell, column.label, f"{said:,.2f}", problem, action, Effect.DOUBT, len(off))


def _groups(ledger: _Ledger) -> dict[tuple[Cell, ...], list[int]]:
    found: dict[tuple[Cell, ...], list[int]] = {}
    for row in range(ledger.table.height):
        found.setdefault(_group(ledger, row), []).append(row)
    return found


def _group(ledger: _Ledger, row: int) -> tuple[Cell, ...]:
    """What else stands in the row: the month, the region."""
    apart = (ledger.account, ledger.amount)
    return tuple(column.cells[row] for n, column in enumerate(ledger.table.columns) if n not in apart)
