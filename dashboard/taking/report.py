"""The dashboard as a value: all that a reader who has nothing else needs to know. Every form is written from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dashboard.taking.contents import AllFigures, Placed, Tile, Trend, Trends

NO_FILTERS = "all rows, no filter"
NO_ROWS = "No rows lie in this period with these filters."


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI in the table of all figures, every cell as it is read."""

    label: str
    value: str
    earlier: str
    change: str
    compared: str
    unit: str


@dataclass(frozen=True, slots=True)
class Report:
    """One dataset as somebody looked at it. `made` is where the business is; `reported` is set where it is not as it is now.

    `board` is the name of the dashboard that somebody made, empty for the one that every dataset has; `cards` are its
    cards in their order. `shown` are the days of the tiles, `against` what they are compared with, both in words;
    `filters` is never empty. Without rows there are no cards and no lines.
    """

    dataset: str
    version: int
    upto: date
    made: datetime
    reported: datetime | None
    shown: str
    against: str
    filters: str
    board: str = ""
    cards: tuple[Placed, ...] = ()
    lines: tuple[Line, ...] = ()

    @property
    def name(self) -> str:
        """`finance`, or `finance · Board meeting`."""
        return " · ".join(filter(None, (self.dataset, self.board)))

    @property
    def title(self) -> str:
        return f"{self.name}, {self.shown}"

    @property
    def about(self) -> str:
        """The days of the tiles, and what they are compared with."""
        return ", ".join(filter(None, (self.shown, self.against)))

    @property
    def standing(self) -> tuple[tuple[str, str], ...]:
        """What stands at the head of every form: names and words."""
        then = (("As reported on", f"{self.reported:%-d %b %Y, %H:%M}"),) if self.reported else ()
        return (
            ("Data to", f"{self.upto:%-d %b %Y}"),
            *then,
            ("Version", str(self.version)),
            ("Filters", self.filters),
            ("Made", f"{self.made:%-d %b %Y, %H:%M} {self.made.tzname() or ''}".strip()),
        )

    @property
    def tiles(self) -> tuple[Tile, ...]:
        return tuple(one.holds for one in self.cards if isinstance(one.holds, Tile))

    @property
    def trend(self) -> Trend | Trends | None:
        """The first one; None where there is none."""
        return next((one.holds for one in self.cards if isinstance(one.holds, Trend | Trends)), None)

    @property
    def lines_at_the_end(self) -> tuple[Line, ...]:
        """All figures, where no card shows them."""
        return () if any(isinstance(one.holds, AllFigures) for one in self.cards) else self.lines


COLUMNS = ("KPI", "Value", "Earlier", "Change", "Compared", "Unit")


def cells(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The table of all figures below `COLUMNS`."""
    return [(one.label, one.value, one.earlier, one.change, one.compared, one.unit) for one in lines]
