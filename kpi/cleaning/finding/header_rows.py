"""The names of columns from one or two rows of headings, and the unit that a title gives for all amounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kpi.cleaning.finding.headers import PREPOSITIONS, Header, Unit, likely_scale, read_header, read_unit
from kpi.cleaning.inquiry import Inquiry
from kpi.cleaning.layout import Table, is_blank, is_name, is_value, label
from kpi.cleaning.values.periods import read_period
from kpi.cleaning.vocabulary import AMOUNTS, is_rate, vocabulary
from kpi.cleaning.wide.accounts import Scenario, scenario_of
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import Cell, Merge

_ROWS_BELOW = 5
_NO_AMOUNTS = ("identifiers", "ordinals", "counts")
_LONGEST_UNIT, _LONGEST_TITLE = 5, 200  # words, letters
_OPENING, _CLOSING = "([{:;,|-\u2013\u2014/\u00d7", ")]},;:.|"
_EDGES = "()[]{},;:|"


@dataclass(frozen=True, slots=True)
class Headings:
    """The last row of the header, from 0, and the name of each column that has one."""

    row: int
    names: Mapping[int, Header]


def read_headings(
    rows: Sequence[Sequence[Cell]], row: int, merges: Sequence[Merge], name: str = ""
) -> Headings:
    """The names in the header row, completed by the row above or below it; `rows` are the top of the sheet.

    `name` is that of the sheet, which may give a unit as a title does.
    """
    lower = row + 1 if _continues_below(rows, row) else row
    upper = lower - 1
    names = {at: clean_text(label(cell)) for at, cell in enumerate(rows[lower]) if not is_blank(cell)}
    if upper >= 0 and (lower != row or _is_upper_row(rows, upper, lower, merges)):
        names = _joined(rows[upper], names, _spread(rows[upper], upper, merges))
    unit = title_unit([[name], *rows[: min(row, lower)]])
    return Headings(lower, {at: with_unit(read_header(name), unit) for at, name in names.items()})


def _continues_below(rows: Sequence[Sequence[Cell]], row: int) -> bool:
    """Whether names of columns stand in the next row, too: under cells that are blank here, and with values below."""
    if row + 2 >= len(rows):
        return False
    below = rows[row + 1]
    filled = [at for at, cell in enumerate(below) if not is_blank(cell)]
    new = [at for at in filled if is_blank(rows[row][at])]
    if not new or not all(is_name(below[at]) for at in filled):
        return False
    return all(_has_values_below(rows[row + 2 :], at) for at in new)


def _has_values_below(rows: Sequence[Sequence[Cell]], position: int) -> bool:
    cells = [row[position] for row in rows[:_ROWS_BELOW] if not is_blank(row[position])]
    return bool(cells) and not any(is_name(cell) for cell in cells)


def _is_upper_row(rows: Sequence[Sequence[Cell]], upper: int, lower: int, merges: Sequence[Merge]) -> bool:
    """Whether the row above names groups of columns, or columns that have no name below; a title does neither."""
    filled = [at for at, cell in enumerate(rows[upper]) if not is_blank(cell)]
    if not filled or not all(is_name(rows[upper][at]) for at in filled):
        return False
    unnamed = [at for at in filled if is_blank(rows[lower][at]) and not is_blank(rows[lower + 1][at])]
    groups = [
        merge for merge in merges if merge.first_row == upper and merge.last_column > merge.first_column
    ]
    return bool(unnamed) or len(filled) > 1 or (bool(groups) and filled[0] > 0)


def _spread(row: Sequence[Cell], number: int, merges: Sequence[Merge]) -> dict[int, str]:
    """What stands over each column: a group's name over all of its columns, by its merge or up to the next name."""
    ends = {merge.first_column: merge.last_column for merge in merges if merge.first_row == number}
    found: dict[int, str] = {}
    held, end = "", -1
    for at, cell in enumerate(row):
        if not is_blank(cell):
            held, end = clean_text(label(cell)), ends.get(at, len(row))
        if held and at <= end:
            found[at] = held
    return found


def _joined(upper: Sequence[Cell], names: Mapping[int, str], groups: Mapping[int, str]) -> dict[int, str]:
    """Names that are the same below, or mean something else under their group, with the group's name before them.

    `Revenue` under `Plan` is `Plan Revenue`, and under `Actual` it stays what it is.
    """
    counts = Counter(names.values())
    found = {}
    for at, name in names.items():
        scenario = scenario_of(groups[at]) if at in groups else None
        joins = at in groups and (counts[name] > 1 or scenario in (Scenario.PLAN, Scenario.OTHER))
        found[at] = f"{groups[at]} {name}" if joins and scenario is not Scenario.ACTUAL else name
    for at, cell in enumerate(upper):
        if at not in found and not is_blank(cell):
            found[at] = clean_text(label(cell))
    return dict(sorted(found.items()))


