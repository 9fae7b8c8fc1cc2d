"""The field of each line of accounts: by its own name, its section, the total it is part of, or a profit that proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import fsum

from kpi.cleaning.rows.rows import is_total, total_of
from kpi.cleaning.wide.accounts import (
    COSTS,
    Computed,
    Scenario,
    account_of,
    computed_of,
    is_cost,
    section_of,
)
from kpi.cleaning.wide.lines import Line, Part
from kpi.cleaning.wide.sums import PROOF, agree, data_of, digits
from kpi.cleaning.words import plain

_OPEX = "operating_expenses"
_OWN_COSTS = ("cogs", "interest", "tax")  # what a name may mean among costs of several kinds


def with_fields(lines: Sequence[Line]) -> list[Line]:
    """Each data line with its field: that of the total it is part of, else its own, else that of its heading."""
    found = _closed(lines)
    for line in found:
        if line.part is Part.TOTAL:
            _give(found, line)
    heading = ""
    for place, line in enumerate(found):
        if line.part is Part.HEADING:
            heading = line.name
        elif line.part is Part.COMPUTED:
            heading = ""
        elif line.part is Part.DATA and not line.field:
            found[place] = _by_own_name(line, heading)
    return _proved(_with_profits(found))


def _closed(lines: Sequence[Line]) -> list[Line]:
    """A section ends at the total of its name; what follows belongs to no section until the next heading."""
    closed = ""
    found = []
    for line in lines:
        if line.part in (Part.HEADING, Part.HEADER):
            closed = ""
        section = "" if closed and line.section == closed else line.section
        found.append(replace(line, section=section))
        if line.part is Part.TOTAL and section and _closes(line, section):
            closed = section
    return found


def _closes(total: Line, section: str) -> bool:
    same = total_of(total.name) == plain(section)
    field = section_of(total.name)
    return is_total(total.name) and (same or (bool(field) and field == section_of(section)))


def _give(lines: list[Line], total: Line) -> None:
    """The field of a total to its lines; among costs of several kinds a line keeps a name that can be nothing else."""
    field = section_of(total.name) or (section_of(total.section) if is_total(total.name) else "")
    if not field:
        return
    for at in data_of(lines, total):
        own = account_of(lines[at].name)
        if lines[at].field or lines[at].part is not Part.DATA:
            continue
        if field == COSTS and own is not None and own.field in _OWN_COSTS:
            lines[at] = replace(lines[at], field=own.field, tier=own.tier, given=True)
        else:
            given = _OPEX if field == COSTS else field
            lines[at] = replace(lines[at], field=given, given=True)


def _by_own_name(line: Line, heading: str) -> Line:
    account = account_of(line.name)
    if account is not None:
        return replace(line, field=account.field, tier=account.tier)
    named = section_of(line.name)
    field = named or (section_of(heading) if heading == line.section else "")
    return replace(line, field=_OPEX if field == COSTS else field, given=bool(field and not named))


def _with_profits(lines: list[Line]) -> list[Line]:
    """Lines of a name that no list has, and totals that seem wrong, are profits where they are income less costs."""
    known: list[tuple[Line, int]] = []
    for place, line in enumerate(lines):
        kind = is_cost(line.field) if is_counted(line) else None
        if kind is not None:
            known.append((line, -1 if kind else 1))
        unknown = is_counted(line) and not line.field
        doubtful = line.part is Part.TOTAL and line.disagrees
        if (unknown or doubtful) and len({sign for _, sign in known}) > 1 and _is_profit(line, known):
            lines[place] = replace(line, part=Part.COMPUTED, disagrees=False)
    return lines


def _is_profit(line: Line, known: Sequence[tuple[Line, int]]) -> bool:
    return digits(line) >= PROOF and all(
        agree(said, _at(known, position), len(known)) for position, said in line.amounts.items()
    )


def is_counted(line: Line) -> bool:
    """Whether the amounts are data of the sheet, and not planned or another year's."""
    return line.part is Part.DATA and line.scenario in (None, Scenario.ACTUAL) and not line.why


def _proved(lines: list[Line]) -> list[Line]:
    """Lines without a field above a profit that comes out only if they are the cost that it lacks."""
    since: list[int] = []
    for place, line in enumerate(lines):
        if line.part is Part.DATA and not line.field and is_counted(line):
            since.append(place)
        computed = computed_of(line.name) if line.part is Part.COMPUTED else None
        if computed is None or not computed.of or line.scenario not in (None, Scenario.ACTUAL):
            continue
        field = _lacking(computed, lines)
        if field and since and _comes_out(line, computed, lines, since):
            for at in since:
                lines[at] = replace(lines[at], field=field, given=True)
        since = []
    return lines


def _lacking(computed: Computed, lines: Sequence[Line]) -> str:
    """The one cost that the profit is made of and the sheet does not name; those of operation, where these lack, too."""
    known = {line.field for line in lines if is_counted(line)}
    lacks = [name for name in computed.of if name not in known and is_cost(name)]
    if _OPEX in lacks:
        return _OPEX if "revenue" in known else ""
    return lacks[0] if len(lacks) == 1 and "revenue" in known else ""


def _comes_out(profit: Line, computed: Computed, lines: Sequence[Line], costs: Sequence[int]) -> bool:
    signed = [
        (line, computed.of[line.field]) for line in lines if is_counted(line) and line.field in computed.of
    ]
    negative = all(value <= 0 for at in costs for value in lines[at].amounts.values())
    signed += [(lines[at], 1 if negative else -1) for at in costs]
    return bool(profit.amounts) and all(
        agree(said, _at(signed, position), len(signed)) for position, said in profit.amounts.items()
    )


def _at(signed: Sequence[tuple[Line, int]], position: int) -> float:
    return fsum(sign * line.amounts.get(position, 0.0) for line, sign in signed)


def section_fields(lines: Sequence[Line]) -> Mapping[str, str]:
    """The fields that headings give, by heading, where lines stand under them."""
    found = {line.section: section_of(line.section) for line in lines if line.part is Part.DATA}
    return {heading: field for heading, field in found.items() if field}
