"""From issues to marks: which cells of a sheet are coloured, how, and what their comments say. Runs in the child."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from kpi.cleaning.values.dates import read_date
from kpi.cleaning.values.numbers import read_number
from kpi.loading.effects import EFFECTS
from kpi.reading.cells import column_number
from kpi.report import Effect, Issue

MOST_MARKS = 20_000
LONGEST_COMMENT = 2_000
LONGEST_CELL = 1_000  # characters of a text of the report
MOST_ROW_CELLS = 100  # cells of one row that are coloured where the issue is about the whole row
RED, AMBER, BLUE, GREY, VIOLET = "F4B6B0", "FBD98A", "B9D4F1", "D5D8DC", "E1D7F0"
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
WRAPPERS = ("{}", "“{}”", "“{}”, as text")  # the first that reads as no date and no number

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


def plain_text(text: str, most: int) -> str:
    """Without what XML cannot hold or a program might obey; cut to `most` characters."""
    kept = "".join(c if c == "\n" or unicodedata.category(c)[0] != "C" else " " for c in text)
    return kept if len(kept) <= most else kept[: most - 1] + "…"


@lru_cache(4096)  # problems and actions are the same sentences over and over
def inert(text: str) -> str:
    """A text that no reader takes for a date or a number, so that a list of them is never taken for data."""
    text = plain_text(text, LONGEST_CELL)
    if not text.strip():
        return text
    shown = (wrapper.format(text) for wrapper in WRAPPERS)
    return next(
        (one for one in shown if read_date(one) is None and read_number(one) is None), f"text: {text}"
    )
