"""The lines under a row of periods: which are data, which add up others, and what each is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.rows.rows import is_total
from kpi.cleaning.values.numbers import Sign, read_number
from kpi.cleaning.values.periods import Period, read_partial, read_period
from kpi.cleaning.wide.accounts import Scenario, account_of, computed_of, is_derived, marked, plan_word
from kpi.cleaning.wide.axis import Axis
from kpi.cleaning.wide.upper import Rows
from kpi.cleaning.words import clean_text
from kpi.reading.cells import Cell

_LEAST_MEMBERS = 2
_EARLIEST, _LATEST = 1980, 2100  # years


class Part(StrEnum):
    """What a line is."""

    DATA = "data"
    HEADER = "header"  # the periods once more
    TOTAL = "total"  # the sum of lines above or below it
    COMPUTED = "computed"  # worked out from other lines by a known rule: gross profit
    LEFT = "left"  # an average, a growth rate, what stands below the total: adds nothing to the other lines
    HEADING = "heading"
    NOTE = "note"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: `labels` by label column, `name` the one that says what it is, `amounts` by position of its column.

    `section` is the heading above it, `field` the canonical field of its amounts where one is known, and `disagrees`
    is set for a total that its lines do not add up to. `given` is set where the field comes from a total, a heading or
    a profit, and not from the name. `scenario` is set where the line says whether it is planned, and `plan` is by which
    word; `why` says why a line was left.
    """

    row: int
    labels: tuple[str, ...]
    name: str
    amounts: Mapping[int, float]
    part: Part
    section: str = ""
    field: str = ""
    tier: int = 0
    sums: tuple[int, ...] = ()
    disagrees: bool = False
    given: bool = False
    scenario: Scenario | None = None
    plan: str = ""
    why: str = ""


def amount(cell: Cell) -> float | None:
    """The number in a cell, good enough to add up with: texts are read with the decimal sign they prove, or a point."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return float(cell)
    if not isinstance(cell, str) or (reading := read_number(cell)) is None:
        return None
    return reading.value(reading.sign if reading.sign in (Sign.POINT, Sign.COMMA) else Sign.POINT)


def read_lines(rows: Rows, axis: Axis, scenario: Scenario | None = None) -> tuple[Axis, list[Line]]:
    """Every row below the header, in order, and the axis without a column of labels that only tells scenarios apart.

    `scenario` is that of all lines which name none. What adds up others is still unknown.
    """
    lines = [_line(row, number, axis) for number, row in enumerate(rows) if number >= axis.first_row]
    axis, lines = _by_scenario(axis, _without_notes(_filled_down(lines)))
    return axis, [_by_name(line, scenario) for line in lines]


def _filled_down(lines: Sequence[Line]) -> list[Line]:
    """Labels that stand once for several lines, repeated; the last label names the line itself and is never repeated."""
    held: list[str] = []
    found = []
    for line in lines:
        own = line.labels[-1:]
        if line.part is Part.DATA and held and any(own) and not is_total(line.name):
            labels = [text or before for text, before in zip(line.labels[:-1], held, strict=True)]
            found.append(replace(line, labels=(*labels, *own)))
        else:
            found.append(line)
        held = list(found[-1].labels[:-1])
    return found


def _line(row: Sequence[Cell], number: int, axis: Axis) -> Line:
    positions = [value.position for value in axis.values]
    amounts = {at: found for at in positions if (found := amount(row[at])) is not None}
    filled = any(not is_blank(row[at]) for at in (*positions, *(other.position for other in axis.others)))
    labels = tuple(clean_text(label(row[at])) for at in axis.labels)
    part = Part.DATA if filled else Part.HEADING if any(labels) else Part.BLANK
    if filled and is_header(row, axis):
        part = Part.HEADER
    return Line(number, labels, _name(labels), amounts, part)


def is_header(row: Sequence[Cell], axis: Axis) -> bool:
    """Whether a row below names periods again where the axis does, maybe others or fewer of them.

    Numbers are years where they are those of the header, or follow each other as years do.
    """
    cells = [(value.when, row[value.position]) for value in axis.values if not is_blank(row[value.position])]
    if len(cells) < min(_LEAST_MEMBERS, len(axis.values)):
        return False
    numbers = [(when, number) for when, cell in cells if (number := amount(cell)) is not None]
    if not numbers:
        return all(_names_period(cell) for _, cell in cells)
    years = [when.first.year if isinstance(when, Period) else 0 for when, _ in numbers]
    steps = {after - before for (_, before), (_, after) in pairwise(numbers)}
    in_turn = steps in ({1}, {-1}) and all(_EARLIEST <= number <= _LATEST for _, number in numbers)
    same = [number for _, number in numbers] == years
    return len(numbers) == len(cells) and 0 not in years and (same or in_turn)


def _names_period(cell: Cell) -> bool:
    return read_period(cell) is not None or (isinstance(cell, str) and read_partial(cell) is not None)


def _name(labels: Sequence[str]) -> str:
    return next((text for text in reversed(labels) if text), "")


def _without_notes(lines: Sequence[Line]) -> list[Line]:
    """Texts behind the last line with numbers are notes; before it, they head what follows them."""
    last = max(
        (place for place, line in enumerate(lines) if line.part not in (Part.HEADING, Part.BLANK)), default=-1
    )
    section = ""
    found = []
    for place, line in enumerate(lines):
        if line.part in (Part.HEADING, Part.HEADER):
            section = line.name or section
            found.append(replace(line, part=Part.NOTE) if place > last else line)
        else:
            found.append(replace(line, section=section))
    return found


def _by_scenario(axis: Axis, lines: list[Line]) -> tuple[Axis, list[Line]]:
    """Lines told apart by a column of labels such as `Actual` and `Budget`, which then says nothing else."""
    data = [line for line in lines if line.part is Part.DATA]
    for at in range(len(axis.labels)):
        members = {line.labels[at] for line in data if line.labels[at]}
        known = {name: found.scenario for name in members if (found := marked(name)) and not found.rest}
        if len(known) < _LEAST_MEMBERS or len(known) < len(members) or len(axis.labels) < _LEAST_MEMBERS:
            continue
        rest = replace(axis, labels=(*axis.labels[:at], *axis.labels[at + 1 :]))
        kept = [_without_label(line, at, known) for line in lines]
        return rest, kept
    return axis, lines


def _without_label(line: Line, at: int, known: Mapping[str, Scenario]) -> Line:
    labels = (*line.labels[:at], *line.labels[at + 1 :])
    scenario = known.get(line.labels[at])
    return replace(
        line, labels=labels, name=_name(labels), scenario=scenario, plan=plan_word(line.labels[at])
    )


def _by_name(line: Line, scenario: Scenario | None) -> Line:
    """What the name of a line says: that it is worked out, of another scenario, or adds nothing to the others."""
    if line.part is not Part.DATA:
        return line
    line = replace(line, scenario=line.scenario or scenario)
    found = marked(line.name) if line.name else None
    if found is not None and found.rest:
        line = replace(line, scenario=found.scenario, name=found.rest, plan=plan_word(line.name))
    elif found is not None and found.scenario is not Scenario.OTHER:
        return replace(line, scenario=found.scenario, plan=plan_word(line.name))
    if line.name and computed_of(line.name) is not None:
        return replace(line, part=Part.COMPUTED)
    if found is not None and found.scenario is Scenario.OTHER and not found.rest:
        return replace(line, part=Part.LEFT, why="it is no amount of this period, but compares others")
    if line.name and is_derived(line.name) and account_of(line.name) is None:
        return replace(line, why="derived")
    return line
