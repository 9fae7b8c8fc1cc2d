"""Sums that a turned sheet states, held against the amounts they are of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import fsum

from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.wide.accounts import Computed, Scenario, computed_of
from kpi.cleaning.wide.axis import Axis
from kpi.cleaning.wide.fields import is_counted
from kpi.cleaning.wide.lines import Line, Part, amount
from kpi.cleaning.wide.sums import agree
from kpi.cleaning.wide.upper import Rows
from kpi.reading.cells import address
from kpi.report import Effect, Issue

SIGN = "cost_sign"
_COSTS = ("cogs", "operating_expenses", "interest", "tax")
_PROOF = 0.6  # of the periods; the others are told
_KEPT = "nothing was changed: correct the one that is wrong"


def cost_signs(lines: Sequence[Line], inquiry: Inquiry) -> dict[str, int]:
    """-1 for each cost that is written as a negative number, as a computed line of the sheet proves."""
    if not inquiry.repairs(SIGN):
        return {}
    by_field = _by_field(lines)
    negative = [name for name in _COSTS if name in by_field and _are_negative(by_field[name])]
    signs: dict[str, int] = {}
    for line in lines:
        computed = _computed(line)
        if computed is None or not negative or not _is_whole(computed, by_field):
            continue
        turned = dict.fromkeys((name for name in negative if name in computed.of), -1)
        agrees = len(line.amounts) - len(_off(line, computed, by_field, turned))
        if turned and agrees >= _PROOF * len(line.amounts):
            signs.update(turned)
    return signs


def _computed(line: Line) -> Computed | None:
    """The rule of a line that is worked out from the data of the sheet."""
    if line.part is not Part.COMPUTED or line.scenario not in (None, Scenario.ACTUAL):
        return None
    return computed_of(line.name)


def _by_field(lines: Sequence[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        if is_counted(line) and line.field:
            found.setdefault(line.field, []).append(line)
    return found


def _are_negative(lines: Sequence[Line]) -> bool:
    amounts = [value for line in lines for value in line.amounts.values() if value]
    return bool(amounts) and all(value < 0 for value in amounts)


def _is_whole(computed: Computed, by_field: Mapping[str, Sequence[Line]]) -> bool:
    """Whether the line can be worked out from the sheet: it has revenue and a cost, and both where it needs no more."""
    known = [name for name in computed.of if name in by_field]
    return "revenue" in known and len(known) >= 2  # noqa: PLR2004


def _off(
    line: Line, computed: Computed, by_field: Mapping[str, Sequence[Line]], signs: Mapping[str, int]
) -> dict[int, float]:
    """Where the line says something else than its parts: position to what the parts give."""
    found = {}
    for at, said in line.amounts.items():
        parts = [
            sign * signs.get(name, 1) * part.amounts.get(at, 0.0)
            for name, sign in computed.of.items()
            for part in by_field.get(name, ())
        ]
        worked = fsum(parts)
        if not agree(said, worked, max(len(parts), 2)):
            found[at] = worked
    return found


def sign_issues(lines: Sequence[Line], axis: Axis, signs: Mapping[str, int], sheet: str) -> list[Issue]:
    """One repair for each cost whose sign was turned."""
    issues = []
    for name, of_field in _by_field(lines).items():
        if signs.get(name) == -1:
            count = sum(len(line.amounts) for line in of_field)
            cell = address(of_field[0].row, axis.values[0].position)
            issues.append(
                Issue(
                    sheet,
                    cell,
                    of_field[0].name,
                    f"{count:,} negative amounts",
                    "costs are written as negative numbers",
                    "they were read as positive costs, as the profit lines of the sheet prove",
                    Effect.REPAIRED,
                    count,
                    SIGN,
                )
            )
    return issues


def check_lines(
    rows: Rows, axis: Axis, lines: Sequence[Line], sheet: str, signs: Mapping[str, int]
) -> list[Issue]:
    """Totals, computed lines and total columns that disagree with the amounts, one issue a line or column."""
    issues = []
    by_field = _by_field(lines)
    for line in lines:
        computed = _computed(line)
        if computed is not None and _is_whole(computed, by_field):
            issues += _disagreement(line, _off(line, computed, by_field, signs), "its lines give", sheet)
        elif line.part is Part.TOTAL and line.disagrees:
            parts = [lines[at] for at in line.sums]
            off = {
                at: added
                for at, said in line.amounts.items()
                if not agree(said, added := fsum(part.amounts.get(at, 0.0) for part in parts), len(parts))
            }
            issues += _disagreement(line, off, "the lines above it add up to", sheet)
    return [*issues, *_check_columns(rows, axis, lines, sheet)]


def _disagreement(line: Line, off: Mapping[int, float], words: str, sheet: str) -> list[Issue]:
    if not off:
        return []
    at, worked = next(iter(off.items()))
    problem = f"{line.name or 'the total'} says {line.amounts[at]:,.2f}, {words} {worked:,.2f}"
    return [
        Issue(
            sheet,
            address(line.row, at),
            line.name,
            f"{line.amounts[at]:,.2f}",
            problem,
            _KEPT,
            Effect.DOUBT,
            len(off),
        )
    ]


def _check_columns(rows: Rows, axis: Axis, lines: Sequence[Line], sheet: str) -> list[Issue]:
    """A column named as a total must be the sum of some run of periods before it, on lines whose amounts add up."""
    data = [line for line in lines if is_counted(line) and line.amounts]
    issues = []
    for other in (other for other in axis.others if other.total):
        said = {line.row: amount(rows[line.row][other.position]) for line in data}
        off = [line for line in data if not _adds_up(line, said[line.row], other.position)]
        if off:
            problem = "the column is named as a total, but the periods do not add up to it on any line"
            if len(off) < len(data):
                added = fsum(off[0].amounts.values())
                problem = f"{other.text} says {said[off[0].row]:,.2f}, the periods add up to {added:,.2f}"
            found = f"{said[off[0].row]:,.2f}"
            cell = address(off[0].row, other.position)
            issues.append(Issue(sheet, cell, off[0].name, found, problem, _KEPT, Effect.DOUBT, len(off)))
    return issues


def _adds_up(line: Line, said: float | None, position: int) -> bool:
    """Whether the total is the sum of the whole line, or of the periods right before it (a quarter, a half)."""
    if said is None:
        return True
    before = [value for at, value in sorted(line.amounts.items()) if at < position]
    sums = [fsum(line.amounts.values()), *(fsum(before[-count:]) for count in range(2, len(before) + 1))]
    return any(agree(said, added, len(line.amounts)) for added in sums)


def left_columns(axis: Axis, sheet: str) -> list[Issue]:
    """Columns under the row of periods that are neither a period nor a total of periods."""
    return [
        Issue(
            sheet,
            address(axis.row, other.position),
            other.text,
            other.text,
            "the column is no period",
            "it was left out",
            Effect.LEFT_OUT,
        )
        for other in axis.others
        if not other.total
    ]


def left_lines(
    lines: Sequence[Line], axis: Axis, measures: Collection[tuple[int, str]], sheet: str
) -> list[Issue]:
    """Lines that add nothing to the others, one issue each, and the planned and former amounts, one for all of these."""
    at = axis.values[0].position
    issues = [
        Issue(
            sheet,
            address(line.row, at),
            line.name,
            line.name,
            line.why,
            "the line was left out",
            Effect.LEFT_OUT,
            max(len(line.amounts), 1),
        )
        for line in lines
        if line.part is Part.LEFT
    ]
    unread: dict[str, list[str]] = {}
    for line in (line for line in lines if line.part is Part.DATA):
        for column in axis.values:
            if (line.row, column.series) not in measures and column.position in line.amounts:
                name = line.labels[-1] if line.scenario else column.series
                unread.setdefault(name, []).append(address(line.row, column.position))
    problem = "the amounts are planned, or of another period, or compare others"
    return issues + [
        Issue(sheet, cells[0], name, name, problem, "they were left out", Effect.LEFT_OUT, len(cells))
        for name, cells in unread.items()
    ]