def title_unit(rows: Sequence[Sequence[Cell]]) -> str:
    """The unit of all amounts that a title above the table gives: `in thousands of EUR`; empty where none does.

    Where the title seems to give one that is not understood, this is the whole title.
    """
    doubt = ""
    for row in reversed(rows):
        for cell in row:
            if not isinstance(cell, str) or is_blank(cell):
                continue
            text = " ".join(clean_text(cell).replace("_", " ").split())
            if found := _unit_in(text):
                return found
            doubt = doubt or (text if likely_scale(text) != 1 and not read_unit(text) else "")
    return doubt


@lru_cache(maxsize=1024)
def _unit_in(title: str) -> str:
    """The words of the title that give a unit, empty where none do for sure."""
    if read_period(title) or len(title) > _LONGEST_TITLE:
        return ""
    words = title.split()
    spans = (
        (start, start + size)
        for size in range(_LONGEST_UNIT, 0, -1)
        for start in range(len(words) - size + 1)
    )
    for start, end in spans:
        written = " ".join(words[start:end]).strip(_EDGES)
        unit = read_unit(written)
        if unit is not None and unit.scale != 1 and _gives_unit(words, start, end, unit):
            return written
    found = read_header(title)
    apart = not title.endswith(f" {found.unit}")
    return found.unit if found.scale != 1 and (found.currency or apart) else ""


def _gives_unit(words: Sequence[str], start: int, end: int, unit: Unit) -> bool:
    """Whether the unit stands in a title as one that holds for the table: `Figures in $'000 unless stated otherwise`."""
    before, behind = (words[start - 1] if start else ""), (words[end] if end < len(words) else "")
    sets = vocabulary().sets
    marked = plain(words[start]) in PREPOSITIONS or plain(before) in sets["title_markers"]
    opens = not before or before[-1] in _OPENING or words[start][0] in _OPENING or marked
    closes = (
        not behind
        or words[end - 1][-1] in _CLOSING
        or behind[0] in _OPENING
        or behind[0].isdigit()
        or plain(behind) in sets["title_tails"]
    )
    announced = any(plain(word) in sets["title_markers"] for word in words[:start])
    return opens and closes and (unit.sure or (marked and announced) or "000" in words[start])


def with_unit(header: Header, unit: str) -> Header:
    """The header counted in the title's unit, where it is one of amounts and gives no unit itself.

    A unit that is not understood is kept as one that may be meant.
    """
    if not unit or header.scale != 1 or header.maybe != 1 or not _counts_money(header.words):
        return header
    read = read_header(f"{header.text} ({unit})")
    if read.scale != 1:
        return replace(read, text=header.text, words=header.words)
    likely = likely_scale(unit)
    return header if likely == 1 else replace(header, unit=unit, maybe=likely)


def settle_units(table: Table, inquiry: Inquiry) -> Table:
    """The table with every unit that was not understood settled: by an answer, or asked and taken as likely."""
    answers: dict[str, int] = {}
    columns = []
    for column in table.columns:
        header = column.header
        if header.maybe != 1 and any(map(is_value, column.cells)):
            if header.unit not in answers:
                answers[header.unit] = _ask_unit(header, table.header_cell(column), inquiry)
            header = replace(header, scale=answers[header.unit])
        columns.append(replace(column, header=replace(header, maybe=1)))
    return replace(table, columns=tuple(columns))


def _ask_unit(header: Header, cell: str, inquiry: Inquiry) -> int:
    where = "The header" if header.unit in header.text else "The title or the name of the sheet"
    question = (
        f"{where} says \u201c{header.unit}\u201d. Are the amounts to be multiplied by {header.maybe:,}?"
    )
    candidates = (f"multiply by {header.maybe:,}", "take them as they stand")
    key = f"unit:{header.words}" if header.unit in header.text else "unit"
    answer = inquiry.ask(key, question, candidates, cell=cell, header=header.text)
    return header.maybe if answer == candidates[0] else 1


def _counts_money(words: str) -> bool:
    meanings = vocabulary().means(words)
    if meanings:
        return any(meaning.field in AMOUNTS for meaning in meanings)
    return not is_rate(words) and not any(
        set(words.split()) & vocabulary().sets[name] for name in _NO_AMOUNTS
    )
