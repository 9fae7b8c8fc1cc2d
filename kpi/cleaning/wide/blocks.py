"""Blocks below each other under the same periods, each a table of its own: another year, measure, region or plan."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.layout import is_blank, label
from kpi.cleaning.values.periods import read_period
from kpi.cleaning.wide.accounts import Scenario, marked
from kpi.cleaning.wide.axis import Axis, find_axis
from kpi.cleaning.wide.lines import Line, Part, amount, is_header
from kpi.cleaning.wide.sums import with_sums
from kpi.cleaning.wide.titles import fields_in
from kpi.cleaning.wide.upper import Rows
from kpi.cleaning.words import clean_text, plain
from kpi.reading.cells import BLANK, Cell, RawSheet

_MOST_ROWS = 20_000
_YEAR = re.compile(r"(?<!\d)(?:19[89]|20\d)\d(?!\d)")
_PAGE = re.compile(r"(?:page|seite|pagina|pag|blatt|folha|hoja) \d+.*")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: the sheet with nothing but its cells, the row of its header from 0, and the texts that are its title.

    `again` is set where it has the lines of the block above it and nothing says what tells the two apart.
    """

    sheet: RawSheet
    head: int
    titles: tuple[str, ...]
    again: bool = False

    @property
    def says_year(self) -> bool:
        """Whether its title gives a year of its own."""
        return any(_YEAR.search(title) or read_period(title) for title in self.titles)

    @property
    def scenario(self) -> Scenario | None:
        """`Budget 2025`: what its amounts are, None where no title says so."""
        found = [mark.scenario for title in self.titles if (mark := marked(title)) is not None]
        return found[0] if found else None

    @property
    def name(self) -> str:
        """The nearest title without its year, as people see it."""
        return next(
            (text for title in self.titles if (text := _YEAR.sub("", title).strip(" -,:;()\u2013"))), ""
        )


def split_blocks(sheet: RawSheet) -> list[Block]:
    """The blocks in reading order; empty where the sheet has no row of periods, or only one that means something new."""
    height = len(sheet.columns[0]) if sheet.columns else 0
    if not 0 < height <= _MOST_ROWS:
        return []
    rows: Rows = list(zip(*sheet.columns, strict=True))
    axis = find_axis(rows, sheet.merges)
    if axis is None:
        return []
    heads = [axis.row, *(row for row in range(axis.first_row, height) if is_header(rows[row], axis))]
    tops = [0, *(_top(rows, head, axis) for head in heads[1:])]
    labels = _own_labels(rows, heads, axis)
    titles = [
        (*_texts_above(rows, top, head, axis), *own)
        for top, head, own in zip(tops, heads, labels, strict=True)
    ]
    kept = _told_apart(rows, axis, heads, titles)
    if len(kept) == 1:
        return []
    ends = [*(tops[number] for number in kept[1:]), height]
    names = [_names(rows, heads[number], end, axis) for number, end in zip(kept, ends, strict=True)]
    return [
        Block(
            _cut(sheet, tops[number], end),
            heads[number],
            titles[number],
            place > 0
            and _is_same(number, kept[place - 1], rows, axis, heads, titles)
            and bool(names[place] & names[place - 1]),
        )
        for place, (number, end) in enumerate(zip(kept, ends, strict=True))
    ]


def _top(rows: Rows, head: int, axis: Axis) -> int:
    """The first row behind the last one with amounts above the header."""
    for row in range(head - 1, axis.row, -1):
        cells = [rows[row][value.position] for value in axis.values]
        if any(amount(cell) is not None for cell in cells) and not is_header(rows[row], axis):
            return row + 1
    return head


def _own_labels(rows: Rows, heads: Sequence[int], axis: Axis) -> list[list[str]]:
    """What stands beside the periods in each header and not in all of them: `Year 2024`, but not `Region`."""
    found = [
        [clean_text(label(rows[head][at])) for at in axis.labels if not is_blank(rows[head][at])]
        for head in heads
    ]
    shared = set(found[0]).intersection(*found[1:]) if len(found) > 1 else set()
    return [[text for text in texts if text not in shared] for texts in found]


def _texts_above(rows: Rows, top: int, head: int, axis: Axis) -> list[str]:
    """The texts of the row right above the header, blank rows and numbers of pages apart."""
    for row in range(head - 1, top - 1, -1):
        texts = [clean_text(label(cell)) for cell in rows[row] if not is_blank(cell)]
        texts = [text for text in texts if not _PAGE.fullmatch(plain(text))]
        if texts and not is_header(rows[row], axis):
            return texts
    return []


def _told_apart(rows: Rows, axis: Axis, heads: Sequence[int], titles: Sequence[tuple[str, ...]]) -> list[int]:
    """The numbers of the headers that begin something new: by title, by periods, or by the same lines once more."""
    kept = [0]
    for number in range(1, len(heads)):
        end = heads[number + 1] if number + 1 < len(heads) else len(rows)
        known = _names(rows, heads[kept[-1]], heads[number], axis)
        same = _is_same(number, kept[-1], rows, axis, heads, titles)
        if not same or known & _names(rows, heads[number], end, axis):
            kept.append(number)
    return kept


def _is_same(
    number: int, before: int, rows: Rows, axis: Axis, heads: Sequence[int], titles: Sequence[tuple[str, ...]]
) -> bool:
    """Whether nothing tells a header from the one before it: then it was repeated, as for a new page."""
    periods = [[label(rows[heads[at]][value.position]) for value in axis.values] for at in (number, before)]
    return periods[0] == periods[1] and titles[number] in ((), titles[before])


def _names(rows: Rows, head: int, end: int, axis: Axis) -> set[tuple[str, ...]]:
    """The labels of the lines with amounts."""
    return {
        tuple(clean_text(label(row[at])) for at in axis.labels)
        for row in rows[head + 1 : end]
        if any(amount(row[value.position]) is not None for value in axis.values) and not is_header(row, axis)
    }


def _cut(sheet: RawSheet, first: int, last: int) -> RawSheet:
    columns: list[list[Cell]] = [[BLANK] * first + column[first:last] for column in sheet.columns]
    return replace(sheet, columns=columns, notes=sheet.notes if first == 0 else ())


def names_of(blocks: Sequence[Block]) -> list[str]:
    """What tells the members apart that the blocks show; blank where these only differ in year, measure or plan."""
    fields = {frozenset(account.field for account in fields_in(block.name)) for block in blocks}
    words = [set(plain(block.name).split()) for block in blocks]
    shared = set.intersection(*words)
    names = [
        " ".join(word for word in block.name.split() if not {*plain(word).split()} <= shared)
        for block in blocks
    ]
    if len(fields) > 1 or len({plain(name) for name in names if name}) < 2:  # noqa: PLR2004 -- no two members
        return [""] * len(blocks)
    return ["" if block.scenario is not None else name for block, name in zip(blocks, names, strict=True)]


# What a block says: its amounts by the labels of the line and the day of the period.
Amounts = Mapping[tuple[object, ...], float]


def totals_among(names: Sequence[str], amounts: Sequence[Amounts]) -> list[int]:
    """The numbers of the blocks that add up others cell by cell, at any depth: `Group` below `North` and `South`."""
    keys = {key: number for number, key in enumerate(dict.fromkeys(key for said in amounts for key in said))}
    lines = [
        Line(number, (name,), name, {keys[key]: value for key, value in said.items()}, Part.DATA)
        for number, (name, said) in enumerate(zip(names, amounts, strict=True))
    ]
    return [line.row for line in with_sums(lines, lambda _, __: False) if line.part is not Part.DATA]
