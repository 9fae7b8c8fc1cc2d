"""Blocks below each other cleaned one by one, those left that add up the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from kpi.cleaning.finding.regions import split_sheet
from kpi.cleaning.layout import is_blank
from kpi.cleaning.sheet import CleanSheet, LeftSheet, clean_table
from kpi.cleaning.wide.blocks import Block, names_of, totals_among
from kpi.cleaning.wide.turn import Turned, turn_sheet
from kpi.loading.answers import Instructions
from kpi.reading.cells import RawSheet, address
from kpi.report import Effect, Issue

_KEY = "block"
_OTHERS = "they are other amounts: add them"
_THE_SAME = "leave them out"

Cleaned = list[CleanSheet | LeftSheet]
CleanRegion = Callable[[RawSheet, Instructions, Sequence[str]], Cleaned]


@dataclass(slots=True)
class _Read:
    """One block with its long table, and what else lies on the same rows."""

    block: Block
    region: RawSheet
    others: list[RawSheet]
    turned: Turned | None
    left: str = ""


def clean_blocks(
    blocks: Sequence[Block], instructions: Instructions, titles: Sequence[str], clean: CleanRegion
) -> Cleaned:
    """The tables of all blocks, and of what lies beside and below them, which `clean` reads."""
    names = names_of(blocks)
    reads = [_read(block, name, instructions, titles) for block, name in zip(blocks, names, strict=True)]
    told = [read for read in reads if read.turned is not None and read.turned.table is not None]
    for number in totals_among(
        [read.block.name for read in told], [read.turned.amounts for read in told if read.turned is not None]
    ):
        told[number].left = "its amounts are those of the blocks beside it added up"
    for read in told:
        if read.block.again and not read.left and not _is_asked_for(read):
            read.left = "it has the lines of the block above it, and nothing says what else it is"
    found: Cleaned = []
    for read in reads:
        found += _clean(read, instructions, titles, clean)
        for other in read.others:
            found += clean(other, instructions, titles)
    return _with_left(found, reads)


def _read(block: Block, name: str, instructions: Instructions, titles: Sequence[str]) -> _Read:
    regions = split_sheet(block.sheet)
    own = next((region for region in regions if _holds(region, block.head)), block.sheet)
    others = [region for region in regions if region is not own]
    return _Read(block, own, others, turn_sheet(own, titles, instructions, block, name))


def _holds(region: RawSheet, row: int) -> bool:
    return any(row < len(column) and not is_blank(column[row]) for column in region.columns)


def _is_asked_for(read: _Read) -> bool:
    """Whether a person has said that lines which nothing tells from those above are other amounts."""
    if read.turned is None:
        return False
    question = (
        "These lines have the names of those above, and nothing says what tells them apart. Which are they?"
    )
    cell = address(read.block.head, 0)
    return read.turned.inquiry.ask(_KEY, question, [_THE_SAME, _OTHERS], cell=cell) == _OTHERS


def _clean(read: _Read, instructions: Instructions, titles: Sequence[str], clean: CleanRegion) -> Cleaned:
    if read.left:
        return [LeftSheet(read.region.name, "no_table", read.left, read.block.head + 1)]
    if read.turned is None or read.turned.table is None:
        return clean(read.region, instructions, titles)
    return [clean_table(read.region, read.turned.table, read.turned.inquiry, read.turned.issues)]


def _with_left(found: Cleaned, reads: Sequence[_Read]) -> Cleaned:
    """The blocks that were left are told where the first of the others is, and so are the questions about them."""
    left = [read for read in reads if read.left]
    first = next((number for number, sheet in enumerate(found) if isinstance(sheet, CleanSheet)), None)
    if not left or first is None:
        return found
    kept = found[first]
    if not isinstance(kept, CleanSheet):
        return found
    issues = [
        Issue(
            kept.name,
            address(read.block.head, 0),
            read.block.name,
            read.block.name or f"the block below row {read.block.head + 1}",
            read.left,
            "the block was left out",
            Effect.LEFT_OUT,
            len(read.turned.amounts) if read.turned is not None else 1,
        )
        for read in left
    ]
    asked = [
        question
        for read in left
        if read.block.again and read.turned is not None
        for question in read.turned.inquiry.questions
    ]
    found[first] = replace(kept, issues=(*kept.issues, *issues), questions=(*kept.questions, *asked))
    return found
