"""Tables side by side on one sheet: only one of them is read, for their rows have nothing to do with each other."""

from __future__ import annotations

from collections.abc import Sequence

from kpi.cleaning.values.content import Content


def split_blocks(contents: Sequence[Content], strays: Sequence[int]) -> list[list[Content]]:
    """The columns in runs that no empty column interrupts; `strays` are positions that have values but no header."""
    blocks: list[list[Content]] = []
    last = None
    for content in contents:
        position = content.column.position
        if last is None or any(gap not in strays for gap in range(last + 1, position)):
            blocks.append([])
        blocks[-1].append(content)
        last = position
    return blocks


def main_block(blocks: Sequence[Sequence[Content]]) -> int | None:
    """The number of the block to read, None where the blocks are one table with empty columns in it.

    Blocks are tables of their own where two of them have dates of their own: the one with the most rows is read.
    """
    dated = [number for number, block in enumerate(blocks) if any(content.is_dated() for content in block)]
    if len(dated) <= 1:
        return None
    whole = [n for n in dated if any(content.is_numeric() for content in blocks[n] if not content.is_dated())]
    return max(whole or dated, key=lambda number: max(content.filled for content in blocks[number]))
