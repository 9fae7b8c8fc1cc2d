"""From issues to marks: which cells of a sheet are coloured, how, and what their comments say. Runs in the child."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kpi.loading.effects import EFFECTS
from kpi.loading.inert import plain_text
from kpi.reading.cells import column_number
from kpi.report import Effect, Issue

MOST_MARKS = 20_000
LONGEST_COMMENT = 2_000
MOST_ROW_CELLS = 100  # cells of one row that are coloured where the issue is about the whole row
RED, AMBER, BLUE, GREY, VIOLET = "F4B6B0", "FBD98A", "B9D4F1", "D5D8DC", "E1D7F0"
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

COLOURS = {
    Effect.REJECTED: RED,
    Effect.DOUBT: AMBER,
    Effect.EMPTIED: AMBER,
    Effect.REPAIRED: BLUE,
    Effect.SET_ASIDE: GREY,
    Effect.LEFT_OUT: GREY,
    Effect.ANSWERED: VIOLET,
    Effect.NOTE: VIOLET,
}
GRAVEST = list(EFFECTS)  # where several meet in one cell, the first colours it


@dataclass(slots=True)
class Mark:
    """One cell: its issues, the gravest first. `whole_row` colours what stands beside it in the row too."""

    issues: list[Issue] = field(default_factory=list)
    whole_row: bool = False

    @property
    def colour(self) -> str:
        return COLOURS[self.issues[0].effect]

    @property
    def comment(self) -> str:
        return plain_text("\n\n".join(map(_said, self.issues)), LONGEST_COMMENT)


Place = tuple[int, int]  # row and column from 1, as openpyxl counts
Marks = dict[str, dict[Place, Mark]]


@dataclass(frozen=True, slots=True)
class Marking:
    """The marks of each sheet; `cut` says how many issues got none because there are too many."""

    sheets: Marks
    cut: int


def marks_of(issues: Iterable[Issue], most: int = MOST_MARKS) -> Marking:
    """A mark for each cell that an issue names, up to `most`; issues about no cell have none."""
    sheets: Marks = {}
    count = cut = 0
    for issue in issues:
        place = place_of(issue.cell)
        if place is None:
            continue
        marks = sheets.setdefault(issue.sheet, {})
        if place not in marks:
            if count == most:
                cut += 1
                continue
            count += 1
        mark = marks.setdefault(place, Mark())
        mark.issues.append(issue)
        mark.issues.sort(key=lambda one: GRAVEST.index(one.effect))
        mark.whole_row = mark.whole_row or _about_row(issue)
    return Marking(sheets, cut)


def place_of(cell: str) -> Place | None:
    """Row and column from 1 of an address such as `D14`, of the first cell of a range; None for anything else."""
    found = ADDRESS.match(cell)
    return (int(found[2]), column_number(found[1]) + 1) if found else None


def coloured_cells(mark: Mark, place: Place, filled: Sequence[int]) -> list[Place]:
    """The cell itself, and where the mark is about a row, those cells of it that hold something (`filled`)."""
    row, column = place
    return [(row, other) for other in dict.fromkeys((column, *(filled if mark.whole_row else ())))]


def _about_row(issue: Issue) -> bool:
    return not issue.header and issue.effect in (Effect.SET_ASIDE, Effect.REJECTED)


def _said(issue: Issue) -> str:
    lines = [f"{EFFECTS[issue.effect].name}: {issue.problem}"]
    lines += [f"Found: {issue.found}"] if issue.found else []
    lines += [f"What was done: {issue.action}"] if issue.action else []
    lines += [f"This and {issue.count - 1:,} more cells or rows"] if issue.count > 1 else []
    return "\n".join(lines)
