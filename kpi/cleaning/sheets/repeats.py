"""Sheets that repeat the rows of another: a copy is set aside, a part in common is asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from kpi.cleaning.sheets.parts import NUMBERS, Desk, Part, label, listed
from kpi.cleaning.sheets.sheet_names import says_copy
from kpi.report import Effect, Issue, Kind

_SHARED_COLUMNS = 0.5
_SHARED_ROWS = 0.5
_LEAST_ROWS = 5
_TELLING = 3  # distinct numbers: fewer may agree by chance, as the same rent in two shops does
_BOTH, _ALL, _ONCE = "use both", "use all", "load the repeated rows once"


@dataclass(frozen=True, slots=True)
class _Repeat:
    """`second` has `rows` rows of `first`, of its `height` that bear numbers, `window` of them in the time of both."""

    first: Part
    second: Part
    columns: tuple[str, ...]
    rows: int
    height: int
    window: int
    same_height: bool
    telling: bool

    @property
    def is_copy(self) -> bool:
        return self.same_height and self.rows == self.height

    @property
    def is_large(self) -> bool:
        return self.rows >= _LEAST_ROWS and self.rows >= _SHARED_ROWS * self.window

    @property
    def is_most(self) -> bool:
        """Whether the second holds little besides."""
        return self.rows >= _SHARED_ROWS * self.height


def without_repeats(parts: Sequence[Part], desk: Desk) -> list[Part]:
    """The parts without those that only repeat others, as far as this is certain or was said."""
    found = list(_repeats(parts))
    left: set[Part] = set()
    for repeat in found:
        sure = repeat.telling or says_copy(repeat.second.name)
        if repeat.is_copy and sure and not {repeat.first, repeat.second} & left:
            desk.leave(repeat.second, f"its rows are those of sheet {label(repeat.first, parts)}")
            left.add(repeat.second)
    changed: dict[Part, Part] = {}
    doubtful = [repeat for repeat in found if repeat.is_copy or repeat.is_large]
    for first in parts:
        of_first = [r for r in doubtful if r.first is first and not {first, r.second} & left]
        _ask_whole(first, [r for r in of_first if r.is_most], parts, desk, left)
        for repeat in of_first:
            if not repeat.is_most:
                _ask_rows(repeat, parts, desk, changed)
    return [changed.get(part, part) for part in parts if part not in left]


def _ask_whole(
    first: Part, repeats: Sequence[_Repeat], parts: Sequence[Part], desk: Desk, left: set[Part]
) -> None:
    """One question for all sheets that mostly repeat this one."""
    if not repeats:
        return
    seconds = [repeat.second for repeat in repeats]
    names, rows = listed(seconds, parts), sum(repeat.rows for repeat in repeats)
    question = (
        f"{rows:,} rows of {names} stand on sheet {label(first, parts)}, too, and would count twice. "
        "Which sheets should be used?"
    )
    key = f"overlap:{listed([first, *seconds], parts)}"
    without = f"leave out {names}"
    if desk.ask([first, *seconds], key, question, (without, _BOTH if len(seconds) == 1 else _ALL)) == without:
        for repeat in repeats:
            reason = f"{repeat.rows:,} of its rows are those of sheet {label(first, parts)}"
            desk.leave(repeat.second, reason)
        left.update(seconds)


def _ask_rows(repeat: _Repeat, parts: Sequence[Part], desk: Desk, changed: dict[Part, Part]) -> None:
    """Sheets that go on where others end may have the days between on both."""
    first, second = repeat.first, repeat.second
    names = listed([first, second], parts)
    question = (
        f"{repeat.rows:,} rows stand on both of the sheets {names}. Are they the same sales, told twice?"
    )
    if desk.ask([first, second], f"overlap:{names}", question, (_ONCE, _BOTH)) == _ONCE:
        once = changed.get(second, second)
        rows = _repeated_rows(changed.get(first, first), once, repeat.columns)
        changed[second] = once.without_rows(rows)
        found = f"{len(rows):,} rows"
        problem = f"the rows stand on sheet {label(first, parts)}, too"
        action = "the rows were set aside"
        desk.issues.append(
            Issue(second.name, second.cell, "", found, problem, action, Effect.SET_ASIDE, len(rows))
        )


def _repeats(parts: Sequence[Part]) -> Iterator[_Repeat]:
    """Every pair of sheets with rows in common, larger sheets first."""
    for columns, some in _comparable(parts):
        shared = _shared_rows(some, columns)
        bearing = {part: _bearing(part, columns) for pair in shared for part in pair}
        for (left, right), rows in shared.items():
            first, second = sorted((left, right), key=lambda part: _rank(part, bearing[part].num_rows))
            numbers, others = bearing[second], bearing[first]
            yield _Repeat(
                first,
                second,
                columns,
                rows,
                numbers.num_rows,
                _in_window(numbers, first),
                others.num_rows == numbers.num_rows,
                _is_telling(second, numbers, columns),
            )


def _rank(part: Part, rows: int) -> tuple[int, int, bool, int]:
    """The sheet to keep first: more rows, more columns, not called a copy, further ahead."""
    return -rows, -len(part.kinds), says_copy(part.name), part.position


def _comparable(parts: Sequence[Part]) -> Iterator[tuple[tuple[str, ...], list[tuple[Part, Part]]]]:
    """Pairs of sheets that may share rows, by the columns that both have."""
    pairs: dict[tuple[str, ...], list[tuple[Part, Part]]] = {}
    spans = {part: part.span for part in parts}
    columns = {
        part: dict(zip(part.facts.table.column_names, part.facts.table.schema.types, strict=True))
        for part in parts
    }
    for left, right in combinations(parts, 2):
        (begin, end), (start, last) = spans[left], spans[right]
        if begin > last or start > end:
            continue
        both = tuple(
            sorted(
                name
                for name in left.kinds.keys() & right.kinds.keys()
                if columns[left][name] == columns[right][name]
            )
        )
        either = left.kinds.keys() | right.kinds.keys()
        if len(both) >= _SHARED_COLUMNS * len(either) and any(
            left.kinds[name] is Kind.MEASURE for name in both
        ):
            pairs.setdefault(both, []).append((left, right))
    yield from pairs.items()


def _bearing(part: Part, columns: Sequence[str]) -> pa.Table:
    """The rows in which a number stands that is not 0: others cannot be counted twice."""
    table = part.facts.table.select(list(columns))
    numbers = [name for name in columns if part.kinds[name] in NUMBERS]
    bear = [pc.fill_null(pc.not_equal(table.column(name), 0.0), fill_value=False) for name in numbers]
    return table.filter(reduce(pc.or_, bear))


def _shared_rows(pairs: Sequence[tuple[Part, Part]], columns: Sequence[str]) -> dict[tuple[Part, Part], int]:
    """How many rows the two of each pair have in common, each as often as both have it; pairs with none left out."""
    parts = list(dict.fromkeys(part for pair in pairs for part in pair))
    keys, owned = list(columns), []
    for number, part in enumerate(parts):
        table = _bearing(part, columns)
        owned.append(table.append_column("_part", pa.repeat(str(number), table.num_rows)))
    rows = pa.concat_tables(owned).unify_dictionaries()
    counts = rows.group_by([*keys, "_part"], use_threads=False).aggregate([([], "count_all")])
    owner = pc.binary_join_element_wise(counts["_part"], counts["count_all"].cast(pa.string()), ":")
    owners = counts.append_column("_owner", owner).group_by(keys, use_threads=False)
    lists = owners.aggregate([("_owner", "list")]).column("_owner_list")
    several = lists.filter(pc.greater(pc.list_value_length(lists), 1))
    shared: dict[tuple[Part, Part], int] = {}
    wanted = set(pairs)
    for text, times in _counted(pc.binary_join(several, ",")):
        held = [tuple(map(int, one.split(":"))) for one in text.split(",")]
        for (left, of_left), (right, of_right) in combinations(sorted(held), 2):
            pair = parts[left], parts[right]
            pair = pair if pair in wanted else (pair[1], pair[0])
            if pair in wanted:
                shared[pair] = shared.get(pair, 0) + times * min(of_left, of_right)
    return shared


def _counted(texts: pa.ChunkedArray) -> list[tuple[str, int]]:
    return [(one["values"], one["counts"]) for one in texts.value_counts().to_pylist()]


def _in_window(rows: pa.Table, other: Part) -> int:
    """How many of the rows lie in the time of the other sheet."""
    begin, end = other.span
    days = rows.column("date")
    inside = pc.and_(pc.greater_equal(days, pa.scalar(begin)), pc.less_equal(days, pa.scalar(end)))
    return int(pc.sum(inside.cast(pa.int64())).as_py() or 0)


def _is_telling(part: Part, rows: pa.Table, columns: Sequence[str]) -> bool:
    """Whether equal rows are no chance: they name orders, or bear several numbers."""
    if any(part.kinds[name] is Kind.IDENTIFIER for name in columns):
        return True
    numbers = [name for name in columns if part.kinds[name] is Kind.MEASURE]
    return any(pc.count_distinct(rows.column(name)).as_py() >= _TELLING for name in numbers)


def _repeated_rows(first: Part, second: Part, columns: Sequence[str]) -> list[int]:
    """The rows of the second, from 0, that the first has, too: each as often as the first has it."""
    keys = list(columns)
    tables = [part.facts.table.select(keys) for part in (first, second)]
    numbered = [
        table.append_column("_at", pa.array(range(low, low + table.num_rows), pa.int64()))
        for table, low in zip(tables, (-tables[0].num_rows, 0), strict=True)
    ]
    rows = pa.concat_tables(numbered).unify_dictionaries()
    groups = rows.group_by(keys, use_threads=False).aggregate([("_at", "list")]).column("_at_list")
    found: list[int] = []
    for group in groups.filter(pc.greater(pc.list_value_length(groups), 1)).to_pylist():
        own = [at for at in group if at >= 0]
        found += own[: len(group) - len(own)]
    return sorted(found)
