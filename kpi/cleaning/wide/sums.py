"""Lines that add up other lines, found by their words and by arithmetic, whatever stands above what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice
from math import fsum, log10

from kpi.cleaning.rows.rows import is_total, total_of
from kpi.cleaning.vocabulary import vocabulary
from kpi.cleaning.wide.accounts import is_cost, section_of
from kpi.cleaning.wide.lines import Line, Part
from kpi.cleaning.words import plain

_CENT = 0.005
_SLACK = 1e-9  # of what floats make of a sum
_LEAST_PARTS = 2
_MOST_PARTS = 100  # of a sum that no word gives away
PROOF = 6  # digits that agree: by chance one sheet in a million
_HINT = 2.5

# Whether a line whose few digits agree is a sum of others (the line, and these).
Decide = Callable[[Line, Sequence[Line]], bool]


def with_sums(lines: Sequence[Line], decide: Decide) -> list[Line]:
    """The lines with totals and averages found among the data of each scenario."""
    found = list(lines)
    for scenario in dict.fromkeys(line.scenario for line in lines if line.part in (Part.DATA, Part.COMPUTED)):
        places = [
            place
            for place, line in enumerate(lines)
            if line.scenario is scenario or line.part not in (Part.DATA, Part.COMPUTED)
        ]
        _Level(found, decide).read(places)
    return found


def agree(said: float, added: float, count: int) -> bool:
    """Whether a stated sum is that of so many rounded amounts."""
    return abs(said - added) <= _CENT * count + _SLACK * abs(said)


def data_of(lines: Sequence[Line], total: Line) -> list[int]:
    """The data lines that a total adds up, through the totals it adds up."""
    found: list[int] = []
    for at in total.sums:
        found += data_of(lines, lines[at]) if lines[at].part is Part.TOTAL else [at]
    return found


class _Level:
    """Reads the lines of one scenario; `lines` are all lines of the sheet and are changed in place."""

    def __init__(self, lines: list[Line], decide: Decide) -> None:
        """Nothing has been read yet."""
        self._lines = lines
        self._decide = decide
        self._parents: set[int] = set()  # lines that are part of a total

    def read(self, places: Sequence[int]) -> None:
        """Sums of what stands below them first: what they add up is no part of a sum further down."""
        self._leading(places)
        self._trailing(places)

    def _leading(self, places: Sequence[int]) -> None:
        """`EMEA 100, UK 60, France 40`: the first is the sum of those below it, at any depth."""
        below: list[int] = []
        for place in reversed(places):
            line = self._lines[place]
            if line.part in (Part.HEADING, Part.HEADER, Part.COMPUTED):
                below = []
            if line.part is not Part.DATA or line.why:
                continue
            parts = self._first(line, below)
            if parts:
                self._sum(place, parts)
                below = [place, *below[len(parts) :]]
            else:
                below.insert(0, place)

    def _first(self, total: Line, below: Sequence[int]) -> tuple[int, ...]:
        for count in self._counts(total, below):
            if self._is_sum(total, below[:count], one_kind=True):
                return tuple(below[:count])
        return ()

    def _counts(self, total: Line, places: Sequence[int]) -> list[int]:
        """How many of the lines, the nearest first, may add up to the total: those that do in one period."""
        at = next((at for at, value in total.amounts.items() if value), None)
        if at is None:
            return []
        found = []
        said, added = total.amounts[at], 0.0
        slack = _SLACK * abs(said)
        most = len(places) if is_total(total.name) or not total.name else _MOST_PARTS
        for count, place in enumerate(islice(places, most), 1):
            added += self._lines[place].amounts.get(at, 0.0)
            if abs(said - added) <= _CENT * count + slack and count >= _LEAST_PARTS:
                found.append(count)
        return found

    def _trailing(self, places: Sequence[int]) -> None:
        """Lines that add up the lines right above them, or everything of their level; averages of either."""
        data: list[int] = []  # lines that no total has added up yet
        level: list[int] = []  # totals and data that a grand total would add up
        headings: dict[str, int] = {}
        for place in places:
            line = self._lines[place]
            if line.part in (Part.HEADING, Part.HEADER, Part.COMPUTED):
                data = []
                headings[_section_key(line.name)] = place
            if line.part not in (Part.DATA, Part.TOTAL) or line.why or place in self._parents:
                continue
            parts = () if line.part is Part.TOTAL else self._parts(line, data, level, headings)
            if parts:
                self._sum(place, parts, disagrees=not self._agrees(line, parts))
                level, data = [*(at for at in level if at not in parts), place], []
            elif line.part is Part.DATA and self._is_mean(line, data, level):
                self._lines[place] = replace(line, part=Part.LEFT, why="it is the average of other lines")
            else:
                data.append(place)
                level.append(place)

    def _parts(
        self, line: Line, data: Sequence[int], level: Sequence[int], headings: dict[str, int]
    ) -> tuple[int, ...]:
        """What the line adds up: proved by arithmetic, else by the section it closes, else all that its word may mean."""
        parts = self._last(line, data)
        if not parts and len(level) > len(data):
            parts = self._last(line, level) or self._again(line, level)
        if parts or not is_total(line.name):
            return parts
        began = headings.get(_section_key(line.name))
        inside = [at for at in level if began is not None and at > began]
        return tuple(inside or data or level)

    def _last(self, total: Line, parts: Sequence[int]) -> tuple[int, ...]:
        """The last of the parts that the line is the sum of, as many as need be, at least two."""
        for count in reversed(self._counts(total, parts[::-1])):
            if self._is_sum(total, parts[-count:], one_kind=False):
                return tuple(parts[-count:])
        return ()

    def _again(self, line: Line, level: Sequence[int]) -> tuple[int, ...]:
        """`Total` and then `Group` with the same amounts: the total once more."""
        last = level[-1:]
        same = bool(last) and self._lines[last[0]].part is Part.TOTAL and digits(line) >= PROOF
        return tuple(last) if same and _adds_up(line, [self._lines[last[0]]]) else ()

    def _sum(self, place: int, parts: Sequence[int], *, disagrees: bool = False) -> None:
        self._lines[place] = replace(
            self._lines[place], part=Part.TOTAL, sums=tuple(parts), disagrees=disagrees
        )
        self._parents.update(parts)

    def _agrees(self, total: Line, parts: Sequence[int]) -> bool:
        return _adds_up(total, [self._lines[at] for at in parts])

    def _is_sum(self, total: Line, places: Sequence[int], *, one_kind: bool) -> bool:
        """Whether all amounts agree to the cent, and not by chance; sums of nothing but zeros prove nothing.

        Revenue is the sum of costs and profit, and no total of these: what a line adds up is of its own kind.
        """
        parts = [self._lines[at] for at in places]
        if sum(any(part.amounts.get(at) for at in total.amounts) for part in parts) < _LEAST_PARTS:
            return False
        if not _adds_up(total, parts) or not _of_one_kind(total, parts, strictly=one_kind):
            return False
        if is_total(total.name) or not total.name or section_of(total.name):
            return True
        return digits(total) >= PROOF or (digits(total) >= _HINT and self._decide(total, parts))

    def _is_mean(self, line: Line, *all_places: Sequence[int]) -> bool:
        """Whether the line is the average of all of some lines, with as many digits as prove it."""
        places = [some for some in all_places if _LEAST_PARTS <= len(some) <= _MOST_PARTS]
        return bool(places) and digits(line) >= PROOF and any(self._average(line, some) for some in places)

    def _average(self, line: Line, places: Sequence[int]) -> bool:
        parts = [self._lines[at] for at in places]
        return all(
            abs(said - fsum(part.amounts.get(at, 0.0) for part in parts) / len(parts)) <= _CENT * 2
            for at, said in line.amounts.items()
        )


def _section_key(name: str) -> str:
    return section_of(name) or (total_of(name) if is_total(name) else plain(name))


def _adds_up(total: Line, parts: Sequence[Line]) -> bool:
    positions = {at for line in (total, *parts) for at, value in line.amounts.items() if value}
    known = [at for at in positions if at in total.amounts]
    return bool(known) and all(
        agree(total.amounts[at], fsum(part.amounts.get(at, 0.0) for part in parts), len(parts))
        for at in known
    )


def _of_one_kind(total: Line, parts: Sequence[Line], *, strictly: bool) -> bool:
    """Whether income and costs are not mixed. A profit may be the sum of both above it, costs being negative."""
    own = is_cost(section_of(total.name))
    kinds = {kind for part in parts if (kind := is_cost(section_of(part.name))) is not None}
    if own is not None:
        return kinds <= {own}
    return not strictly or not any(section_of(part.name) for part in parts)


def digits(line: Line) -> float:
    """How many digits the different amounts of a line have, zeros at the end apart: what an agreement is worth."""
    return fsum(log10(_significant(value)) for value in {*line.amounts.values()} if value)


def _significant(value: float) -> int:
    number = round(abs(value) * 100)
    while number and number % 10 == 0:
        number //= 10
    return max(number, 1)


def beyond_total(lines: Sequence[Line], decide: Decide) -> list[Line]:
    """Lines that stand below the total of everything above them and are no part of it: they add nothing to the others.

    Those under a heading of their own are another matter. Where the total names what it is of, `decide` is asked.
    """
    found = list(lines)
    grand = max((place for place, line in enumerate(lines) if line.part is Part.TOTAL), default=None)
    if grand is None:
        return found
    scenario = lines[grand].scenario
    inside = set(data_of(lines, lines[grand]))
    above = {
        place
        for place, line in enumerate(lines[:grand])
        if line.part is Part.DATA and line.scenario is scenario and not line.why
    }
    if not above or not above <= inside or max(inside) > grand:
        return found
    for place in range(grand + 1, len(lines)):
        line = lines[place]
        if line.part in (Part.HEADING, Part.HEADER):
            break
        if line.part is not Part.DATA or line.scenario is not scenario or section_of(line.name):
            continue
        if plain(lines[grand].name) in vocabulary().sets["totals"] or not decide(line, [lines[grand]]):
            found[place] = replace(line, part=Part.LEFT, why="it stands below the total and is no part of it")
    return found
