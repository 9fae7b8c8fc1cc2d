"""What somebody wrote, on paper: headings, items and paragraphs below each other, parted between lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from dashboard.taking.contents import Kind, Written
from dashboard.taking.ink import Ink, lines
from dashboard.taking.paper import Box, Piece, Sheet
from dashboard.taking.paper_charts import TITLE

STEP, AFTER = 13.0, 5.0  # from line to line, and more after a piece
HEADING, WORDS = Ink(10.5, bold=True), Ink(9.5)
MARK = 10.0  # how far the lines of an item stand in, below its mark
MOST = 5_000  # lines of a piece


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    ink: Ink
    indent: float = 0.0
    after: float = 0.0
    mark: str = ""

    @property
    def height(self) -> float:
        return STEP + self.after


def words_pieces(written: Written, width: float, most: float) -> list[Piece]:
    """As many as it needs, none higher than `most`; one that is empty for a text without words."""
    parts: list[list[_Line]] = [[]]
    for line in _lines(written, width):
        if sum(one.height for one in parts[-1]) + line.height > most:
            parts.append([])
        parts[-1].append(line)
    return [Piece(sum(one.height for one in part), partial(_draw, part=part)) for part in parts]


def _lines(written: Written, width: float) -> Iterator[_Line]:
    if written.title:
        yield from _set(written.title, TITLE, width)
    for block in written.blocks:
        mark, _, words = block.text.partition(" ") if block.kind is Kind.ITEM else ("", "", block.text)
        if mark:
            yield from _item(mark, words, width)
        else:
            yield from _set(words, HEADING if block.kind is Kind.HEADING else WORDS, width)


def _set(text: str, ink: Ink, width: float) -> Iterator[_Line]:
    found = lines(text, ink, width, MOST)
    for at, one in enumerate(found, 1):
        yield _Line(one, ink, after=AFTER if at == len(found) else 0.0)


def _item(mark: str, words: str, width: float) -> Iterator[_Line]:
    """The mark stands before the first line; the others begin below its words."""
    indent = MARK if len(mark) == 1 else 1.6 * MARK
    found = lines(words, WORDS, width - indent, MOST)
    for at, one in enumerate(found, 1):
        yield _Line(one, WORDS, indent, AFTER / 2 if at == len(found) else 0.0, mark if at == 1 else "")


def _draw(sheet: Sheet, box: Box, part: Sequence[_Line]) -> None:
    base = box.y
    for line in part:
        sheet.text((box.x, base + 10), line.mark, line.ink, line.indent)
        sheet.text((box.x + line.indent, base + 10), line.text, line.ink, box.width - line.indent)
        base += line.height
