"""How far the reading of a file has come, for whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Reach:
    """The sheet in hand, the how-manieth of how many it is, the rows of it read so far, and the share of it, 0 to 1.

    Empty, 0 and None where that is not known.
    """

    sheet: str = ""
    number: int = 0
    sheets: int = 0
    rows: int = 0
    share: float | None = None


NOWHERE = Reach()
Tell = Callable[[Reach], None]  # called often, so it must be cheap; what is told is only looked at


def tell_nobody(_reach: Reach) -> None:
    """Where nobody waits."""


@dataclass(slots=True)
class SheetReach:
    """Tells how far one sheet is, of which the bytes are looked through while its rows are taken over."""

    tell: Tell
    reach: Reach
    scanned: float = 0.0
    taken: float = 0.0

    def looked_through(self, share: float) -> None:
        self.scanned = share
        self._tell()

    def took(self, rows: int, of: int) -> None:
        self.reach = replace(self.reach, rows=rows)
        self.taken = rows / of if of else 1.0
        self._tell()

    def _tell(self) -> None:
        self.tell(replace(self.reach, share=min(1.0, (self.scanned + self.taken) / 2)))


class Bytes(Protocol):
    """What bytes can be read from, block by block."""

    def read(self, most: int, /) -> bytes: ...


@dataclass(slots=True)
class Counted:
    """Bytes that are read from `part`, which has `size` of them, and told as they go."""

    part: Bytes
    size: int
    told: SheetReach
    read_so_far: int = 0

    def read(self, most: int, /) -> bytes:
        block = self.part.read(most)
        self.read_so_far += len(block)
        self.told.looked_through(min(1.0, self.read_so_far / self.size) if self.size else 1.0)
        return block
