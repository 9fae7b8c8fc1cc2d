"""Markdown that somebody wrote as plain words: headings, items and paragraphs, without marks, pictures and markup. Pure.

What is left is text, which every form escapes like that of a cell. It is read line by line; what is not understood stays
as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dashboard.taking.contents import Block, Kind

FENCE = re.compile(r"\s*(```|~~~)")
HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)[\s#]*$")
BELOW = re.compile(r"\s*(?:=+|-+)\s*$")  # below a line, it makes a heading of it
RULE = re.compile(r"\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})$")
ITEM = re.compile(r"\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$")
ROW = re.compile(r"\s*\|(.*?)\|?\s*$")
BETWEEN = re.compile(r"[\s|:-]*$")  # the line below the headings of a table
QUOTE = re.compile(r"^\s{0,3}(?:>\s?)+")
HARD = re.compile(r"(?: {2,}|\\)$")  # the end of a line that ends there
ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
ASIDE = 0xE000  # where an escaped sign lies meanwhile: in Unicode's private use
BACK = {ASIDE + code: chr(code) for code in range(0x21, 0x7F)}
PLAINER: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"!\[([^\]]{0,500})\]\([^)]{0,2000}\)"), r"\1"),  # a picture is what it is called
    (re.compile(r":material/\w{1,60}:"), ""),
    (re.compile(r":[a-z]{2,12}(?:-background|-badge)?\[([^\]]{0,500})\]"), r"\1"),  # colours and badges
    (re.compile(r"\[([^\]]{0,500})\]\(<?((?:https?|mailto):[^)\s>]{1,2000})[^)]{0,500}\)"), r"\1 (\2)"),
    (re.compile(r"\[([^\]]{0,500})\]\([^)]{0,2000}\)"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(`{1,3})([^`]{1,500})\1"), r"\2"),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=\S)([^*]{1,500})(?<=\S)\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<!\w)_(?=\S)([^_]{1,500})(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"~~(?=\S)([^~]{1,500})(?<=\S)~~"), r"\1"),
)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The pieces in their order; none for an empty text."""
    found = _Reading()
    for line in text.splitlines():
        found.take(line)
    found.end()
    return tuple(block for block in found.blocks if block.text)


def plainly(text: str) -> str:
    """A line without the marks of Markdown; a link is followed by its address."""
    found = ESCAPED.sub(lambda sign: chr(ASIDE + ord(sign[1])), text)
    for pattern, plain in PLAINER:
        found = pattern.sub(plain, found)
    return " ".join(found.split()).translate(BACK)


class _Reading:
    """What was read so far, and the lines of the piece that has not ended."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.kind = Kind.PARAGRAPH
        self.mark = ""
        self.lines: list[str] = []
        self.fenced = False

    def take(self, line: str) -> None:
        if FENCE.match(line):
            self.end()
            self.fenced = not self.fenced
        elif self.fenced:
            self.blocks.append(Block(Kind.PARAGRAPH, line.rstrip()))
        else:
            self._take(QUOTE.sub("", line))

    def _take(self, line: str) -> None:
        for pattern, do in self._ways():
            if found := pattern.match(line):
                do(found)
                return
        if not line.strip():
            self.end()
            return
        self.lines.append(HARD.sub("", line))
        if HARD.search(line):
            self.end()

    def _ways(self) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], None]], ...]:
        below = ((BELOW, self._make_heading),) if self.lines and self.kind is Kind.PARAGRAPH else ()
        return (
            *below,
            (HEADING, self._heading),
            (RULE, lambda _: self.end()),
            (ITEM, self._item),
            (ROW, self._row),
        )

    def _make_heading(self, _: re.Match[str]) -> None:
        self.kind = Kind.HEADING
        self.end()

    def _heading(self, found: re.Match[str]) -> None:
        self.end()
        self.blocks.append(Block(Kind.HEADING, plainly(found[1])))

    def _item(self, found: re.Match[str]) -> None:
        self.end()
        self.kind, self.mark = Kind.ITEM, f"{found[1]}. " if found[1] else "• "
        self.lines.append(found[2])

    def _row(self, found: re.Match[str]) -> None:
        self.end()
        if not BETWEEN.match(found[1]):
            cells = (plainly(cell) for cell in found[1].split("|"))
            self.blocks.append(Block(Kind.PARAGRAPH, " | ".join(cells)))

    def end(self) -> None:
        """The piece ends here."""
        text = plainly(" ".join(self.lines))
        if text:
            self.blocks.append(Block(self.kind, f"{self.mark}{text}"))
        self.kind, self.mark, self.lines = Kind.PARAGRAPH, "", []
