"""What the operator may choose about a run."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Mode(StrEnum):
    """`reload`: the warehouse is made anew of what lies in the source. `merge`: only new and changed files are read,
    and files that are gone stay in it.
    """

    RELOAD = "reload"
    MERGE = "merge"


class Orphans(StrEnum):
    """What becomes of a sale whose customer or product no file lists: an inferred member is made, or it is rejected."""

    INFER = "infer"
    REJECT = "reject"


class Changes(StrEnum):
    """What becomes of a changed attribute: overwritten (type 1), or a new version of the member (type 2)."""

    OVERWRITE = "overwrite"
    KEEP = "keep"


class DayOrder(StrEnum):
    """Which comes first in dates such as 03/04/2025, where the files do not tell by themselves."""

    EVIDENCE = "evidence"  # refuse rather than guess
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class Options:
    """The settings of a run that decide what comes out of it."""

    orphans: Orphans = Orphans.INFER
    changes: Changes = Changes.OVERWRITE
    days: DayOrder = DayOrder.EVIDENCE

    @property
    def mark(self) -> str:
        """Tells these options from all others, in a few letters that can be kept."""
        return f"{self.orphans} {self.changes} {self.days}"

    @classmethod
    def of(cls, mark: str) -> Self:
        """The options of a mark; a ValueError where it is none."""
        orphans, changes, days = mark.split()
        return cls(Orphans(orphans), Changes(changes), DayOrder(days))
