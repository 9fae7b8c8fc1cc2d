"""The members of a comparison, as a chart and a table show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from kpi.catalogue.definition import Unit
from kpi.figures.ranking import Ranked
from kpi.format import format_value

REST = "All others"
MOST_LINES = 5  # of members in one chart, which the eye can tell apart


@dataclass(frozen=True, slots=True)
class Share:
    """One bar: a member's value, or that of all the others together (`rest`).

    `rank` is 1 for the largest; `part` what it has of the whole (0.25 is a quarter), None where parts do not add up.
    """

    member: str
    value: float | None
    rest: bool = False
    rank: int | None = None
    part: float | None = None

    @property
    def of_the_whole(self) -> str:
        """`25.0 %`; empty where parts do not add up."""
        return "" if self.part is None else format_value(self.part, Unit.PERCENT, 1)

    @property
    def on_hover(self) -> str:
        """What is said behind the value."""
        return "" if self.part is None else f", {self.of_the_whole} of the whole"


RANK, VALUE, PART = COLUMNS = ("rank", "value", "share of total")


def as_frame(found: Sequence[Share], called: str) -> pd.DataFrame:
    """The members as rows: rank, the dimension as it is `called`, which is none of `COLUMNS`, value, and the part of the
    whole in percent.
    """
    rows = [[one.rank, one.member, one.value, one.of_the_whole] for one in found]
    return pd.DataFrame(rows, columns=[RANK, called, VALUE, PART]).astype({RANK: "Int64"})


def shares(found: Sequence[Ranked]) -> list[Share]:
    """In the order given."""
    return [
        Share(
            f"{REST} ({one.others})" if one.others else one.value.member,
            one.value.value,
            rest=one.others > 0,
            rank=one.rank,
            part=one.share,
        )
        for one in found
    ]


def largest_first(found: Sequence[Ranked]) -> list[str]:
    """The members by their rank, without all the others; those that have none come last."""
    ranks = {one.value.member: one.rank for one in found if not one.others}
    return sorted(ranks, key=lambda member: (ranks[member] is None, ranks[member] or 0))
